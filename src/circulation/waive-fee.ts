import { createHash } from 'node:crypto'
import type { Circulation } from './circulation.ts'
import { type OpenFees, type Plan, bookShares, dueOn, limitToDue, pickFees, shareOut } from './fee-shares.ts'
import { inTurnOfAccount } from './in-turn.ts'
import type { Money } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, done, refused, unknown } from './outcome.ts'
import { describePartly } from './pay-rest.ts'
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
 * Writes off what is owed without a payment: one call for the list of open fees and one a fee, in the account's turn; one
 * more for the patron whom the visit does not know. More than is owed is refused before anything is sent. A lost answer
 * is settled by a reference that is kept with the waiver.
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
  return inTurnOfAccount(input, circulation, call, (patronId) =>
    waiveInTurn(input, patronId, attempt, circulation, call),
  )
}

async function waiveInTurn(
  input: Waiving,
  patronId: string,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<FeeWaived>> {
  const { amount, reason, comment, reference } = input
  const { fees, currency } = circulation.system
  const money = (minor: number): Money => ({ minor, currency })
  /** Undefined when sending was another attempt's work. */
  let planned: number | undefined
  /** What is written off, when that is a part. */
  let partly: string | undefined
  const since = new Date(attempt.since.getTime() - clockSkewMs)
  const toWaived = (minor: number, booked: Booked): FeeWaived => ({ patronId, amount: money(minor), ...booked })
  const outcome = await carryOut<FeeWaived>(
    {
      attempt,
      send: async () => {
        const open = await fees.ofPatron(patronId, call)
        if (open.kind !== 'done') return open
        const plan = planWaiver(input, open.value)
        if (plan.kind !== 'done') return plan
        const { shares, total } = plan.value
        planned = total.minor
        const booked = await bookShares(shares, ({ feeId = '', amount: part }) =>
          fees.waive({ patronId, feeId, amount: part, reason, comment, reference }, call),
        )
        return booked.kind === 'done' ? done(toWaived(total.minor, booked.value)) : booked
      },
      find: async () => {
        const found = await fees.findWaivers({ patronId, reference, since }, call)
        if (found.kind !== 'done') return found
        const parts = found.value
        const minor = parts.reduce((sum, waived) => sum + waived.amount.minor, 0)
        if (minor === 0) return done(undefined)
        const whole = planned ?? amount?.minor ?? (await readWhole(input, patronId, minor, circulation, call))
        if (whole === undefined) return unknown()
        const transactionIds = parts.map(({ transactionId }) => transactionId)
        if (minor >= whole) return done(toWaived(minor, { remaining: undefined, transactionIds }))
        partly = describePartly(money(whole), { minor, parts })
        return unknown(partly)
      },
    },
    circulation,
    call,
  )
  return outcome.kind === 'unknown' && partly !== undefined ? unknown(partly) : outcome
}

function planWaiver({ feeIds, amount }: Waiving, open: OpenFees): Outcome<Plan> {
  const picked = feeIds.length === 0 ? done(open.fees) : pickFees(open.fees, feeIds)
  if (picked.kind !== 'done') return picked
  const due = dueOn(open, feeIds)
  const total = limitToDue(amount ?? { ...open.total, minor: due }, due, 'refuse')
  if (total.kind !== 'done') return total
  if (total.value.minor === 0) return refused('fee-unknown')
  return done({ shares: shareOut(total.value, picked.value), total: total.value })
}

/** All that was to be written off: what is, and what is still owed there; undefined when that cannot be read. */
async function readWhole(
  { feeIds }: Waiving,
  patronId: string,
  minor: number,
  circulation: Circulation,
  call: Call,
): Promise<number | undefined> {
  const open = await circulation.system.fees.ofPatron(patronId, call)
  return open.kind === 'done' ? minor + dueOn(open.value, feeIds) : undefined
}

/** The same for an equal waiver, and for no other. */
const referenceOf = (identity: string): string =>
  `CB${createHash('sha256').update(identity).digest('hex').slice(0, 20)}`
