import { cancelHold } from '../../circulation/hold.ts'
import type { CancelRequestItemRequest } from '../message.ts'
import { authenticate } from './authenticate.ts'
import { type Answer, type ServiceContext, content, identityOf, itemId, notDone, requestId, userId } from './service.ts'

/**
 * Cancels a hold of the user, named by request or by item. The answer always has request and user, and the item
 * where one is known: clients fail without them. [NCIP 2.02 CancelRequestItem]
 */
export async function cancelRequestItem(
  request: CancelRequestItemRequest,
  context: ServiceContext,
): Promise<Answer<'CancelRequestItem'>> {
  const { user } = request
  const subject = { user, item: request.item?.value, request: request.request?.value }
  const refusal = await authenticate(user, context)
  if (refusal) return notDone(refusal, 'CancelRequestItem', subject)

  const { circulation, call, visit, header } = context
  const cancelled = await cancelHold(
    {
      patron: user.identifier,
      holdId: request.request?.value,
      barcode: request.item?.value,
      titleId: undefined,
      note: header.fromAgency,
      visit,
      identity: identityOf(request, context),
    },
    circulation,
    call,
  )
  if (cancelled.kind !== 'done') return notDone(cancelled, 'CancelRequestItem', subject)
  const hold = cancelled.value
  const barcode = hold.itemBarcode || (request.item?.value ?? '')
  return content<'CancelRequestItem'>({
    RequestId: requestId(hold.id, context),
    ItemId: barcode === '' ? undefined : itemId(barcode, context),
    UserId: userId(hold.patronId || user.identifier, context),
  })
}
