/** `circbridge journal show`: everything of one entry. */
import { Command } from 'commander'
import { formatAmount } from '../circulation/money.ts'
import type { Outcome } from '../circulation/outcome.ts'
import { describeEntry, masked } from '../journal/export-json.ts'
import { formatZoned } from '../journal/export-time.ts'
import type { JournalEntry } from '../journal/journal-file.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { findId } from './journal-ids.ts'
import { configOption, type OpenedJournal, withJournal } from './journal-open.ts'
import { kindWords, nextSteps, stateWords, wordsOf } from './journal-words.ts'
import { paint, print, printable, printJson } from './paint.ts'

interface ShowOptions {
  readonly config: string
  readonly masked?: true
  readonly json?: true
}

const help = `
The id is the one of "circbridge journal list", or as much of it as makes it the only one.

Examples
  $ circbridge journal show -c circbridge.yaml m4f2-1k
  $ circbridge journal show -c circbridge.yaml m4f2-1k --json
`

export function makeShowCommand(): Command {
  return new Command('show')
    .description('Shows everything of one entry, what Alma said, and what can be done.')
    .argument('<id>', 'the entry')
    .addOption(configOption())
    .option('--masked', "hide the patron's id")
    .option('--json', 'one JSON object')
    .addHelpText('after', help)
    .action((id: string, options: ShowOptions) => {
      process.exitCode = withJournal(options.config, (opened) => show(id, options, opened))
    })
}

function show(given: string, options: ShowOptions, opened: OpenedJournal): ExitCode {
  const id = findId(given, opened)
  const [entry] = id === undefined ? [] : opened.journal.list({ ids: [id] }, 1)
  if (entry === undefined) return exitCodes.refused
  const timeZone = opened.zoneOf(entry.institution)
  const mask = options.masked === true
  if (options.json === true) printJson(describeEntry(entry, { timeZone, mask }))
  else printEntry(entry, { timeZone, mask }, opened)
  return exitCodes.done
}

function printEntry(
  entry: JournalEntry,
  view: { readonly timeZone: string; readonly mask: boolean },
  { shortId }: OpenedJournal,
): void {
  print(`${paint('bold', kindWords[entry.kind])}  ${stateWords[entry.state]}\n`)
  printRows([['id', `${entry.id} (${shortId(entry.id)})`], ...describeWhat(entry, view), ...describeTimes(entry, view)])
  const answer = entry.outcome === undefined ? [] : describeAnswer(entry.outcome, view)
  if (answer.length > 0) {
    print('\nWhat the library system said')
    printRows(answer)
  }
  const steps = nextSteps(entry)
  if (steps.length > 0) print(`\nWhat can be done\n${steps.map((step) => `  ${step}`).join('\n')}`)
}

type Row = readonly [name: string, text: string | undefined]

function printRows(rows: readonly Row[]): void {
  for (const [name, text] of rows) {
    if (text !== undefined && text !== '') print(`  ${name.padEnd(18)} ${printable(text)}`)
  }
}

function describeWhat(entry: JournalEntry, { timeZone, mask }: { timeZone: string; mask: boolean }): readonly Row[] {
  const { institution, machine, callId, details, note, batch } = entry
  const {
    amount = entry.amount,
    patron,
    item,
    title,
    hold,
    fee,
    method,
    externalTransactionId,
    ...more
  } = details ?? {}
  const {
    place,
    due,
    reported,
    returned,
    onHoldShelf,
    copies,
    lastInterest,
    feeOrder,
    block,
    note: remark,
    ...others
  } = more
  return [
    ['institution', institution],
    ['machine', machine],
    ['message', callId],
    ['details', details === undefined ? 'cannot be read: their key is not in journal.sqlite.keys' : undefined],
    ['item', item],
    ['title', title],
    ['patron', patron === undefined || !mask ? patron : masked],
    ['hold', hold],
    ['fee', fee],
    ['amount', amount && `${formatAmount(amount)} ${amount.currency}`],
    ['paid by', method],
    ['transaction id', externalTransactionId],
    ['copies', typeof copies === 'object' ? `at ${copies.library}` : copies],
    ['wanted until', lastInterest],
    ['order of fees', feeOrder],
    ['block', block && `${block.type} ${block.description}`],
    ['note', remark === undefined || !mask ? remark : masked],
    ['place', place && [place.library, place.circulationDesk].filter(Boolean).join('.')],
    ['due', due && formatZoned(due, timeZone)],
    ['returned', returned && formatZoned(returned, timeZone)],
    ['on hold shelf', onHoldShelf === undefined ? undefined : onHoldShelf ? 'at once' : 'after processing'],
    ['reported', reported === true ? 'by a machine that had worked off line' : undefined],
    ...flatten(others, '', timeZone),
    ['discarded because', note === undefined || !mask ? note : masked],
    ['batch', batch],
  ]
}

function describeTimes(entry: JournalEntry, { timeZone }: { readonly timeZone: string }): readonly Row[] {
  const time = (at: Date | undefined) => at && formatZoned(at, timeZone)
  const told = entry.told?.due === undefined ? '' : `, due ${formatZoned(entry.told.due, timeZone)}`
  return [
    ['happened', time(entry.happenedAt)],
    ["machine's clock", time(entry.machineTime)],
    ['attempts', String(entry.attempts)],
    ['machine told', entry.acceptedAt === undefined ? undefined : `yes, ${time(entry.acceptedAt)}${told}`],
    ['ended', time(entry.endedAt)],
    ['given back', time(entry.retriedAt)],
  ]
}

function describeAnswer(
  outcome: Outcome<unknown>,
  { timeZone, mask }: { readonly timeZone: string; readonly mask: boolean },
): readonly Row[] {
  switch (outcome.kind) {
    case 'done':
      // Names the patron in places that no list foresees.
      return mask ? [['answer', 'yes']] : [['answer', 'yes'], ...flatten(outcome.value, '', timeZone)]
    case 'refused':
      return [
        ['answer', `no: ${wordsOf(outcome.reason)} (${outcome.reason})`],
        ['in its own words', outcome.text],
        ['evidence', outcome.evidence],
      ]
    case 'unavailable':
      return [
        ['answer', `none: ${wordsOf(outcome.cause)} (${outcome.cause})`],
        ['evidence', outcome.evidence],
      ]
    case 'unknown':
      return [
        ['answer', 'none that tells whether it was carried out'],
        ['evidence', outcome.evidence],
      ]
  }
}

/** Every value of an answer with its path, one a row. */
function flatten(value: unknown, path: string, timeZone: string): readonly Row[] {
  if (value instanceof Date) return [[path, formatZoned(value, timeZone)]]
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, part]) => flatten(part, path === '' ? key : `${path}.${key}`, timeZone))
  }
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return path !== '' && isPlain ? [[path, String(value)]] : []
}
