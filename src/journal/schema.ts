/** The tables of a journal file, step by step, and how a file is known to have exactly these. */
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { JournalError } from './fault.ts'

/** `CIRC`, by which the file is known as a journal of ours. */
const applicationId = 0x43495243

/**
 * The step at index n makes version n + 1. A step that was released is never changed.
 *
 * Times are milliseconds since 1970 in UTC. `identity`, `subject` and `reference` (the external transaction id of a
 * payment) are digests; `details`, `outcome`, `told` (what the machine was promised) and `note` (why a person discarded
 * it) are sealed; no other column holds what a person could be known by. `batch` names the export that took a change.
 * `retried_at` is when a person gave it back, until it is an exception again.
 */
const steps: readonly string[] = [
  `CREATE TABLE keys (
    id TEXT NOT NULL PRIMARY KEY,
    key_check BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE changes (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    institution TEXT NOT NULL,
    machine TEXT NOT NULL,
    call_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    key_id TEXT NOT NULL REFERENCES keys (id),
    identity TEXT NOT NULL,
    subject TEXT,
    details BLOB NOT NULL,
    amount_minor INTEGER,
    currency TEXT,
    begun_at INTEGER NOT NULL,
    machine_time INTEGER,
    deadline_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('under-way', 'unsettled', 'done', 'refused', 'unavailable')),
    reason TEXT,
    ended_at INTEGER,
    superseded INTEGER NOT NULL DEFAULT 0,
    outcome BLOB
  ) STRICT;

  CREATE INDEX changes_open ON changes (seq) WHERE state IN ('under-way', 'unsettled');
  CREATE INDEX changes_settled ON changes (ended_at) WHERE state IN ('done', 'refused', 'unavailable');`,

  // SQLite cannot widen the check of a column.
  `CREATE TABLE wider_changes (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    institution TEXT NOT NULL,
    machine TEXT NOT NULL,
    call_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    key_id TEXT NOT NULL REFERENCES keys (id),
    identity TEXT NOT NULL,
    subject TEXT,
    reference TEXT,
    details BLOB NOT NULL,
    amount_minor INTEGER,
    currency TEXT,
    begun_at INTEGER NOT NULL,
    machine_time INTEGER,
    happened_at INTEGER NOT NULL,
    deadline_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN
      ('under-way', 'unsettled', 'queued', 'exception', 'done', 'refused', 'unavailable', 'discarded', 'exported')),
    reason TEXT,
    accepted_at INTEGER,
    ended_at INTEGER,
    superseded INTEGER NOT NULL DEFAULT 0,
    outcome BLOB,
    told BLOB,
    note BLOB,
    batch TEXT
  ) STRICT;

  INSERT INTO wider_changes
    (seq, id, institution, machine, call_id, kind, key_id, identity, subject, details, amount_minor, currency, begun_at,
     machine_time, happened_at, deadline_at, attempts, state, reason, ended_at, superseded, outcome)
  SELECT seq, id, institution, machine, call_id, kind, key_id, identity, subject, details, amount_minor, currency, begun_at,
     machine_time, begun_at, deadline_at, attempts, state, reason, ended_at, superseded, outcome FROM changes;

  DROP TABLE changes;
  ALTER TABLE wider_changes RENAME TO changes;

  CREATE INDEX changes_open ON changes (seq) WHERE state IN ('under-way', 'unsettled', 'queued', 'exception');
  CREATE INDEX changes_settled ON changes (ended_at)
    WHERE state IN ('done', 'refused', 'unavailable', 'discarded', 'exported');
  CREATE INDEX changes_reference ON changes (reference) WHERE reference IS NOT NULL;`,

  'ALTER TABLE changes ADD COLUMN retried_at INTEGER;',
]

export const schemaVersion = steps.length

/** As the indexes say it, so that a query which says it too goes by them. */
export const isOpen = "state IN ('under-way', 'unsettled', 'queued', 'exception')"
export const isSettled = "state IN ('done', 'refused', 'unavailable', 'discarded', 'exported')"

/**
 * Reads only. Throws a {@link JournalError} for a file that is not ours, newer than we, or altered.
 * @returns the version of the file, 0 for an empty one.
 */
export function checkSchema(database: DatabaseSync): number {
  const version = readPragma(database, 'user_version')
  const empty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  const id = readPragma(database, 'application_id')
  if (id !== applicationId && !(empty && id === 0 && version === 0)) throw new JournalError('JOURNAL_FOREIGN')
  if (version > schemaVersion) throw new JournalError('JOURNAL_NEWER')
  if (checksumOf(database) !== checksumOfVersion(version)) throw new JournalError('JOURNAL_SCHEMA_CHANGED')
  return version
}

/** Brings a checked file to the newest version. */
export function migrate(database: DatabaseSync, version: number): void {
  if (version === schemaVersion) return
  database.exec('BEGIN EXCLUSIVE')
  try {
    for (const step of steps.slice(version)) database.exec(step)
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`)
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** What the steps make of an empty database, so that no checksum has to be kept by hand. */
function checksumOfVersion(version: number): string {
  const database = new DatabaseSync(':memory:')
  try {
    for (const step of steps.slice(0, version)) database.exec(step)
    return checksumOf(database)
  } finally {
    database.close()
  }
}

function checksumOf(database: DatabaseSync): string {
  const rows = database
    .prepare(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .all()
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}

function readPragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}
