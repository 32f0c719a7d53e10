/** Items: the look-up by barcode, reading, lists, changes [Alma bibs: items]. */
import { refusals } from '../alma-error.ts'
import { dueAfterLoan } from '../circulation/due-date.ts'
import { findBib, findExactItem, findItem, findItemByBarcode, type ItemPath } from '../circulation/find-item.ts'
import { findUser } from '../circulation/find-user.ts'
import { findRule } from '../circulation/loan-rules.ts'
import { updateItem } from '../circulation/update-item.ts'
import { listed } from '../render/describe.ts'
import { type ItemView, renderItem } from '../render/item.ts'
import type { Item } from '../state/entities.ts'
import { localDate } from '../state/local-time.ts'
import {
  type AlmaRequest,
  type Answer,
  change,
  get,
  object,
  pageOf,
  param,
  type Route,
  slice,
} from '../transport/route.ts'
import { filterItems, sortItems } from './item-filters.ts'

export const itemTemplate = '/bibs/{mms_id}/holdings/{holding_id}/items/{item_pid}'

export function itemPathOf(request: AlmaRequest): ItemPath {
  return {
    mmsId: param(request, 'mms_id'),
    holdingId: param(request, 'holding_id'),
    pid: param(request, 'item_pid'),
  }
}

/** Redirects from a barcode to the item; other parameters of the query go along, the key does not. */
function findByBarcode({ store, query, link }: AlmaRequest): Answer {
  const { item_barcode: barcode, apikey: _key, ...others } = query
  if (barcode === undefined) throw refusals.parameterMissing('item_barcode', 'a barcode')
  const item = findItemByBarcode(store, barcode)
  const path = link('bibs', item.holding.bib.mmsId, 'holdings', item.holding.holdingId, 'items', item.pid)
  const rest = new URLSearchParams(others).toString()
  return { kind: 'redirect', location: rest === '' ? path : `${path}?${rest}` }
}

function viewOf(request: AlmaRequest, item: Item): ItemView {
  const { query, link } = request
  const expand = (query.expand ?? '').split(',')
  return {
    link,
    dueDate: expand.includes('due_date'),
    label: query.view === 'label',
    ...(expand.includes('due_date_policy') ? { dueDatePolicy: dueDatePolicy(request, item) } : {}),
  }
}

/** What a loan to the named user (a guest when none is named) would mean. */
function dueDatePolicy({ store, switches, query }: AlmaRequest, item: Item): string {
  const isGuest = query.user_id === undefined || query.user_id === 'GUEST'
  const user = isGuest ? undefined : findUser(store, switches, query.user_id ?? '', query.user_id_type)
  const rule = findRule(item, user, store)
  if (rule.loanable === false) return 'Not loanable'
  if (rule.hours !== undefined) return `Loanable for ${rule.hours} hours`
  const { zone } = store.institution
  return `Loanable until ${localDate(dueAfterLoan(rule, store.now(), zone), zone)}`
}

function getItem(request: AlmaRequest): Answer {
  const item = findItem(request.store, itemPathOf(request))
  return object('item', renderItem(item, request.store, viewOf(request, item)))
}

function listItems(request: AlmaRequest): Answer {
  const bib = findBib(request.store, param(request, 'mms_id'))
  const holdingId = param(request, 'holding_id')
  const ofHolding = bib.items.filter(({ holding }) => holdingId === 'ALL' || holding.holdingId === holdingId)
  const items = sortItems(filterItems(ofHolding, request), request.query)
  const page = pageOf(request)
  if (page.offset > 0 && page.offset >= items.length) throw refusals.offsetTooLarge()
  const shown = slice(items, page).map((item) => renderItem(item, request.store, viewOf(request, item)))
  return object('items', listed('item', shown, items.length))
}

function putItem(request: AlmaRequest): Answer {
  const item = findExactItem(request.store, itemPathOf(request))
  updateItem(item, request.body(), request.store)
  return object('item', renderItem(item, request.store, { link: request.link }))
}

export const itemRoutes: readonly Route[] = [
  get('bibs', '/items', 'findItemByBarcode', findByBarcode),
  get('bibs', '/bibs/{mms_id}/holdings/{holding_id}/items', 'listItems', listItems),
  get('bibs', itemTemplate, 'getItem', getItem),
  change('PUT', 'bibs', itemTemplate, 'updateItem', putItem),
]
