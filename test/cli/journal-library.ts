/** A configuration with a journal, and the command on it. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { type SampleRow, writeJournal } from '../journal/journal-rows.ts'
import { keyA } from '../journal/sqlite-file.ts'
import { type CliResult, runNode } from './run-cli.ts'

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const killAt = fileURLToPath(new URL('kill-at.ts', import.meta.url))

const institution = (id: string, timeZone: string): string => `
  - id: ${id}
    agency: 01DEMO_${id.toUpperCase()}
    name: Demo
    timeZone: ${timeZone}
    currency: EUR
    alma: { region: eu, key: env:ALMA_KEY }`

export interface JournalLibrary {
  readonly folder: string
  readonly journal: string
  run(...args: readonly string[]): Promise<CliResult>
  /** With a step of `kill-at.ts`. */
  runAt(step: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult>
}

export function makeLibrary(
  t: Test,
  rows: readonly SampleRow[] | undefined,
  { institutions = 1, memory = false } = {},
): JournalLibrary {
  const folder = t.testdir({})
  const journal = `${folder}/journal.db`
  const config = `${folder}/circbridge.yaml`
  const sqlite = `
journal:
  sqlite: { file: "${journal}", keys: [{ id: a, secret: env:JOURNAL_KEY }] }`
  writeFileSync(
    config,
    `institutions:${institution('demo', 'Europe/Berlin')}${institutions > 1 ? institution('east', 'Asia/Tokyo') : ''}
terminals:
  - name: kiosk-hall
    from: { addresses: [10.0.0.0/8] }
    institution: demo
    library: MAIN
    circulationDesk: SELFCHECK
${memory ? '' : sqlite}
`,
  )
  if (rows !== undefined) writeJournal(journal, rows)
  const env = { ALMA_KEY: 'demo-key', JOURNAL_KEY: keyA.secret.toString('base64') }
  const runWith = (flags: readonly string[], more: object, [command = '', ...args]: readonly string[]) =>
    runNode([...flags, program, 'journal', command, '-c', config, ...args], { env: { ...env, ...more } })
  return {
    folder,
    journal,
    run: (...args) => runWith([], {}, args),
    runAt: (step, ...args) => runWith(['--import', killAt], step, args),
  }
}
