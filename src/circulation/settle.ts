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

/** Sends a change and turns an unknown end into a known one; what was sent before is read back before it is sent again. */
export async function carryOut<T>(sending: Sending<T>, circulation: Circulation, call: Call): Promise<Outcome<T>> {
  if (sending.attempt.again) {
    const before = await settle(unknown('an equal change was sent before'), sending, circulation, call)
    if (before.kind !== 'unavailable') return before
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
  if (call.signal.aborted) return sent

  const second = await sending.find()
  if (second.kind !== 'done') return sent
  if (second.value !== undefined) return done(second.value)
  return unavailable('timeout', sent.evidence)
}
