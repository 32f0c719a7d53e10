/** Of an amount the library system took a part: what is left to book, on which fee, or why that is not known. */
import { type OpenFees, type Plan, dueOn, limitToDue, partlyBooked, shareOut } from './fee-shares.ts'
import type { FeePayment, Money } from './model.ts'
import { formatAmount } from './money.ts'
import { type NotDone, type Outcome, done, refused } from './outcome.ts'
import type { PayFeeInput } from './pay-fee.ts'

/** What the library system shows of an amount that was to be booked. */
export interface PartlyBooked {
  readonly minor: number
  readonly parts: readonly FeePayment[]
}

export interface FoundPayment extends PartlyBooked {
  /** The parts make up the amount only when it is certain that no other payment has a share in them. */
  readonly isCertain: boolean
}

type Wanted = Pick<PayFeeInput, 'amount' | 'feeId' | 'feeIds' | 'order' | 'overpayment'>

/** None: any fee. */
export const idsOf = ({ feeId, feeIds = [] }: Wanted): readonly string[] => (feeId === undefined ? feeIds : [feeId])

/**
 * A payment goes from fee to fee and pays each one off before it goes on, so that what is booked tells where it stopped.
 * Refused where it does not: a fee that was begun and still owes something, or a part that may be another payment's.
 * @returns `total` is what is booked then, with what was booked before
 */
export function planRest(
  wanted: Wanted,
  { minor: booked, parts, isCertain }: FoundPayment,
  open: OpenFees,
): Outcome<Plan> {
  const { amount, order = 'as-system', overpayment = 'refuse' } = wanted
  const ids = idsOf(wanted)
  const begun = new Set(parts.map(({ feeId }) => feeId))
  const isPaidOff = (id: string | undefined) => !open.fees.some((fee) => fee.id === id && fee.balance.minor > 0)
  const isMeant = (id: string | undefined) => Boolean(id) && (ids.length === 0 || ids.includes(id ?? ''))
  const isTold = isCertain && begun.size === parts.length && [...begun].every((id) => isMeant(id) && isPaidOff(id))
  if (!isTold) return refused('fee-unknown', '', 'PARTS_UNCLEAR')

  const fees = ids.length === 0 ? open.fees : open.fees.filter(({ id }) => ids.includes(id))
  const rest = limitToDue({ ...amount, minor: amount.minor - booked }, dueOn(open, ids), overpayment)
  if (rest.kind !== 'done') return rest
  const inOne = ids.length === 0 && order === 'as-system'
  return done({
    shares: inOne ? [{ feeId: undefined, amount: rest.value }] : shareOut(rest.value, fees),
    total: { ...amount, minor: booked + rest.value.minor },
  })
}

/** For whoever has to settle it: `PARTLY_BOOKED 5.00 EUR on fee 501; not booked 2.00 EUR (fee-overpaid)`. */
export function describePartly(amount: Money, { minor, parts }: PartlyBooked, outcome?: NotDone): string {
  const say = (part: number) => `${formatAmount({ ...amount, minor: part })} ${amount.currency}`
  const booked = parts.map((part) => `${say(part.amount.minor)} on fee ${part.feeId ?? ''}`.trim())
  const why = outcome?.kind === 'refused' ? ` (${[outcome.reason, outcome.evidence].filter(Boolean).join(' ')})` : ''
  return `${partlyBooked} ${booked.join(', ')}; not booked ${say(amount.minor - minor)}${why}`
}
