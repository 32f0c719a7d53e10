/** `circbridge journal list`: what waits, and what needs a person. */
import { Command, Option } from 'commander'
import { formatAmount } from '../circulation/money.ts'
import { describeEntry, masked } from '../journal/export-json.ts'
import { formatZoned } from '../journal/export-time.ts'
import type { EntryFilter, EntryState, JournalEntry } from '../journal/journal-file.ts'
import { checkInstitution, configOption, institutionOption, type OpenedJournal, withJournal } from './journal-open.ts'
import { readLimit, readSince, readStates } from './journal-values.ts'
import { explainEntry, kindWords } from './journal-words.ts'
import { paint, print, printable, printError, printJson } from './paint.ts'

interface ListOptions {
  readonly config: string
  readonly state: readonly EntryState[]
  readonly institution?: string
  readonly machine?: string
  readonly since?: (timeZone: string) => Date
  readonly limit: number
  readonly masked?: true
  readonly json?: true
}

const waiting = ['exception', 'unsettled', 'queued'] as const satisfies readonly EntryState[]

const help = `
Exceptions come first: Alma refused what a machine was told yes to, and a person settles them (retry, discard, export).
Then what is unsettled: nobody knows whether Alma has it, and the bridge looks. Then what is queued for Alma.
It prints barcodes and patrons' ids, because that is what it is for; --masked hides the patrons.

Examples
  $ circbridge journal list -c circbridge.yaml
  $ circbridge journal list -c circbridge.yaml --state exception --since 2d --masked
  $ circbridge journal list -c circbridge.yaml --state all --machine kiosk-hall --json
`

export function makeListCommand(): Command {
  return new Command('list')
    .description('Lists what waits for Alma and what needs a person.')
    .addOption(configOption())
    .addOption(
      new Option('--state <states>', 'these states, separated by commas, or all')
        .default(waiting, waiting.join(','))
        .argParser((text: string, before: readonly EntryState[]) => readStates(text, before === waiting ? [] : before)),
    )
    .addOption(institutionOption())
    .option('--machine <name>', 'those of one terminal or partner')
    .addOption(new Option('--since <when>', 'happened since: 2h, 3d, 2026-11-20').argParser(readSince))
    .addOption(new Option('--limit <count>', 'show at most so many').default(100).argParser(readLimit))
    .option('--masked', "hide patrons' ids")
    .option('--json', 'one JSON object a line')
    .addHelpText('after', help)
    .action((options: ListOptions) => withJournal(options.config, (opened) => list(options, opened)))
}

function list(options: ListOptions, opened: OpenedJournal): void {
  const { limit } = options
  const filter = makeFilter(options, opened)
  const counts = opened.journal.countByState(filter)
  const entries = opened.journal.list(filter, limit)
  if (options.json === true) printJsonLines(entries, options, opened)
  else printTable(entries, options, opened)
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total > entries.length) {
    printError(`${entries.length} of ${total} are shown; --limit shows more, --state and --since narrow.`)
  }
  const unreadable = entries.filter(({ details }) => details === undefined).length
  if (unreadable > 0) {
    printError(`${unreadable} cannot be read: they were sealed with a key that journal.sqlite.keys does not have.`)
  }
  if (options.json !== true) printSum(counts, opened)
  tellUnconfigured(filter, opened)
}

/** Nobody carries those out. */
function tellUnconfigured(filter: EntryFilter, { config, journal }: OpenedJournal): void {
  for (const [institution, count] of journal.countByInstitution({ ...filter, states: waiting })) {
    if (config.institutions.some(({ id }) => id === institution)) continue
    printError(
      `${count} ${count === 1 ? 'waits' : 'wait'} for ${institution}, which the configuration does not have: a bridge ` +
        'that is started so carries none of them out. Their times are UTC.',
    )
  }
}

function makeFilter({ state, institution, machine, since }: ListOptions, opened: OpenedJournal): EntryFilter {
  const { config, zoneOf } = opened
  checkInstitution(opened, institution)
  const zone = zoneOf(institution ?? config.institutions[0]?.id ?? '')
  return { states: state, institution, machine, since: since?.(zone) }
}

function printJsonLines(
  entries: readonly JournalEntry[],
  { masked: mask }: ListOptions,
  { zoneOf }: OpenedJournal,
): void {
  for (const entry of entries) {
    printJson(describeEntry(entry, { timeZone: zoneOf(entry.institution), mask: mask === true }))
  }
}

function printSum(counts: ReadonlyMap<EntryState, number>, { journal }: OpenedJournal): void {
  const sum = [...counts].map(([state, count]) => `${count} ${state}`).join(', ')
  print(sum === '' ? 'Nothing waits.' : `\n${sum}`)
  const underWay = counts.has('under-way') ? 0 : (journal.countByState({ states: ['under-way'] }).get('under-way') ?? 0)
  if (underWay > 0) {
    print(`${underWay} under way. If no bridge runs, they were cut off: the next start looks whether Alma has them.`)
  }
}

const colours: Partial<Record<EntryState, 'red' | 'yellow'>> = { exception: 'red', unsettled: 'yellow' }

function printTable(entries: readonly JournalEntry[], options: ListOptions, opened: OpenedJournal): void {
  if (entries.length === 0) return
  const columns = makeColumns(options, opened).map(({ title, cell }) => {
    const cells = entries.map((entry) => printable(cell(entry)))
    return { title, cells, width: Math.max(title.length, ...cells.map((text) => text.length)) }
  })
  // A column in which nothing stands says nothing.
  const shown = columns.filter(({ cells }) => cells.some((text) => text !== ''))
  print(
    paint(
      'bold',
      shown
        .map(({ title, width }) => title.padEnd(width))
        .join('  ')
        .trimEnd(),
    ),
  )
  entries.forEach(({ state }, index) => {
    const line = shown.map(({ cells, width }) => (cells[index] ?? '').padEnd(width)).join('  ')
    const colour = colours[state]
    print(colour === undefined ? line.trimEnd() : paint(colour, line.trimEnd()))
  })
}

interface Column {
  readonly title: string
  readonly cell: (entry: JournalEntry) => string
}

function makeColumns({ masked: mask }: ListOptions, { config, zoneOf, shortId }: OpenedJournal): readonly Column[] {
  const patronOf = ({ details }: JournalEntry) => {
    const patron = details?.patron ?? ''
    return patron === '' || mask !== true ? patron : masked
  }
  const usual = config.institutions.length === 1 ? config.institutions[0]?.id : undefined
  return [
    { title: 'ID', cell: ({ id }) => shortId(id) },
    { title: 'HAPPENED', cell: ({ happenedAt, institution }) => formatClock(happenedAt, zoneOf(institution)) },
    { title: 'WHAT', cell: ({ kind }) => kindWords[kind] },
    { title: 'INSTITUTION', cell: ({ institution }) => (institution === usual ? '' : institution) },
    { title: 'MACHINE', cell: ({ machine }) => machine },
    { title: 'ITEM', cell: ({ details }) => details?.item ?? details?.title ?? details?.hold ?? details?.fee ?? '' },
    { title: 'PATRON', cell: patronOf },
    {
      title: 'AMOUNT',
      cell: ({ amount }) => (amount === undefined ? '' : `${formatAmount(amount)} ${amount.currency}`),
    },
    { title: 'STATE', cell: ({ state }) => state },
    // A reason is written by people, often about people.
    { title: 'WHY', cell: (entry) => (mask && entry.state === 'discarded' ? masked : explainEntry(entry)) },
  ]
}

/** `2026-11-22 18:19`, as the library's clocks show it. */
const formatClock = (at: Date, timeZone: string): string => formatZoned(at, timeZone).slice(0, 16).replace('T', ' ')
