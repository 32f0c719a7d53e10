import { type Accepted, type ChangeOutcome, type Outcome, unknown } from '../circulation/outcome.ts'
import type { Change, Clock, JournalCounts, PendingChange } from '../circulation/ports.ts'
import { newId } from '../runtime/new-id.ts'
import type { EndState, OpenState, WaitingState } from './end-state.ts'
import { type KeptChange, type WaitingEvent, WaitingList } from './waiting-list.ts'

export interface EventMemoryOptions {
  /** How long a change answers for an equal one after it is done, or promised and settled, in milliseconds. */
  readonly keepMs: number
  /** When there are more, the done ones that ended first go, then the unsettled ones that nobody was promised. */
  readonly maxEntries: number
  /** So many may wait; then nothing more is promised. */
  readonly maxPending: number
  /** So many that were promised to one machine may wait; then nothing more is promised to it. */
  readonly maxPendingPerMachine: number
}

export interface RememberedEvent {
  readonly id: string
  readonly key: string
  readonly subject: string | undefined
  /** When it was first begun. */
  readonly since: Date
  /** How often it was begun or resumed. */
  readonly attempts: number
  /** How it waited before it was taken under way; undefined for a new one. */
  readonly before: WaitingState | undefined
  /** Undefined once it is settled: nobody asks for it again, and thousands are kept. */
  readonly change: KeptChange | undefined
  /** What the machine was promised. It answers for equal changes from then on. */
  readonly told: Accepted | undefined
  /** The event whose memory ends when this one has begun. */
  readonly supersedes: RememberedEvent | undefined
}

export type Opened =
  | { readonly state: 'ended'; readonly outcome: Promise<ChangeOutcome<unknown>> }
  | { readonly state: 'new' | 'unsettled'; readonly event: RememberedEvent }

/** What an earlier process left behind. */
export interface LeftEvent extends Pick<RememberedEvent, 'id' | 'key' | 'subject' | 'since' | 'attempts' | 'told'> {
  /** Grows in the order of the beginning. */
  readonly order: number
  /** A later change of its subject ended its memory. */
  readonly superseded: boolean
  /** A person gave it back, and it has not become an exception again. */
  readonly retried: boolean
}

interface Entry extends LeftEvent {
  since: Date
  attempts: number
  before: WaitingState | undefined
  change: KeptChange | undefined
  told: Accepted | undefined
  supersedes: Entry | undefined
  superseded: boolean
  retried: boolean
  /** Of the attempt that is under way, or was the last one; of a change that was promised, the promise. */
  outcome: Promise<ChangeOutcome<unknown>>
  settle: (outcome: ChangeOutcome<unknown>) => void
  state: OpenState | 'settled'
  endedAt: number
}

/**
 * Which change is equal to which, for as long as it matters, and what waits. Keys and subjects are opaque: plain text
 * for a journal in memory, digests for one that is kept. Lists of them hold the same value under every key of a
 * rotation, the newest first.
 */
export class EventMemory {
  readonly #clock: Clock
  readonly #options: EventMemoryOptions
  readonly #byKey = new Map<string, Entry>()
  readonly #lastOfSubject = new Map<string, Entry>()
  readonly #underWay = new Map<string, Entry>()
  readonly #waiting = new Map<string, Entry>()
  readonly #list = new WaitingList()
  /** Settled ones that answer for equal ones; the one that ended first comes first. */
  readonly #settled = new Set<Entry>()
  /** Unsettled ones that nobody was promised. */
  readonly #unsettled = new Set<Entry>()
  #lastOrder = 0

  constructor(clock: Clock, options: EventMemoryOptions) {
    this.#clock = clock
    this.#options = options
  }

  /** How many are remembered, those that must not be forgotten left out. */
  get size(): number {
    return this.#settled.size + this.#unsettled.size + this.#underWay.size
  }

  /** Whether anything more may be promised to anybody. */
  get hasRoom(): boolean {
    return this.#list.size < this.#options.maxPending
  }

  /** How many more may be promised to a machine, whatever others were; at most 0 when it has its share. */
  roomFor(machine: string): number {
    return this.#options.maxPendingPerMachine - this.#list.promisedTo(machine)
  }

  pending(institution: string): readonly PendingChange[] {
    return this.#list.pending(institution)
  }

  counts(institution: string): JournalCounts {
    return this.#list.counts(institution)
  }

  /** In which something waits. */
  institutions(): readonly string[] {
    return this.#list.institutions()
  }

  /** What waits in all institutions. */
  total(): JournalCounts {
    return this.#list.total()
  }

  /** Claims a change for whoever asks first; it must be confirmed or abandoned, and once confirmed, ended. */
  open(keys: readonly string[], subjects: readonly string[], change: Change): Opened {
    this.#makeRoom()
    const known = findFirst(this.#byKey, keys)
    if (known && (known.told || !isWaiting(known.state))) return { state: 'ended', outcome: known.outcome }

    const entry = known ?? this.#make(keys[0] ?? '', subjects[0], change)
    if (known) {
      // It is the same event, whoever sent it again.
      const { happenedAt, machineTime } = known.change ?? change
      known.change = { ...change, happenedAt, machineTime }
    }
    this.#take(entry)
    const before = findFirst(this.#lastOfSubject, subjects)
    entry.supersedes = before && before !== entry && answersForEqual(before) ? before : undefined
    return { state: known ? 'unsettled' : 'new', event: entry }
  }

  /** The change is written and will be sent: from now on it ends the memory of an earlier one of its subject. */
  confirm({ id }: RememberedEvent): void {
    const entry = this.#find(id)
    if (entry.supersedes && answersForEqual(entry.supersedes)) this.#supersede(entry.supersedes)
    entry.supersedes = undefined
    if (entry.subject !== undefined) this.#lastOfSubject.set(entry.subject, entry)
  }

  /** The change will not be sent, and waits as it did before. Whoever waits for it gets the outcome. */
  abandon({ id }: RememberedEvent, outcome: Outcome<unknown>): void {
    const entry = this.#find(id)
    entry.attempts -= 1
    this.#close(entry, entry.before ?? 'refused', outcome)
  }

  /** The machine is told yes, and so is every equal change from now on. Throws for a change that is not under way. */
  accept(id: string, state: WaitingState, told: Accepted): void {
    const entry = this.#find(id)
    entry.told = told
    this.#close(entry, state, told)
  }

  /** Throws for a change that is not under way. */
  end(id: string, state: EndState, outcome: Outcome<unknown>): void {
    this.#close(this.#find(id), state, outcome)
  }

  /** Takes a pending change under way again; it must be abandoned or ended. What came after it still came after it. */
  resume(id: string): RememberedEvent | undefined {
    const entry = this.#waiting.get(id)
    if (!entry || entry.state === 'exception') return undefined
    this.#take(entry)
    return entry
  }

  /** When it was begun is known better now. */
  correctBeginning(id: string, since: Date | undefined): void {
    if (since) this.#find(id).since = since
  }

  /** A change that is under way. Throws when there is none. */
  underWay(id: string): RememberedEvent {
    return this.#find(id)
  }

  /** Takes over a change that waits. */
  restoreWaiting(left: LeftEvent, state: WaitingState, change: KeptChange): void {
    this.#wait(this.#restore(left, change), state)
  }

  /**
   * Takes over a settled change that answers for equal ones; the one that ended first first.
   * @param outcome undefined when it cannot be read: an equal change is read back.
   */
  restoreSettled(left: LeftEvent, outcome: ChangeOutcome<unknown> | undefined, agoMs: number): void {
    const entry = this.#restore(left, undefined)
    if (outcome === undefined) {
      entry.state = 'unsettled'
      this.#unsettled.add(entry)
      return
    }
    entry.settle(outcome)
    this.#keepSettled(entry, agoMs)
  }

  /**
   * Takes over what people did to the changes that wait.
   * @param states those that are not settled, by id. What is under way there and waits here has an end that was not
   * written yet.
   */
  reconcile(states: ReadonlyMap<string, OpenState>): void {
    for (const [id, entry] of this.#waiting) {
      const state = states.get(id)
      if (state === entry.state || state === 'under-way') continue
      this.#leave(entry)
      entry.retried ||= entry.state === 'exception' && state === 'unsettled'
      if (state !== undefined) this.#wait(entry, state)
      else if (entry.told) this.#keepSettled(entry, 0)
      else this.#forget(entry)
    }
  }

  #make(key: string, subject: string | undefined, change: Change): Entry {
    this.#lastOrder += 1
    const left = { id: newId(), key, subject, since: change.begunAt, order: this.#lastOrder, attempts: 0 }
    return makeEntry({ ...left, told: undefined, superseded: false, retried: false }, change)
  }

  #restore(left: LeftEvent, change: KeptChange | undefined): Entry {
    this.#lastOrder = Math.max(this.#lastOrder, left.order)
    const entry = makeEntry(left, change)
    if (entry.told) entry.settle(entry.told)
    if (entry.superseded) return entry
    this.#byKey.set(entry.key, entry)
    if (entry.subject !== undefined) {
      const last = this.#lastOfSubject.get(entry.subject)
      if (!last || last.order < entry.order) this.#lastOfSubject.set(entry.subject, entry)
    }
    return entry
  }

  #find(id: string): Entry {
    const entry = this.#underWay.get(id)
    if (!entry) throw new Error('the journal was told of the end of a change that it does not know')
    return entry
  }

  #take(entry: Entry): void {
    entry.before = isWaiting(entry.state) ? entry.state : undefined
    if (entry.before && !entry.told) renewOutcome(entry)
    this.#leave(entry)
    entry.state = 'under-way'
    entry.attempts += 1
    if (!entry.superseded) this.#byKey.set(entry.key, entry)
    this.#underWay.set(entry.id, entry)
  }

  #close(entry: Entry, state: EndState, outcome: ChangeOutcome<unknown>): void {
    this.#underWay.delete(entry.id)
    // Whoever waits for an end that is still open must not hear that nothing was changed.
    entry.settle(state === 'unsettled' && outcome.kind === 'unavailable' ? unknown(outcome.evidence) : outcome)
    if (isWaiting(state)) this.#wait(entry, state)
    else if (state === 'done' || entry.told) this.#keepSettled(entry, 0)
    else this.#forget(entry)
  }

  #wait(entry: Entry, state: WaitingState): void {
    entry.state = state
    if (state === 'exception') entry.retried = false
    if (state === 'unsettled' && !entry.told) this.#unsettled.add(entry)
    if (!hasChange(entry)) return
    this.#waiting.set(entry.id, entry)
    this.#list.add(entry, state)
  }

  #leave(entry: Entry): void {
    this.#unsettled.delete(entry)
    this.#waiting.delete(entry.id)
    this.#list.remove(entry.id)
  }

  #keepSettled(entry: Entry, agoMs: number): void {
    entry.state = 'settled'
    entry.change = undefined
    entry.endedAt = this.#clock.monotonic() - agoMs
    if (entry.superseded) this.#forget(entry)
    else this.#settled.add(entry)
  }

  /** What waits goes on waiting; it only answers no more. */
  #supersede(entry: Entry): void {
    entry.superseded = true
    if (entry.state === 'settled') this.#forget(entry)
    else this.#forgetKey(entry)
  }

  #forget(entry: Entry): void {
    this.#settled.delete(entry)
    this.#leave(entry)
    this.#forgetKey(entry)
  }

  #forgetKey(entry: Entry): void {
    if (this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key)
    if (entry.subject !== undefined && this.#lastOfSubject.get(entry.subject) === entry) {
      this.#lastOfSubject.delete(entry.subject)
    }
  }

  #makeRoom(): void {
    const oldest = this.#clock.monotonic() - this.#options.keepMs
    for (const entry of this.#settled) {
      if (entry.endedAt >= oldest && this.size < this.#options.maxEntries) break
      this.#forget(entry)
    }
    for (const entry of this.#unsettled) {
      if (this.size < this.#options.maxEntries) break
      this.#forget(entry)
    }
  }
}

/** Settled ones are remembered only when they do. */
const answersForEqual = (entry: Entry): boolean => entry.told !== undefined || entry.state === 'settled'

const isWaiting = (state: Entry['state'] | EndState): state is WaitingState =>
  state === 'queued' || state === 'unsettled' || state === 'exception'

const hasChange = (entry: Entry): entry is Entry & WaitingEvent => entry.change !== undefined

function makeEntry(left: LeftEvent, change: KeptChange | undefined): Entry {
  const { promise, resolve } = Promise.withResolvers<ChangeOutcome<unknown>>()
  const rest = { supersedes: undefined, before: undefined, state: 'under-way', endedAt: 0 } as const
  return { ...left, ...rest, change, outcome: promise, settle: resolve }
}

function renewOutcome(entry: Entry): void {
  const { promise, resolve } = Promise.withResolvers<ChangeOutcome<unknown>>()
  entry.outcome = promise
  entry.settle = resolve
}

function findFirst<T>(map: ReadonlyMap<string, T>, keys: readonly string[]): T | undefined {
  for (const key of keys) {
    const found = map.get(key)
    if (found) return found
  }
  return undefined
}
