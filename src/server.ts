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
import type { ReloadResult } from './sip2/tls-gate.ts'
import { HttpListener } from './wiring/http.ts'
import { Institutions } from './wiring/institutions.ts'
import { makeJournal } from './wiring/journal.ts'
import { BacklogLog } from './wiring/log-backlog.ts'
import { makeEventLog } from './wiring/log-events.ts'
import { NcipSide } from './wiring/ncip.ts'
import { makePinThrottle } from './wiring/pin-throttle.ts'
import { Sip2Side } from './wiring/sip2.ts'

/** Where a running bridge listens; ports are the real ones where the config says 0. */
export interface BridgeAddresses {
  readonly sip2: readonly { readonly name: string; readonly tls: boolean; readonly address: AddressInfo }[]
  readonly http: AddressInfo
}

/** One running process's worth of Circbridge. */
export class Bridge {
  readonly #lifecycle: Lifecycle
  readonly #parts: readonly Part[]
  readonly #institutions: Institutions
  readonly #sip2: Sip2Side
  readonly #ncip: NcipSide
  readonly #http: HttpListener

  constructor(config: Config, log: Log) {
    const clock = systemClock
    const { journal, part: journalPart } = makeJournal(config.journal, { clock, log })
    const passwords = makePasswords({ concurrency: config.limits.passwordChecks })
    const pinThrottle = makePinThrottle(config.limits.pinThrottle, { clock, log })
    this.#institutions = new Institutions(config, { clock, journal, log, pinThrottle })
    const states = () =>
      this.#institutions.current.map(({ id, alma }) => ({
        id,
        online: alma.availability.online(),
        changes: journal.counts(id),
      }))
    const metrics = makeMetrics({
      processMetrics: true,
      waitingChanges: () =>
        [...states(), ...this.#institutions.leftBehind].map(({ id, changes }) => ({ institution: id, ...changes })),
    })

    this.#lifecycle = new Lifecycle({ log, drainMs: config.limits.drainMs })
    this.#sip2 = new Sip2Side(config, { institutions: this.#institutions, passwords, clock, log })
    this.#ncip = new NcipSide(config, { institutions: this.#institutions, log })
    this.#http = new HttpListener(config.listeners.http, {
      ncip: this.#ncip.options,
      metrics,
      log,
      readiness: () => ({
        stopping: this.#lifecycle.stopping,
        institutions: states(),
        leftBehind: this.#institutions.leftBehind,
        listeners: [...this.#sip2.listeners, this.#http].map(({ name, listening }) => ({ name, listening })),
      }),
    })
    this.#parts = [
      makeEventLog(log),
      new BacklogLog(log),
      journalPart,
      { name: 'metrics', stop: () => metrics.close() },
      this.#institutions,
      this.#http,
      ...this.#sip2.listeners,
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
      sip2: this.#sip2.listeners.map(({ name, secure, address }) => ({ name, tls: secure, address })),
      http: this.#http.address,
    }
  }

  /** Reads certificates, keys and revocation lists of the listeners again; open connections go on. */
  reloadCertificates(): Promise<readonly ReloadResult[]> {
    return Promise.all(this.#sip2.listeners.map((listener) => listener.reload()))
  }

  /**
   * Puts institutions, terminals, profiles, texts and partners of another configuration in use: all of it, or nothing
   * when it throws. Machines that are logged in go on as they were; listeners, journal and limits stay.
   */
  reload(config: Config): void {
    const parts = [this.#institutions, this.#sip2, this.#ncip].map((part) => part.prepare(config))
    for (const adopt of parts) adopt()
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
