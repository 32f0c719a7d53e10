import { randomUUID } from 'node:crypto'
import type { Outcome } from '../circulation/outcome.ts'
import type { Begun, Change, Clock, Journal } from '../circulation/ports.ts'

export interface MemoryJournalOptions {
  /** How long an ended change answers for an equal one, in milliseconds. */
  readonly keepMs: number
  /** The oldest ended changes go first when there are more. */
  readonly maxEntries: number
}

interface Entry {
  readonly key: string
  readonly subject: string | undefined
  readonly since: Date
  readonly begunAt: number
  readonly outcome: Promise<Outcome<unknown>>
  readonly settle: (outcome: Outcome<unknown>) => void
  state: 'under way' | 'done' | 'unsettled'
}

/** The journal of one process, gone with it. */
export class MemoryJournal implements Journal {
  readonly #clock: Clock
  readonly #options: MemoryJournalOptions
  readonly #byKey = new Map<string, Entry>()
  readonly #byId = new Map<string, Entry>()
  /** The last change of each item. */
  readonly #bySubject = new Map<string, string>()

  constructor(clock: Clock, options: MemoryJournalOptions) {
    this.#clock = clock
    this.#options = options
  }

  /** How many changes are remembered. */
  get size(): number {
    return this.#byKey.size
  }

  async begin(change: Change): Promise<Begun> {
    this.#dropOld()
    const key = JSON.stringify([change.institution, change.kind, change.identity])
    const known = this.#byKey.get(key)
    if (known && known.state !== 'unsettled') return { state: 'ended', outcome: known.outcome }

    const since = known?.since ?? this.#clock.now()
    const { promise, resolve } = Promise.withResolvers<Outcome<unknown>>()
    const id = randomUUID()
    const begunAt = this.#clock.monotonic()
    const subject = change.subject ? JSON.stringify([change.institution, change.subject]) : undefined
    const entry: Entry = { key, subject, since, begunAt, outcome: promise, settle: resolve, state: 'under way' }
    this.#byKey.delete(key)
    this.#byKey.set(key, entry)
    if (subject !== undefined) this.#supersede(subject, key)
    this.#byId.set(id, entry)
    return { state: known ? 'unsettled' : 'new', entry: id, since }
  }

  async end(id: string, outcome: Outcome<unknown>): Promise<void> {
    const entry = this.#byId.get(id)
    if (!entry) throw new Error('the journal was told of the end of a change that it does not know')
    this.#byId.delete(id)
    entry.settle(outcome)
    if (outcome.kind === 'done') entry.state = 'done'
    else if (outcome.kind === 'unknown') entry.state = 'unsettled'
    else this.#forget(entry)
  }

  /** A change of an item ends the memory of the one before it. */
  #supersede(subject: string, key: string): void {
    const before = this.#byKey.get(this.#bySubject.get(subject) ?? '')
    if (before && before.key !== key && before.state === 'done') this.#forget(before)
    this.#bySubject.set(subject, key)
  }

  #forget(entry: Entry): void {
    this.#byKey.delete(entry.key)
    if (entry.subject !== undefined && this.#bySubject.get(entry.subject) === entry.key) {
      this.#bySubject.delete(entry.subject)
    }
  }

  #dropOld(): void {
    const oldest = this.#clock.monotonic() - this.#options.keepMs
    for (const entry of this.#byKey.values()) {
      if (entry.begunAt >= oldest && this.#byKey.size < this.#options.maxEntries) return
      if (entry.state !== 'under way') this.#forget(entry)
    }
  }
}
