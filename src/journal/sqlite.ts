import { type Accepted, type NotDone, type Outcome, unavailable, unknown } from '../circulation/outcome.ts'
import type { Begun, Change, Clock, DoneSearch, Journal, JournalCounts, PendingChange } from '../circulation/ports.ts'
import { tellStep } from '../runtime/diagnostics.ts'
import type { Log } from '../runtime/log.ts'
import { type EndState, acceptedStateOf, endStateOf } from './end-state.ts'
import { EventMemory, type EventMemoryOptions } from './event-memory.ts'
import { toJournalError } from './fault.ts'
import { GroupCommit } from './group-commit.ts'
import { Rows } from './rows.ts'
import type { JournalKey } from './sealer.ts'
import type { EndWrite, StoreOptions, Write } from './store.ts'
import { type OpenStore, type StoreLink, StoreThread } from './store-thread.ts'
import type { KeptChange } from './waiting-list.ts'

export interface SqliteJournalOptions extends EventMemoryOptions, StoreOptions {
  /** The first seals, all of them open. */
  readonly keys: readonly [JournalKey, ...JournalKey[]]
  /** How long a settled change stays in the file, in milliseconds. */
  readonly purgeAfterMs: number
}

export interface SqliteJournalParts {
  readonly clock: Clock
  readonly log: Log
  /** What opens the file: a thread unless told otherwise. */
  readonly openStore?: OpenStore
}

/** An end that could not be written. */
interface LateEnd {
  readonly write: EndWrite
  readonly done: { readonly references: readonly string[]; readonly outcome: Outcome<unknown> } | undefined
}

const purgeEveryMs = 3_600_000
/** Deleted at once, so that no commit waits long. */
const purgeBatch = 500
/** How soon it is seen that a person settled a change. */
const lookEveryMs = 1000

/**
 * The journal in a SQLite file. What is equal to what, and what waits, is decided in memory; the file holds all that is
 * needed to know it again after a kill. Constructed, it does nothing: `start` opens the file.
 */
export class SqliteJournal implements Journal {
  readonly #options: SqliteJournalOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #openStore: OpenStore
  readonly #rows: Rows
  readonly #memory: EventMemory
  readonly #commits: GroupCommit<Write, boolean>
  /** They go before everything else with the next commit. */
  #late: readonly LateEnd[] = []
  /** Machines that have their share of promises, as was told. */
  readonly #full = new Set<string>()
  #failing = false
  #closing = false
  #isLooking = false
  #store: StoreLink | undefined
  #purging: NodeJS.Timeout | undefined
  #looking: NodeJS.Timeout | undefined

  constructor(options: SqliteJournalOptions, { clock, log, openStore = StoreThread.open }: SqliteJournalParts) {
    this.#options = options
    this.#clock = clock
    this.#log = log
    this.#openStore = openStore
    this.#rows = new Rows(options.keys)
    this.#memory = new EventMemory(clock, options)
    this.#commits = new GroupCommit((writes) => this.#commit(writes))
  }

  /** Opens the file and takes over what an earlier process left. Rejects with a `JournalError`. */
  async start(): Promise<void> {
    const { file, maxBytes, busyMs } = this.#options
    try {
      this.#store = await this.#openStore({ file, maxBytes, busyMs })
      await this.#recover(this.#store)
    } catch (error) {
      this.#log.error(toJournalError(error).code, { file }, error)
      await this.close()
      throw error
    }
    this.#looking = setInterval(() => void this.#look(), lookEveryMs).unref()
    this.#purging = setInterval(() => void this.#purge(), purgeEveryMs).unref()
    void this.#purge()
  }

  mayAccept(machine: string): boolean {
    if (this.#failing || this.#closing || !this.#memory.hasRoom) return false
    const room = this.#memory.roomFor(machine)
    if (room <= 0) this.#tellFull(machine)
    // Once for a machine that stays at its limit: every change that is carried out makes room for one more.
    else if (room * 2 > this.#options.maxPendingPerMachine) this.#full.delete(machine)
    return room > 0
  }

  async begin(change: Change): Promise<Begun> {
    const opened = this.#memory.open(this.#rows.keysOf(change), this.#rows.subjectsOf(change), change)
    if (opened.state === 'ended') return opened
    const { event } = opened
    let written: boolean
    try {
      written = await this.#commits.add(this.#rows.toBegin(change, event))
    } catch (error) {
      const { code } = toJournalError(error)
      const outcome = opened.state === 'new' ? unavailable('journal', code) : unknown(code)
      this.#memory.abandon(event, outcome)
      return { state: 'ended', outcome: Promise.resolve(outcome) }
    }
    if (!written) {
      this.#drop(event.id)
      return this.begin(change)
    }
    this.#memory.confirm(event)
    tellStep('change-begun', event.id)
    return { state: opened.state, entry: event.id, since: event.since }
  }

  async accept(entry: string, outcome: NotDone, told: Accepted, since?: Date): Promise<boolean> {
    this.#memory.correctBeginning(entry, since)
    const event = this.#memory.underWay(entry)
    const state = acceptedStateOf(outcome, event.before)
    tellStep('change-accepting', entry)
    try {
      const write = this.#rows.toEnd(event, { state, outcome, at: this.#clock.now(), told })
      if (!(await this.#commits.add(write))) return false
    } catch {
      return false
    }
    this.#memory.accept(entry, state, told)
    tellStep('change-accepted', entry)
    return true
  }

  async end(entry: string, outcome: Outcome<unknown>, since?: Date): Promise<void> {
    this.#memory.correctBeginning(entry, since)
    await this.#end(entry, endStateOf(outcome, this.#memory.underWay(entry).before), outcome)
  }

  async setAside(entry: string, outcome: NotDone): Promise<void> {
    await this.#end(entry, 'exception', outcome)
  }

  pending(institution: string): readonly PendingChange[] {
    return this.#memory.pending(institution)
  }

  async resume(entry: string, since?: Date): Promise<boolean> {
    const event = this.#memory.resume(entry)
    if (!event) return false
    this.#memory.correctBeginning(entry, since)
    try {
      const written = await this.#commits.add({
        write: 'resume',
        id: entry,
        attempts: event.attempts,
        begunAt: event.since.getTime(),
      })
      if (written) tellStep('change-resumed', entry)
      else this.#drop(entry)
      return written
    } catch (error) {
      this.#memory.abandon(event, unavailable('journal', toJournalError(error).code))
      return false
    }
  }

  /** Rejects when the file cannot be read: what is not known is no proof. */
  async doneSince(search: DoneSearch): Promise<readonly Outcome<unknown>[]> {
    const references = this.#rows.referencesOf(search)
    const since = search.since.getTime()
    // Ends that are just being written count too.
    return this.#commits.alone(async () => {
      const stored = await this.#opened().ask('doneSince', references, since)
      const late = this.#late.flatMap(({ write, done }) =>
        write.endedAt >= since && done?.references.some((own) => references.includes(own)) ? [done.outcome] : [],
      )
      return [...stored.map((each) => this.#rows.readOutcome(each)), ...late]
    })
  }

  counts(institution: string): JournalCounts {
    return this.#memory.counts(institution)
  }

  institutions(): readonly string[] {
    return this.#memory.institutions()
  }

  /** Writes what is left to write and closes the file. */
  async close(): Promise<void> {
    const store = this.#store
    if (!store || this.#closing) return
    this.#closing = true
    clearInterval(this.#looking)
    clearInterval(this.#purging)
    await this.#commits.idle()
    if (this.#late.length > 0) await this.#commit([]).catch(() => undefined)
    await store.close()
  }

  #opened(): StoreLink {
    if (!this.#store) throw new Error('the journal is used before it was started')
    return this.#store
  }

  async #recover(store: StoreLink): Promise<void> {
    const { file, keepMs, maxEntries } = this.#options
    const now = this.#clock.now().getTime()
    const query = { settledSince: now - keepMs, limit: maxEntries }
    const { waiting, settled, underMissingKeys } = await store.ask('recover', this.#rows.keyChecks, query)
    for (const stored of waiting) {
      this.#memory.restoreWaiting(this.#rows.readLeft(stored), stored.state, this.#rows.readChange(stored))
    }
    let unreadable = 0
    for (const stored of settled) {
      const left = this.#rows.readLeft(stored)
      const answer = left.told ?? this.#rows.tryReadOutcome(stored)
      if (answer === undefined) unreadable += 1
      this.#memory.restoreSettled(left, answer, now - stored.ended_at)
    }
    this.#log.info('JOURNAL_OPENED', { file, count: waiting.length + settled.length })
    if (waiting.length > 0) this.#log.warn('JOURNAL_UNSETTLED', this.#memory.total())
    if (underMissingKeys > 0) this.#log.error('JOURNAL_KEY_MISSING', { count: underMissingKeys })
    if (unreadable > 0) this.#log.error('JOURNAL_UNREADABLE', { count: unreadable })
  }

  async #end(entry: string, state: EndState, outcome: Outcome<unknown>): Promise<void> {
    const event = this.#memory.underWay(entry)
    const { change } = event
    tellStep('change-ending', entry)
    let write: EndWrite | undefined
    try {
      write = this.#rows.toEnd(event, { state, outcome, at: this.#clock.now() })
      await this.#commits.add(write)
    } catch (error) {
      const done = change && state === 'done' ? { references: this.#referencesOf(change), outcome } : undefined
      if (write) this.#late = [...this.#late, { write, done }]
      const { kind, institution, machine, callId } = change ?? {}
      this.#log.error('JOURNAL_END_UNWRITTEN', { change: kind, institution, machine, messageId: callId }, error)
    } finally {
      this.#memory.end(entry, state, outcome)
    }
    tellStep('change-ended', entry)
  }

  #referencesOf({ institution, kind, details }: KeptChange): readonly string[] {
    return details ? this.#rows.referencesOf({ institution, kind, details }) : []
  }

  /** A person settled it, and the file says so already. Whoever waits for it may ask again. */
  #drop(entry: string): void {
    this.#memory.end(entry, 'unavailable', unavailable('journal', 'a person settled the change'))
  }

  async #commit(writes: readonly Write[]): Promise<readonly boolean[]> {
    const late = this.#late
    try {
      const found = await this.#opened().ask('commit', [...late.map(({ write }) => write), ...writes])
      this.#late = this.#late.filter((end) => !late.includes(end))
      this.#tellSuccess()
      return found.slice(late.length)
    } catch (error) {
      this.#tellFailure(error)
      throw error
    }
  }

  #tellFull(machine: string): void {
    if (this.#full.has(machine)) return
    this.#full.add(machine)
    this.#log.warn('JOURNAL_MACHINE_FULL', { machine })
  }

  #tellFailure(error: unknown): void {
    if (this.#failing) return
    this.#failing = true
    this.#log.error(toJournalError(error).code, {}, error)
  }

  #tellSuccess(): void {
    if (this.#failing) this.#log.info('JOURNAL_RECOVERED')
    this.#failing = false
  }

  /** Takes over what people did to the file, and writes what could not be written. */
  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#commits.alone(async () => {
        if (this.#late.length > 0) await this.#commit([])
        const states = await this.#opened().ask('statesIfChanged')
        if (states === undefined) return
        this.#memory.reconcile(new Map(states))
        this.#log.info('JOURNAL_RELOADED', this.#memory.total())
      })
    } catch (error) {
      // Anything else is told by whatever is written next.
      if (toJournalError(error).code === 'JOURNAL_MOVED') this.#tellFailure(error)
    } finally {
      this.#isLooking = false
    }
  }

  async #purge(): Promise<void> {
    const before = this.#clock.now().getTime() - this.#options.purgeAfterMs
    try {
      let purged = purgeBatch
      while (purged === purgeBatch && !this.#closing) purged = await this.#opened().ask('purge', before, purgeBatch)
    } catch (error) {
      if (!this.#closing) this.#log.warn('JOURNAL_PURGE_FAILED', {}, error)
    }
  }
}
