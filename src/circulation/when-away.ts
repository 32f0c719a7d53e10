import type { Circulation } from './circulation.ts'
import type { ChangeOf } from './once.ts'
import { type Accepted, type NotDone, type Refused, type UnavailableCause, accepted, refused } from './outcome.ts'
import type { PendingChange } from './ports.ts'

/** What a machine is told of a change that the library system did not answer for. */
export type WhenAway =
  | { readonly do: 'refuse' }
  /** It is written down and carried out later. */
  | { readonly do: 'queue' }
  /** It has happened already: it is taken whatever the library system says, and a refusal is for a person to settle. */
  | { readonly do: 'take' }
  /** A loan is promised to a patron of whom nothing bad is known. */
  | { readonly do: 'lend'; readonly limits: AwayLoanLimits }

export interface AwayLoanLimits {
  /** The patron was seen, and was free to borrow, so many milliseconds ago or later. */
  readonly seenWithinMs: number
  /** Most loans of one patron that wait at the same time. */
  readonly maxItems: number
  /** What the patron is told. */
  readonly due: Date
}

/** Causes for which nothing can be promised: what cannot be written down, and what may be a bug of ours. */
const unpromised: ReadonlySet<UnavailableCause> = new Set<UnavailableCause>(['journal', 'internal', 'not-carried-out'])

/** What the machine is promised, undefined when it must be told the outcome itself. */
export function promise(
  { whenAway = { do: 'refuse' }, details }: ChangeOf,
  outcome: NotDone,
  circulation: Circulation,
  machine: string,
): Accepted | undefined {
  if (whenAway.do === 'refuse' || !circulation.journal.mayAccept(machine)) return undefined
  if (outcome.kind === 'refused') return whenAway.do === 'take' ? accepted(details.due, outcome.reason) : undefined
  if (outcome.kind === 'unavailable' && unpromised.has(outcome.cause)) return undefined
  if (whenAway.do !== 'lend') return accepted(details.due)
  // While it answers, a loan whose answer was lost is better asked for again than promised unseen.
  if (circulation.system.availability.online() && !(outcome.kind === 'unavailable' && outcome.cause === 'offline')) {
    return undefined
  }
  return mayLend(whenAway.limits, details, circulation) ? accepted(whenAway.limits.due) : undefined
}

/**
 * Why a loan is not promised to a patron whom the library system would refuse as far as is known; undefined when nothing
 * is. To try again later would be poor advice.
 */
export function refuseAsSeen(
  { whenAway, details }: ChangeOf,
  outcome: NotDone,
  { seen }: Circulation,
): Refused | undefined {
  if (whenAway?.do !== 'lend' || outcome.kind !== 'unavailable' || unpromised.has(outcome.cause)) return undefined
  const barrier = seen.barrierOf(details.patron ?? '', whenAway.limits.seenWithinMs)
  return barrier && refused(barrier, '', 'AS_LAST_SEEN')
}

function mayLend(limits: AwayLoanLimits, { patron, item }: ChangeOf['details'], circulation: Circulation): boolean {
  const { journal, seen, system, backlog } = circulation
  if (patron === undefined || !seen.isClear(patron, limits.seenWithinMs)) return false
  const waiting = [...journal.pending(system.institution), ...backlog.underWay]
  const promised = waiting.filter(({ told }) => told !== undefined)
  const isLoan = ({ kind }: PendingChange) => kind === 'checkout'
  const ofPatron = promised.filter((change) => isLoan(change) && seen.isSame(patron, change.details?.patron))
  const lastOfItem = promised.findLast(({ details }) => details?.item === item)
  // What another patron took away cannot lie here unless it came back.
  return ofPatron.length < limits.maxItems && !(lastOfItem && isLoan(lastOfItem))
}
