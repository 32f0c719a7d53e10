import type { Circulation } from './circulation.ts'
import { type Outcome, unknown } from './outcome.ts'
import type { Call, ChangeKind } from './ports.ts'

/** One execution of a change. */
export interface Attempt {
  /** When the change was first begun; whatever the library system shows from before is not ours. */
  readonly since: Date
  /** True when an equal change was sent before and its end is not known: read back before sending. */
  readonly again: boolean
}

/**
 * Runs a change at most once: an equal change that is under way or done gives its own outcome and executes nothing.
 * The journal knows of the change before the library system does.
 */
export async function once<T>(
  { kind, identity, subject }: { kind: ChangeKind; identity: string; subject?: string },
  circulation: Circulation,
  call: Call,
  execute: (attempt: Attempt) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const { institution } = circulation.system
  const begun = await circulation.journal.begin({
    kind,
    identity,
    subject,
    institution,
    machine: call.machine,
    callId: call.id,
  })
  if (begun.state === 'ended') return (await begun.outcome) as Outcome<T>
  let outcome: Outcome<T> = unknown('the change ended in an error of the bridge')
  try {
    outcome = await execute({ since: begun.since, again: begun.state === 'unsettled' })
    return outcome
  } finally {
    await circulation.journal.end(begun.entry, outcome)
  }
}
