/** Puts a command for every SIP2 message under another command. */
import { Argument, type Command } from 'commander'
import type { Request } from '../sip2/message.ts'
import { argumentReaders, type MessageOptions, messageOptions } from './sip2-message-options.ts'
import { type MessageCommand, messageCommands, type TerminalFacts } from './sip2-message-table.ts'

/** What somebody at the terminal wants. */
export type Errand =
  | {
      readonly kind: 'request'
      /** True when it shall be asked for. */
      readonly pin: string | true | undefined
      make(facts: TerminalFacts, pin: string | undefined): Request
    }
  /** `undefined` takes the user that the session was started with. */
  | { readonly kind: 'login'; readonly user: string | undefined }
  | { readonly kind: 'line'; readonly line: string; readonly complete: boolean }

export type Run = (errand: Errand) => Promise<void>

export function addMessages(parent: Command, run: Run): void {
  parent.commandsGroup('Messages:')
  parent
    .command('login [user]')
    .description('log in; the password is that of --password, or is asked for (93)')
    .action((user: string | undefined) => run({ kind: 'login', user }))
  for (const entry of messageCommands) addMessage(parent, entry, run)
  parent
    .command('raw <line>')
    .description('send a line as it is typed')
    .addOption(messageOptions.asItIs())
    .action((line: string, options: MessageOptions) => run({ kind: 'line', line, complete: options.asItIs !== true }))
}

function addMessage(parent: Command, entry: MessageCommand, run: Run): void {
  const [name = '', ...args] = entry.usage.split(' ')
  const command = parent.command(name).description(entry.summary)
  if (entry.alias !== undefined) command.alias(entry.alias)
  for (const arg of args) command.addArgument(makeArgument(arg))
  for (const option of entry.options) command.addOption(messageOptions[option]())
  command.action(() => {
    const given = command.processedArgs as readonly (string | undefined)[]
    const options: MessageOptions = command.opts()
    return run({
      kind: 'request',
      pin: options.pin,
      make: (facts, pin) => entry.make({ args: given, options, facts, pin }),
    })
  })
}

function makeArgument(usage: string): Argument {
  const argument = new Argument(usage)
  const read = argumentReaders[argument.name()]
  return read === undefined ? argument : argument.argParser(read)
}
