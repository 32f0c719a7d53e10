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
  isBrokenCircuitError,
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
      // The probes keep the pace, so the breaker lets the next one through whenever it comes.
      { breaker: new ConsecutiveBreaker(parts.config.failures), halfOpenAfter: 0 },
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
    try {
      await this.#policy.execute(async (): Promise<Observed<undefined>> => {
        const reach = await this.#probe(signal)
        return { value: undefined, reach: reach ?? 'away' }
      })
    } catch (error) {
      // The breaker refuses a probe while the system's clock stands before the time of the break.
      if (!isBrokenCircuitError(error)) throw error
    }
  }

  #tell(online: boolean): void {
    if (online === this.#toldOnline) return
    this.#toldOnline = online
    availabilityChannel.publish({ institution: this.#institution, online })
  }
}
