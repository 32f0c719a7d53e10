import { type ItemStatus, findItem } from '../../circulation/item.ts'
import type { ItemState } from '../../circulation/model.ts'
import { reply } from '../message.ts'
import type { CirculationStatusCode } from '../spec/codes.ts'
import type { Operation } from './operation.ts'
import { amountOf, dueDate, mediaType, screenMessage, stamp, identifier } from './values.ts'

/** [SIP2 2.00 circulation status] */
const circulationStatus: Readonly<Record<ItemState, CirculationStatusCode>> = {
  other: '01',
  'on-order': '02',
  available: '03',
  'on-loan': '04',
  'in-process': '06',
  'on-hold-shelf': '08',
  'awaiting-reshelving': '09',
  'in-transit': '10',
  'claimed-returned': '11',
  lost: '12',
  missing: '13',
}

/** 17 to 18. [SIP2 2.00 item information] */
export const itemInformationOperation: Operation<'17', ItemStatus> = {
  execute: (request, { circulation, call }) => findItem(identifier(request.fields.AB), circulation, call),

  reply(request, outcome, context) {
    const AB = request.fields.AB ?? ''
    const transactionDate = stamp(context)
    if (outcome.kind !== 'done') {
      return reply(
        '18',
        { circulationStatus: '01', securityMarker: '00', feeType: '01', transactionDate },
        { AB, AJ: '', AF: screenMessage(outcome, context) },
      )
    }
    const { item, queueLength } = outcome.value
    const cost = item.replacementCost
    return reply(
      '18',
      {
        circulationStatus: circulationStatus[item.state],
        securityMarker: item.magnetic ? '02' : '00',
        feeType: '01',
        transactionDate,
      },
      {
        AB,
        AJ: item.title,
        ...(queueLength !== undefined && { CF: queueLength.toString() }),
        ...(item.due && { AH: dueDate(item.due, context) }),
        BG: item.owningLibrary.name || item.owningLibrary.code,
        ...(cost && { BH: cost.currency, BV: amountOf(cost) }),
        CK: mediaType(item),
        AQ: item.permanentLocation.name || item.permanentLocation.code,
        AP: item.currentLocation.name || item.currentLocation.code,
        AF: [],
      },
    )
  },
}
