/**
 * Puts a simulation in the place of the computer's time and chance, for all code of this thread and for good: it belongs
 * into a worker that does nothing else, before the code under test is imported.
 */
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { performance } from 'node:perf_hooks'
import type { QueuedEvent } from './event-queue.ts'
import type { Random } from './random.ts'
import { type Scheduler, wallEpoch } from './scheduler.ts'

export interface Universe {
  readonly scheduler: Scheduler
  readonly random: Random
}

let universe: Universe | undefined

/** From now on time and chance are those of this universe. */
export function enter(next: Universe): void {
  universe = next
}

function current(): Universe {
  if (!universe) throw new Error('time was asked for before a simulation began')
  return universe
}

/** Before the first simulation, while modules are loaded, time stands still. */
const nowMs = (): number => universe?.scheduler.now ?? 0
const wallMs = (): number => Math.floor(wallEpoch + nowMs() + (universe?.scheduler.wallOffset ?? 0))

class Timer {
  #event: QueuedEvent | undefined

  constructor(label: string, ms: number, repeat: boolean, run: () => void) {
    const { scheduler } = current()
    const pause = Math.max(1, Number.isFinite(ms) ? ms : 1)
    const arm = (): void => {
      this.#event = scheduler.after(pause, label, () => {
        if (repeat) arm()
        run()
      })
    }
    arm()
  }

  cancel(): void {
    if (this.#event) this.#event.cancelled = true
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

const clear = (timer: unknown): void => {
  if (timer instanceof Timer) timer.cancel()
}

const RealDate = Date

class VirtualDate extends RealDate {
  constructor(...parts: readonly unknown[]) {
    // oxlint-disable-next-line typescript/no-explicit-any -- whatever a Date takes
    super(...((parts.length === 0 ? [wallMs()] : parts) as [any]))
  }

  static override now(): number {
    return wallMs()
  }
}

type Work = (...given: unknown[]) => void

export function installVirtualGlobals(): void {
  Object.assign(globalThis, {
    Date: VirtualDate,
    setTimeout: (run: Work, ms = 1, ...given: unknown[]) => new Timer('timer', ms, false, () => run(...given)),
    setInterval: (run: Work, ms = 1, ...given: unknown[]) => new Timer('interval', ms, true, () => run(...given)),
    setImmediate: (run: Work, ...given: unknown[]) => current().scheduler.after(0, 'immediate', () => run(...given)),
    clearTimeout: clear,
    clearInterval: clear,
  })
  performance.now = nowMs
  Math.random = () => current().random.next()
  const fill = (bytes: Buffer): Buffer => bytes.map(() => (universe ? universe.random.integer(0, 255) : 0)) as Buffer
  Object.assign(crypto, {
    randomBytes: (size: number) => fill(Buffer.alloc(size)),
    randomUUID: () => fill(Buffer.alloc(16)).toString('hex'),
  })
  syncBuiltinESMExports()
}
