/** An amount over several fees: which fee gets what, and booking it. */
import type { Fee, Money, Overpayment } from './model.ts'
import { type Outcome, done, refused, unknown } from './outcome.ts'
import type { Booked } from './ports.ts'

/** A part of an amount; without an id it goes to all open fees, as the library system spreads it. */
export interface FeeShare {
  readonly feeId: string | undefined
  readonly amount: Money
}

/** Which fee gets what, and how much that is together. */
export interface Plan {
  readonly shares: readonly FeeShare[]
  readonly total: Money
}

export const isSamePlan = (one: Plan, other: Plan): boolean =>
  one.shares.length === other.shares.length &&
  one.shares.every(({ feeId, amount }, at) => {
    const share = other.shares[at]
    return share?.feeId === feeId && share?.amount.minor === amount.minor
  })

/** What is booked of an amount when so much is due, or why nothing is. */
export function limitToDue(amount: Money, dueMinor: number, overpayment: Overpayment): Outcome<Money> {
  if (amount.minor <= dueMinor) return done(amount)
  return overpayment === 'refuse' || dueMinor <= 0 ? refused('fee-overpaid') : done({ ...amount, minor: dueMinor })
}

/** The fees with these ids, in the order of the list; refused when one of them is not open. */
export function pickFees(fees: readonly Fee[], ids: readonly string[]): Outcome<readonly Fee[]> {
  const picked = fees.filter(({ id }) => ids.includes(id))
  return picked.length === new Set(ids).size ? done(picked) : refused('fee-unknown')
}

/** Every open fee of an account, oldest first, and their sum, in which credits count. */
export interface OpenFees {
  readonly fees: readonly Fee[]
  readonly total: Money
}

/**
 * What may be booked: what the fees with these ids owe, whatever credits stand beside them; where none is named what the
 * account owes, credits taken off.
 */
export function dueOn({ fees, total }: OpenFees, ids: readonly string[]): number {
  if (ids.length > 0) return sumOfDebts(fees.filter(({ id }) => ids.includes(id)))
  return Math.max(0, Math.min(total.minor, sumOfDebts(fees)))
}

/** Credits are no debt. */
export const sumOfDebts = (fees: readonly Fee[]): number =>
  fees.reduce((sum, { balance }) => sum + Math.max(0, balance.minor), 0)

/** Fills one fee after the other; together they must owe at least the amount. */
export function shareOut(amount: Money, fees: readonly Fee[]): readonly FeeShare[] {
  const shares: FeeShare[] = []
  let left = amount.minor
  for (const { id, balance } of fees) {
    const minor = Math.min(left, balance.minor)
    if (minor <= 0) continue
    shares.push({ feeId: id, amount: { ...amount, minor } })
    left -= minor
  }
  return shares
}

/**
 * Books share after share. When one fails after another was booked the end is unknown: neither yes nor no would be true,
 * and what was booked cannot be taken back.
 */
export async function bookShares(
  shares: readonly FeeShare[],
  book: (share: FeeShare) => Promise<Outcome<Booked>>,
): Promise<Outcome<Booked>> {
  const booked: Booked[] = []
  for (const share of shares) {
    const outcome = await book(share)
    if (outcome.kind !== 'done') return booked.length === 0 ? outcome : unknown(partlyBooked)
    booked.push(outcome.value)
  }
  // Ids count only when they are all there: else a part would be taken for the whole.
  const complete = booked.every(({ transactionIds }) => transactionIds.length > 0)
  return done({
    remaining: booked.length === 1 ? booked[0]?.remaining : undefined,
    transactionIds: complete ? booked.flatMap(({ transactionIds }) => transactionIds) : [],
  })
}

export const partlyBooked = 'PARTLY_BOOKED'
