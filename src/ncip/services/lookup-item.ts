import { findItem } from '../../circulation/item.ts'
import type { LookupItemRequest } from '../message.ts'
import { problemAt } from '../problem.ts'
import { itemFields } from './item-fields.ts'
import { type Answer, type ServiceContext, content, itemId, notDone, wrong } from './service.ts'

/**
 * Tells of an item what was asked, never who has or wants it: borrowers and requesters are not named even when a
 * message asks for them. [NCIP 2.02 LookupItem]
 */
export async function lookupItem(request: LookupItemRequest, context: ServiceContext): Promise<Answer<'LookupItem'>> {
  const { item, itemElements } = request
  if (item === undefined) {
    const id = request.request?.value ?? ''
    return wrong(problemAt('LookupItem', 'Element Rule Violated', 'Items are found by ItemId.', 'RequestId', id))
  }
  const found = await findItem(item.value, context.circulation, context.call)
  if (found.kind !== 'done') return notDone(found, 'LookupItem', { item: item.value })
  return content<'LookupItem'>({
    ItemId: itemId(found.value.item.barcode || item.value, context),
    ItemOptionalFields: itemFields(found.value.item, found.value.queueLength, itemElements, context),
  })
}
