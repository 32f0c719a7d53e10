import type { Accepted, NotDone, Outcome } from '../circulation/outcome.ts'
import type { Begun, Change, Clock, DoneSearch, Journal, JournalCounts, PendingChange } from '../circulation/ports.ts'
import { type EndState, acceptedStateOf, endStateOf } from './end-state.ts'
import { EventMemory, type EventMemoryOptions } from './event-memory.ts'
import { keyOf, referenceOf, subjectOf } from './keys.ts'

export interface MemoryJournalOptions extends Omit<EventMemoryOptions, 'maxPending' | 'maxPendingPerMachine'> {
  /** Nothing is promised unless told otherwise: the promise would be gone with the process. */
  readonly maxPending?: number
  /** As many as may wait at all unless told otherwise. */
  readonly maxPendingPerMachine?: number
}

interface DoneChange {
  readonly reference: string
  readonly endedAt: number
  readonly outcome: Outcome<unknown>
}

/** The journal of one process, gone with it. */
export class MemoryJournal implements Journal {
  readonly #clock: Clock
  readonly #options: MemoryJournalOptions
  readonly #memory: EventMemory
  /** The one that ended first comes first. */
  readonly #done: DoneChange[] = []

  constructor(clock: Clock, options: MemoryJournalOptions) {
    this.#clock = clock
    this.#options = options
    const { maxPending = 0, maxPendingPerMachine = maxPending } = options
    this.#memory = new EventMemory(clock, { ...options, maxPending, maxPendingPerMachine })
  }

  /** How many changes are remembered that may be forgotten. */
  get size(): number {
    return this.#memory.size
  }

  mayAccept(machine: string): boolean {
    return this.#memory.hasRoom && this.#memory.roomFor(machine) > 0
  }

  async begin(change: Change): Promise<Begun> {
    const subject = subjectOf(change)
    const opened = this.#memory.open([keyOf(change)], subject === undefined ? [] : [subject], change)
    if (opened.state === 'ended') return opened
    this.#memory.confirm(opened.event)
    return { state: opened.state, entry: opened.event.id, since: opened.event.since }
  }

  async accept(entry: string, outcome: NotDone, told: Accepted, since?: Date): Promise<boolean> {
    this.#memory.correctBeginning(entry, since)
    const { before } = this.#memory.underWay(entry)
    this.#memory.accept(entry, acceptedStateOf(outcome, before), told)
    return true
  }

  async end(entry: string, outcome: Outcome<unknown>, since?: Date): Promise<void> {
    this.#memory.correctBeginning(entry, since)
    this.#end(entry, endStateOf(outcome, this.#memory.underWay(entry).before), outcome)
  }

  async setAside(entry: string, outcome: NotDone): Promise<void> {
    this.#end(entry, 'exception', outcome)
  }

  pending(institution: string): readonly PendingChange[] {
    return this.#memory.pending(institution)
  }

  async resume(entry: string, since?: Date): Promise<boolean> {
    if (this.#memory.resume(entry) === undefined) return false
    this.#memory.correctBeginning(entry, since)
    return true
  }

  async doneSince(search: DoneSearch): Promise<readonly Outcome<unknown>[]> {
    const reference = referenceOf(search)
    const since = search.since.getTime()
    return this.#done.filter((one) => one.reference === reference && one.endedAt >= since).map(({ outcome }) => outcome)
  }

  counts(institution: string): JournalCounts {
    return this.#memory.counts(institution)
  }

  institutions(): readonly string[] {
    return this.#memory.institutions()
  }

  async close(): Promise<void> {}

  #end(entry: string, state: EndState, outcome: Outcome<unknown>): void {
    const { change } = this.#memory.underWay(entry)
    if (state === 'done' && change?.details) {
      const reference = referenceOf({ ...change, details: change.details })
      if (reference !== undefined) this.#keep(reference, outcome)
    }
    this.#memory.end(entry, state, outcome)
  }

  #keep(reference: string, outcome: Outcome<unknown>): void {
    const { keepMs, maxEntries } = this.#options
    const now = this.#clock.now().getTime()
    this.#done.push({ reference, endedAt: now, outcome })
    const kept = this.#done.findIndex(
      ({ endedAt }, index) => endedAt >= now - keepMs && this.#done.length - index <= maxEntries,
    )
    this.#done.splice(0, kept)
  }
}
