/**
 * Knows without a call whether Alma can be reached. A row of calls without an answer opens the breaker: calls are then
 * refused at once, and a probe of its own, not a patron's call, finds out when Alma is back.
 */
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel'
import type { Availability, Clock } from '../circulation/ports.ts'
import { availabilityChannel } from '../runtime/diagnostics.ts'
import type { BreakerConfig } from './config.ts'
import type { Reach } from './verdict.ts'

/** What a call ended with, and what it says about Alma. */
export interface Observed<T> {
  readonly value: T
  readonly reach: Reach
}

/** The probes alone find out. The longest that a timer can take, in milliseconds. */
const neverByItself = 2 ** 31 - 1

export class AlmaAvailability implements Availability {
  readonly #institution: string
  readonly #config: BreakerConfig
  readonly #clock: Clock
  readonly #policy: CircuitBreakerPolicy
  readonly #closing = new AbortController()
  #probe: (signal: AbortSignal) => Promise<Reach> = async () => 'reached'
  #probing = false
  #toldOnline = true
  /** The last call that said anything about Alma found it away. */
  #failing = false

  constructor(parts: { institution: string; config: BreakerConfig; clock: Clock }) {
    this.#institution = parts.institution
    this.#config = parts.config
    this.#clock = parts.clock
    this.#policy = circuitBreaker(
      handleWhenResult((result) => (result as Observed<unknown>).reach === 'away'),
      { breaker: new ConsecutiveBreaker(parts.config.failures), halfOpenAfter: neverByItself },
    )
    this.#policy.onBreak(() => {
      this.#tell(false)
      void this.#watch()
    })
    this.#policy.onReset(() => this.#tell(true))
  }

  /** Sets the call that finds out whether Alma is back. */
  probeBy(probe: (signal: AbortSignal) => Promise<Reach>): void {
    this.#probe = probe
  }

  online(): boolean {
    return this.#policy.state === CircuitState.Closed
  }

  /** Waits for a call and learns from it. Callers ask `online()` first. */
  async observe<T>(running: Promise<Observed<T>>): Promise<T> {
    const observed = await running
    const { reach } = observed
    // One success after another tells the breaker nothing. While it is open, the probes alone speak to it.
    const telling = reach === 'away' || (reach === 'reached' && this.#failing)
    if (telling && this.online()) {
      this.#failing = reach === 'away'
      await this.#policy.execute(async () => observed)
    }
    return observed.value
  }

  close(): void {
    this.#closing.abort()
  }

  async #watch(): Promise<void> {
    if (this.#probing) return
    this.#probing = true
    const { signal } = this.#closing
    while (!this.online()) {
      await this.#clock.sleep(this.#config.probeEveryMs, signal)
      if (signal.aborted) break
      await this.#tryProbe(signal)
    }
    this.#probing = false
  }

  async #tryProbe(signal: AbortSignal): Promise<void> {
    if ((await this.#probe(signal)) !== 'reached' || this.online()) return
    // Held open and let go, the breaker closes at once. By itself it would wait for the clock of this computer, which
    // somebody may have set back.
    this.#policy.isolate().dispose()
  }

  #tell(online: boolean): void {
    if (online === this.#toldOnline) return
    this.#toldOnline = online
    availabilityChannel.publish({ institution: this.#institution, online })
  }
}
