/**
 * Starts the parts of the process in order and stops them in reverse. Every step has a time limit; a part that fails
 * to stop keeps no other from stopping.
 */
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { Log } from './log.ts'

/**
 * A part's constructor only assigns; `start` and `stop` act. A part whose start failed is drained and stopped like the
 * others, since it may be half up.
 */
export interface Part {
  readonly name: string
  /** The signal aborts when the process is told to stop while it is still starting. */
  start?(signal: AbortSignal): Promise<void> | void
  /** Takes no new work and ends what is under way, at the latest when the signal aborts. */
  drain?(signal: AbortSignal): Promise<void> | void
  stop?(): Promise<void> | void
}

export interface LifecycleOptions {
  readonly log: Log
  /** Time for all parts together to drain. */
  readonly drainMs: number
  /** Time for one part to start. */
  readonly startMs?: number
  /** Time for one part to stop, and after the drain for one that ignores its signal. */
  readonly stopMs?: number
}

/** A part could not start; those before it are stopped again. The error of the part is its cause. */
export class StartError extends Error {
  readonly part: string

  constructor(part: string, cause: unknown) {
    super('a part could not start', { cause })
    this.part = part
  }
}

class StepTimeoutError extends Error {}
class StartAbortedError extends Error {}

const defaultStartMs = 30_000
const defaultStopMs = 5000

export class Lifecycle {
  readonly #log: Log
  readonly #drainMs: number
  readonly #startMs: number
  readonly #stopMs: number
  readonly #started: Part[] = []
  readonly #stopping = new AbortController()
  #starting: Promise<void> = Promise.resolve()
  #stopped: Promise<ExitCode> | undefined

  constructor({ log, drainMs, startMs = defaultStartMs, stopMs = defaultStopMs }: LifecycleOptions) {
    this.#log = log
    this.#drainMs = drainMs
    this.#startMs = startMs
    this.#stopMs = stopMs
  }

  /** True from the moment the process is told to stop: readiness says no. */
  get stopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Rejects with a {@link StartError} after everything that had started was stopped again. */
  async start(parts: readonly Part[]): Promise<void> {
    this.#starting = this.#startAll(parts)
    try {
      await this.#starting
    } catch (error) {
      this.#stopped ??= this.#stopAll({ told: false })
      await this.#stopped
      throw error
    }
  }

  /** Drains and stops every part, once: later calls get the same end. */
  stop(): Promise<ExitCode> {
    this.#stopped ??= this.#stopAll({ told: true })
    return this.#stopped
  }

  async #startAll(parts: readonly Part[]): Promise<void> {
    const { signal } = this.#stopping
    for (const part of parts) {
      try {
        if (signal.aborted) throw new StartAbortedError()
        this.#started.push(part)
        await limitTime(async () => part.start?.(signal), this.#startMs)
      } catch (error) {
        throw new StartError(part.name, error)
      }
      this.#log.debug('PART_STARTED', { part: part.name })
    }
  }

  /** Nobody told it to stop when the start failed, and what that ends with is not known here. */
  async #stopAll({ told }: { readonly told: boolean }): Promise<ExitCode> {
    this.#stopping.abort()
    if (told) this.#log.info('PROCESS_STOPPING')
    await this.#starting.catch(() => {})
    const parts = this.#started.toReversed()
    const drained = await this.#drainAll(parts)
    let clean = drained
    for (const part of parts) clean = (await this.#attempt(part, async () => part.stop?.(), this.#stopMs)) && clean
    const exitCode = clean ? exitCodes.done : exitCodes.notDrained
    if (told) this.#log.info('PROCESS_STOPPED', { exitCode })
    return exitCode
  }

  /** All parts at once: what one of them still does may need another. */
  async #drainAll(parts: readonly Part[]): Promise<boolean> {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), this.#drainMs)
    const limit = this.#drainMs + this.#stopMs
    const ends = await Promise.all(
      parts.map((part) => this.#attempt(part, async () => part.drain?.(deadline.signal), limit)),
    )
    clearTimeout(timer)
    return ends.every(Boolean)
  }

  async #attempt(part: Part, step: () => Promise<void>, limitMs: number): Promise<boolean> {
    try {
      await limitTime(step, limitMs)
      return true
    } catch (error) {
      const code = error instanceof StepTimeoutError ? 'PART_STOP_TIMEOUT' : 'PART_STOP_FAILED'
      this.#log.warn(code, { part: part.name }, error)
      return false
    }
  }
}

export interface SignalOptions {
  readonly lifecycle: Lifecycle
  readonly log: Log
  /** Ends the process; the real one when left out. */
  readonly exit?: (code: ExitCode) => void
  readonly signals?: readonly NodeJS.Signals[]
}

/**
 * Lets the first signal stop the process in good order and the second end it at once.
 * @returns takes the handlers off again
 */
export function handleSignals(options: SignalOptions): () => void {
  const { lifecycle, log, exit = (code) => process.exit(code), signals = ['SIGTERM', 'SIGINT'] } = options
  let told = false
  const handle = (): void => {
    if (told) {
      log.warn('STOP_FORCED', { exitCode: exitCodes.forced })
      exit(exitCodes.forced)
      return
    }
    told = true
    void lifecycle.stop().then(exit)
  }
  for (const signal of signals) process.on(signal, handle)
  return () => {
    for (const signal of signals) process.off(signal, handle)
  }
}

async function limitTime(step: () => Promise<void>, ms: number): Promise<void> {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new StepTimeoutError()), ms)
  try {
    await Promise.race([step(), expired])
  } finally {
    clearTimeout(timer)
  }
}
