import { type Outcome, unavailable } from '../circulation/outcome.ts'
import type {
  Begun,
  Change,
  ChangeDetails,
  ChangeKind,
  Clock,
  Journal,
  Listed,
  UnsettledChange,
} from '../circulation/ports.ts'
import type { Log } from '../runtime/log.ts'
import { EventMemory, type EventMemoryOptions, type RememberedEvent, endStateOf } from './event-memory.ts'
import { toJournalError } from './fault.ts'
import { GroupCommit } from './group-commit.ts'
import { keyOf, subjectOf } from './keys.ts'
import { type JournalKey, Sealer } from './sealer.ts'
import type { BeginWrite, EndWrite, StoreOptions, StoredEvent, StoredUnsettled, Write } from './store.ts'
import { StoreThread } from './store-thread.ts'

export interface SqliteJournalOptions extends EventMemoryOptions, StoreOptions {
  /** The first seals, all of them open. */
  readonly keys: readonly [JournalKey, ...JournalKey[]]
  /** How long a settled change stays in the file, in milliseconds. */
  readonly purgeAfterMs: number
}

/** For the log of an end that could not be written. */
interface Note {
  readonly kind: ChangeKind
  readonly institution: string
  readonly machine: string
  readonly callId: string
}

const purgeEveryMs = 3_600_000
/** Deleted at once, so that no commit waits long. */
const purgeBatch = 500

/**
 * The journal in a SQLite file. What is equal to what is decided in memory; the file holds all that is needed to know
 * it again after a kill. Constructed, it does nothing: `start` opens the file.
 */
export class SqliteJournal implements Journal {
  readonly #options: SqliteJournalOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #sealer: Sealer
  readonly #memory: EventMemory<Note | undefined>
  readonly #commits: GroupCommit<Write>
  /** Ends that could not be written; they go with the next commit that works. */
  #late: EndWrite[] = []
  #failing = false
  #closing = false
  #store: StoreThread | undefined
  #purging: NodeJS.Timeout | undefined

  constructor(options: SqliteJournalOptions, parts: { readonly clock: Clock; readonly log: Log }) {
    this.#options = options
    this.#clock = parts.clock
    this.#log = parts.log
    this.#sealer = new Sealer(options.keys)
    this.#memory = new EventMemory(parts.clock, options)
    this.#commits = new GroupCommit((writes) => this.#opened().ask('commit', writes))
  }

  /** Opens the file and takes over what an earlier process left. Rejects with a `JournalError`. */
  async start(): Promise<void> {
    const { file, maxBytes, busyMs } = this.#options
    try {
      this.#store = await StoreThread.open({ file, maxBytes, busyMs })
      await this.#recover(this.#store)
    } catch (error) {
      this.#log.error(toJournalError(error).code, { file }, error)
      await this.close()
      throw error
    }
    this.#purging = setInterval(() => void this.#purge(), purgeEveryMs).unref()
    void this.#purge()
  }

  async #recover(store: StoreThread): Promise<void> {
    const { file, keepMs, maxEntries } = this.#options
    const query = { doneSince: this.#clock.now().getTime() - keepMs, limit: maxEntries }
    const { events, unsettled, underMissingKeys } = await store.ask('recover', this.#sealer.checks, query)
    const unreadable = events.filter((event) => !this.#restore(event)).length
    this.#log.info('JOURNAL_OPENED', { file, count: events.length })
    if (unsettled > 0) this.#log.warn('JOURNAL_UNSETTLED', { count: unsettled })
    if (underMissingKeys > 0) this.#log.error('JOURNAL_KEY_MISSING', { count: underMissingKeys })
    if (unreadable > 0) this.#log.error('JOURNAL_UNREADABLE', { count: unreadable })
  }

  async begin(change: Change): Promise<Begun> {
    const subject = subjectOf(change)
    const keys = this.#sealer.digests(keyOf(change))
    const subjects = subject === undefined ? [] : this.#sealer.digests(subject)
    const { kind, institution, machine, callId } = change
    const opened = this.#memory.open(keys, subjects, { kind, institution, machine, callId })
    if (opened.state === 'ended') return opened
    const { event } = opened
    try {
      await this.#commits.add(this.#beginWrite(change, event))
    } catch (error) {
      this.#tellFailure(error)
      const outcome = unavailable('journal', toJournalError(error).code)
      this.#memory.abandon(event, outcome)
      return { state: 'ended', outcome: Promise.resolve(outcome) }
    }
    this.#memory.confirm(event)
    this.#tellSuccess()
    return { state: opened.state, entry: event.id, since: event.since }
  }

  async end(entry: string, outcome: Outcome<unknown>): Promise<void> {
    const { attempts, note } = this.#memory.underWay(entry)
    let write: EndWrite | undefined
    try {
      write = this.#endWrite(entry, attempts, outcome)
      await this.#commits.add(write)
    } catch (error) {
      if (write) this.#late.push(write)
      const { kind, institution, machine, callId } = note ?? {}
      this.#log.error('JOURNAL_END_UNWRITTEN', { change: kind, institution, machine, messageId: callId }, error)
    } finally {
      this.#memory.end(entry, outcome)
    }
  }

  async unsettled(limit: number): Promise<Listed<UnsettledChange>> {
    const { entries, total } = await this.#opened().ask('listUnsettled', limit)
    return { entries: entries.map((stored) => this.#readUnsettled(stored)), total }
  }

  /** Writes what is left to write and closes the file. */
  async close(): Promise<void> {
    const store = this.#store
    if (!store || this.#closing) return
    this.#closing = true
    clearInterval(this.#purging)
    await this.#writeLate()
    await this.#commits.idle()
    await store.close()
  }

  #opened(): StoreThread {
    if (!this.#store) throw new Error('the journal is used before it was started')
    return this.#store
  }

  #beginWrite(change: Change, event: RememberedEvent<unknown>): BeginWrite {
    const { institution, machine, callId, kind, details, machineTime, deadline } = change
    return {
      write: 'begin',
      id: event.id,
      institution,
      machine,
      callId,
      kind,
      keyId: this.#sealer.keyId,
      identity: event.key,
      subject: event.subject ?? null,
      details: this.#sealer.seal(details, `${event.id} details`),
      amountMinor: details.amount?.minor ?? null,
      currency: details.amount?.currency ?? null,
      begunAt: event.since.getTime(),
      machineTime: machineTime?.getTime() ?? null,
      deadlineAt: Math.round(deadline.getTime()),
      attempts: event.attempts,
      supersedes: event.supersedes?.id ?? null,
    }
  }

  #endWrite(id: string, attempts: number, outcome: Outcome<unknown>): EndWrite {
    return {
      write: 'end',
      id,
      attempts,
      state: endStateOf(outcome, attempts),
      reason: reasonOf(outcome),
      endedAt: this.#clock.now().getTime(),
      outcome: this.#sealer.seal(outcome, `${id} outcome`),
    }
  }

  /** @returns false when the outcome cannot be read: the change then counts as unsettled and is read back. */
  #restore(stored: StoredEvent): boolean {
    const { id, identity, subject, state, begun_at, ended_at, attempts, outcome } = stored
    const left = {
      id,
      key: identity,
      subject: subject ?? undefined,
      since: new Date(begun_at),
      attempts,
      note: undefined,
    }
    const unsealed = state === 'done' && outcome ? this.#tryUnseal(outcome, `${id} outcome`) : undefined
    const agoMs = this.#clock.now().getTime() - (ended_at ?? begun_at)
    const done = unsealed === undefined ? undefined : { outcome: unsealed as Outcome<unknown>, agoMs }
    this.#memory.restore({ ...left, done })
    return state === 'unsettled' || done !== undefined
  }

  #readUnsettled(stored: StoredUnsettled): UnsettledChange {
    const { id, institution, machine, call_id, kind, begun_at, machine_time, deadline_at, attempts } = stored
    return {
      entry: id,
      institution,
      machine,
      callId: call_id,
      kind,
      since: new Date(begun_at),
      machineTime: machine_time === null ? undefined : new Date(machine_time),
      deadline: new Date(deadline_at),
      attempts,
      details: this.#tryUnseal(stored.details, `${id} details`) as ChangeDetails | undefined,
    }
  }

  #tryUnseal(sealed: Uint8Array, place: string): unknown {
    try {
      return this.#sealer.unseal(sealed, place)
    } catch {
      return undefined
    }
  }

  #tellFailure(error: unknown): void {
    if (this.#failing) return
    this.#failing = true
    this.#log.error(toJournalError(error).code, {}, error)
  }

  #tellSuccess(): void {
    if (this.#failing) this.#log.info('JOURNAL_RECOVERED')
    this.#failing = false
    if (this.#late.length > 0) void this.#writeLate()
  }

  async #writeLate(): Promise<void> {
    const late = this.#late
    this.#late = []
    const written = await Promise.allSettled(late.map((write) => this.#commits.add(write)))
    this.#late.push(...late.filter((_, index) => written[index]?.status === 'rejected'))
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

function reasonOf(outcome: Outcome<unknown>): string | null {
  if (outcome.kind === 'refused') return outcome.reason
  return outcome.kind === 'unavailable' ? outcome.cause : null
}
