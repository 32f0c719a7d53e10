/**
 * The journal's file. Everything here blocks until the disk has it, so it lives in a thread of its own. It sees sealed
 * values and digests only.
 */
import { closeSync, openSync, realpathSync, statSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ChangeKind } from '../circulation/ports.ts'
import type { EndState, OpenState, WaitingState } from './end-state.ts'
import { JournalError, toJournalError } from './fault.ts'
import { checkSchema, isOpen, isSettled, migrate } from './schema.ts'

export interface StoreOptions {
  readonly file: string
  /** The file grows no further. */
  readonly maxBytes: number
  /** How long another program may lock the file before a commit fails. */
  readonly busyMs: number
}

export interface BeginWrite {
  readonly write: 'begin'
  readonly id: string
  readonly institution: string
  readonly machine: string
  readonly callId: string
  readonly kind: ChangeKind
  readonly keyId: string
  readonly identity: string
  readonly subject: string | null
  readonly reference: string | null
  readonly details: Uint8Array
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly begunAt: number
  readonly machineTime: number | null
  readonly happenedAt: number
  readonly deadlineAt: number
  /** Above 1 the change is there already. */
  readonly attempts: number
  /** The change whose memory ends with this one. */
  readonly supersedes: string | null
}

export interface EndWrite {
  readonly write: 'end'
  readonly id: string
  /** Of which attempt it is the end: one that comes late must not undo a newer one. */
  readonly attempts: number
  /** May be known better than it was at the beginning. */
  readonly begunAt: number
  readonly state: EndState
  readonly reason: string | null
  readonly endedAt: number
  readonly outcome: Uint8Array
  /** Null when nothing is promised with it. */
  readonly promise: { readonly told: Uint8Array; readonly acceptedAt: number } | null
}

export interface ResumeWrite {
  readonly write: 'resume'
  readonly id: string
  readonly attempts: number
  readonly begunAt: number
}

export type Write = BeginWrite | EndWrite | ResumeWrite

interface StoredEvent {
  /** Grows in the order of the beginning. */
  readonly seq: number
  readonly id: string
  readonly identity: string
  readonly subject: string | null
  readonly begun_at: number
  readonly attempts: number
  /** Null when the machine was never told yes. */
  readonly accepted_at: number | null
  readonly told: Uint8Array | null
  readonly superseded: number
}

export interface StoredWaiting extends StoredEvent {
  readonly state: WaitingState
  readonly institution: string
  readonly machine: string
  readonly call_id: string
  readonly kind: ChangeKind
  readonly details: Uint8Array
  readonly machine_time: number | null
  readonly happened_at: number
  readonly deadline_at: number
  /** Null when no person gave it back. */
  readonly retried_at: number | null
}

/** A settled change that answers for an equal one. */
export interface StoredSettled extends StoredEvent {
  readonly ended_at: number
  readonly outcome: Uint8Array
}

export interface Recovered {
  readonly waiting: readonly StoredWaiting[]
  /** The one that ended first first. */
  readonly settled: readonly StoredSettled[]
  /** Changes under a key that the configuration does not have. */
  readonly underMissingKeys: number
}

const pageBytes = 4096

export class Store {
  readonly #database: DatabaseSync
  /** Held for as long as the process lives: two bridges must not write one journal. */
  readonly #owner: DatabaseSync | undefined
  readonly #begin: StatementSync
  readonly #beginAgain: StatementSync
  readonly #supersede: StatementSync
  readonly #resume: StatementSync
  readonly #end: StatementSync
  readonly #forget: StatementSync
  /** Undefined for a database that is given. */
  readonly #file: OpenFile | undefined
  #dataVersion: number

  /**
   * Opens, checks and migrates the file. Throws a {@link JournalError}.
   * @param database takes the place of the file. It belongs to the caller, and stays open when the store is closed.
   */
  constructor({ file, maxBytes, busyMs }: StoreOptions, database?: DatabaseSync) {
    this.#file = database ? undefined : makePrivate(file)
    this.#owner = this.#file && openOwned(`${this.#file.path}.owner`)
    try {
      this.#database = database ? prepareDatabase(database) : openDatabase(file, busyMs)
    } catch (error) {
      this.#owner?.close()
      throw toJournalError(error)
    }
    this.#database.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / pageBytes)}`)
    this.#begin = this.#database.prepare(`INSERT INTO changes
      (id, institution, machine, call_id, kind, key_id, identity, subject, reference, details, amount_minor, currency,
       begun_at, machine_time, happened_at, deadline_at, attempts, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'under-way')`)
    this.#beginAgain = this.#database.prepare(`UPDATE changes
      SET state = 'under-way', machine = ?, call_id = ?, deadline_at = ?, attempts = ?
      WHERE id = ? AND state NOT IN ('discarded', 'exported')`)
    this.#supersede = this.#database.prepare('UPDATE changes SET superseded = 1 WHERE id = ?')
    // Under way in the file is also what waits for the process alone, because the end of an attempt was lost.
    this.#resume = this.#database.prepare(`UPDATE changes
      SET state = 'under-way', attempts = ?, begun_at = ?
      WHERE id = ? AND attempts < ? AND state IN ('queued', 'unsettled', 'under-way')`)
    this.#end = this.#database.prepare(`UPDATE changes
      SET begun_at = ?, state = ?, reason = ?, ended_at = ?, outcome = ?, told = ifnull(?, told),
        accepted_at = ifnull(?, accepted_at), retried_at = iif(?, NULL, retried_at)
      WHERE id = ? AND attempts = ?`)
    this.#forget = this.#database.prepare('DELETE FROM changes WHERE id = ? AND attempts = ?')
    this.#dataVersion = this.#readDataVersion()
  }

  /**
   * What an earlier process left: whatever was under way when it died is unsettled.
   * @param keys of the configuration; a file that knows one of them with another value is refused.
   * @param query.settledSince settled changes that ended earlier matter no more; of the rest the newest.
   */
  recover(
    keys: readonly { readonly id: string; readonly check: Uint8Array }[],
    query: { readonly settledSince: number; readonly limit: number },
  ): Recovered {
    return this.#transact(() => {
      this.#checkKeys(keys)
      this.#database.exec("UPDATE changes SET state = 'unsettled' WHERE state = 'under-way'")
      const waiting = this.#readWaiting(query.limit)
      const common = 'seq, id, identity, subject, begun_at, attempts, accepted_at, told, superseded'
      const settled = this.#database
        .prepare(
          `SELECT ${common}, ended_at, outcome FROM changes
           WHERE ${isSettled} AND ended_at >= ? AND superseded = 0 AND (state = 'done' OR accepted_at IS NOT NULL)
           ORDER BY ended_at DESC LIMIT ?`,
        )
        .all(query.settledSince, query.limit)
      const known = JSON.stringify(keys.map(({ id }) => id))
      const missing = this.#database
        .prepare('SELECT count(*) AS count FROM changes WHERE key_id NOT IN (SELECT value FROM json_each(?))')
        .get(known)
      return {
        waiting,
        settled: settled.toReversed() as unknown as StoredSettled[],
        underMissingKeys: Number(missing?.['count']),
      }
    })
  }

  /** All of them or none. @returns for each whether its change was there to be written. */
  commit(writes: readonly Write[]): readonly boolean[] {
    this.#checkPlace()
    return this.#transact(() => writes.map((write) => this.#write(write)))
  }

  /** The states of what is not settled when another process changed the file since this was asked last, else undefined. */
  statesIfChanged(): readonly (readonly [id: string, state: OpenState])[] | undefined {
    try {
      this.#checkPlace()
      const version = this.#readDataVersion()
      if (version === this.#dataVersion) return undefined
      const rows = this.#database.prepare(`SELECT id, state FROM changes WHERE ${isOpen}`).all()
      this.#dataVersion = version
      return rows.map(({ id, state }) => [String(id), state as OpenState])
    } catch (error) {
      throw toJournalError(error)
    }
  }

  /** The sealed outcomes of done changes under one of the references. */
  doneSince(
    references: readonly string[],
    since: number,
  ): readonly { readonly id: string; readonly outcome: Uint8Array }[] {
    try {
      const rows = this.#database
        .prepare(
          `SELECT id, outcome FROM changes
           WHERE reference IN (SELECT value FROM json_each(?)) AND state = 'done' AND ended_at >= ?`,
        )
        .all(JSON.stringify(references), since)
      return rows as unknown as { id: string; outcome: Uint8Array }[]
    } catch (error) {
      throw toJournalError(error)
    }
  }

  /** Deletes settled changes that ended before a time, at most so many. @returns how many they were. */
  purge(before: number, limit: number): number {
    return this.#transact(() => {
      const { changes } = this.#database
        .prepare(
          `DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE ${isSettled} AND ended_at < ? LIMIT ?)`,
        )
        .run(before, limit)
      return Number(changes)
    })
  }

  close(): void {
    if (!this.#owner) return
    this.#database.close()
    this.#owner.close()
  }

  #readDataVersion(): number {
    return Number(this.#database.prepare('PRAGMA data_version').get()?.['data_version'])
  }

  /** All that somebody was promised or a person must settle; of the rest the newest. */
  #readWaiting(limit: number): readonly StoredWaiting[] {
    const columns = `seq, id, identity, subject, begun_at, attempts, accepted_at, told, superseded, state, institution,
      machine, call_id, kind, details, machine_time, happened_at, deadline_at, retried_at`
    const isKept = "(accepted_at IS NOT NULL OR state = 'exception')"
    const kept = this.#database.prepare(`SELECT ${columns} FROM changes WHERE ${isOpen} AND ${isKept}`).all()
    const others = this.#database
      .prepare(`SELECT ${columns} FROM changes WHERE ${isOpen} AND NOT ${isKept} ORDER BY seq DESC LIMIT ?`)
      .all(limit)
    return [...kept, ...others.toReversed()] as unknown as StoredWaiting[]
  }

  /** What is written to a file that was moved or removed is gone with the process. */
  #checkPlace(): void {
    if (!this.#file) return
    const { path, device, inode } = this.#file
    const now = statSync(path, { throwIfNoEntry: false })
    if (now?.dev !== device || now.ino !== inode) throw new JournalError('JOURNAL_MOVED')
  }

  #checkKeys(keys: readonly { readonly id: string; readonly check: Uint8Array }[]): void {
    const find = this.#database.prepare('SELECT key_check FROM keys WHERE id = ?')
    const add = this.#database.prepare('INSERT INTO keys (id, key_check) VALUES (?, ?)')
    for (const { id, check } of keys) {
      const known = find.get(id)?.['key_check'] as Uint8Array | undefined
      if (known === undefined) add.run(id, check)
      else if (Buffer.compare(known, check) !== 0) throw new JournalError('JOURNAL_KEY_WRONG')
    }
  }

  #write(write: Write): boolean {
    if (write.write === 'begin') return this.#writeBegin(write)
    if (write.write === 'end') return this.#writeEnd(write)
    return this.#resume.run(write.attempts, write.begunAt, write.id, write.attempts).changes === 1
  }

  #writeBegin(write: BeginWrite): boolean {
    const { id, institution, machine, callId, kind, keyId, identity, subject, reference, details } = write
    const { amountMinor, currency, begunAt, machineTime, happenedAt, deadlineAt, attempts, supersedes } = write
    if (attempts > 1) {
      if (this.#beginAgain.run(machine, callId, deadlineAt, attempts, id).changes !== 1) return false
    } else {
      const what = [kind, keyId, identity, subject, reference, details, amountMinor, currency] as const
      const when = [begunAt, machineTime, happenedAt, deadlineAt] as const
      this.#begin.run(id, institution, machine, callId, ...what, ...when, attempts)
    }
    if (supersedes !== null) this.#supersede.run(supersedes)
    return true
  }

  /** Nobody reads what changed nothing at its first attempt, and a machine can make any number of such changes. */
  #writeEnd({ id, attempts, begunAt, state, reason, endedAt, outcome, promise }: EndWrite): boolean {
    if (attempts === 1 && (state === 'refused' || state === 'unavailable')) {
      return this.#forget.run(id, attempts).changes === 1
    }
    const { told = null, acceptedAt = null } = promise ?? {}
    const what = [begunAt, state, reason, endedAt, outcome, told, acceptedAt] as const
    return this.#end.run(...what, state === 'exception' ? 1 : 0, id, attempts).changes === 1
  }

  #transact<T>(work: () => T): T {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const result = work()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw toJournalError(error)
    }
  }
}

/** The lock of the file beside the journal ends with the process, however that ends. */
function openOwned(file: string): DatabaseSync {
  let owner: DatabaseSync | undefined
  try {
    makePrivate(file)
    owner = new DatabaseSync(file)
    owner.exec('BEGIN EXCLUSIVE')
    return owner
  } catch (error) {
    owner?.close()
    throw toJournalError(error)
  }
}

function openDatabase(file: string, busyMs: number): DatabaseSync {
  makePrivate(file)
  const database = new DatabaseSync(file, { timeout: busyMs })
  try {
    return prepareDatabase(database)
  } catch (error) {
    database.close()
    throw error
  }
}

/** Checks a database and brings it to the newest version. */
function prepareDatabase(database: DatabaseSync): DatabaseSync {
  const version = checkSchema(database)
  const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (found !== 'ok') throw new JournalError('JOURNAL_CORRUPT')
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
  migrate(database, version)
  return database
}

interface OpenFile {
  /** Without links, so that two names of one file are known to be one. */
  readonly path: string
  readonly device: number
  readonly inode: number
}

/** Makes a file that is not there yet its owner's alone. SQLite gives the companions of a file the same rights. */
function makePrivate(file: string): OpenFile {
  try {
    closeSync(openSync(file, 'a', 0o600))
    const { dev: device, ino: inode } = statSync(file)
    return { path: realpathSync(file), device, inode }
  } catch (error) {
    throw toJournalError(error)
  }
}
