import type { Circulation } from './circulation.ts'
import { type ChangeOutcome, type Outcome, unavailable, unknown } from './outcome.ts'
import type { Call, Change } from './ports.ts'
import { inTurn, inTurnOfItem } from './in-turn.ts'
import { type WhenAway, promise, refuseAsSeen } from './when-away.ts'

/** One execution of a change. */
export interface Attempt {
  /** When the change was first begun; whatever the library system shows from before is not ours. */
  readonly since: Date
  /** True when an equal change was sent before and its end is not known: read back before sending. */
  readonly again: boolean
  /** The sending before is so long ago that it cannot arrive any more: one look is enough. */
  readonly quiet: boolean
  /** When it happened, of what is carried out later than that: meanwhile others may have changed the same item. */
  readonly happenedAt?: Date
  /** Nobody waits for it and nobody was told yes: only look whether it was carried out. */
  readonly lookOnly: boolean
}

/** What the journal is told of a change beside who sent it and when. */
export type ChangeOf = Pick<Change, 'kind' | 'identity' | 'details'> & {
  readonly subject?: string
  /** What the machine is told when the library system is away; refused unless said otherwise. */
  readonly whenAway?: WhenAway
}

/**
 * Runs a change at most once: an equal change that is under way or has an end gives its own outcome and executes nothing.
 * The journal knows of the change before the library system does, or it is not sent. What was promised before for the
 * same item or patron goes first.
 */
export async function once<T>(
  change: ChangeOf,
  circulation: Circulation,
  call: Call,
  execute: (attempt: Attempt) => Promise<Outcome<T>>,
): Promise<ChangeOutcome<T>> {
  const { system, clock, journal, backlog } = circulation
  const { kind, identity, subject, details } = change
  const now = clock.now()
  const latest = journal.pending(system.institution).at(-1)?.happenedAt
  const happenedAt = whenHappened(change, call, { now, latest })
  const begun = await journal.begin({
    kind,
    identity,
    subject,
    details,
    institution: system.institution,
    machine: call.machine,
    callId: call.id,
    machineTime: call.machineTime,
    begunAt: system.now(),
    happenedAt,
    deadline: new Date(now.getTime() + call.deadline - clock.monotonic()),
  })
  if (begun.state === 'ended') return (await begun.outcome) as ChangeOutcome<T>
  const { entry, state } = begun
  const started = clock.monotonic()
  /** The library system's clock may be known only by its first answer. */
  const since = (): Date =>
    state === 'new' ? new Date(system.now().getTime() - clock.monotonic() + started) : begun.since
  let outcome: Outcome<T> = unknown('the change ended in an error of the bridge')
  let promised = false
  return inTurnOfItem(journal, details.item, call.signal, async () => {
    try {
      const again = state === 'unsettled'
      outcome = (await backlog.clear(details, happenedAt, call))
        ? await execute({
            get since() {
              return since()
            },
            again,
            quiet: false,
            lookOnly: false,
            ...(details.reported && { happenedAt }),
          })
        : unavailable('offline', 'earlier changes of the same item or patron wait')
      // Whoever could not look knows nothing of what was sent before.
      if (again && outcome.kind === 'unavailable') outcome = unknown(outcome.evidence)
      if (outcome.kind === 'done') return outcome
      const open = outcome
      const told = await inTurn(journal, change.whenAway, async () => {
        const wanted = promise(change, open, circulation, call.machine)
        promised = wanted !== undefined && (await journal.accept(entry, open, wanted, since()))
        return promised ? wanted : undefined
      })
      if (told) return told
      outcome = refuseAsSeen(change, open, circulation) ?? open
      return outcome
    } finally {
      if (!promised) await journal.end(entry, outcome, since())
    }
  })
}

/**
 * Clocks go wrong and are set right: what is reported now has happened, and what happens now comes after all that is
 * known, whatever they say.
 */
function whenHappened(
  { details }: ChangeOf,
  call: Call,
  { now, latest }: { now: Date; latest: Date | undefined },
): Date {
  const present = latest !== undefined && latest > now ? latest : now
  return details.reported && call.machineTime && call.machineTime < present ? call.machineTime : present
}
