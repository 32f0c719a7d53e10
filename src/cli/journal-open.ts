/** From a configuration to its journal, or to a sentence that says why not. */
import { resolve } from 'node:path'
import { Option } from 'commander'
import { JournalError, type JournalFault } from '../journal/fault.ts'
import { JournalFile, JournalNotReadyError, shorten } from '../journal/journal-file.ts'
import { formatFaults } from '../runtime/config/fault.ts'
import { loadConfig } from '../runtime/config/load.ts'
import type { Config } from '../runtime/config/schema.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'

export interface OpenedJournal {
  readonly config: Config
  readonly journal: JournalFile
  /** The zone of an institution; UTC when the configuration no longer knows it. */
  zoneOf(institution: string): string
  /** The form of an id that people are shown. */
  shortId(id: string): string
}

export const configOption = (): Option =>
  new Option('-c, --config <file>', 'configuration in YAML, which names the journal').makeOptionMandatory()

export const institutionOption = (): Option => new Option('--institution <id>', 'those of one institution')

/** Opens, works, closes. Whatever is wrong with the file becomes a sentence. */
export function withJournal<T>(configFile: string, work: (opened: OpenedJournal) => T): T {
  const config = readConfig(configFile)
  const { sqlite } = config.journal
  if (sqlite === undefined) {
    throw new CommandFailure(
      exitCodes.usage,
      `${configFile} keeps the journal in memory, where only the bridge itself sees it. See journal.sqlite.`,
    )
  }
  const [first, ...others] = sqlite.keys.map(({ id, secret }) => ({
    id,
    secret: Buffer.from(secret.reveal(), 'base64'),
  }))
  if (first === undefined) throw new Error('the configuration has a journal without a key')
  let journal: JournalFile | undefined
  try {
    journal = JournalFile.open(sqlite.file, [first, ...others])
    const shortLength = journal.measureShortIds()
    return work({
      config,
      journal,
      zoneOf: (id) => config.institutions.find((institution) => institution.id === id)?.timeZone ?? 'UTC',
      shortId: (id) => shorten(id, shortLength),
    })
  } catch (error) {
    throw explain(error, resolve(sqlite.file))
  } finally {
    journal?.close()
  }
}

/**
 * Throws when an institution is asked for that neither the configuration has nor the journal.
 * @param only what the configuration must have
 */
export function checkInstitution(
  { config: { institutions }, journal }: OpenedJournal,
  id: string | undefined,
  only?: 'configured',
): void {
  if (id === undefined || institutions.some((institution) => institution.id === id)) return
  if (only === undefined && journal.countByInstitution({ institution: id }).size > 0) return
  const known = institutions.map((institution) => institution.id).join(', ')
  throw new CommandFailure(exitCodes.usage, `There is no institution ${id}; the configuration has ${known}.`)
}

function readConfig(file: string): Config {
  const loaded = loadConfig(file)
  if (loaded.ok) return loaded.config
  throw new CommandFailure(exitCodes.usage, formatFaults(loaded.faults))
}

const notReady: Readonly<Record<JournalNotReadyError['reason'], string>> = {
  missing:
    'is not there. A bridge makes it when it starts; a relative path in journal.sqlite.file begins at the working directory',
  empty: 'is empty: no bridge has used it yet',
  older: 'was made by an older version. Start the bridge of this version once: it brings the file up to date',
}

const faults: Readonly<Record<JournalFault, readonly [exitCode: ExitCode, sentence: string]>> = {
  JOURNAL_DISK_FULL: [exitCodes.refused, 'cannot be written: the disk is full. Nothing was changed'],
  JOURNAL_LOCKED: [exitCodes.unreachable, 'is locked by another program. Nothing was changed; try again'],
  JOURNAL_CORRUPT: [exitCodes.usage, 'is damaged. Keep it, and see "When it cannot be written" in docs/journal.md'],
  JOURNAL_FILE_DENIED: [
    exitCodes.usage,
    'may not be opened or written by this user. Use the user of the bridge, or root',
  ],
  JOURNAL_MOVED: [exitCodes.refused, 'is no longer where it was'],
  JOURNAL_WRITE_FAILED: [exitCodes.refused, 'cannot be written. Nothing was changed'],
  JOURNAL_FOREIGN: [exitCodes.usage, 'is no journal of Circbridge'],
  JOURNAL_NEWER: [exitCodes.usage, 'was made by a newer version. Use the command of that version'],
  JOURNAL_SCHEMA_CHANGED: [exitCodes.usage, 'has other tables than Circbridge made'],
  JOURNAL_KEY_WRONG: [
    exitCodes.usage,
    'was sealed with another key than the one that stands under its id in journal.sqlite.keys',
  ],
}

function explain(error: unknown, file: string): unknown {
  if (error instanceof JournalNotReadyError) {
    return new CommandFailure(exitCodes.usage, `The journal ${file} ${notReady[error.reason]}.`)
  }
  if (!(error instanceof JournalError)) return error
  const [exitCode, sentence] = faults[error.code]
  return new CommandFailure(exitCode, `The journal ${file} ${sentence}.`)
}
