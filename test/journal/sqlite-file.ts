/** A SQLite journal in a folder of the test, with a log that is kept. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Clock } from '../../src/circulation/ports.ts'
import type { OpenStore } from '../../src/journal/store-thread.ts'
import { SqliteJournal, type SqliteJournalOptions } from '../../src/journal/sqlite.ts'
import { makeLog } from '../../src/runtime/log.ts'
import { makeClock } from './sample-change.ts'

export const keyA = { id: 'a', secret: Buffer.alloc(32, 1) }
export const keyB = { id: 'b', secret: Buffer.alloc(32, 2) }

/** Roomy enough for whatever a test writes. */
export const usualOptions = {
  keys: [keyA],
  keepMs: 3_600_000,
  maxEntries: 100_000,
  maxPending: 100_000,
  maxPendingPerMachine: 100_000,
  purgeAfterMs: 86_400_000,
  maxBytes: 100_000_000,
  busyMs: 1000,
} as const satisfies Omit<SqliteJournalOptions, 'file'>

export interface OpenedJournal {
  readonly journal: SqliteJournal
  /** What was logged so far. */
  readonly lines: readonly Record<string, unknown>[]
  codes(): unknown[]
}

export type FileOptions = Partial<SqliteJournalOptions> & {
  readonly file: string
  readonly clock?: Clock
  readonly openStore?: OpenStore
}

export function makeSqliteJournal(t: Test, { clock = makeClock(), openStore, ...options }: FileOptions): OpenedJournal {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const journal = new SqliteJournal(
    { ...usualOptions, keepMs: 60_000, maxEntries: 100, busyMs: 50, ...options },
    { clock, log: makeLog({ level: 'debug', pretty: 'never', destination }), ...(openStore && { openStore }) },
  )
  t.teardown(() => journal.close())
  return { journal, lines, codes: () => lines.map(({ code }) => code) }
}

export async function openSqliteJournal(t: Test, options: FileOptions): Promise<OpenedJournal> {
  const made = makeSqliteJournal(t, options)
  await made.journal.start()
  return made
}

/** Every byte of the journal's files, the write-ahead log among them. */
export function readAllFiles(folder: string): Buffer {
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
}
