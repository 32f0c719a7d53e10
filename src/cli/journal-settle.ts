/** `circbridge journal retry` and `discard`: what a person decides about entries. */
import { Command, Option } from 'commander'
import type { JournalEntry } from '../journal/journal-file.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import { findEachId } from './journal-ids.ts'
import { checkInstitution, configOption, institutionOption, type OpenedJournal, withJournal } from './journal-open.ts'
import { readReason } from './journal-values.ts'
import { print, printError } from './paint.ts'

interface RetryOptions {
  readonly config: string
  readonly allExceptions?: true
  readonly institution?: string
}

interface DiscardOptions {
  readonly config: string
  readonly reason: string
}

const exitCodeHelp = `
Exit codes
  0  every one of them
  1  not every one of them; the output says which, and why`

const retryHelp = `
Put right first what stood against it: lift the block, raise the limit, return the item. The bridge then looks whether
Alma has the change, and sends it, or the rest of a payment, when it does not. A running bridge takes it up by itself.
What no machine was told yes to is only looked for, but a payment is sent: give back one that was paid. Such
payments are not among all exceptions.
${exitCodeHelp}

Examples
  $ circbridge journal retry -c circbridge.yaml m4f2-1k m4f2-1m
  $ circbridge journal retry -c circbridge.yaml --all-exceptions
`

const discardHelp = `
For what was settled by hand or must not happen. Nothing is changed in Alma: what is unsettled may be there already.
The reason is kept with the entry, sealed. A running bridge lets go of it by itself.
${exitCodeHelp}

Examples
  $ circbridge journal discard -c circbridge.yaml m4f2-1k --reason 'booked at the desk'
`

/** More exceptions than that are given back in another go. */
const mostAtOnce = 100_000

export function makeRetryCommand(): Command {
  return new Command('retry')
    .description('Gives exceptions back to the bridge.')
    .argument('[ids...]', 'the entries')
    .addOption(configOption())
    .option('--all-exceptions', 'every exception')
    .addOption(institutionOption().implies({ allExceptions: true }))
    .addHelpText('after', retryHelp)
    .action((given: readonly string[], options: RetryOptions) => {
      if (given.length > 0 === (options.allExceptions === true)) {
        throw new CommandFailure(exitCodes.usage, 'Give the ids of exceptions, or --all-exceptions.')
      }
      process.exitCode = withJournal(options.config, (opened) => retry(given, options, opened))
    })
}

export function makeDiscardCommand(): Command {
  return new Command('discard')
    .description('Ends what waits, for a reason that you give.')
    .argument('<ids...>', 'the entries')
    .addOption(configOption())
    .addOption(new Option('--reason <text>', 'why').argParser(readReason).makeOptionMandatory())
    .addHelpText('after', discardHelp)
    .action((given: readonly string[], options: DiscardOptions) => {
      process.exitCode = withJournal(options.config, (opened) => discard(given, options, opened))
    })
}

function retry(
  given: readonly string[],
  { allExceptions, institution }: RetryOptions,
  opened: OpenedJournal,
): ExitCode {
  const { journal } = opened
  checkInstitution(opened, institution)
  const { ids, allFound, doubtful } =
    allExceptions === true ? findAllExceptions(institution, opened) : { ...findEachId(given, opened), doubtful: 0 }
  if (doubtful > 0) print(`${doubtful} left as they are: payments that no machine was told yes to. ${oneByOne}`)
  else if (ids.length === 0 && allFound) print('There are no exceptions.')
  const changed = journal.retry(ids, new Date())
  tellEach(ids, changed, 'given back: it is looked for in Alma first', opened)
  if (changed.size > 0) print('A running bridge takes it up by itself within seconds, else the next start does.')
  return allFound && changed.size === ids.length ? exitCodes.done : exitCodes.refused
}

const oneByOne = 'The money may have gone back: name by its id each one that was paid.'

/** A payment is sent when it is given back, so one that was perhaps never paid is not among many. */
function findAllExceptions(institution: string | undefined, { journal }: OpenedJournal) {
  const all = journal.list({ states: ['exception'], institution }, mostAtOnce)
  const given = all.filter(({ kind, acceptedAt }) => kind !== 'pay-fee' || acceptedAt !== undefined)
  return { ids: given.map(({ id }) => id), allFound: true, doubtful: all.length - given.length }
}

function discard(given: readonly string[], { reason }: DiscardOptions, opened: OpenedJournal): ExitCode {
  const { ids, allFound } = findEachId(given, opened)
  const changed = opened.journal.discard(ids, reason, new Date())
  tellEach(ids, changed, 'discarded', opened)
  if (changed.size > 0) print('A running bridge lets go of it by itself within seconds. Alma was not changed.')
  return allFound && changed.size === ids.length ? exitCodes.done : exitCodes.refused
}

function tellEach(
  ids: readonly string[],
  changed: ReadonlySet<string>,
  done: string,
  { journal, shortId }: OpenedJournal,
): void {
  const left = ids.filter((id) => !changed.has(id))
  const entries = new Map(journal.list({ ids: left }, left.length).map((entry) => [entry.id, entry]))
  for (const id of ids) {
    if (changed.has(id)) print(`${shortId(id)}: ${done}.`)
    else printError(`${shortId(id)}: left as it is, because it ${explainState(entries.get(id))}.`)
  }
}

function explainState(entry: JournalEntry | undefined): string {
  switch (entry?.state) {
    case undefined:
      return 'is no longer there'
    case 'under-way':
      return 'is under way at this moment; try again'
    case 'queued':
      return 'is queued: the bridge sends it anyway'
    case 'unsettled':
      return 'is unsettled: the bridge looks for it anyway'
    case 'exception':
      return 'has just become an exception; try again'
    case 'done':
    case 'refused':
    case 'unavailable':
    case 'discarded':
    case 'exported':
      return `is settled: ${entry.state}`
  }
}
