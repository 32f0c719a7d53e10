import { bookedPaymentsOf } from './booked-payments.ts'
import type { Circulation } from './circulation.ts'
import type { Money, PaymentMethod } from './model.ts'
import { once } from './once.ts'
import { type Outcome, done, refused } from './outcome.ts'
import { findPatron } from './patron.ts'
import type { Call, Payment } from './ports.ts'
import { carryOut, clockSkewMs } from './settle.ts'
import type { Visit } from './visit.ts'

export interface PayFeeInput {
  readonly patron: string
  readonly feeId: string | undefined
  readonly amount: Money
  readonly method: PaymentMethod
  readonly externalTransactionId: string
  readonly visit: Visit
  /** See `Change.identity`. */
  readonly identity: string
}

export interface FeePaid {
  readonly amount: Money
  /** What the patron still owes; undefined when the library system did not say. */
  readonly remaining: Money | undefined
}

/**
 * Books one payment: one call when the visit knows what is owed, else two. More than is owed is refused before
 * anything is sent. A lost answer is settled by the external transaction id; a payment is never sent twice.
 */
export async function payFee(input: PayFeeInput, circulation: Circulation, call: Call): Promise<Outcome<FeePaid>> {
  const { amount, visit } = input
  const { system } = circulation
  if (amount.currency !== system.currency) return refused('currency-wrong')
  if (!Number.isSafeInteger(amount.minor) || amount.minor <= 0) return refused('fee-amount-invalid')
  const { feeId, method, externalTransactionId, identity } = input
  const details = { patron: input.patron, fee: feeId, amount, method, externalTransactionId }
  return once({ kind: 'pay-fee', identity, details }, circulation, call, async (attempt) => {
    const patron = await findPatron(input.patron, visit, circulation, call)
    if (patron.kind !== 'done') return patron
    const payment: Payment = { patronId: patron.value.id, feeId, amount, method, externalTransactionId }
    visit.forgetCounts()
    const settled = await carryOut(
      {
        attempt,
        // Checked only now: a payment that was sent before has lowered the balance already.
        send: async () => {
          if (amount.minor > patron.value.balance.minor) return refused('fee-overpaid')
          return system.fees.pay(payment, call)
        },
        find: () => findPayment(payment, attempt.since, circulation, call),
      },
      circulation,
      call,
    )
    if (settled.kind !== 'done') return settled
    bookedPaymentsOf(system).remember(payment, circulation.clock.now().getTime())
    return done({ amount, remaining: settled.value.remaining })
  })
}

/**
 * A payment over several fees leaves one transaction on each; it is there when they sum up to the amount, beyond what
 * was booked before under the same transaction id.
 */
async function findPayment(
  payment: Payment,
  begun: Date,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<{ remaining: Money | undefined } | undefined>> {
  const { patronId, externalTransactionId, amount } = payment
  const since = new Date(begun.getTime() - clockSkewMs)
  const found = await circulation.system.fees.findPayments({ patronId, externalTransactionId, since }, call)
  if (found.kind !== 'done') return found
  const paid = found.value.reduce((sum, part) => sum + part.amount.minor, 0)
  const before = bookedPaymentsOf(circulation.system).sumSince(payment, since.getTime())
  return done(paid - before >= amount.minor ? { remaining: undefined } : undefined)
}
