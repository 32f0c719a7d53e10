/** `circbridge journal`: what waits in the journal, and what a person does about it. */
import { Command } from 'commander'
import { makeExportCommand } from './journal-export.ts'
import { makeListCommand } from './journal-list.ts'
import { makeDiscardCommand, makeRetryCommand } from './journal-settle.ts'
import { makeShowCommand } from './journal-show.ts'

const help = `
Works on the file of journal.sqlite, while a bridge runs and while none does. A running bridge takes up what is changed
here by itself, within seconds. Every one of them has its own --help.

Examples
  $ circbridge journal list --config circbridge.yaml
  $ circbridge journal show --config circbridge.yaml m4f2-1k
`

export function makeJournalCommand(): Command {
  return new Command('journal')
    .description('Shows the changes that wait for Alma or for a person, and settles them.')
    .addHelpText('after', help)
    .addCommand(makeListCommand())
    .addCommand(makeShowCommand())
    .addCommand(makeRetryCommand())
    .addCommand(makeDiscardCommand())
    .addCommand(makeExportCommand())
}
