/** A bounded number of connections to a directory, and a bounded queue before them. */
import type { LdapConnection } from './connection.ts'
import { type LdapHosts, TransportError } from './host.ts'

export interface PoolConfig {
  readonly connections: number
  readonly maxQueued: number
  readonly idleMs: number
}

/** Too many wait already. */
export class QueueFullError extends Error {}

interface Waiting {
  readonly resolve: () => void
}

export class LdapPool {
  readonly #config: PoolConfig
  readonly #hosts: LdapHosts
  readonly #open: (signal: AbortSignal) => Promise<LdapConnection>
  readonly #idle = new Map<LdapConnection, NodeJS.Timeout>()
  readonly #waiting = new Set<Waiting>()
  readonly #stopping = new AbortController()
  #busy = 0

  /** @param open walks over the hosts and gives a connection that is ready for the pool's kind of work. */
  constructor(config: PoolConfig, hosts: LdapHosts, open: (signal: AbortSignal) => Promise<LdapConnection>) {
    this.#config = config
    this.#hosts = hosts
    this.#open = open
  }

  /**
   * Does `work` on a connection, and again on another one when that was broken. Rejects as `work` does, with a
   * `TransportError` when no host answered, or with a `QueueFullError`.
   */
  async use<T>(given: AbortSignal, work: (connection: LdapConnection, signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = AbortSignal.any([given, this.#stopping.signal])
    await this.#takeTurn(signal)
    try {
      return await this.#tryHosts(signal, work)
    } finally {
      this.#passTurn()
    }
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#stopping.abort()
    this.#closeIdle()
  }

  async #tryHosts<T>(
    signal: AbortSignal,
    work: (connection: LdapConnection, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    for (let failures = 0; ; ) {
      const kept = this.#takeIdle()
      const connection = kept ?? (await this.#open(signal))
      try {
        const result = await work(connection, signal)
        this.#keep(connection)
        return result
      } catch (error) {
        if (!(error instanceof TransportError)) {
          this.#keep(connection)
          throw error
        }
        connection.close()
        // What was kept may have been broken for long, and then so are its neighbours; that says nothing of the host.
        if (kept) this.#closeIdle()
        else failures += 1
        if (signal.aborted) throw error
        if (!kept) this.#hosts.failed(connection.host, error.code)
        if (failures >= this.#hosts.count) throw error
      }
    }
  }

  async #takeTurn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new TransportError('ETIMEDOUT')
    if (this.#busy < this.#config.connections) {
      this.#busy += 1
      return
    }
    if (this.#waiting.size >= this.#config.maxQueued) throw new QueueFullError()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = { resolve }
    const giveUp = () => {
      this.#waiting.delete(waiting)
      reject(new TransportError('ETIMEDOUT'))
    }
    this.#waiting.add(waiting)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** The turn goes to whoever has waited longest, without being free in between. */
  #passTurn(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#busy -= 1
      return
    }
    this.#waiting.delete(next)
    next.resolve()
  }

  #takeIdle(): LdapConnection | undefined {
    for (const [connection, timer] of [...this.#idle].toReversed()) {
      clearTimeout(timer)
      this.#idle.delete(connection)
      if (!connection.closed) return connection
    }
    return undefined
  }

  #keep(connection: LdapConnection): void {
    this.#hosts.answered(connection.host)
    if (this.#stopping.signal.aborted) {
      connection.close()
      return
    }
    const timer = setTimeout(() => {
      this.#idle.delete(connection)
      connection.close()
    }, this.#config.idleMs)
    this.#idle.set(connection, timer.unref())
  }

  #closeIdle(): void {
    for (const [connection, timer] of this.#idle) {
      clearTimeout(timer)
      connection.close()
    }
    this.#idle.clear()
  }
}
