import type { Circulation } from './circulation.ts'
import type { Attempt } from './once.ts'
import { type Outcome, type Unknown, done, unavailable, unknown } from './outcome.ts'
import type { Call } from './ports.ts'

/** How far the library system's clock may be behind ours when a change is recognised as ours by its time. */
export const clockSkewMs = 120_000

export interface Sending<T> {
  readonly attempt: Attempt
  send(): Promise<Outcome<T>>
  /** The change's result when the library system shows it, undefined when it does not. */
  find(): Promise<Outcome<T | undefined>>
}

/**
 * Sends a change and turns an unknown end into a known one; what was sent before is read back before it is sent again.
 * Where it is only looked for, the end is done, unknown, or unavailable because it was not carried out.
 */
export async function carryOut<T>(sending: Sending<T>, circulation: Circulation, call: Call): Promise<Outcome<T>> {
  if (sending.attempt.again) {
    const sent = unknown('an equal change was sent before')
    const before = sending.attempt.quiet ? await look(sent, sending) : await settle(sent, sending, circulation, call)
    if (before.kind !== 'unavailable') return before
    if (sending.attempt.lookOnly) return unavailable('not-carried-out', before.evidence)
  }
  const sent = await sending.send()
  return sent.kind === 'unknown' ? settle(sent, sending, circulation, call) : sent
}

/**
 * A change that was given up can still arrive, so absence counts only after the settle time; when that does not fit
 * into the deadline the end stays unknown.
 */
async function settle<T>(
  sent: Unknown,
  sending: Sending<T>,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<T>> {
  const first = await sending.find()
  if (first.kind === 'done' && first.value !== undefined) return done(first.value)

  await circulation.clock.sleep(circulation.settleMs, call.signal)
  return call.signal.aborted ? sent : look(sent, sending)
}

/** Absence counts: whatever was sent has arrived by now. */
async function look<T>(sent: Unknown, sending: Sending<T>): Promise<Outcome<T>> {
  const found = await sending.find()
  if (found.kind !== 'done') return sent
  return found.value === undefined ? unavailable('timeout', sent.evidence) : done(found.value)
}
