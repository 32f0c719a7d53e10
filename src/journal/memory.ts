import type { Outcome } from '../circulation/outcome.ts'
import type { Begun, Change, Clock, Journal, Listed, UnsettledChange } from '../circulation/ports.ts'
import { EventMemory, type EventMemoryOptions } from './event-memory.ts'
import { keyOf, subjectOf } from './keys.ts'

/** The journal of one process, gone with it. */
export class MemoryJournal implements Journal {
  readonly #memory: EventMemory<Change>

  constructor(clock: Clock, options: EventMemoryOptions) {
    this.#memory = new EventMemory(clock, options)
  }

  /** How many changes are remembered. */
  get size(): number {
    return this.#memory.size
  }

  async begin(change: Change): Promise<Begun> {
    const subject = subjectOf(change)
    const opened = this.#memory.open([keyOf(change)], subject === undefined ? [] : [subject], change)
    if (opened.state === 'ended') return opened
    this.#memory.confirm(opened.event)
    return { state: opened.state, entry: opened.event.id, since: opened.event.since }
  }

  async end(entry: string, outcome: Outcome<unknown>): Promise<void> {
    this.#memory.end(entry, outcome)
  }

  async unsettled(limit: number): Promise<Listed<UnsettledChange>> {
    const { unsettled } = this.#memory
    const entries = [...unsettled].slice(0, limit).map(({ id, since, attempts, note: change }) => {
      const { kind, institution, machine, callId, details, machineTime, deadline } = change
      return { entry: id, kind, institution, machine, callId, details, machineTime, deadline, since, attempts }
    })
    return { entries, total: unsettled.size }
  }

  async close(): Promise<void> {}
}
