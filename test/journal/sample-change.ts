import {
  type ChangeOutcome,
  type NotDone,
  type Outcome,
  accepted,
  done,
  unavailable,
} from '../../src/circulation/outcome.ts'
import type { Begun, Change, Clock, Journal } from '../../src/circulation/ports.ts'
import { fakeClock } from '../helpers/fake-library-system.ts'

export const makeChange = (identity: string, changes: Partial<Change> = {}): Change => ({
  kind: 'checkout',
  identity,
  subject: undefined,
  institution: 'INST',
  machine: 'kiosk',
  callId: 'message-1',
  details: {},
  machineTime: undefined,
  begunAt: new Date('2026-03-01T12:00:00Z'),
  happenedAt: new Date('2026-03-01T12:00:00Z'),
  deadline: new Date('2026-03-01T12:00:10Z'),
  ...changes,
})

/** Begins a change, ends it when it was to be executed, and tells how it began. */
export async function carry(journal: Journal, change: Change, outcome: Outcome<unknown> = done(1)): Promise<string> {
  const begun = await journal.begin(change)
  if (begun.state !== 'ended') await journal.end(begun.entry, outcome)
  return begun.state
}

/** The entry of a change that is to be executed. */
export function entryOf(begun: Begun | undefined): string {
  if (begun === undefined || begun.state === 'ended') throw new Error('the change is not to be executed')
  return begun.entry
}

/** Begins a change, promises it when it was to be executed, and tells how it began. */
export async function accept(
  journal: Journal,
  change: Change,
  outcome: NotDone = unavailable('offline'),
): Promise<string> {
  const begun = await journal.begin(change)
  if (begun.state === 'ended') return begun.state
  if (!(await journal.accept(begun.entry, outcome, accepted()))) throw new Error('the promise was not written')
  return begun.state
}

/** What an equal change was told. */
export async function answerTo(begun: Begun): Promise<ChangeOutcome<unknown> | undefined> {
  return begun.state === 'ended' ? begun.outcome : undefined
}

export const pendingEntries = (journal: Journal): string[] => journal.pending('INST').map(({ entry }) => entry)

/** Takes the first change of a message that waits under way. @returns its entry. */
export async function resume(journal: Journal, callId: string): Promise<string> {
  const entry = journal.pending('INST').find((change) => change.callId === callId)?.entry ?? ''
  if (!(await journal.resume(entry))) throw new Error('the change does not wait')
  return entry
}

/** A clock that is moved by hand. */
export function makeClock(): Clock & { advance(ms: number): void } {
  let passed = 0
  return {
    ...fakeClock,
    now: () => new Date(fakeClock.now().getTime() + passed),
    monotonic: () => passed,
    advance: (ms) => (passed += ms),
  }
}
