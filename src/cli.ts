/** The command line: `circbridge <command>`. */
import { Command, CommanderError } from 'commander'
import { exitCodeMeanings, exitCodes } from './runtime/exit-codes.ts'
import { CommandFailure } from './cli/failure.ts'
import { paint, printError } from './cli/paint.ts'
import { readVersion } from './cli/version.ts'
import { describeError } from './runtime/describe-error.ts'

interface CommandEntry {
  /** Heading in the help. */
  readonly group: string
  make(): Promise<Command>
}

/** In the order in which a newcomer needs them. Only what is asked for is loaded: a kiosk needs no web server. */
const commands: Readonly<Record<string, CommandEntry>> = {
  demo: {
    group: 'See it work:',
    make: async () => (await import('./cli/demo.ts')).makeDemoCommand(),
  },
  sip2: {
    group: 'See it work:',
    make: async () => (await import('./cli/sip2.ts')).makeSip2Command(),
  },
  ncip: {
    group: 'See it work:',
    make: async () => (await import('./cli/ncip.ts')).makeNcipCommand(),
  },
  'hash-password': {
    group: 'Set it up and run it:',
    make: async () => (await import('./cli/hash-password.ts')).makeHashPasswordCommand(),
  },
  'print-schema': {
    group: 'Set it up and run it:',
    make: async () => (await import('./cli/print-schema.ts')).makePrintSchemaCommand(),
  },
  check: {
    group: 'Set it up and run it:',
    make: async () => (await import('./cli/check.ts')).makeCheckCommand(),
  },
  serve: {
    group: 'Set it up and run it:',
    make: async () => (await import('./cli/serve.ts')).makeServeCommand(),
  },
  journal: {
    group: 'Keep it running:',
    make: async () => (await import('./cli/journal.ts')).makeJournalCommand(),
  },
  simulate: {
    group: 'More:',
    make: async () => (await import('./cli/simulate.ts')).makeSimulateCommand(),
  },
}

const introduction =
  'Circbridge stands between the machines of a library and its library system, Ex Libris Alma. Self-check kiosks, ' +
  "sorters and pay stations talk SIP2 to it, partner systems NCIP; it talks to Alma's REST API and answers them."

const firstSteps = `
First steps
  1. circbridge demo                              see it work: simulated Alma, bridge and a visit at a kiosk
  2. circbridge sip2 --user … checkout …          be a kiosk yourself, against the demo
  3. circbridge hash-password                     make the hash of a kiosk's password
  4. edit circbridge.yaml                         config/example-small.yaml is a beginning
  5. circbridge check --config circbridge.yaml    faults of the file, then key, desks and locations in Alma
  6. circbridge serve --config circbridge.yaml    run the bridge
`

function describeExitCodes(): string {
  const rows = Object.entries(exitCodes).map(([name, code]) => {
    return `  ${String(code).padStart(3)}  ${exitCodeMeanings[name as keyof typeof exitCodes]}`
  })
  return `\nExit codes\n${rows.join('\n')}\n`
}

async function makeProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('circbridge')
    .description(introduction)
    .version(readVersion(), '--version', 'print the version')
    .addHelpCommand(new Command('help').argument('[command]').description('the help of a command').helpGroup('More:'))
    .addHelpText('after', firstSteps + describeExitCodes())
  for (const { group, make } of wantedCommands(words)) program.addCommand((await make()).helpGroup(group))
  for (const command of everyCommand(program)) {
    command.exitOverride().configureHelp({ styleTitle: (title) => paint('bold', title) })
    command.showHelpAfterError(`Try: ${pathOf(command)} --help`)
  }
  return program
}

function wantedCommands(words: readonly string[]): readonly CommandEntry[] {
  const named = commands[words.find((word) => !word.startsWith('-')) ?? '']
  return named === undefined ? Object.values(commands) : [named]
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

/** One line for people, the exit code for scripts. Of a fault of our own the place, never what it was about. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (error instanceof CommandFailure) {
    if (error.message !== '') printError(error.message)
    return error.exitCode
  }
  const { class: name, code, at } = describeError(error)
  const [place] = Array.isArray(at) ? at : []
  printError(`circbridge: a fault of its own: ${[name, code, place].filter(Boolean).join(' ')}`)
  return exitCodes.internal
}

// A reader that has seen enough closes the pipe, as head does: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  const program = await makeProgram(process.argv.slice(2))
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}
