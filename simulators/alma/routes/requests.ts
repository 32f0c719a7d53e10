/** Requests of a user, of a title and of an item [Alma users: requests; Alma bibs: requests]. */
import { refusals } from '../alma-error.ts'
import { createRequest, type RequestTarget, updateRequest } from '../circulation/create-request.ts'
import { findBib, findExactItem, findItem } from '../circulation/find-item.ts'
import { findUser } from '../circulation/find-user.ts'
import { requestsForItem } from '../circulation/item-requests.ts'
import { endUnfilled, expireRequests } from '../circulation/requests.ts'
import { listed } from '../render/describe.ts'
import { renderRequest } from '../render/request.ts'
import type { HoldRequest, User } from '../state/entities.ts'
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
import { itemPathOf, itemTemplate } from './items.ts'
import { userOfPath } from './users.ts'

const answerRequest = (request: HoldRequest, { store }: AlmaRequest): Answer =>
  object('user_request', renderRequest(request, store))

function ofType(requests: readonly HoldRequest[], { query }: AlmaRequest): readonly HoldRequest[] {
  return query.request_type ? requests.filter(({ type }) => type === query.request_type) : requests
}

function wantsHistory({ query }: AlmaRequest): boolean {
  const status = (query.status ?? 'active').toLowerCase()
  if (status !== 'active' && status !== 'history') throw refusals.parameterNotValid()
  return status === 'history'
}

function listUserRequests(call: AlmaRequest): Answer {
  const user = userOfPath(call)
  expireRequests(user.requests.values(), call.store)
  const past = call.switches.anonymizeHistory ? [] : user.pastRequests
  const requests = ofType(wantsHistory(call) ? past : [...user.requests.values()], call)
  const shown = slice(requests, pageOf(call)).map((request) => renderRequest(request, call.store))
  return object('user_requests', listed('user_request', shown, requests.length))
}

/** Lists of a title or an item are not paged. */
function answerQueue(queue: readonly HoldRequest[], call: AlmaRequest): Answer {
  const requests = ofType(queue, call)
  const shown = requests.map((request) => renderRequest(request, call.store))
  return object('user_requests', listed('user_request', shown, requests.length))
}

function listTitleRequests(call: AlmaRequest): Answer {
  const bib = findBib(call.store, param(call, 'mms_id'))
  expireRequests(bib.queue, call.store)
  return answerQueue(wantsHistory(call) ? pastRequests(call, (request) => request.bib === bib) : bib.queue, call)
}

function listItemRequests(call: AlmaRequest): Answer {
  const item = findItem(call.store, itemPathOf(call))
  expireRequests(item.holding.bib.queue, call.store)
  return answerQueue(
    wantsHistory(call) ? pastRequests(call, (request) => request.item === item) : requestsForItem(item),
    call,
  )
}

function pastRequests(
  { store, switches }: AlmaRequest,
  isMeant: (request: HoldRequest) => boolean,
): readonly HoldRequest[] {
  if (switches.anonymizeHistory) return []
  return [...store.requests.values()].filter((request) => request.status === 'HISTORY' && isMeant(request))
}

function requestOf(call: AlmaRequest, belongs: (request: HoldRequest) => boolean): HoldRequest {
  const request = call.store.requests.get(param(call, 'request_id'))
  if (request)
    expireRequests(
      [request].filter(({ status }) => status !== 'HISTORY'),
      call.store,
    )
  const isForgotten = request?.status === 'HISTORY' && call.switches.anonymizeHistory
  if (!request || isForgotten || !belongs(request)) throw refusals.requestNotFound()
  return request
}

/** Finds the request of the path, below a user, an item or a title. */
type Finder = (call: AlmaRequest) => HoldRequest

const requestOfUser: Finder = (call) => {
  const user = userOfPath(call)
  return requestOf(call, (request) => request.user === user)
}

const requestOfTitle: Finder = (call) => {
  const bib = findBib(call.store, param(call, 'mms_id'))
  return requestOf(call, (request) => request.bib === bib)
}

const requestOfItem: Finder = (call) => {
  const item = findItem(call.store, itemPathOf(call))
  return requestOf(call, (request) => request.bib === item.holding.bib)
}

function create(user: User, target: RequestTarget, call: AlmaRequest): Answer {
  const allowSame = call.query.allow_same_request === 'true'
  return answerRequest(createRequest({ user, target, body: call.body(), allowSame }, call.store, call.switches), call)
}

function createUserRequest(call: AlmaRequest): Answer {
  const user = userOfPath(call)
  const { mms_id: mmsId, item_pid: pid } = call.query
  if (pid) {
    const item = call.store.itemByPid(pid)
    if (!item) throw refusals.requestItemNotFound()
    return create(user, { bib: item.holding.bib, item }, call)
  }
  if (!mmsId) throw refusals.oneParameterMissing('mms_id,item_pid')
  return create(user, { bib: findBib(call.store, mmsId), item: undefined }, call)
}

function userOfQuery({ store, switches, query }: AlmaRequest): User {
  if (!query.user_id) throw refusals.parameterMissing('user_id', 'any user identifier')
  return findUser(store, switches, query.user_id, query.user_id_type)
}

function createTitleRequest(call: AlmaRequest): Answer {
  const bib = findBib(call.store, param(call, 'mms_id'))
  return create(userOfQuery(call), { bib, item: undefined }, call)
}

function createItemRequest(call: AlmaRequest): Answer {
  const item = findExactItem(call.store, itemPathOf(call))
  return create(userOfQuery(call), { bib: item.holding.bib, item }, call)
}

function put(find: Finder): Route['handle'] {
  return (call) => {
    const request = find(call)
    if (request.status === 'HISTORY') throw refusals.requestNotFound()
    updateRequest(request, call.body(), call.store, call.switches)
    return answerRequest(request, call)
  }
}

function cancel(find: Finder): Route['handle'] {
  return (call) => {
    const request = find(call)
    const { reason = '' } = call.query
    if (!call.store.institution.tables.has('RequestCancellationReasons', reason)) {
      throw reason === '' ? refusals.mandatoryFieldMissing('reason') : refusals.parameterInvalid('reason', reason)
    }
    if (request.status === 'HISTORY') throw refusals.requestNotFound()
    endUnfilled(request, reason, call.store)
    return { kind: 'empty', status: 204 }
  }
}

function oneRequest(area: 'users' | 'bibs', template: string, noun: string, find: Finder): readonly Route[] {
  const path = `${template}/{request_id}`
  return [
    get(area, path, `get${noun}`, (call) => answerRequest(find(call), call)),
    change('PUT', area, path, `update${noun}`, put(find)),
    change('DELETE', area, path, `cancel${noun}`, cancel(find)),
  ]
}

const ofUser = '/users/{user_id}/requests'
const ofTitle = '/bibs/{mms_id}/requests'
const ofItem = `${itemTemplate}/requests`

export const requestRoutes: readonly Route[] = [
  get('users', ofUser, 'listRequests', listUserRequests),
  change('POST', 'users', ofUser, 'createRequest', createUserRequest),
  ...oneRequest('users', ofUser, 'Request', requestOfUser),
  get('bibs', ofTitle, 'listTitleRequests', listTitleRequests),
  change('POST', 'bibs', ofTitle, 'createTitleRequest', createTitleRequest),
  ...oneRequest('bibs', ofTitle, 'TitleRequest', requestOfTitle),
  get('bibs', ofItem, 'listItemRequests', listItemRequests),
  change('POST', 'bibs', ofItem, 'createItemRequest', createItemRequest),
  ...oneRequest('bibs', ofItem, 'ItemRequest', requestOfItem),
]
