/** Watches who is let through to Alma. */
import { Quota } from '../../src/alma/quota.ts'
import type { Priority } from '../../src/circulation/ports.ts'
import type { LawBook } from './laws.ts'
import type { Scheduler } from './scheduler.ts'

interface Waiting {
  readonly quota: Quota
  readonly priority: Priority
  readonly sinceStep: number
}

/** @returns what ends the watch. */
export function watchFairness(scheduler: Scheduler, laws: LawBook): () => void {
  const waiting = new Set<Waiting>()
  const acquire = Quota.prototype.acquire
  Quota.prototype.acquire = async function watchedAcquire(this: Quota, priority, signal) {
    const entry = { quota: this, priority, sinceStep: scheduler.steps }
    waiting.add(entry)
    const grant = await acquire.call(this, priority, signal)
    waiting.delete(entry)
    if (grant.granted && priority === 'background') {
      // Whoever came within this very moment came too late to be let through first.
      const passed = [...waiting].some(
        (one) => one.quota === this && one.priority === 'patron' && one.sinceStep < scheduler.steps,
      )
      laws.check('fair', !passed, () => 'a background call went before a patron')
    }
    return grant
  }
  return () => {
    Quota.prototype.acquire = acquire
  }
}
