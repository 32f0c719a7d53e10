/** Renders a request [Alma rest_user_request]. */
import { placeInQueue, shelfDesk } from '../circulation/requests.ts'
import type { HoldRequest } from '../state/entities.ts'
import { millisTime, zDate } from '../state/local-time.ts'
import type { RenderedObject } from '../state/shape.ts'
import { placeOf, type Store } from '../state/store.ts'
import { deskName, tableCode } from './describe.ts'

const subTypes = { HOLD: 'PATRON_PHYSICAL', BOOKING: 'BOOKING', DIGITIZATION: 'PATRON_DIGITIZATION' } as const

export function renderRequest(request: HoldRequest, store: Store): RenderedObject {
  const { bib, item } = request
  const { zone } = store.institution
  const copy = item ?? request.itemAsked
  const isOpen = request.status !== 'HISTORY'
  return {
    title: bib.title,
    author: bib.author,
    description: request.description === '' ? null : request.description,
    volume: '',
    issue: '',
    part: '',
    user_primary_id: request.user.primaryId,
    request_id: request.requestId,
    additional_id: '',
    request_type: request.type,
    request_sub_type: tableCode('RequestTypes', subTypes[request.type], store),
    mms_id: bib.mmsId,
    holding_id: copy?.holding.holdingId ?? null,
    item_id: copy?.pid ?? null,
    barcode: copy?.barcode ?? null,
    ...renderPickup(request, store),
    ...renderManager(request, store),
    material_type: request.materialType
      ? tableCode('PhysicalMaterialType', request.materialType, store)
      : { value: null, desc: null },
    date_of_publication: bib.year,
    last_interest_date: request.lastInterest === '' ? null : request.lastInterest,
    comment: request.comment === '' ? null : request.comment,
    request_status: request.status,
    place_in_queue: isOpen ? placeInQueue(request) : null,
    request_date: zDate(request.createdAt, zone),
    request_time: millisTime(request.createdAt),
    task_name: request.task === '' ? null : request.task,
    expiry_date: request.expiresAt === undefined ? null : zDate(request.expiresAt, zone),
    booking_start_date: request.bookingStart === '' ? null : request.bookingStart,
    booking_end_date: request.bookingEnd === '' ? null : request.bookingEnd,
  }
}

function renderPickup(request: HoldRequest, store: Store): RenderedObject {
  const library = store.library(request.pickupLibrary)
  const desk = request.pickupDesk === '' ? undefined : library?.desks.get(request.pickupDesk)
  return {
    pickup_location: desk && library ? `${library.name} - ${desk.name}` : (library?.name ?? request.pickupLibrary),
    pickup_location_type: request.pickupType,
    pickup_location_library: request.pickupLibrary,
    pickup_location_circulation_desk: request.pickupDesk === '' ? null : request.pickupDesk,
  }
}

/** The desk that has to act next: where the copy stands, or where it will be collected. */
function renderManager(request: HoldRequest, store: Store): RenderedObject {
  const nobody = {
    managed_by_library: null,
    managed_by_circulation_desk: null,
    managed_by_library_code: null,
    managed_by_circulation_desk_code: null,
  }
  if (!request.item || request.status === 'HISTORY') return nobody
  const isPicked = !store.picking.has(request)
  const library = isPicked ? request.pickupLibrary : placeOf(request.item).library
  const desk = isPicked ? shelfDesk(request, store)?.code : pickingDesk(request, library, store)
  return {
    managed_by_library: store.library(library)?.name ?? library,
    managed_by_circulation_desk: desk === undefined ? null : deskName(library, desk, store),
    managed_by_library_code: library,
    managed_by_circulation_desk_code: desk ?? null,
  }
}

function pickingDesk(request: HoldRequest, library: string, store: Store): string | undefined {
  const location = request.item ? placeOf(request.item).location : ''
  const desks = [...(store.library(library)?.desks.values() ?? [])].filter((desk) => desk.locations.has(location))
  return (desks.find((desk) => desk.picksFromShelf) ?? desks[0])?.code
}
