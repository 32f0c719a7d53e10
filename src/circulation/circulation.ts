import type { Backlog } from './backlog.ts'
import type { PasswordThrottle } from './password-throttle.ts'
import type { Clock, Journal, LibrarySystem, PasswordVerifier } from './ports.ts'
import type { SeenPatrons } from './seen-patrons.ts'

/** Undefined where the library sets no limit. */
export interface PatronLimits {
  /** From so many on a patron has too many. */
  readonly loans: number | undefined
  readonly overdue: number | undefined
  /** Whoever owes more owes too much; in minor units of the institution's currency. */
  readonly fees: number | undefined
}

/** What every use-case works with: one institution's library system and the things around it. */
export interface Circulation {
  readonly system: LibrarySystem
  readonly clock: Clock
  readonly journal: Journal
  /** How long after a lost answer the change may still arrive at the library system, in milliseconds. */
  readonly settleMs: number
  readonly limits: PatronLimits
  /** What was promised while the library system was away. */
  readonly backlog: Pick<Backlog, 'clear' | 'underWay'>
  readonly seen: SeenPatrons
  readonly passwords?: {
    /** Who checks them beside the library system, where the institution has one. */
    readonly directory?: PasswordVerifier | undefined
    readonly throttle?: PasswordThrottle | undefined
  }
}
