import type { Circulation } from './circulation.ts'
import { type Outcome, unknown } from './outcome.ts'
import type { Call, Change } from './ports.ts'

/** One execution of a change. */
export interface Attempt {
  /** When the change was first begun; whatever the library system shows from before is not ours. */
  readonly since: Date
  /** True when an equal change was sent before and its end is not known: read back before sending. */
  readonly again: boolean
}

/** What the journal is told of a change beside who sent it and when. */
export type ChangeOf = Pick<Change, 'kind' | 'identity' | 'details'> & { readonly subject?: string }

/**
 * Runs a change at most once: an equal change that is under way or done gives its own outcome and executes nothing.
 * The journal knows of the change before the library system does, or it is not sent.
 */
export async function once<T>(
  { kind, identity, subject, details }: ChangeOf,
  circulation: Circulation,
  call: Call,
  execute: (attempt: Attempt) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const { system, clock, journal } = circulation
  const begun = await journal.begin({
    kind,
    identity,
    subject,
    details,
    institution: system.institution,
    machine: call.machine,
    callId: call.id,
    machineTime: call.machineTime,
    deadline: new Date(clock.now().getTime() + call.deadline - clock.monotonic()),
  })
  if (begun.state === 'ended') return (await begun.outcome) as Outcome<T>
  let outcome: Outcome<T> = unknown('the change ended in an error of the bridge')
  try {
    outcome = await execute({ since: begun.since, again: begun.state === 'unsettled' })
    return outcome
  } finally {
    await journal.end(begun.entry, outcome)
  }
}
