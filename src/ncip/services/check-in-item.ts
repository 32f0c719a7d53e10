import { type CheckedIn, checkin } from '../../circulation/checkin.ts'
import type { Routing } from '../../circulation/model.ts'
import type { CheckInItemRequest } from '../message.ts'
import type { Content } from '../spec/elements.ts'
import { schemes } from '../spec/schemes.ts'
import { holdType } from './account-fields.ts'
import { itemFields } from './item-fields.ts'
import { isFromStorage, storageDesk } from './remote-storage.ts'
import { type Answer, type ServiceContext, content, identityOf, itemId, notDone, wrong } from './service.ts'

/**
 * Takes an item back at the partner's desk; from a storage system, at the desk that it names. An item that was not
 * lent is taken back all the same, as partners expect. [NCIP 2.02 CheckInItem]
 */
export async function checkInItem(
  request: CheckInItemRequest,
  context: ServiceContext,
): Promise<Answer<'CheckInItem'>> {
  const desk = isFromStorage(context)
    ? storageDesk('CheckInItem', context)
    : { kind: 'place' as const, place: context.place }
  if (desk.kind === 'problem') return wrong(desk.problem)
  const { circulation, call, visit } = context
  const barcode = request.item.value
  const identity = identityOf(request, context)
  const taken = await checkin(
    { barcode, place: desk.place, visit, reported: false, whenAway: { do: 'refuse' }, identity },
    circulation,
    call,
  )
  if (taken.kind !== 'done') return notDone(taken, 'CheckInItem', { item: barcode })
  const { item } = taken.value
  return content<'CheckInItem'>({
    ItemId: itemId(item.barcode || barcode, context),
    RoutingInformation: routing(taken.value),
    ItemOptionalFields: itemFields(item, undefined, request.itemElements, context),
  })
}

const instructions: Partial<Record<Routing['to'], string>> = {
  'hold-shelf': 'Put on the hold shelf',
  transit: 'Send to the destination',
  department: 'Hand over to the department',
}

/** Only where the item must go somewhere that has a name. [NCIP 2.02 RoutingInformation] */
function routing({ routing: { to, destination, reason } }: CheckedIn): Content<'RoutingInformation'> | undefined {
  const instruction = instructions[to]
  if (instruction === undefined || destination === '') return undefined
  return {
    RoutingInstructions: instruction,
    Destination: {
      Location: {
        LocationType: { value: 'Temporary Location', scheme: schemes.locationType },
        LocationName: { LocationNameInstance: { LocationNameLevel: 1, LocationNameValue: destination } },
      },
    },
    ...(reason === 'hold' && { RequestType: holdType }),
  }
}
