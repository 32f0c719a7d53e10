/** A journal file with rows as a bridge leaves them, made without one. */
import { DatabaseSync } from 'node:sqlite'
import { type Accepted, accepted, type Outcome } from '../../src/circulation/outcome.ts'
import type { ChangeDetails, ChangeKind } from '../../src/circulation/ports.ts'
import type { EntryState } from '../../src/journal/journal-file.ts'
import { migrate } from '../../src/journal/schema.ts'
import { type JournalKey, Sealer } from '../../src/journal/sealer.ts'
import { keyA } from './sqlite-file.ts'

export interface SampleRow {
  readonly id: string
  readonly state: EntryState
  readonly kind?: ChangeKind
  readonly institution?: string
  readonly machine?: string
  readonly details?: ChangeDetails
  readonly happenedAt?: string
  readonly acceptedAt?: string | null
  readonly reason?: string
  readonly outcome?: Outcome<unknown>
  readonly told?: Accepted
  readonly key?: JournalKey
}

export function writeJournal(file: string, rows: readonly SampleRow[]): void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL')
  migrate(database, 0)
  const addKey = database.prepare('INSERT INTO keys (id, key_check) VALUES (?, ?)')
  for (const key of new Set([keyA, ...rows.map((row) => row.key ?? keyA)]))
    for (const { id, check } of new Sealer([key]).checks) addKey.run(id, check)
  for (const row of rows) addRow(database, row)
  database.close()
}

function addRow(database: DatabaseSync, row: SampleRow): void {
  const { id, state, kind = 'checkout', institution = 'demo', machine = 'kiosk-hall', details = {}, key = keyA } = row
  const { happenedAt = '2026-11-22T17:19:38Z', acceptedAt = happenedAt, reason, outcome, told = accepted() } = row
  const sealer = new Sealer([key])
  const time = Date.parse(happenedAt)
  database
    .prepare(
      `INSERT INTO changes (id, institution, machine, call_id, kind, key_id, identity, details, amount_minor, currency,
         begun_at, happened_at, deadline_at, attempts, state, reason, accepted_at, ended_at, outcome, told)
       VALUES (?, ?, ?, 'm1-call', ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      institution,
      machine,
      kind,
      key.id,
      `digest of ${id}`,
      sealer.seal(details, `${id} details`),
      details.amount?.minor ?? null,
      details.amount?.currency ?? null,
      time,
      time,
      time + 10_000,
      state,
      reason ?? null,
      acceptedAt === null ? null : Date.parse(acceptedAt),
      time + 1000,
      outcome === undefined ? null : sealer.seal(outcome, `${id} outcome`),
      acceptedAt === null ? null : sealer.seal(told, `${id} told`),
    )
}

/** State by id, read past every other code. */
export function readStates(file: string): Record<string, string> {
  const database = new DatabaseSync(file)
  const rows = database.prepare('SELECT id, state FROM changes ORDER BY id').all()
  database.close()
  return Object.fromEntries(rows.map(({ id, state }) => [String(id), String(state)]))
}
