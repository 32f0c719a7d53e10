/** Placing and changing requests [Alma users: create request]. */
import { refusals } from '../alma-error.ts'
import type { Bib, HoldRequest, Item, User } from '../state/entities.ts'
import type { CircDesk } from '../state/institution.ts'
import { endOfDate, readDate } from '../state/local-time.ts'
import { codeOf } from '../state/shape.ts'
import { placeOf, type Store } from '../state/store.ts'
import type { Switches } from '../switches.ts'
import { findRule } from './loan-rules.ts'
import { assignCopy, isRequestable, openRequest } from './requests.ts'
import { mayPlaceHold } from './standing.ts'

export interface RequestTarget {
  readonly bib: Bib
  /** Undefined when any copy of the title will do. */
  readonly item: Item | undefined
}

export interface NewRequest {
  readonly user: User
  readonly target: RequestTarget
  readonly body: Readonly<Record<string, unknown>>
  /** Allows a second request of the same patron for the same target. */
  readonly allowSame: boolean
}

const types: ReadonlySet<string> = new Set(['HOLD', 'DIGITIZATION', 'BOOKING'])

export function createRequest(
  { user, target, body, allowSame }: NewRequest,
  store: Store,
  switches: Switches,
): HoldRequest {
  const type = codeOf(body.request_type)
  if (type === '') throw refusals.mandatoryFieldMissing('request_type')
  if (!types.has(type)) throw refusals.requestFailed()
  const pickup = readPickup(body, store)
  if (!allowSame && hasSame(user, target)) throw refusals.requestExists()
  const details = readDetails(body, store)
  assertNotOver(details.lastInterest, store, switches)
  if (isStale(target, store) || !canBeRequested(user, target, store, pickup)) throw refusals.noItemFulfils()
  const request = openRequest(
    {
      requestId: store.ids.next('request'),
      user,
      bib: target.bib,
      itemAsked: target.item,
      type: type as HoldRequest['type'],
      ...pickup,
      ...details,
      bookingStart: codeOf(body.booking_start_date),
      bookingEnd: codeOf(body.booking_end_date),
      createdAt: store.now(),
    },
    store,
  )
  assignCopy(request, store)
  return request
}

/** Changes where and how long; what is asked for stays. */
export function updateRequest(
  request: HoldRequest,
  body: Readonly<Record<string, unknown>>,
  store: Store,
  switches: Switches,
): void {
  const given = { pickup_location_type: request.pickupType, pickup_location_library: request.pickupLibrary, ...body }
  const pickup = readPickup(given, store)
  const details = readDetails(body, store)
  if (isElsewhere(pickup, request)) {
    if (request.status === 'ON_HOLD_SHELF' && switches.shelvedPickupChange === 'block') throw refusals.requestFailed()
    const candidates = request.itemAsked ? [request.itemAsked] : request.bib.items
    const canBeFetched = candidates.some((item) => isFetchedAt(pickup, item, request.user, store))
    if (!canBeFetched) throw refusals.noItemFulfils()
  }
  if (details.lastInterest !== request.lastInterest) assertNotOver(details.lastInterest, store, switches)
  Object.assign(request, pickup, details)
}

const isElsewhere = (pickup: Pickup, { pickupLibrary, pickupDesk }: Pickup): boolean =>
  pickup.pickupLibrary !== pickupLibrary || pickup.pickupDesk !== pickupDesk

function assertNotOver(lastInterest: string, store: Store, { pastInterest }: Switches): void {
  const isOver = lastInterest !== '' && endOfDate(lastInterest, store.institution.zone) < store.now()
  if (isOver && pastInterest === 'block') throw refusals.requestFailed()
}

/** The index has not caught up with the last loan of the title. */
export const isStale = ({ bib }: RequestTarget, store: Store): boolean => bib.indexStaleUntil > store.now()

/** Whether the terms of use let a user place a hold, and fetch it where that is asked. */
export function canBeRequested(user: User | undefined, target: RequestTarget, store: Store, pickup?: Pickup): boolean {
  const candidates = target.item ? [target.item] : target.bib.items
  return candidates.some((item) => {
    if (user && !mayPlaceHold(user, placeOf(item).library, store)) return false
    if (user && item.loan?.user === user) return false
    if (item.process === 'MISSING' || item.process.startsWith('LOST')) return false
    if (pickup && !isFetchedAt(pickup, item, user, store)) return false
    return user ? isRequestable(item, { user }, store) : true
  })
}

/** There is a hold shelf, and the item may go there. */
function isFetchedAt({ pickupLibrary, pickupDesk }: Pickup, item: Item, user: User | undefined, store: Store): boolean {
  const desks = store.library(pickupLibrary)?.desks ?? new Map<string, CircDesk>()
  const hasShelf =
    pickupDesk === ''
      ? [...desks.values()].some((desk) => desk.hasHoldShelf)
      : desks.get(pickupDesk)?.hasHoldShelf === true
  const { pickup_libraries: allowed } = findRule(item, user, store)
  return hasShelf && (allowed?.includes(pickupLibrary) ?? true)
}

function hasSame(user: User, { bib, item }: RequestTarget): boolean {
  return bib.queue.some(
    (request) => request.user === user && (!item || !request.itemAsked || request.itemAsked === item),
  )
}

type Pickup = Pick<HoldRequest, 'pickupType' | 'pickupLibrary' | 'pickupDesk'>

function readPickup(body: Readonly<Record<string, unknown>>, store: Store): Pickup {
  const pickupType = codeOf(body.pickup_location_type) || 'LIBRARY'
  if (pickupType.startsWith('USER_')) throw refusals.noPersonalDelivery()
  if (pickupType === 'INSTITUTION') throw refusals.noFulfillmentNetwork()
  const pickupLibrary = codeOf(body.pickup_location_library)
  if (pickupLibrary === '') throw refusals.mandatoryFieldMissing('pickup_location_library')
  const library = store.library(pickupLibrary)
  if (!library) throw refusals.pickupLibraryNotFound(pickupLibrary)
  if (pickupType !== 'CIRCULATION_DESK') return { pickupType, pickupLibrary, pickupDesk: '' }
  const pickupDesk = codeOf(body.pickup_location_circulation_desk)
  if (!library.desks.has(pickupDesk)) throw refusals.pickupDeskNotFound(pickupDesk, pickupLibrary)
  return { pickupType, pickupLibrary, pickupDesk }
}

function readDetails(body: Readonly<Record<string, unknown>>, store: Store) {
  return {
    comment: codeOf(body.comment),
    description: codeOf(body.description),
    materialType: codeOf(body.material_type),
    lastInterest: readDate(codeOf(body.last_interest_date), store.now(), store.institution.zone),
  }
}
