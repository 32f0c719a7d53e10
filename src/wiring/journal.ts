import type { Clock, Journal } from '../circulation/ports.ts'
import { MemoryJournal } from '../journal/memory.ts'
import { SqliteJournal } from '../journal/sqlite.ts'
import type { JournalConfig } from '../runtime/config/schema.ts'
import type { Part } from '../runtime/lifecycle.ts'
import type { Log } from '../runtime/log.ts'

const dayMs = 86_400_000
const megabyte = 1_048_576

/** The journal of the config, and the part of the process that opens and closes it. */
export function makeJournal(config: JournalConfig, parts: { readonly clock: Clock; readonly log: Log }) {
  if (config.sqlite) {
    const sqlite = makeSqliteJournal(config.sqlite, parts)
    return toPart(sqlite, () => sqlite.start())
  }
  const { entries, keepMs } = config.memory
  return toPart(new MemoryJournal(parts.clock, { maxEntries: entries, keepMs }))
}

function makeSqliteJournal(
  config: NonNullable<JournalConfig['sqlite']>,
  parts: { readonly clock: Clock; readonly log: Log },
): SqliteJournal {
  const { file, keys, entries, pending, pendingPerMachine, keepMs, purgeAfterDays, maxMegabytes, busyMs } = config
  const [first, ...others] = keys.map(({ id, secret }) => ({ id, secret: Buffer.from(secret.reveal(), 'base64') }))
  if (!first) throw new Error('the configuration has a journal without a key')
  return new SqliteJournal(
    {
      file,
      keys: [first, ...others],
      maxEntries: entries,
      maxPending: pending,
      maxPendingPerMachine: pendingPerMachine,
      keepMs,
      purgeAfterMs: purgeAfterDays * dayMs,
      maxBytes: maxMegabytes * megabyte,
      busyMs,
    },
    parts,
  )
}

const toPart = (journal: Journal, start?: () => Promise<void>): { readonly journal: Journal; readonly part: Part } => ({
  journal,
  part: { name: 'journal', ...(start && { start }), stop: () => journal.close() },
})
