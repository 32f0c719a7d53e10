import type { Clock } from '../../src/circulation/ports.ts'

interface Sleeper {
  readonly at: number
  wake(): void
}

/** A clock that stands still until it is told to move. */
export class FakeClock implements Clock {
  #now = 1_000
  readonly #sleepers = new Set<Sleeper>()

  get sleeping(): number {
    return this.#sleepers.size
  }

  now(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#now)
  }

  monotonic(): number {
    return this.#now
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve()
        return
      }
      const wake = () => {
        this.#sleepers.delete(sleeper)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper: Sleeper = { at: this.#now + ms, wake }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  /** Moves on step by step, so that whoever is woken can go to sleep again on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settle()
      const [next] = [...this.#sleepers].toSorted((a, b) => a.at - b.at)
      if (next === undefined || next.at > end) break
      this.#now = Math.max(this.#now, next.at)
      next.wake()
    }
    this.#now = end
    await settle()
  }
}

/** Lets every promise that can go on do so. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
