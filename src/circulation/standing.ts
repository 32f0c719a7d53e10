import type { PatronLimits } from './circulation.ts'
import type { Block, Patron } from './model.ts'
import type { RefusalReason } from './outcome.ts'

/** What a patron may do, as far as a reading tells; the last word is the library system's when it is tried. */
export interface Standing {
  /** The card is in force: active, not expired, with a patron's rights. */
  readonly valid: boolean
  readonly expired: boolean
  readonly blocks: readonly Block[]
  readonly mayLoan: boolean
  readonly mayRenew: boolean
  readonly mayHold: boolean
  readonly tooManyLoans: boolean
  readonly tooManyOverdue: boolean
  readonly owesTooMuch: boolean
}

/** `overdue` is undefined when the loans were not read. */
export function judgeStanding(patron: Patron, overdue: number | undefined, limits: PatronLimits, now: Date): Standing {
  const expired = patron.expires !== undefined && patron.expires <= now
  const valid = patron.active && !expired && patron.mayBorrow
  const blocks = patron.blocks.filter((block) => block.expires === undefined || block.expires > now)
  const reaches = (count: number, limit: number | undefined) => limit !== undefined && count >= limit
  return {
    valid,
    expired,
    blocks,
    mayLoan: valid && !blocks.some((block) => block.forbids.loan),
    mayRenew: valid && !blocks.some((block) => block.forbids.renew),
    mayHold: valid && !blocks.some((block) => block.forbids.hold),
    tooManyLoans: reaches(patron.counts.loans, limits.loans),
    tooManyOverdue: overdue !== undefined && overdue > 0 && reaches(overdue, limits.overdue),
    owesTooMuch: patron.balance.minor > (limits.fees ?? Number.POSITIVE_INFINITY),
  }
}

/** Why a patron may not borrow, in the words in which the library system would refuse a loan; undefined when they may. */
export function barrierOf(patron: Patron, standing: Standing): RefusalReason | undefined {
  const invalid = invalidityOf(patron, standing)
  if (invalid) return invalid
  if (!standing.mayLoan || standing.owesTooMuch) return 'patron-blocked'
  return standing.tooManyLoans ? 'loan-limit-reached' : undefined
}

/** Why a patron may place no hold; undefined when nothing that is known of them forbids it. */
export const holdBarrierOf = (patron: Patron, standing: Standing): RefusalReason | undefined =>
  invalidityOf(patron, standing) ?? (standing.mayHold ? undefined : 'patron-blocked')

/** Why a card is not in force. */
function invalidityOf({ active, mayBorrow }: Patron, { expired }: Standing): RefusalReason | undefined {
  if (!active) return 'patron-inactive'
  if (expired) return 'patron-expired'
  return mayBorrow ? undefined : 'patron-not-eligible'
}
