/**
 * The disk under the journal: the real store on a database in memory, which outlives the process. What was committed is
 * there after a kill, what was on its way to the disk is not.
 */
import { DatabaseSync } from 'node:sqlite'
import { JournalError, toJournalError } from '../../src/journal/fault.ts'
import type { OpenStore, StoreLink } from '../../src/journal/store-thread.ts'
import { Store } from '../../src/journal/store.ts'
import type { FaultCount } from './fault-count.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import { isWithin, type Weather } from './weather.ts'

export interface DiskParts {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly faults: FaultCount
  weather(): Weather
}

export class Disk {
  readonly database = new DatabaseSync(':memory:')
  readonly #parts: DiskParts

  constructor(parts: DiskParts) {
    this.#parts = parts
  }

  /** What a process opens its journal with. */
  open: OpenStore = async (options) => {
    const { scheduler } = this.#parts
    await scheduler.sleep(this.#parts.random.between(2, 30), 'journal opens')
    const store = new Store(options, this.database)
    let busyUntil = 0
    const ask = (method: keyof Store, ...parameters: readonly unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const { random, faults } = this.#parts
        const { disk } = this.#parts.weather()
        const stalls = random.chance(disk.stall)
        if (stalls) faults.add('disk stalls')
        const ms = stalls ? random.between(500, 12_000) : disk.usualMs * random.between(0.2, 1.5)
        busyUntil = Math.max(busyUntil, scheduler.now) + ms
        const full = method === 'commit' && isWithin(disk.fullWindows, scheduler.now)
        if (full) faults.add('disk full')
        scheduler.after(busyUntil - scheduler.now, `${method} written`, () => {
          let settle: () => void
          try {
            if (full) throw new JournalError('JOURNAL_DISK_FULL')
            const work = store[method] as (...given: readonly unknown[]) => unknown
            const value = work.apply(store, [...parameters])
            settle = () => resolve(value)
          } catch (error) {
            settle = () => reject(toJournalError(error))
          }
          scheduler.after(random.between(0.05, 1), `${method} told`, settle)
        })
      })
    const close = async (): Promise<void> => {
      await ask('close')
    }
    return { ask, close } as unknown as StoreLink
  }

  close(): void {
    this.database.close()
  }
}
