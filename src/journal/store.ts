/**
 * The journal's file. Everything here blocks until the disk has it, so it lives in a thread of its own. It sees sealed
 * values and digests only.
 */
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ChangeKind } from '../circulation/ports.ts'
import type { EndState } from './event-memory.ts'
import { JournalError, toJournalError } from './fault.ts'
import { checkSchema, migrate } from './schema.ts'

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
  readonly details: Uint8Array
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly begunAt: number
  readonly machineTime: number | null
  readonly deadlineAt: number
  /** Above 1 the change is there already. */
  readonly attempts: number
  /** The done change whose memory ends with this one. */
  readonly supersedes: string | null
}

export interface EndWrite {
  readonly write: 'end'
  readonly id: string
  /** Of which attempt it is the end: one that comes late must not undo a newer one. */
  readonly attempts: number
  readonly state: EndState
  readonly reason: string | null
  readonly endedAt: number
  readonly outcome: Uint8Array
}

export type Write = BeginWrite | EndWrite

/** A change that still matters to an equal one. */
export interface StoredEvent {
  readonly id: string
  readonly identity: string
  readonly subject: string | null
  readonly state: 'done' | 'unsettled'
  readonly begun_at: number
  readonly ended_at: number | null
  readonly attempts: number
  readonly outcome: Uint8Array | null
}

export interface StoredUnsettled {
  readonly id: string
  readonly institution: string
  readonly machine: string
  readonly call_id: string
  readonly kind: ChangeKind
  readonly details: Uint8Array
  readonly begun_at: number
  readonly machine_time: number | null
  readonly deadline_at: number
  readonly attempts: number
}

export interface Recovered {
  /** Oldest first. */
  readonly events: readonly StoredEvent[]
  readonly unsettled: number
  /** Changes under a key that the configuration does not have. */
  readonly underMissingKeys: number
}

const pageBytes = 4096

export class Store {
  readonly #database: DatabaseSync
  /** Held for as long as the process lives: two bridges must not write one journal. */
  readonly #owner: DatabaseSync
  readonly #begin: StatementSync
  readonly #beginAgain: StatementSync
  readonly #supersede: StatementSync
  readonly #end: StatementSync

  /** Opens, checks and migrates the file. Throws a {@link JournalError}. */
  constructor({ file, maxBytes, busyMs }: StoreOptions) {
    this.#owner = openOwned(`${file}.owner`)
    try {
      this.#database = openChecked(file, busyMs)
    } catch (error) {
      this.#owner.close()
      throw toJournalError(error)
    }
    this.#database.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / pageBytes)}`)
    this.#begin = this.#database.prepare(`INSERT INTO changes
      (id, institution, machine, call_id, kind, key_id, identity, subject, details, amount_minor, currency, begun_at,
       machine_time, deadline_at, attempts, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'under-way')`)
    this.#beginAgain = this.#database.prepare(`UPDATE changes
      SET state = 'under-way', machine = ?, call_id = ?, deadline_at = ?, attempts = ? WHERE id = ?`)
    this.#supersede = this.#database.prepare('UPDATE changes SET superseded = 1 WHERE id = ?')
    this.#end = this.#database.prepare(
      'UPDATE changes SET state = ?, reason = ?, ended_at = ?, outcome = ? WHERE id = ? AND attempts = ?',
    )
  }

  /**
   * What an earlier process left: whatever was under way when it died is unsettled.
   * @param keys of the configuration; a file that knows one of them with another value is refused.
   * @param query.doneSince done changes that ended earlier matter no more.
   */
  recover(
    keys: readonly { readonly id: string; readonly check: Uint8Array }[],
    query: { readonly doneSince: number; readonly limit: number },
  ): Recovered {
    return this.#transact(() => {
      this.#checkKeys(keys)
      this.#database.exec("UPDATE changes SET state = 'unsettled' WHERE state = 'under-way'")
      const columns = 'seq, id, identity, subject, state, begun_at, ended_at, attempts, outcome'
      const unsettled = this.#database
        .prepare(`SELECT ${columns} FROM changes WHERE state = 'unsettled' ORDER BY seq DESC LIMIT ?`)
        .all(query.limit)
      const done = this.#database
        .prepare(
          `SELECT ${columns} FROM changes WHERE state = 'done' AND ended_at >= ? AND superseded = 0
           ORDER BY ended_at DESC LIMIT ?`,
        )
        .all(query.doneSince, query.limit - unsettled.length)
      const known = JSON.stringify(keys.map(({ id }) => id))
      const missing = this.#database
        .prepare('SELECT count(*) AS count FROM changes WHERE key_id NOT IN (SELECT value FROM json_each(?))')
        .get(known)
      return {
        events: [...unsettled, ...done].toSorted(
          (a, b) => Number(a['seq']) - Number(b['seq']),
        ) as unknown as StoredEvent[],
        unsettled: this.#countUnsettled(),
        underMissingKeys: Number(missing?.['count']),
      }
    })
  }

  /** All of them or none. */
  commit(writes: readonly Write[]): void {
    this.#transact(() => {
      for (const write of writes) {
        if (write.write === 'end') this.#writeEnd(write)
        else this.#writeBegin(write)
      }
    })
  }

  listUnsettled(limit: number): { readonly entries: readonly StoredUnsettled[]; readonly total: number } {
    const entries = this.#database
      .prepare(
        `SELECT id, institution, machine, call_id, kind, details, begun_at, machine_time, deadline_at, attempts
         FROM changes WHERE state = 'unsettled' ORDER BY seq LIMIT ?`,
      )
      .all(limit)
    return { entries: entries as unknown as StoredUnsettled[], total: this.#countUnsettled() }
  }

  /** Deletes settled changes that ended before a time, at most so many. @returns how many they were. */
  purge(before: number, limit: number): number {
    return this.#transact(() => {
      const { changes } = this.#database
        .prepare(
          `DELETE FROM changes WHERE seq IN (SELECT seq FROM changes
           WHERE state IN ('done', 'refused', 'unavailable') AND ended_at < ? LIMIT ?)`,
        )
        .run(before, limit)
      return Number(changes)
    })
  }

  close(): void {
    this.#database.close()
    this.#owner.close()
  }

  #countUnsettled(): number {
    const row = this.#database.prepare("SELECT count(*) AS count FROM changes WHERE state = 'unsettled'").get()
    return Number(row?.['count'])
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

  #writeBegin(write: BeginWrite): void {
    const { id, institution, machine, callId, kind, keyId, identity, subject, details } = write
    const { amountMinor, currency, begunAt, machineTime, deadlineAt, attempts, supersedes } = write
    if (attempts > 1) this.#beginAgain.run(machine, callId, deadlineAt, attempts, id)
    else {
      const what = [kind, keyId, identity, subject, details, amountMinor, currency] as const
      this.#begin.run(id, institution, machine, callId, ...what, begunAt, machineTime, deadlineAt, attempts)
    }
    if (supersedes !== null) this.#supersede.run(supersedes)
  }

  #writeEnd({ id, attempts, state, reason, endedAt, outcome }: EndWrite): void {
    this.#end.run(state, reason, endedAt, outcome, id, attempts)
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

function openChecked(file: string, busyMs: number): DatabaseSync {
  makePrivate(file)
  const database = new DatabaseSync(file, { timeout: busyMs })
  try {
    const version = checkSchema(database)
    const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
    if (found !== 'ok') throw new JournalError('JOURNAL_CORRUPT')
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    migrate(database, version)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Makes a file that is not there yet its owner's alone. SQLite gives the companions of a file the same rights. */
function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
}
