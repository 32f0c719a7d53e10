/**
 * The composition root: makes every part from the configuration, wires them, and starts, drains and stops them in
 * order.
 */
import type { AddressInfo } from 'node:net'
import { systemClock } from './runtime/clock.ts'
import type { Config } from './runtime/config/schema.ts'
import type { ExitCode } from './runtime/exit-codes.ts'
import { Lifecycle, type Part } from './runtime/lifecycle.ts'
import type { Log } from './runtime/log.ts'
import { makeMetrics } from './runtime/metrics.ts'
import { makePasswords } from './runtime/password.ts'
import type { Sip2Listener } from './sip2/listener.ts'
import { makeInstitutions } from './wiring/circulations.ts'
import { HttpListener } from './wiring/http.ts'
import { makeJournal } from './wiring/journal.ts'
import { makeEventLog } from './wiring/log-events.ts'
import { makeNcipOptions } from './wiring/ncip.ts'
import { makeSip2Listeners } from './wiring/sip2.ts'

/** Where a running bridge listens; ports are the real ones where the config says 0. */
export interface BridgeAddresses {
  readonly sip2: readonly { readonly name: string; readonly tls: boolean; readonly address: AddressInfo }[]
  readonly http: AddressInfo
}

/** One running process's worth of Circbridge. */
export class Bridge {
  readonly #lifecycle: Lifecycle
  readonly #parts: readonly Part[]
  readonly #sip2: readonly Sip2Listener[]
  readonly #http: HttpListener

  constructor(config: Config, log: Log) {
    const clock = systemClock
    const { journal, part: journalPart } = makeJournal(config.journal, { clock, log })
    const passwords = makePasswords({ concurrency: config.limits.passwordChecks })
    const metrics = makeMetrics({ processMetrics: true })
    const institutions = makeInstitutions(config, { clock, journal })

    this.#lifecycle = new Lifecycle({ log, drainMs: config.limits.drainMs })
    this.#sip2 = makeSip2Listeners(config, { institutions, passwords, clock, log })
    this.#http = new HttpListener(config.listeners.http, {
      ncip: makeNcipOptions(config, { institutions, log }),
      metrics,
      log,
      readiness: () => ({
        stopping: this.#lifecycle.stopping,
        institutions: [...institutions.values()].map(({ id, alma }) => ({ id, online: alma.availability.online() })),
        listeners: [...this.#sip2, this.#http].map(({ name, listening }) => ({ name, listening })),
      }),
    })
    this.#parts = [
      makeEventLog(log),
      journalPart,
      { name: 'metrics', stop: () => metrics.close() },
      ...[...institutions.values()].map(({ id, alma }) => ({ name: `alma.${id}`, stop: () => alma.close() })),
      this.#http,
      ...this.#sip2,
    ]
  }

  /** True from the moment it was told to stop. */
  get stopping(): boolean {
    return this.#lifecycle.stopping
  }

  get lifecycle(): Lifecycle {
    return this.#lifecycle
  }

  get addresses(): BridgeAddresses {
    return {
      sip2: this.#sip2.map(({ name, secure, address }) => ({ name, tls: secure, address })),
      http: this.#http.address,
    }
  }

  /** Rejects with a `StartError` after everything that had started was stopped again. */
  start(): Promise<void> {
    return this.#lifecycle.start(this.#parts)
  }

  /** Stops taking connections, finishes what is under way, closes everything. */
  stop(): Promise<ExitCode> {
    return this.#lifecycle.stop()
  }
}
