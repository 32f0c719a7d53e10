import type { Circulation } from './circulation.ts'
import {
  type OpenFees,
  type Plan,
  bookShares,
  dueOn,
  isSamePlan,
  limitToDue,
  pickFees,
  shareOut,
  sumOfDebts,
} from './fee-shares.ts'
import { inTurnOfAccount } from './in-turn.ts'
import type { FeeOrder, FeePayment, Money, Overpayment, PaymentMethod } from './model.ts'
import { formatAmount } from './money.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, type RefusalReason, done, refused, unknown } from './outcome.ts'
import { findOwn } from './own-changes.ts'
import { type FoundPayment, describePartly, idsOf, planRest } from './pay-rest.ts'
import type { Booked, Call, Payment } from './ports.ts'
import { carryOut, clockSkewMs } from './settle.ts'
import type { Visit } from './visit.ts'
import type { WhenAway } from './when-away.ts'

export interface PayFeeInput {
  readonly patron: string
  /** One fee; undefined for several or for all that is owed. */
  readonly feeId: string | undefined
  /** Several fees, paid in the order in which they arose. */
  readonly feeIds?: readonly string[] | undefined
  /** Where no fee is named: `as-system` unless told otherwise. */
  readonly order?: FeeOrder | undefined
  readonly amount: Money
  /** `refuse` unless told otherwise. */
  readonly overpayment?: Overpayment | undefined
  readonly method: PaymentMethod
  readonly externalTransactionId: string
  readonly visit: Visit
  readonly whenAway: WhenAway
  /** See `Change.identity`. */
  readonly identity: string
}

export interface FeePaid extends Booked {
  readonly patronId: string
  /** What was booked. */
  readonly amount: Money
  /** What was paid beyond that, because no more was owed; undefined when all of it was booked. */
  readonly rest?: Money | undefined
  /** By the library system's clock. */
  readonly bookedAt: Date
}

/**
 * Books one payment: one call for the list of open fees and one a booking, which is a fee where the amount is spread here
 * or fees are named; one more for the patron whom the visit does not know. The list is read when the account's turn has
 * come, whatever the visit knows: more than is owed by it is refused before anything is sent, or cut. A lost answer is
 * settled by the external transaction id; a payment is never sent twice. One of which the library system took a part is of
 * unknown end, and the next attempt sends the rest.
 */
export async function payFee(
  input: PayFeeInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<FeePaid>> {
  const { amount } = input
  if (amount.currency !== circulation.system.currency) return refused('currency-wrong')
  if (!Number.isSafeInteger(amount.minor) || amount.minor <= 0) return refused('fee-amount-invalid')
  const { patron, feeId, feeIds, order, overpayment, method, externalTransactionId, whenAway, identity } = input
  const spread = {
    ...(feeIds && { fees: feeIds }),
    ...(order && { feeOrder: order }),
    ...(overpayment && { overpayment }),
  }
  const details = { patron, fee: feeId, ...spread, amount, method, externalTransactionId }
  return once({ kind: 'pay-fee', identity, details, whenAway }, circulation, call, (attempt) =>
    payOnce(input, attempt, circulation, call),
  )
}

/** How a fee is refused that staff have settled between our look and the booking: worth another look. */
const whenChanged: ReadonlySet<RefusalReason> = new Set(['fee-amount-invalid', 'fee-unknown', 'not-configured'])

type Paying = Omit<PayFeeInput, 'identity' | 'whenAway'>

export async function payOnce(
  input: Paying,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<FeePaid>> {
  return inTurnOfAccount(input, circulation, call, (patronId) => payInTurn(input, patronId, attempt, circulation, call))
}

async function payInTurn(
  input: Paying,
  patronId: string,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<FeePaid>> {
  const { amount, method, externalTransactionId } = input
  const { system } = circulation
  /** What was sent for booking; undefined when that was another attempt's work. */
  let planned: Money | undefined
  /** What is booked of it, when that is a part. */
  let partly: FoundPayment | undefined
  const toPaid = (booked: Booked, minor: number): FeePaid => ({
    patronId,
    amount: { ...amount, minor },
    ...(minor < amount.minor && { rest: { ...amount, minor: amount.minor - minor } }),
    bookedAt: system.now(),
    ...booked,
  })
  // Planned only when it is sent: a payment that was sent before has lowered the balance already.
  const plan = async (): Promise<Outcome<Plan>> => {
    const open = await system.fees.ofPatron(patronId, call)
    if (open.kind !== 'done') return open
    return partly ? planRest(input, certainOf(input, partly, circulation), open.value) : planPayment(input, open.value)
  }
  const book = async ({ shares, total }: Plan): Promise<Outcome<FeePaid>> => {
    const before = partly
    planned = total
    const comment = total.minor < amount.minor ? describeRest(input, total) : undefined
    const booked = await bookShares(shares, (share) =>
      system.fees.pay({ patronId, ...share, method, externalTransactionId, comment }, call),
    )
    return booked.kind === 'done' ? done(toPaid(withParts(booked.value, before), total.minor)) : booked
  }
  const outcome = await carryOut<FeePaid>(
    {
      attempt,
      send: async () => {
        const first = await plan()
        if (first.kind !== 'done') return first
        const booked = await book(first.value)
        if (booked.kind !== 'refused' || !whenChanged.has(booked.reason)) return booked
        const second = await plan()
        if (second.kind !== 'done') return second.kind === 'refused' ? second : booked
        return isSamePlan(second.value, first.value) ? booked : book(second.value)
      },
      find: async () => {
        const found = await findPayment({ patronId, externalTransactionId }, attempt.since, circulation, call)
        if (found.kind !== 'done') return found
        const { minor, parts } = found.value
        const toFound = (own: number) =>
          done(toPaid({ remaining: undefined, transactionIds: idsMaking(own, parts) }, own))
        if (minor >= (planned ?? amount).minor) return toFound((planned ?? amount).minor)
        partly = undefined
        if (minor <= 0) return done(undefined)
        const cut = planned === undefined && (await isPaidUp(input, patronId, circulation, call))
        if (cut) return toFound(minor)
        partly = found.value
        return done(undefined)
      },
    },
    circulation,
    call,
  )
  if (partly === undefined || outcome.kind === 'done') return outcome
  // The rest could not be tried: it waits as it did.
  if (outcome.kind === 'unavailable' && attempt.again && !attempt.lookOnly) return outcome
  return unknown(describePartly(amount, partly, outcome))
}

/** Both bookings' ids, which count only when they are all there. */
function withParts(booked: Booked, before: FoundPayment | undefined): Booked {
  if (before === undefined) return booked
  const ids = [...before.parts.map(({ transactionId }) => transactionId), ...booked.transactionIds]
  const complete = booked.transactionIds.length > 0 && !ids.includes('')
  return { remaining: undefined, transactionIds: complete ? ids : [] }
}

/** One that waits under the same id may have its own among the parts. */
function certainOf(
  { externalTransactionId }: Paying,
  found: FoundPayment,
  { system, journal }: Circulation,
): FoundPayment {
  const others = journal.pending(system.institution).filter(({ kind }) => kind === 'pay-fee')
  const isAlone = !others.some(({ details }) => details?.externalTransactionId === externalTransactionId)
  return { ...found, isCertain: found.isCertain && isAlone }
}

function planPayment(input: Paying, open: OpenFees): Outcome<Plan> {
  const { amount, order = 'as-system', overpayment = 'refuse' } = input
  const ids = idsOf(input)
  const picked = ids.length === 0 ? done(open.fees) : pickFees(open.fees, ids)
  if (picked.kind !== 'done') return picked
  const limited = limitToDue(amount, dueOn(open, ids), overpayment)
  if (limited.kind !== 'done') return limited
  const total = limited.value
  const inOne = ids.length === 0 && (order === 'as-system' || total.minor === sumOfDebts(open.fees))
  if (inOne) return done({ shares: [{ feeId: undefined, amount: total }], total })
  const exact = ids.length === 0 && order === 'matching-amount' && picked.value.find(owes(total))
  return done({ shares: shareOut(total, exact ? [exact] : picked.value), total })
}

const owes =
  ({ minor }: Money) =>
  ({ balance }: { readonly balance: Money }): boolean =>
    balance.minor === minor

/** Whether nothing is left of what an earlier attempt was to pay, so that it was cut to what was owed. */
async function isPaidUp(input: Paying, patronId: string, circulation: Circulation, call: Call): Promise<boolean> {
  if ((input.overpayment ?? 'refuse') === 'refuse') return false
  const open = await circulation.system.fees.ofPatron(patronId, call)
  if (open.kind !== 'done') return false
  return dueOn(open.value, idsOf(input)) === 0
}

/** For staff, who may owe the patron the rest. */
function describeRest({ amount, overpayment }: Paying, total: Money): string | undefined {
  if (overpayment !== 'credit-note') return undefined
  const rest = formatAmount({ ...amount, minor: amount.minor - total.minor })
  return `${formatAmount(amount)} ${amount.currency} paid, ${rest} more than was owed: credit to the patron`
}

/**
 * A payment over several fees leaves one transaction on each: what they sum up to, beyond what other payments under the
 * same transaction id left there.
 */
async function findPayment(
  { patronId, externalTransactionId }: Pick<Payment, 'patronId' | 'externalTransactionId'>,
  begun: Date,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<FoundPayment>> {
  const { system } = circulation
  const since = new Date(begun.getTime() - clockSkewMs)
  const found = await system.fees.findPayments({ patronId, externalTransactionId, since }, call)
  if (found.kind !== 'done') return found

  const others = (await findOwn<FeePaid>('pay-fee', { externalTransactionId }, begun, circulation)).filter(
    (other) => other.patronId === patronId && (other.transactionIds.length > 0 || other.bookedAt >= since),
  )
  return done(withoutOthers(found.value, others))
}

/** What is left of the part payments when those of other payments are taken away. */
function withoutOthers(found: readonly FeePayment[], others: readonly FeePaid[]): FoundPayment {
  const taken = new Set(others.flatMap(({ transactionIds }) => transactionIds))
  const left = found.filter(({ transactionId }) => !taken.has(transactionId))
  const unnamed = others.filter(({ transactionIds }) => transactionIds.length === 0)
  const sum = (amounts: readonly { readonly amount: Money }[]) =>
    amounts.reduce((total, { amount }) => total + amount.minor, 0)
  return { minor: sum(left) - sum(unnamed), parts: left, isCertain: unnamed.length === 0 }
}

/**
 * Which parts, booked one after the other, make up an amount. None when that cannot be told: a payment under the same id
 * that is still under way must not lose its own to this one.
 */
function idsMaking(minor: number, parts: readonly FeePayment[]): readonly string[] {
  const inOrder = parts.toSorted((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0))
  for (let first = 0; first < inOrder.length; first += 1) {
    let left = minor
    for (let next = first; left > 0 && next < inOrder.length; next += 1) {
      left -= inOrder[next]?.amount.minor ?? 0
      if (left === 0) return inOrder.slice(first, next + 1).map(({ transactionId }) => transactionId)
    }
  }
  return []
}
