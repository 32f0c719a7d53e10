/** `circbridge journal export`: entries leave the bridge in a file, and are never also sent. */
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { Place } from '../circulation/model.ts'
import { ExportFile, ExportFileError, type ExportFault } from '../journal/export-file.ts'
import type { EntryFilter, EntryState } from '../journal/journal-file.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import {
  type ExportFormat,
  type ExportLayout,
  type ExportPlan,
  makeDeskFinder,
  type Obstacle,
  obstacleWords,
  planExport,
} from './journal-export-plan.ts'
import { findEachId } from './journal-ids.ts'
import { checkInstitution, configOption, institutionOption, type OpenedJournal, withJournal } from './journal-open.ts'
import { readBatch, readPlace } from './journal-values.ts'
import { print } from './paint.ts'

interface ExportOptions {
  readonly config: string
  readonly format: ExportFormat
  readonly out: string
  readonly state?: 'queued' | 'exception'
  readonly institution?: string
  readonly place?: Place
  readonly lineEnd?: ExportLayout['lineEnd']
  readonly again?: string
  readonly force?: true
}

/** What can be exported: unsettled entries may be in Alma already. */
const exportable = ['queued', 'exception'] as const satisfies readonly EntryState[]

/** In one file, so that a running bridge never waits long for the journal. */
const mostInFile = 5_000

const help = `
Takes what is queued and what is an exception, in the order in which it happened, unless ids or --state say less. What
was written is marked and no longer sent by the bridge. What is unsettled stays: it may be in Alma already.

  dat    Alma's offline circulation file: loans, returns, and renewals as loans, at the time when they happened. It is
         uploaded at one circulation desk, so a file holds the entries of one desk
  jsonl  one JSON object a line, with everything that is known of the entry

The file holds patrons' ids: it is readable by its owner alone; delete it when it was uploaded.

Exit codes
  0  the file is there
  1  nothing was exported; the output says why

Examples
  $ circbridge journal export -c circbridge.yaml --format dat --place MAIN.DEFAULT_CIRC_DESK --out main.dat
  $ circbridge journal export -c circbridge.yaml --format jsonl --state exception --out exceptions.jsonl
  $ circbridge journal export -c circbridge.yaml --format dat --again 20261122-181938-3f2a --out main.dat
`

export function makeExportCommand(): Command {
  return new Command('export')
    .description(
      "Writes what waits into a file, Alma's offline circulation file or JSON Lines, in place of sending it.",
    )
    .argument('[ids...]', 'these entries alone')
    .addOption(configOption())
    .addOption(new Option('--format <format>', 'form of the file').choices(['dat', 'jsonl']).makeOptionMandatory())
    .addOption(new Option('-o, --out <file>', 'where to write it').makeOptionMandatory())
    .addOption(new Option('--state <state>', 'this state alone').choices(exportable))
    .addOption(institutionOption())
    .addOption(new Option('--place <library.desk>', 'those of one circulation desk').argParser(readPlace))
    .addOption(
      new Option('--line-end <end>', 'end of a line (default: crlf for dat, lf for jsonl)').choices(['crlf', 'lf']),
    )
    .addOption(
      new Option('--again <batch>', 'write the file of an earlier export once more')
        .argParser(readBatch)
        .conflicts('state'),
    )
    .option('--force', 'overwrite a file that is there')
    .addHelpText('after', help)
    .action((given: readonly string[], options: ExportOptions) => {
      const { again, state } = options
      if (given.length > 0 && (again !== undefined || state !== undefined)) {
        throw new CommandFailure(exitCodes.usage, 'Give ids, or --state, or --again.')
      }
      process.exitCode = withJournal(options.config, (opened) => exportEntries(given, options, opened))
    })
}

function exportEntries(given: readonly string[], options: ExportOptions, opened: OpenedJournal): ExitCode {
  const { config, zoneOf } = opened
  const { format, place, again, lineEnd = format === 'dat' ? 'crlf' : 'lf' } = options
  // Its times are those of the institution's clocks.
  checkInstitution(opened, options.institution, format === 'dat' ? 'configured' : undefined)
  if (format === 'dat' && options.institution === undefined && config.institutions.length > 1) {
    throw new CommandFailure(exitCodes.usage, 'A dat file is of one institution: give --institution.')
  }
  const institution = options.institution ?? (format === 'dat' ? config.institutions[0]?.id : undefined)
  const layout: ExportLayout = {
    format,
    lineEnd,
    place,
    // What a batch holds fits into its file.
    limit: again === undefined ? mostInFile : Number.POSITIVE_INFINITY,
    zoneOf,
    deskOf: makeDeskFinder(config),
  }
  const file = new ExportFile(resolve(options.out), { force: options.force === true })
  const result =
    again === undefined
      ? exportNew(given, { ...options, institution }, layout, file, opened)
      : writeAgain({ batch: again, institution }, layout, file, opened)
  tell(result, options, file)
  return exitCodes.done
}

interface ExportResult {
  readonly plan: ExportPlan
  readonly batch: string
  readonly unsettled: number
}

function exportNew(
  given: readonly string[],
  { state, institution }: Pick<ExportOptions, 'state'> & { readonly institution: string | undefined },
  layout: ExportLayout,
  file: ExportFile,
  opened: OpenedJournal,
): ExportResult {
  const { journal } = opened
  const { ids, allFound } = findEachId(given, opened)
  if (!allFound) throw refuse('')
  const wanted = { institution, ...(given.length > 0 && { ids }) }
  const filter: EntryFilter = { ...wanted, states: state === undefined ? exportable : [state] }
  // To choose among many takes long; only what was chosen is read and written while the bridge waits.
  const chosen = planExport(journal.listByTime(filter), layout)
  refuseIncomplete(ids, chosen, opened)
  refuseUnusable(chosen, layout, opened)
  const chosenFilter = { ...filter, ids: chosen.taken.map(({ id }) => id) }
  const now = new Date()
  const batch = makeBatch(now)
  let taken: ExportPlan['taken'] = []
  try {
    journal.export(batch, { filter: chosenFilter, at: now }, (entries) => {
      const plan = planExport(entries, layout)
      refuseIncomplete(ids, plan, opened)
      refuseUnusable(plan, layout, opened)
      file.write(plan.text)
      taken = plan.taken
      return taken.map(({ id }) => id)
    })
  } catch (error) {
    file.abandon()
    throw explainFault(error, file)
  }
  finish(file, batch)
  const unsettled = journal.countByState({ ...wanted, states: ['unsettled'] }).get('unsettled') ?? 0
  return { plan: { ...chosen, taken }, batch, unsettled }
}

function writeAgain(
  { batch, institution }: { readonly batch: string; readonly institution: string | undefined },
  layout: ExportLayout,
  file: ExportFile,
  opened: OpenedJournal,
): ExportResult {
  const plan = planExport(opened.journal.listByTime({ states: ['exported'], batch, institution }), layout)
  if (plan.taken.length === 0 && plan.left.size === 0) {
    throw refuse(`There is no batch ${batch}. "circbridge journal list --state exported" names them.`)
  }
  refuseUnusable(plan, layout, opened)
  try {
    file.write(plan.text)
  } catch (error) {
    file.abandon()
    throw explainFault(error, file)
  }
  finish(file, batch)
  return { plan, batch, unsettled: 0 }
}

/** A batch is named for people: by its time, and apart from one of the same second. */
const makeBatch = (now: Date): string =>
  `${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomBytes(2).toString('hex')}`

const refuse = (sentences: string): CommandFailure => new CommandFailure(exitCodes.refused, sentences)

/** Whoever names entries wants all of them in the file. */
function refuseIncomplete(ids: readonly string[], { taken, left }: ExportPlan, opened: OpenedJournal): void {
  const inFile = new Set(taken.map(({ id }) => id))
  const missing = ids.filter((id) => !inFile.has(id))
  if (missing.length === 0) return
  const states = new Map(opened.journal.list({ ids: missing }, missing.length).map(({ id, state }) => [id, state]))
  const sentences = missing.map((id) => {
    const obstacle = left.get(id)
    return `${opened.shortId(id)}: ${obstacle === undefined ? `is ${states.get(id)}` : obstacleWords[obstacle]}.`
  })
  throw refuse([...sentences, 'Nothing was exported.'].join('\n'))
}

function refuseUnusable({ taken, left, desks }: ExportPlan, { format }: ExportLayout, opened: OpenedJournal): void {
  if (taken.length === 0) {
    const { journal } = opened
    const unsettled = journal.countByState({ states: ['unsettled'] }).get('unsettled') ?? 0
    throw refuse(['Nothing can be exported.', ...describeLeft(left), ...describeUnsettled(unsettled)].join('\n'))
  }
  if (format !== 'dat' || desks.size <= 1) return
  const rows = [...desks].map(([desk, count]) => `  --place ${desk}  ${count}`)
  throw refuse(['The file is uploaded at one desk, and these are of several. Make one file each:', ...rows].join('\n'))
}

function finish(file: ExportFile, batch: string): void {
  try {
    file.finish()
  } catch {
    throw refuse(
      `Exported as batch ${batch}, but the file could not be given its name: it is whole, and called ${file.partial}.`,
    )
  }
}

const faultSentences: Readonly<Record<ExportFault, (file: ExportFile) => string>> = {
  exists: ({ file }) => `${file} is there already. Take another name, or --force to overwrite it.`,
  left: ({ partial }) =>
    `${partial} is left from an export that was cut off. Nothing needs it: what was marked is listed by ` +
    '"circbridge journal list --state exported", and --again writes its file once more. Delete it, or give --force.',
  'not-a-file': ({ file }) => `${file} is there, and no file.`,
  'disk-full': ({ file }) => `${file} cannot be written: the disk is full. Nothing was exported.`,
  denied: ({ file }) =>
    `${file} cannot be written: its folder is not there, or not for this user. Nothing was exported.`,
  failed: ({ file }) => `${file} cannot be written. Nothing was exported.`,
}

const explainFault = (error: unknown, file: ExportFile): unknown =>
  error instanceof ExportFileError ? refuse(faultSentences[error.fault](file)) : error

function tell({ plan, batch, unsettled }: ExportResult, { format }: ExportOptions, { file }: ExportFile): void {
  const { length } = plan.taken
  const [desk = ''] = plan.desks.keys()
  print(
    `${length === 1 ? '1 entry is' : `${length} entries are`} in ${file}, batch ${batch}. The bridge no longer sends them.`,
  )
  if (format === 'dat') {
    print(
      `In Alma, signed in at the desk ${desk}: Fulfillment > Advanced Tools > Offline Circulation, choose the file, ` +
        'Upload and Validate File Content.',
    )
  }
  for (const sentence of [...describeLeft(plan.left), ...describeUnsettled(unsettled)]) print(sentence)
  if (plan.more > 0) print(`${plan.more} more wait: export them into a further file, and upload it after this one.`)
}

function describeLeft(left: ReadonlyMap<string, Obstacle>): readonly string[] {
  const counts = new Map<Obstacle, number>()
  for (const obstacle of left.values()) counts.set(obstacle, (counts.get(obstacle) ?? 0) + 1)
  return [...counts].map(([obstacle, count]) => `${count} left: ${obstacleWords[obstacle]}.`)
}

const describeUnsettled = (count: number): readonly string[] =>
  count === 0 ? [] : [`${count} unsettled, not exported: it may be in Alma already, and the bridge looks for it.`]
