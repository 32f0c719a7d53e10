import { placeHold } from '../../circulation/hold.ts'
import { type Outcome, done } from '../../circulation/outcome.ts'
import type { NewHold } from '../../circulation/ports.ts'
import { readDate } from '../dates.ts'
import type { RequestItemRequest } from '../message.ts'
import type { PickupPlace } from '../partners.ts'
import { problemAt } from '../problem.ts'
import { schemes } from '../spec/schemes.ts'
import { holdType } from './account-fields.ts'
import { authenticate } from './authenticate.ts'
import {
  type Answer,
  type ServiceContext,
  content,
  identityOf,
  itemId,
  notDone,
  requestId,
  userId,
  wrong,
} from './service.ts'

/**
 * Places a hold on one item or on any copy of a title. The id of the answer is the library system's, because a later
 * CancelRequestItem must name that one. [NCIP 2.02 RequestItem]
 */
export async function requestItem(
  request: RequestItemRequest,
  context: ServiceContext,
): Promise<Answer<'RequestItem'>> {
  const { user, needBeforeDate } = request
  if (!isServedType(request.requestType.value)) {
    const detail = 'Only holds can be requested here.'
    return wrong(problemAt('RequestItem', 'Element Rule Violated', detail, 'RequestType', request.requestType.value))
  }
  const lastInterest = needBeforeDate === '' ? undefined : readDate(needBeforeDate)?.day
  if (needBeforeDate !== '' && lastInterest === undefined) {
    return wrong(problemAt('RequestItem', 'Invalid Date', 'This is no date.', 'NeedBeforeDate', needBeforeDate))
  }
  const item = request.items[0]?.value ?? request.titles[0]
  const subject = { user, item, pickup: request.pickupLocation, needBefore: needBeforeDate }
  const refusal = await authenticate(user, context)
  if (refusal) return notDone(refusal, 'RequestItem', subject)
  const target = await targetOf(request, context)
  if (target.kind !== 'done') return notDone(target, 'RequestItem', subject)

  const { circulation, call, visit } = context
  const placed = await placeHold(
    {
      patron: user.identifier,
      target: target.value,
      pickup: pickupPlace(request.pickupLocation, context),
      lastInterest,
      comment: commentOf(request, context),
      visit,
      identity: identityOf(request, context),
    },
    circulation,
    call,
  )
  if (placed.kind !== 'done') return notDone(placed, 'RequestItem', subject)
  const hold = placed.value
  const barcode = hold.itemBarcode || ('barcode' in target.value ? target.value.barcode : '')
  return content<'RequestItem'>({
    RequestId: requestId(hold.id, context),
    ItemId: barcode === '' ? undefined : itemId(barcode, context),
    UserId: userId(hold.patronId || user.identifier, context),
    RequestType: request.requestType.value === '' ? holdType : request.requestType,
    RequestScopeType: scopeOf(request, target.value),
  })
}

/** Kinds of request that end in a hold, in all spellings met; none is a hold too. */
const servedTypes = new Set(['', 'hold', 'loan', 'page', 'stackretrieval', 'callslip'])

const isServedType = (type: string): boolean => servedTypes.has(type.replace(/\s+/g, '').toLowerCase())

const asksForTitle = ({ requestScopeType }: RequestItemRequest): boolean =>
  /bibliographic|title/i.test(requestScopeType.value)

/** The item where one is named, unless any copy of its title will do. */
async function targetOf(request: RequestItemRequest, context: ServiceContext): Promise<Outcome<NewHold['target']>> {
  const barcode = request.items[0]?.value
  const titleId = request.titles[0]
  if (titleId !== undefined && (barcode === undefined || asksForTitle(request))) return done({ titleId })
  if (barcode === undefined || !asksForTitle(request)) return done({ barcode: barcode ?? '' })
  const ids = await context.circulation.system.items.identify(barcode, context.call)
  return ids.kind === 'done' ? done({ titleId: ids.value.titleId }) : ids
}

const scopeOf = (request: RequestItemRequest, target: NewHold['target']) =>
  request.requestScopeType.value === ''
    ? { value: 'barcode' in target ? 'Item' : 'Bibliographic Item', scheme: schemes.requestScopeType }
    : request.requestScopeType

/** By the partner's own table, else as `LIBRARY.DESK` or `LIBRARY`. */
function pickupPlace(named: string, { partner, place }: ServiceContext): PickupPlace {
  if (named === '') return partner.defaultPickup ?? place
  const mapped = Object.entries(partner.pickupLocations ?? {}).find(([name]) => name === named)
  if (mapped) return mapped[1]
  const [, library, circulationDesk] = /^([^.\s]+)\.(\S+)$/.exec(named) ?? []
  return library === undefined ? { library: named, circulationDesk: undefined } : { library, circulationDesk }
}

/** Lets staff find the partner's side of the request. */
const commentOf = ({ request }: RequestItemRequest, { header }: ServiceContext): string =>
  request === undefined ? header.fromAgency : `${request.agency || header.fromAgency} ${request.value}`
