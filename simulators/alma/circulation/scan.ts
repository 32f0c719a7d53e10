/** Scan-in: the return of a loan and the routing of every item [Alma bibs: items op=scan]. */
import { refusals } from '../alma-error.ts'
import type { HoldRequest, Item } from '../state/entities.ts'
import type { CircDesk, Library } from '../state/institution.ts'
import { placeOf, type Store } from '../state/store.ts'
import {
  canFill,
  expireRequests,
  nextRequestFor,
  putOnHoldShelf,
  releaseCopy,
  sendToPickup,
  shelfDesk,
  startShelfProcessing,
} from './requests.ts'
import { closeLoan } from './returns.ts'

export interface ScanOptions {
  readonly library: string
  readonly circDesk: string
  readonly department: string
  readonly requestId: string
  readonly workOrderType: string
  readonly status: string
  readonly done: boolean
  readonly placeOnHoldShelf: boolean
  readonly autoPrintSlip: boolean
  readonly registerInHouseUse: boolean
}

export interface Routing {
  readonly destination: string
  readonly processType: string
  readonly request: HoldRequest | undefined
  readonly queue: number
}

const patronRequest = 'Patron physical item request'
const reshelving = 'Transit for reshelving'

/** Scans an item at a desk or in a department and says where it goes. */
export function scanIn(item: Item, options: ScanOptions, store: Store): Routing {
  const library = store.library(options.library)
  if (!library) throw refusals.parameterInvalid('library', options.library)
  assertWorkOrder(item, library, options, store)
  expireRequests(item.holding.bib.queue, store)
  const routing = options.department
    ? scanInDepartment(item, library, options, store)
    : scanAtDesk(item, library, findDesk(library, options.circDesk), options, store)
  item.modifiedAt = store.now()
  if (options.autoPrintSlip) store.slips.push({ letter: letterOf(routing), itemBarcode: item.barcode, at: store.now() })
  return routing
}

/** A department must exist and know what to do with the item, before anything is changed. */
function assertWorkOrder(item: Item, library: Library, options: ScanOptions, store: Store): void {
  const { department, workOrderType, done } = options
  if (workOrderType && !store.institution.tables.has('WorkOrderTypes', workOrderType)) {
    throw refusals.parameterInvalid('work_order_type', workOrderType)
  }
  if (!department) return
  if (!library.departments.has(department)) throw refusals.parameterInvalid('department', department)
  if (done && !item.workOrder) throw refusals.scanFailed()
  if (!done && !item.workOrder && !workOrderType) throw refusals.mandatoryFieldMissing('work_order_type')
}

function findDesk(library: Library, code: string): CircDesk {
  const desk = library.desks.get(code)
  if (!desk) throw refusals.parameterInvalid('circ_desk', code)
  return desk
}

function scanAtDesk(item: Item, library: Library, desk: CircDesk, options: ScanOptions, store: Store): Routing {
  const wasLent = item.loan !== undefined
  const wasInPlace = item.process === ''
  const request = chooseRequest(item, options.requestId)
  if (request && item.request && item.request !== request) releaseCopy(item.request, store)
  if (item.loan) closeLoan(item.loan, { library: library.code, desk: desk.code }, store)
  item.workOrder = undefined
  if (options.workOrderType) return startWorkOrder(item, library, options, store)
  if (request) return routeToPatron(item, request, library, desk, options, store)
  if (wasInPlace && !wasLent && options.registerInHouseUse) item.inHouseUses += 1
  return routeToShelf(item, library, desk, !wasInPlace, store)
}

/** The request that this scan serves: the one named, which must be possible, or the first that the copy can fill. */
function chooseRequest(item: Item, requestId: string): HoldRequest | undefined {
  if (requestId === '') return nextRequestFor(item)
  const request = item.holding.bib.queue.find((candidate) => candidate.requestId === requestId)
  if (!request || !canFill(item, request)) throw refusals.parameterInvalid('request_id', requestId)
  return request
}

function routeToPatron(
  item: Item,
  request: HoldRequest,
  library: Library,
  desk: CircDesk,
  options: ScanOptions,
  store: Store,
): Routing {
  const collect = shelfDesk(request, store)
  const isPickup = library.code === request.pickupLibrary && (!collect || collect === desk)
  if (!isPickup || !desk.hasHoldShelf) {
    sendToPickup(request, item, store)
    const destination = store.library(request.pickupLibrary)?.name ?? request.pickupLibrary
    return { destination, processType: patronRequest, request, queue: 1 }
  }
  if (desk.hasHoldShelfProcessing && !options.placeOnHoldShelf && request.status !== 'ON_HOLD_SHELF') {
    startShelfProcessing(request, item, store)
    return { destination: 'Hold Shelf Processing', processType: patronRequest, request, queue: 1 }
  }
  putOnHoldShelf(request, item, desk, store)
  return { destination: 'On Hold Shelf', processType: patronRequest, request, queue: 1 }
}

function routeToShelf(item: Item, library: Library, desk: CircDesk, cameBack: boolean, store: Store): Routing {
  const home = placeOf(item)
  const homeLibrary = store.library(home.library)
  const location = homeLibrary?.locations.get(home.location)
  const atHome = home.library === library.code && (desk.locations.get(home.location)?.reshelve ?? false)
  if (!atHome) {
    item.process = location?.remote ? 'TRANSIT_TO_REMOTE_STORAGE' : 'TRANSIT'
    item.transitTo = home.library
    const destination = location?.remote ? location.name : (homeLibrary?.name ?? home.library)
    return { destination, processType: reshelving, request: undefined, queue: 1 }
  }
  item.process = ''
  item.transitTo = undefined
  item.reshelvedAt = cameBack ? store.now() + desk.hoursToReshelve * 3_600_000 : item.reshelvedAt
  return {
    destination: `Reshelve to ${location?.name ?? home.location}`,
    processType: '',
    request: undefined,
    queue: 0,
  }
}

function scanInDepartment(item: Item, library: Library, options: ScanOptions, store: Store): Routing {
  if (item.loan) closeLoan(item.loan, { library: library.code, desk: options.department }, store)
  const { workOrder } = item
  if (options.done) {
    item.workOrder = undefined
    return leaveDepartment(item, store)
  }
  if (workOrder && !options.workOrderType) {
    item.workOrder = { ...workOrder, status: options.status || workOrder.status }
    return inDepartment(item, library.departments.get(options.department) ?? options.department, store)
  }
  return startWorkOrder(item, library, options, store)
}

function startWorkOrder(item: Item, library: Library, options: ScanOptions, store: Store): Routing {
  const { workOrderType, department, circDesk, status } = options
  const place = department || circDesk
  item.process = 'WORK_ORDER_DEPARTMENT'
  item.transitTo = undefined
  item.workOrder = { type: workOrderType, department: place, status }
  return inDepartment(item, library.departments.get(place) ?? library.desks.get(place)?.name ?? place, store)
}

function inDepartment(item: Item, name: string, store: Store): Routing {
  const processType = store.institution.tables.describe('WorkOrderTypes', item.workOrder?.type ?? '')
  return { destination: `Manage Locally (${name})`, processType, request: undefined, queue: 1 }
}

/** Finished work goes to whoever waits for it, or home. */
function leaveDepartment(item: Item, store: Store): Routing {
  const request = nextRequestFor(item)
  if (request) {
    sendToPickup(request, item, store)
    const destination = store.library(request.pickupLibrary)?.name ?? request.pickupLibrary
    return { destination, processType: patronRequest, request, queue: 1 }
  }
  const { library } = placeOf(item)
  item.process = 'TRANSIT'
  item.transitTo = library
  return { destination: store.library(library)?.name ?? library, processType: reshelving, request: undefined, queue: 1 }
}

function letterOf(routing: Routing): string {
  if (routing.destination === 'On Hold Shelf') return 'FulHoldShelfSlipLetter'
  return routing.queue === 0 ? 'FulReshelveSlipLetter' : 'FulTransitSlipLetter'
}

/** The one string in which Alma tells what a scan came to. */
export function describeRouting({ destination, processType, request, queue }: Routing): string {
  const record = request?.user.record
  const requester = record ? [record.last_name, record.first_name].filter(Boolean).join(', ') : ''
  return (
    `Item's destination is: ${destination}. Request/Process Type: ${processType}. Requester: ${requester}. ` +
    `Requester ID: ${request?.user.primaryId ?? ''}. Place in Queue: ${queue}`
  )
}
