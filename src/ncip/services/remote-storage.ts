/**
 * Alma's dialect for remote storage: a message marked by FromSystemId tells where an item was scanned, with the
 * circulation desk as `LIBRARY.DESK` in OnBehalfOfAgency. [Alma NCIP remote storage]
 */
import { checkin } from '../../circulation/checkin.ts'
import type { Place } from '../../circulation/model.ts'
import type { CheckOutItemRequest } from '../message.ts'
import { type NcipProblem, headerProblem } from '../problem.ts'
import type { ServedService } from '../spec/services.ts'
import { type Answer, type ServiceContext, content, identityOf, itemId, notDone, userId, wrong } from './service.ts'

const defaultSystemId = 'NCIP_REMOTE_STORAGE'

export function isFromStorage({ partner, header }: ServiceContext): boolean {
  const { remoteStorage } = partner
  if (remoteStorage === undefined) return false
  return header.fromSystem.toLowerCase() === (remoteStorage.systemId ?? defaultSystemId).toLowerCase()
}

export type StorageDesk =
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'problem'; readonly problem: NcipProblem }

/** The desk that a storage system names. Library codes hold no dot, so the first one parts the two. */
export function storageDesk(service: ServedService, { partner, header }: ServiceContext): StorageDesk {
  const named = header.onBehalfOf
  if (named === '') {
    const detail = 'The circulation desk is missing: LIBRARY.DESK.'
    return { kind: 'problem', problem: headerProblem(service, 'Needed Data Missing', detail, 'OnBehalfOfAgency', '') }
  }
  const [, library, circulationDesk] = /^([^.\s]+)\.(\S+)$/.exec(named) ?? []
  const desks = partner.remoteStorage?.desks
  if (library === undefined || circulationDesk === undefined || (desks && !desks.includes(named))) {
    const detail = 'The circulation desk is not known: LIBRARY.DESK is expected.'
    return { kind: 'problem', problem: headerProblem(service, 'Unknown Agency', detail, 'OnBehalfOfAgency', named) }
  }
  return { kind: 'place', place: { library, circulationDesk } }
}

/**
 * An item that left the storage is scanned in at the desk, and nobody borrows it. The schema wants a user and a
 * period all the same: the user of the message, else the agency itself, and a period that is not determined.
 */
export async function storageCheckOut(
  request: CheckOutItemRequest,
  context: ServiceContext,
): Promise<Answer<'CheckOutItem'>> {
  const desk = storageDesk('CheckOutItem', context)
  if (desk.kind === 'problem') return wrong(desk.problem)
  const { circulation, call, visit, header } = context
  const barcode = request.item.value
  const identity = identityOf(request, context)
  const scanned = await checkin(
    { barcode, place: desk.place, visit, reported: false, whenAway: { do: 'refuse' }, identity },
    circulation,
    call,
  )
  if (scanned.kind !== 'done') return notDone(scanned, 'CheckOutItem', { item: barcode })
  return content<'CheckOutItem'>({
    ItemId: itemId(scanned.value.item.barcode || barcode, context),
    UserId: userId(request.user?.identifier ?? header.fromAgency, context),
    IndeterminateLoanPeriodFlag: true,
  })
}
