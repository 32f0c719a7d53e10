import type { Outcome } from '../circulation/outcome.ts'
import type { Clock } from '../circulation/ports.ts'
import { newId } from '../runtime/new-id.ts'

export interface EventMemoryOptions {
  /** How long a done change answers for an equal one, in milliseconds. */
  readonly keepMs: number
  /** When there are more, the done ones that ended first go, then the unsettled ones. */
  readonly maxEntries: number
}

/** @typeParam Note what the journal wants to know of a change again. */
export interface RememberedEvent<Note> {
  readonly id: string
  readonly key: string
  readonly subject: string | undefined
  /** When it was first begun. */
  readonly since: Date
  /** 1 unless earlier attempts ended unknown. */
  readonly attempts: number
  readonly note: Note
  /** The done event whose memory ends when this one has begun. */
  readonly supersedes: RememberedEvent<Note> | undefined
}

export type Opened<Note> =
  | { readonly state: 'ended'; readonly outcome: Promise<Outcome<unknown>> }
  | { readonly state: 'new' | 'unsettled'; readonly event: RememberedEvent<Note> }

/** What an earlier process left behind. */
export interface LeftEvent<Note> {
  readonly id: string
  readonly key: string
  readonly subject: string | undefined
  readonly since: Date
  readonly attempts: number
  readonly note: Note
  /** Undefined when it is unsettled. */
  readonly done: { readonly outcome: Outcome<unknown>; readonly agoMs: number } | undefined
}

export type EndState = 'done' | 'unsettled' | 'refused' | 'unavailable'

/** An attempt that learnt nothing about the one before it leaves the change as open as it was. */
export function endStateOf(outcome: Outcome<unknown>, attempts: number): EndState {
  if (outcome.kind === 'unknown' || (outcome.kind === 'unavailable' && attempts > 1)) return 'unsettled'
  return outcome.kind
}

interface Entry<Note> extends RememberedEvent<Note> {
  supersedes: Entry<Note> | undefined
  readonly outcome: Promise<Outcome<unknown>>
  settle: ((outcome: Outcome<unknown>) => void) | undefined
  state: 'under way' | 'done' | 'unsettled'
  endedAt: number
}

/**
 * Which change is equal to which, for as long as it matters. Keys and subjects are opaque: plain text for a journal
 * in memory, digests for one that is kept. Lists of them hold the same value under every key of a rotation, the newest
 * first.
 */
export class EventMemory<Note> {
  readonly #clock: Clock
  readonly #options: EventMemoryOptions
  readonly #byKey = new Map<string, Entry<Note>>()
  readonly #underWay = new Map<string, Entry<Note>>()
  /** The one that ended first comes first. */
  readonly #done = new Set<Entry<Note>>()
  readonly #unsettled = new Set<Entry<Note>>()
  readonly #lastOfSubject = new Map<string, Entry<Note>>()

  constructor(clock: Clock, options: EventMemoryOptions) {
    this.#clock = clock
    this.#options = options
  }

  get size(): number {
    return this.#byKey.size
  }

  /** Claims a change for whoever asks first; it must be confirmed or abandoned, and once confirmed, ended. */
  open(keys: readonly string[], subjects: readonly string[], note: Note): Opened<Note> {
    this.#makeRoom()
    const known = findFirst(this.#byKey, keys)
    if (known && known.state !== 'unsettled') return { state: 'ended', outcome: known.outcome }

    const before = findFirst(this.#lastOfSubject, subjects)
    const entry = makeEntry({
      id: known?.id ?? newId(),
      key: known?.key ?? keys[0] ?? '',
      subject: subjects[0],
      since: known?.since ?? this.#clock.now(),
      attempts: (known?.attempts ?? 0) + 1,
      note,
      supersedes: before && before.key !== known?.key && before.state === 'done' ? before : undefined,
    })
    if (known) this.#forget(known)
    this.#byKey.set(entry.key, entry)
    this.#underWay.set(entry.id, entry)
    return { state: known ? 'unsettled' : 'new', event: entry }
  }

  /** The change is written and will be sent: from now on it ends the memory of an earlier one of its subject. */
  confirm({ id }: RememberedEvent<Note>): void {
    const entry = this.#find(id)
    if (entry.supersedes?.state === 'done') this.#forget(entry.supersedes)
    entry.supersedes = undefined
    if (entry.subject !== undefined) this.#lastOfSubject.set(entry.subject, entry)
  }

  /** The change will not be sent. Whoever waits for it gets the outcome. */
  abandon({ id }: RememberedEvent<Note>, outcome: Outcome<unknown>): void {
    const entry = this.#find(id)
    this.#close(entry, entry.attempts > 1 ? 'unsettled' : 'refused', outcome)
  }

  /** Throws for a change that is not under way. */
  end(id: string, outcome: Outcome<unknown>): void {
    const entry = this.#find(id)
    this.#close(entry, endStateOf(outcome, entry.attempts), outcome)
  }

  /** The unsettled changes, the one that ended first first. */
  get unsettled(): ReadonlySet<RememberedEvent<Note>> {
    return this.#unsettled
  }

  /** A change that is under way. Throws when there is none. */
  underWay(id: string): RememberedEvent<Note> {
    return this.#find(id)
  }

  /** Takes over what an earlier process left behind, in the order of its beginning. */
  restore({ done, ...left }: LeftEvent<Note>): void {
    const entry = makeEntry({ ...left, supersedes: undefined })
    this.#byKey.set(entry.key, entry)
    if (entry.subject !== undefined) this.#lastOfSubject.set(entry.subject, entry)
    if (done === undefined) {
      entry.state = 'unsettled'
      this.#unsettled.add(entry)
    } else {
      entry.state = 'done'
      entry.endedAt = this.#clock.monotonic() - done.agoMs
      entry.settle?.(done.outcome)
      this.#done.add(entry)
    }
  }

  #find(id: string): Entry<Note> {
    const entry = this.#underWay.get(id)
    if (!entry) throw new Error('the journal was told of the end of a change that it does not know')
    return entry
  }

  #close(entry: Entry<Note>, state: EndState, outcome: Outcome<unknown>): void {
    this.#underWay.delete(entry.id)
    entry.settle?.(outcome)
    entry.settle = undefined
    entry.endedAt = this.#clock.monotonic()
    if (state === 'refused' || state === 'unavailable') {
      this.#forget(entry)
      return
    }
    entry.state = state
    if (state === 'done') {
      this.#done.add(entry)
      // Nobody asks for it again, and thousands of them are kept.
      ;(entry as { note: Note | undefined }).note = undefined
    } else {
      this.#unsettled.add(entry)
    }
  }

  #forget(entry: Entry<Note>): void {
    this.#done.delete(entry)
    this.#unsettled.delete(entry)
    if (this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key)
    if (entry.subject !== undefined && this.#lastOfSubject.get(entry.subject) === entry) {
      this.#lastOfSubject.delete(entry.subject)
    }
  }

  #makeRoom(): void {
    const oldest = this.#clock.monotonic() - this.#options.keepMs
    for (const entry of this.#done) {
      if (entry.endedAt >= oldest && this.size < this.#options.maxEntries) break
      this.#forget(entry)
    }
    for (const entry of this.#unsettled) {
      if (this.size < this.#options.maxEntries) break
      this.#forget(entry)
    }
  }
}

type NewEntry<Note> = Omit<Entry<Note>, 'outcome' | 'settle' | 'state' | 'endedAt'>

function makeEntry<Note>(event: NewEntry<Note>): Entry<Note> {
  const { promise, resolve } = Promise.withResolvers<Outcome<unknown>>()
  return { ...event, outcome: promise, settle: resolve, state: 'under way', endedAt: 0 }
}

function findFirst<T>(map: ReadonlyMap<string, T>, keys: readonly string[]): T | undefined {
  for (const key of keys) {
    const found = map.get(key)
    if (found) return found
  }
  return undefined
}
