/**
 * A person's access to the file of the journal, while a bridge writes it and while none does. It takes no lock of its
 * own: whatever it changes is changed only in the state in which the person saw it, and a running bridge, which claims
 * an entry in the same way, notices.
 */
import { existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import type { Money } from '../circulation/model.ts'
import type { Accepted, Outcome } from '../circulation/outcome.ts'
import type { ChangeDetails, ChangeKind } from '../circulation/ports.ts'
import { JournalError, toJournalError } from './fault.ts'
import { checkSchema, isOpen, schemaVersion } from './schema.ts'
import { type JournalKey, Sealer } from './sealer.ts'

/** In the order in which a person should see them. */
export const entryStates = [
  'exception',
  'unsettled',
  'queued',
  'under-way',
  'done',
  'refused',
  'unavailable',
  'discarded',
  'exported',
] as const
export type EntryState = (typeof entryStates)[number]

/** Those before it are not settled. */
const firstSettled = entryStates.indexOf('done')

/** One change with everything that the journal knows of it. */
export interface JournalEntry {
  readonly id: string
  readonly institution: string
  readonly machine: string
  readonly callId: string
  readonly kind: ChangeKind
  readonly state: EntryState
  /** The code of why it was refused or not tried. */
  readonly reason: string | undefined
  readonly happenedAt: Date
  readonly begunAt: Date
  readonly machineTime: Date | undefined
  /** When the machine was told yes although the library system had not said it. */
  readonly acceptedAt: Date | undefined
  readonly endedAt: Date | undefined
  readonly attempts: number
  /** When a person gave it back; undefined once it is an exception again. */
  readonly retriedAt: Date | undefined
  readonly amount: Money | undefined
  /** This and the other sealed values are undefined when no key opens them. */
  readonly details: ChangeDetails | undefined
  readonly outcome: Outcome<unknown> | undefined
  readonly told: Accepted | undefined
  /** Why a person discarded it. */
  readonly note: string | undefined
  /** The export that took it. */
  readonly batch: string | undefined
}

/** What is left out does not narrow. */
export interface EntryFilter {
  readonly states?: readonly EntryState[] | undefined
  readonly institution?: string | undefined
  readonly machine?: string | undefined
  /** Happened then or later. */
  readonly since?: Date | undefined
  readonly batch?: string | undefined
  readonly ids?: readonly string[] | undefined
}

/** The file is not there, or was not made ready by a bridge of this version. */
export class JournalNotReadyError extends Error {
  readonly reason: 'missing' | 'empty' | 'older'

  constructor(reason: 'missing' | 'empty' | 'older') {
    super('the journal is not ready')
    this.reason = reason
  }
}

/** A person can wait for longer than a kiosk. */
const busyMs = 10_000
/** Matches of an abbreviated id that are told at most. */
const mostMatches = 10
/** Characters of an id's first part that people are shown at least. */
const shortestProcess = 4

const discardable = `('exception', 'queued', 'unsettled')`

type Row = Record<string, SQLOutputValue>

export class JournalFile {
  readonly #database: DatabaseSync
  readonly #sealer: Sealer

  private constructor(database: DatabaseSync, sealer: Sealer) {
    this.#database = database
    this.#sealer = sealer
  }

  /** Throws a {@link JournalNotReadyError} or a {@link JournalError}. Never makes or migrates a file. */
  static open(file: string, keys: readonly [JournalKey, ...JournalKey[]]): JournalFile {
    if (!existsSync(file)) throw new JournalNotReadyError('missing')
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(file, { timeout: busyMs })
      const version = checkSchema(database)
      if (version < schemaVersion) throw new JournalNotReadyError(version === 0 ? 'empty' : 'older')
      database.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
      const sealer = new Sealer(keys)
      checkKeys(database, sealer)
      return new JournalFile(database, sealer)
    } catch (error) {
      database?.close()
      throw error instanceof JournalNotReadyError ? error : toJournalError(error)
    }
  }

  /**
   * What waits first, by the time when it happened: exceptions, unsettled, queued. Then what is settled, the latest
   * first.
   */
  list(filter: EntryFilter, limit: number): readonly JournalEntry[] {
    const rank = `(SELECT key FROM json_each('${JSON.stringify(entryStates)}') WHERE value = state)`
    return this.#select(
      filter,
      `ORDER BY min(${rank}, ${firstSettled}), iif(${rank} < ${firstSettled}, happened_at, -happened_at), seq LIMIT ${limit}`,
    )
  }

  /** All of them in the order in which they happened. */
  listByTime(filter: EntryFilter): readonly JournalEntry[] {
    return this.#select(filter, 'ORDER BY happened_at, seq')
  }

  countByState(filter: EntryFilter): ReadonlyMap<EntryState, number> {
    const { conditions, values } = makeConditions(filter)
    const rows = this.#read(`SELECT state, count(*) AS count FROM changes WHERE ${conditions} GROUP BY state`, values)
    return new Map(rows.map(({ state, count }) => [state as EntryState, Number(count)]))
  }

  countByInstitution(filter: EntryFilter): ReadonlyMap<string, number> {
    const { conditions, values } = makeConditions(filter)
    const sql = `SELECT institution, count(*) AS count FROM changes WHERE ${conditions} GROUP BY institution`
    return new Map(this.#read(sql, values).map(({ institution, count }) => [String(institution), Number(count)]))
  }

  /**
   * The ids that a person may mean: a whole one, a beginning of one, or the short form of {@link shorten}. Whoever
   * meets one exactly means that one.
   */
  findIds(given: string): readonly string[] {
    if (!/^[A-Za-z0-9-]+$/.test(given)) return []
    const cut = given.lastIndexOf('-')
    const process = cut === -1 ? given : given.slice(0, cut)
    const within = this.#read(
      `SELECT id FROM changes WHERE id >= ?1 AND id < ?1 || '~' AND (?2 = '' OR substr(id, -length(?2)) = ?2)
       ORDER BY id LIMIT ${mostMatches}`,
      [process, cut === -1 ? '' : given.slice(cut)],
    )
    const exact = within.map(({ id }) => String(id)).filter((id) => id === given || cut !== -1)
    if (exact.length > 0) return exact
    const beginning = `SELECT id FROM changes WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id LIMIT ${mostMatches}`
    return this.#read(beginning, [given]).map(({ id }) => String(id))
  }

  /** How many characters of an id's first part, which names a process, tell all processes in the file apart. */
  measureShortIds(): number {
    const next = this.#database.prepare('SELECT min(id) AS id FROM changes WHERE id > ?')
    let length = shortestProcess
    let last = ''
    for (;;) {
      // A dot is the character after the dash with which the second part begins.
      const id = next.get(last === '' ? '' : `${last}.`)?.['id']
      if (typeof id !== 'string') return length
      const [process = id] = id.split('-')
      while (length < process.length && process.slice(0, length) === last.slice(0, length)) length += 1
      last = process
    }
  }

  /**
   * Gives exceptions back to the bridge, which looks whether they are in the library system before it sends them.
   * @returns the ids that were exceptions.
   */
  retry(ids: readonly string[], at: Date): ReadonlySet<string> {
    const update = this.#database.prepare(
      "UPDATE changes SET state = 'unsettled', retried_at = ? WHERE id = ? AND state = 'exception'",
    )
    return this.#transact(() => new Set(ids.filter((id) => update.run(at.getTime(), id).changes === 1)))
  }

  /** Ends what waits, for a reason that a person gives. @returns the ids that waited. */
  discard(ids: readonly string[], reason: string, at: Date): ReadonlySet<string> {
    const update = this.#database.prepare(
      `UPDATE changes SET state = 'discarded', note = ?, ended_at = ? WHERE id = ? AND state IN ${discardable}`,
    )
    return this.#transact(() => {
      this.#addKeys()
      const note = (id: string) => this.#sealer.seal(reason, `${id} note`)
      return new Set(ids.filter((id) => update.run(note(id), at.getTime(), id).changes === 1))
    })
  }

  /**
   * Reads queued entries and exceptions in the order in which they happened, has them written, and marks what was
   * written, all in one transaction: an entry is in the file and marked, or neither. Meanwhile the bridge waits, so let the
   * filter name few.
   * @param write returns the ids that it wrote safely; when it throws, nothing is marked.
   */
  export(
    batch: string,
    { filter, at }: { readonly filter: EntryFilter; readonly at: Date },
    write: (entries: readonly JournalEntry[]) => readonly string[],
  ): void {
    const update = this.#database.prepare(
      `UPDATE changes SET state = 'exported', batch = ?, ended_at = ? WHERE id = ? AND state IN ('queued', 'exception')`,
    )
    this.#transact(() => {
      for (const id of write(this.listByTime(filter))) {
        if (update.run(batch, at.getTime(), id).changes !== 1)
          throw new Error('an entry that waits no more was exported')
      }
    })
  }

  close(): void {
    this.#database.close()
  }

  #select(filter: EntryFilter, order: string): readonly JournalEntry[] {
    const { conditions, values } = makeConditions(filter)
    return this.#read(`SELECT * FROM changes WHERE ${conditions} ${order}`, values).map((row) => this.#toEntry(row))
  }

  #read(sql: string, values: readonly SQLInputValue[]): Row[] {
    try {
      return this.#database.prepare(sql).all(...values)
    } catch (error) {
      throw toJournalError(error)
    }
  }

  #toEntry(row: Row): JournalEntry {
    const id = String(row['id'])
    return {
      id,
      institution: String(row['institution']),
      machine: String(row['machine']),
      callId: String(row['call_id']),
      kind: row['kind'] as ChangeKind,
      state: row['state'] as EntryState,
      reason: readText(row['reason']),
      happenedAt: new Date(Number(row['happened_at'])),
      begunAt: new Date(Number(row['begun_at'])),
      machineTime: readTime(row['machine_time']),
      acceptedAt: readTime(row['accepted_at']),
      endedAt: readTime(row['ended_at']),
      attempts: Number(row['attempts']),
      retriedAt: readTime(row['retried_at']),
      amount: readMoney(row),
      details: this.#unseal(row['details'], `${id} details`) as ChangeDetails | undefined,
      outcome: this.#unseal(row['outcome'], `${id} outcome`) as Outcome<unknown> | undefined,
      told: this.#unseal(row['told'], `${id} told`) as Accepted | undefined,
      note: this.#unseal(row['note'], `${id} note`) as string | undefined,
      batch: readText(row['batch']),
    }
  }

  #unseal(sealed: SQLOutputValue | undefined, place: string): unknown {
    if (!(sealed instanceof Uint8Array)) return undefined
    try {
      return this.#sealer.unseal(sealed, place)
    } catch {
      return undefined
    }
  }

  /** A new key may stand in the configuration before a bridge was started with it. */
  #addKeys(): void {
    const add = this.#database.prepare('INSERT OR IGNORE INTO keys (id, key_check) VALUES (?, ?)')
    for (const { id, check } of this.#sealer.checks) add.run(id, check)
  }

  #transact<T>(work: () => T): T {
    let worked = false
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const result = work()
      worked = true
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw worked || isFromDatabase(error) ? toJournalError(error) : error
    }
  }
}

/** The form in which people are shown an id and may give it: `m4f2-1k`. @param length see `measureShortIds`. */
export function shorten(id: string, length: number): string {
  const cut = id.indexOf('-')
  return cut === -1 ? id : id.slice(0, Math.min(length, cut)) + id.slice(cut)
}

const isFromDatabase = (error: unknown): boolean => (error as { readonly errcode?: number }).errcode !== undefined

function checkKeys(database: DatabaseSync, sealer: Sealer): void {
  const find = database.prepare('SELECT key_check FROM keys WHERE id = ?')
  for (const { id, check } of sealer.checks) {
    const known = find.get(id)?.['key_check'] as Uint8Array | undefined
    if (known !== undefined && Buffer.compare(known, check) !== 0) throw new JournalError('JOURNAL_KEY_WRONG')
  }
}

function makeConditions({ states, institution, machine, since, batch, ids }: EntryFilter): {
  readonly conditions: string
  readonly values: readonly SQLInputValue[]
} {
  const all: readonly (readonly [condition: string, value: SQLInputValue | undefined])[] = [
    ['state IN (SELECT value FROM json_each(?))', states && JSON.stringify(states)],
    ['institution = ?', institution],
    ['machine = ?', machine],
    ['happened_at >= ?', since?.getTime()],
    ['batch = ?', batch],
    ['id IN (SELECT value FROM json_each(?))', ids && JSON.stringify(ids)],
  ]
  const narrowing = all.flatMap(([condition, value]) => (value === undefined ? [] : [{ condition, value }]))
  return {
    // Said as the index says it, or the query would read every change that was ever settled.
    conditions: [
      states?.every(isWaiting) === true ? isOpen : 'TRUE',
      ...narrowing.map(({ condition }) => condition),
    ].join(' AND '),
    values: narrowing.map(({ value }) => value),
  }
}

const isWaiting = (state: EntryState): boolean => entryStates.indexOf(state) < firstSettled

const readText = (value: SQLOutputValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const readTime = (value: SQLOutputValue | undefined): Date | undefined =>
  typeof value === 'number' ? new Date(value) : undefined

function readMoney(row: Row): Money | undefined {
  const { amount_minor: minor, currency } = row
  return typeof minor === 'number' && typeof currency === 'string' ? { minor, currency } : undefined
}
