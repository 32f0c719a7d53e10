import { blockOnce } from './block-patron.ts'
import { changeOnce } from './change-hold.ts'
import { takeBackOnce } from './checkin.ts'
import { lendOnce } from './checkout.ts'
import type { Circulation } from './circulation.ts'
import { enableOnce } from './enable-patron.ts'
import { cancelOnce, placeOnce } from './hold.ts'
import type { Place } from './model.ts'
import type { Attempt } from './once.ts'
import { type Outcome, unknown } from './outcome.ts'
import { payOnce } from './pay-fee.ts'
import type { Call, ChangeDetails, PendingChange } from './ports.ts'
import { renewAllOnce, renewOnce } from './renew.ts'
import { updateOnce } from './update-item.ts'
import { Visit } from './visit.ts'
import { waiveOnce } from './waive-fee.ts'

/**
 * Carries out a change that was promised, or looks for one that was not. The machine and the patron are gone: all that
 * is known stands in the journal.
 */
export async function performPending(
  { kind, told, details }: PendingChange,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<unknown>> {
  if (details === undefined) return unknown('the key of the entry is missing')
  const visit = new Visit(() => circulation.clock.monotonic())
  const { patron = '', item = '', title = '', hold, fee, amount, method, externalTransactionId = '' } = details
  const place = placeOf(details)
  const promised = { due: told?.due, mayWait: told !== undefined }
  switch (kind) {
    case 'checkout': {
      const lending = { patron, barcode: item, place, visit, ownLoan: 'keep', wantItem: false } as const
      return lendOnce({ ...lending, ...promised }, attempt, circulation, call)
    }
    case 'checkin':
      // What a machine took back is not refused for somebody who waits for it: it lies in the bin.
      return takeBackOnce({ barcode: item, place, onHoldShelf: details.onHoldShelf, visit }, attempt, circulation, call)
    case 'renew':
      return item === '' && title === ''
        ? renewAllOnce({ patron, visit }, attempt, circulation, call)
        : renewOnce({ patron, barcode: item, title, ...promised, visit }, attempt, circulation, call)
    case 'pay-fee': {
      if (amount === undefined || method === undefined) return unknown('the entry has no amount')
      const { fees: feeIds, feeOrder: order, overpayment } = details
      const payment = { feeId: fee, feeIds, order, overpayment, amount, method, externalTransactionId }
      return payOnce({ patron, ...payment, visit }, attempt, circulation, call)
    }
    case 'waive-fee': {
      const { fees: feeIds = [], reason = '', reference, note: comment = '' } = details
      if (reference === undefined) return unknown('the entry has no reference')
      return waiveOnce({ patron, feeIds, amount, reason, reference, comment, visit }, attempt, circulation, call)
    }
    case 'place-hold': {
      const { copies, lastInterest } = details
      const target = item === '' ? { titleId: title } : { barcode: item }
      const wanted = { patron, target, copies, pickup: place, lastInterest, comment: '', visit }
      return placeOnce(wanted, attempt, circulation, call)
    }
    case 'change-hold': {
      const which = { holdId: hold, barcode: details.item, titleId: details.title }
      const wanted = { pickup: details.place, lastInterest: details.lastInterest }
      return changeOnce({ patron, ...which, ...wanted, visit }, attempt, circulation, call)
    }
    case 'cancel-hold': {
      const which = { holdId: hold, barcode: details.item, titleId: details.title }
      return cancelOnce({ patron, ...which, note: '', visit }, attempt, circulation, call)
    }
    case 'block-patron': {
      const { block, note = '' } = details
      if (block === undefined) return unknown('the entry has no block')
      return blockOnce({ patron, ...block, note, visit }, attempt, circulation, call)
    }
    case 'enable-patron':
      return enableOnce({ patron, visit }, attempt, circulation, call)
    case 'update-item': {
      const { member, value = '' } = details
      if (member === undefined) return unknown('the entry names no member')
      return updateOnce({ barcode: item, member, value }, attempt, circulation, call)
    }
    default:
      return kind satisfies never
  }
}

const placeOf = ({ place }: ChangeDetails): Place => ({
  library: place?.library ?? '',
  circulationDesk: place?.circulationDesk ?? '',
})
