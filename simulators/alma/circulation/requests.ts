/** Holds and their queue [Alma users: requests]. */
import type { HoldRequest, Item } from '../state/entities.ts'
import type { CircDesk } from '../state/institution.ts'
import { endOfDate, endOfLocalDay } from '../state/local-time.ts'
import type { Store } from '../state/store.ts'
import { findRule } from './loan-rules.ts'

export const pickTask = 'Pickup From Shelf'
export const transitTask = 'Transit Item'
export const shelfTask = 'On Hold Shelf'
export const shelfProcessingTask = 'Hold Shelf Processing'

/** How long a picker has before a request that has a copy expires. */
const pickingDays = 15

type NewRequest = Pick<
  HoldRequest,
  | 'requestId'
  | 'user'
  | 'bib'
  | 'itemAsked'
  | 'type'
  | 'pickupType'
  | 'pickupLibrary'
  | 'pickupDesk'
  | 'comment'
  | 'lastInterest'
  | 'createdAt'
> &
  Partial<Pick<HoldRequest, 'description' | 'materialType' | 'bookingStart' | 'bookingEnd'>>

/** Enters a request at the end of its title's queue; no copy is chosen yet. */
export function openRequest(request: NewRequest, store: Store): HoldRequest {
  const opened: HoldRequest = {
    description: '',
    materialType: '',
    bookingStart: '',
    bookingEnd: '',
    ...request,
    item: undefined,
    status: 'NOT_STARTED',
    task: '',
    expiresAt: undefined,
    printed: false,
    reported: false,
    cancelReason: '',
  }
  opened.bib.queue.push(opened)
  opened.user.requests.set(opened.requestId, opened)
  store.requests.set(opened.requestId, opened)
  return opened
}

/** Whether a copy may serve a request at all, wherever it is now. */
export function canFill(item: Item, request: HoldRequest): boolean {
  return item.holding.bib === request.bib && (request.itemAsked ?? item) === item
}

const isOnShelf = (item: Item): boolean => !item.loan && !item.request && item.process === ''

export function isRequestable(item: Item, request: Pick<HoldRequest, 'user'>, store: Store): boolean {
  return findRule(item, request.user, store).requestable !== false
}

/** Chooses a copy that stands on the shelf, if there is one: the request is then in process and waits to be picked. */
export function assignCopy(request: HoldRequest, store: Store): void {
  const copy = request.bib.items.find(
    (item) => canFill(item, request) && isOnShelf(item) && isRequestable(item, request, store),
  )
  if (!copy || request.type !== 'HOLD') return
  bind(request, copy, store)
  copy.process = 'REQUESTED'
  request.status = 'IN_PROCESS'
  request.task = pickTask
  request.expiresAt = endOfLocalDay(store.now(), pickingDays, store.institution.zone)
  store.picking.add(request)
}

/** Makes a copy the one that was chosen for a request; another one that was chosen before is free again. */
function bind(request: HoldRequest, item: Item, store: Store): void {
  const earlier = request.item
  request.item = item
  item.request = request
  if (earlier && earlier !== item) freeCopy(earlier, store)
}

/** The scan of a copy at the pickup desk: it waits there for the patron. */
export function putOnHoldShelf(request: HoldRequest, item: Item, desk: CircDesk | undefined, store: Store): void {
  bind(request, item, store)
  store.picking.delete(request)
  item.process = 'HOLDSHELF'
  item.transitTo = undefined
  request.status = 'ON_HOLD_SHELF'
  request.task = shelfTask
  const days = (desk ?? shelfDesk(request, store))?.holdShelfDays ?? 7
  request.expiresAt = endOfLocalDay(store.now(), days, store.institution.zone)
}

/** At the pickup desk, but not on the shelf before someone has prepared it. */
export function startShelfProcessing(request: HoldRequest, item: Item, store: Store): void {
  bind(request, item, store)
  store.picking.delete(request)
  item.process = 'HOLDSHELF'
  item.transitTo = undefined
  request.status = 'IN_PROCESS'
  request.task = shelfProcessingTask
}

export function sendToPickup(request: HoldRequest, item: Item, store: Store): void {
  bind(request, item, store)
  store.picking.delete(request)
  item.process = 'TRANSIT'
  item.transitTo = request.pickupLibrary
  request.status = 'IN_PROCESS'
  request.task = transitTask
}

/** The desk at which a request can be collected: the one named, or the first with a hold shelf. */
export function shelfDesk(request: HoldRequest, store: Store): CircDesk | undefined {
  const desks = store.library(request.pickupLibrary)?.desks
  return desks?.get(request.pickupDesk) ?? [...(desks?.values() ?? [])].find((desk) => desk.hasHoldShelf)
}

/** The first request of the queue that a copy can fill, its own one before all others. */
export function nextRequestFor(item: Item): HoldRequest | undefined {
  if (item.request) return item.request
  return item.holding.bib.queue.find((request) => request.type === 'HOLD' && !request.item && canFill(item, request))
}

/** Position among the open requests that the same copies can fill, from 1 on. */
export function placeInQueue(request: HoldRequest): number {
  let place = 1
  for (const other of request.bib.queue) {
    if (other === request) return place
    if (!other.itemAsked || !request.itemAsked || other.itemAsked === request.itemAsked) place += 1
  }
  return place
}

/** Takes a request off every list of open ones. */
function settleRequest(request: HoldRequest, store: Store): void {
  store.removeRequestFromQueue(request)
  store.picking.delete(request)
  request.status = 'HISTORY'
  request.user.requests.delete(request.requestId)
  request.user.pastRequests.push(request)
  if (request.item?.request === request) request.item.request = undefined
}

/** Ends a request by a loan of a copy, which need not be the one that was chosen. */
export function fillRequest(request: HoldRequest, lent: Item, store: Store): void {
  const chosen = request.item
  settleRequest(request, store)
  if (chosen && chosen !== lent) freeCopy(chosen, store)
}

/** Ends a request that was not filled and lets the next one have its copy. */
export function endUnfilled(request: HoldRequest, reason: string, store: Store): void {
  const { item } = request
  request.cancelReason = reason
  settleRequest(request, store)
  if (item) freeCopy(item, store)
}

/** A copy that still stands on its shelf serves the next request; one that was moved first has to be scanned. */
function freeCopy(item: Item, store: Store): void {
  item.request = undefined
  if (item.process !== 'REQUESTED') return
  item.process = ''
  const waiting = nextRequestFor(item)
  if (waiting) assignCopy(waiting, store)
}

/** Takes the copy from a request, which waits for another one. */
export function releaseCopy(request: HoldRequest, store: Store): void {
  if (request.item) request.item.request = undefined
  request.item = undefined
  request.status = 'NOT_STARTED'
  request.task = ''
  request.expiresAt = undefined
  store.picking.delete(request)
  assignCopy(request, store)
}

/** Ends what has expired: the last day of interest, or the last day on the shelf, is over. */
export function expireRequests(requests: Iterable<HoldRequest>, store: Store): void {
  const { zone } = store.institution
  // A copy of the list, as a request that ends leaves its queue.
  const open = Array.from(requests)
  for (const request of open) {
    const lostInterest = request.lastInterest !== '' && endOfDate(request.lastInterest, zone) < store.now()
    const leftOnShelf = request.status === 'ON_HOLD_SHELF' && (request.expiresAt ?? 0) < store.now()
    if (leftOnShelf || (lostInterest && request.status !== 'ON_HOLD_SHELF')) endUnfilled(request, 'expired', store)
  }
}
