import { createHash } from 'node:crypto'
import type { Circulation } from './circulation.ts'
import { bookShares, limitToDue, partlyBooked, pickFees, shareOut, sumOfDebts } from './fee-shares.ts'
import type { Fee, Money } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, done, refused, unknown } from './outcome.ts'
import type { Booked, Call } from './ports.ts'
import { carryOut, clockSkewMs } from './settle.ts'
import type { Visit } from './visit.ts'

export interface WaiveFeeInput {
  readonly patron: string
  /** None: every open fee, the oldest first. */
  readonly feeIds: readonly string[]
  /** Undefined: all that is owed on them. */
  readonly amount: Money | undefined
  /** The library system's own code. */
  readonly reason: string
  /** For staff; may be empty. */
  readonly comment: string
  readonly visit: Visit
  /** See `Change.identity`. */
  readonly identity: string
}

export interface FeeWaived extends Booked {
  readonly patronId: string
  readonly amount: Money
}

/**
 * Writes off what is owed without a payment: one call for the list of fees and one a fee. More than is owed is refused
 * before anything is sent. A lost answer is settled by a reference that is kept with the waiver.
 */
export async function waiveFee(
  input: WaiveFeeInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<FeeWaived>> {
  const { patron, feeIds, amount, reason, comment, identity } = input
  if (patron === '') return refused('patron-unknown')
  if (reason === '') return refused('not-configured')
  if (amount !== undefined) {
    if (amount.currency !== circulation.system.currency) return refused('currency-wrong')
    if (!Number.isSafeInteger(amount.minor) || amount.minor <= 0) return refused('fee-amount-invalid')
  }
  const reference = referenceOf(identity)
  const details = { patron, fees: feeIds, amount, reason, reference, note: comment }
  return once({ kind: 'waive-fee', identity, details }, circulation, call, (attempt) =>
    waiveOnce({ ...input, reference }, attempt, circulation, call),
  )
}

type Waiving = Omit<WaiveFeeInput, 'identity'> & { readonly reference: string }

export async function waiveOnce(
  input: Waiving,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<FeeWaived>> {
  const { patron, amount, reason, comment, reference, visit } = input
  const { fees, currency } = circulation.system
  const patronId = visit.canonical(patron)
  visit.forgetCounts()
  /** Undefined when sending was another attempt's work. */
  let planned: number | undefined
  const since = new Date(attempt.since.getTime() - clockSkewMs)
  const toWaived = (minor: number, booked: Booked): FeeWaived => ({ patronId, amount: { minor, currency }, ...booked })
  return carryOut<FeeWaived>(
    {
      attempt,
      send: async () => {
        const open = await readOpen(input, patronId, circulation, call)
        if (open.kind !== 'done') return open
        const due = sumOfDebts(open.value)
        const total = limitToDue(amount ?? { minor: due, currency }, due, 'refuse')
        if (total.kind !== 'done') return total
        if (total.value.minor === 0) return refused('fee-unknown')
        planned = total.value.minor
        const booked = await bookShares(shareOut(total.value, open.value), ({ feeId = '', amount: part }) =>
          fees.waive({ patronId, feeId, amount: part, reason, comment, reference }, call),
        )
        return booked.kind === 'done' ? done(toWaived(total.value.minor, booked.value)) : booked
      },
      find: async () => {
        const found = await fees.findWaivers({ patronId, reference, since }, call)
        if (found.kind !== 'done') return found
        const minor = found.value.reduce((sum, waived) => sum + waived.amount.minor, 0)
        if (minor === 0) return done(undefined)
        const whole = planned ?? amount?.minor
        const complete = whole === undefined ? await isSettled(input, patronId, circulation, call) : minor >= whole
        const transactionIds = found.value.map(({ transactionId }) => transactionId)
        return complete ? done(toWaived(minor, { remaining: undefined, transactionIds })) : unknown(partlyBooked)
      },
    },
    circulation,
    call,
  )
}

async function readOpen(
  { feeIds }: Waiving,
  patronId: string,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<readonly Fee[]>> {
  const open = await circulation.system.fees.ofPatron(patronId, call)
  if (open.kind !== 'done') return open
  return feeIds.length === 0 ? done(open.value.fees) : pickFees(open.value.fees, feeIds)
}

/** Whether nothing is owed any more on the fees that were to be written off. */
async function isSettled(
  { feeIds }: Waiving,
  patronId: string,
  circulation: Circulation,
  call: Call,
): Promise<boolean> {
  const open = await circulation.system.fees.ofPatron(patronId, call)
  if (open.kind !== 'done') return false
  return sumOfDebts(open.value.fees.filter(({ id }) => feeIds.length === 0 || feeIds.includes(id))) === 0
}

/** The same for an equal waiver, and for no other. */
const referenceOf = (identity: string): string =>
  `CB${createHash('sha256').update(identity).digest('hex').slice(0, 20)}`
