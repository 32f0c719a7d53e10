/** `circbridge sip2`: a kiosk in the terminal. */
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { Routing } from '../circulation/model.ts'
import type { Charset } from '../sip2/charset.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import { askSecret, readSecretFromStdin } from './read-secret.ts'
import { Sip2ClientError } from './sip2-client.ts'
import { Kiosk, type KioskSettings } from './sip2-kiosk.ts'
import { addMessages, type Errand } from './sip2-messages.ts'
import { printClientErrorJson, printSpoken, printSpokenJson } from './sip2-output.ts'
import { Sip2Prompt } from './sip2-prompt.ts'
import {
  destinationNames,
  readCharset,
  readDelimiter,
  readLanguage,
  readPort,
  readSeconds,
  readTimeZone,
} from './sip2-values.ts'

interface Sip2Options {
  readonly host: string
  readonly port?: number
  readonly tls?: true
  readonly ca?: string
  readonly insecure?: true
  readonly user?: string
  readonly password?: string
  readonly passwordStdin?: true
  readonly status?: true
  readonly institution: string
  readonly location: string
  readonly terminalPassword: string
  readonly language: string
  readonly timeZone: string
  readonly charset: Charset
  readonly delimiter: string
  readonly errorDetection: boolean
  /** Milliseconds. */
  readonly timeout: number
  readonly json?: true
  readonly history?: string
  readonly explainBin?: string
  readonly config?: string
  readonly terminal?: string
  readonly destination?: Routing['to']
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const plainPort = 6001
const tlsPort = 6443

const help = `
Without a message it asks for one after the other, one a line; "help" there lists them. Lines can be piped in.
Every message has its own --help. Passwords and PINs are masked in everything that is printed.

Examples
  $ circbridge sip2 --user kiosk-1 --tls --ca kiosks.crt           a session at a prompt
  $ circbridge sip2 --host 10.1.2.3 --tls --insecure --user kiosk-1 checkout 21234000000001 39876000000011
  $ circbridge sip2 --user kiosk-1 --json info 21234000000001 --list charged --pin
  $ circbridge sip2 --explain-bin 39876000000011 --config circbridge.yaml --terminal sorter
  $ printf 'status\\ncheckin 39876000000011\\n' | CIRCBRIDGE_SIP2_PASSWORD=… circbridge sip2 --user sorter
`

export function makeSip2Command(): Command {
  const command = new Command('sip2')
    .description('Speaks SIP2 as a kiosk does, and shows every field by its name.')
    .usage('[options] [message] [arguments]')
    .allowExcessArguments()
    .addOption(new Option('--host <host>', 'where the server is').default('127.0.0.1').env('CIRCBRIDGE_SIP2_HOST'))
    .addOption(
      new Option('--port <port>', `its port (default: ${plainPort}, with TLS ${tlsPort})`)
        .env('CIRCBRIDGE_SIP2_PORT')
        .argParser(readPort),
    )
    .option('--tls', 'speak TLS')
    .addOption(new Option('--ca <file>', 'PEM file of the certificate to trust').implies({ tls: true }))
    .addOption(new Option('--insecure', 'trust any certificate, for a test').implies({ tls: true }).conflicts('ca'))
    .addOption(new Option('--user <user>', 'log in first, as this user').env('CIRCBRIDGE_SIP2_USER'))
    .addOption(
      new Option('--password <password>', 'its password; better in the variable').env('CIRCBRIDGE_SIP2_PASSWORD'),
    )
    .option('--password-stdin', 'read the password from the standard input')
    .option('--status', 'ask for the status (99) after the log-in, as kiosks do')
    .addOption(new Option('--institution <code>', 'AO').default('').env('CIRCBRIDGE_SIP2_INSTITUTION'))
    .option('--location <code>', 'where the terminal stands: CP and AP', '')
    .addOption(new Option('--terminal-password <password>', 'AC').default('').env('CIRCBRIDGE_SIP2_TERMINAL_PASSWORD'))
    .addOption(
      new Option('--language <tag>', 'language of the patron').default('000', 'unknown').argParser(readLanguage),
    )
    .addOption(
      new Option('--time-zone <zone>', "zone of the terminal's clock; dates are sent as its local time")
        .default(ownZone, `${ownZone}, as on this computer`)
        .env('CIRCBRIDGE_SIP2_TIME_ZONE')
        .argParser(readTimeZone),
    )
    .addOption(new Option('--charset <name>', 'character set').default('cp850').argParser(readCharset))
    .addOption(new Option('--delimiter <character>', 'what ends a field').default('|').argParser(readDelimiter))
    .option('--no-error-detection', 'send neither sequence numbers nor checksums')
    .addOption(
      new Option('--timeout <seconds>', 'longest wait for a reply').default(10_000, '10').argParser(readSeconds),
    )
    .option('--json', 'one JSON object for each message')
    .option('--history <file>', 'keep the lines of the prompt in a file, those with a PIN left out')
    .option('--explain-bin <barcode>', 'ask Alma for an item, and tell which sort bin it gets and why; with --config')
    .option('-c, --config <file>', 'configuration in YAML, for --explain-bin')
    .option('--terminal <name>', 'terminal of the configuration, for --explain-bin')
    .addOption(new Option('--destination <kind>', 'where the item goes, for --explain-bin').choices(destinationNames))
    .addHelpText('after', help)
  command.action(async () => {
    const { explainBin: barcode, config, terminal, destination, json } = command.opts<Sip2Options>()
    if (barcode !== undefined) {
      if (config === undefined)
        throw new CommandFailure(exitCodes.usage, '--explain-bin needs --config, the configuration.')
      const { explainBin } = await import('./sip2-explain-bin.ts')
      process.exitCode = await explainBin({ barcode, config, terminal, destination, json: json === true })
      return
    }
    const [word] = command.args
    if (word !== undefined) command.error(`error: ${word} is no message; see those listed by --help`)
    process.exitCode = await runPrompt(command.opts())
  })
  addMessages(command, async (errand) => {
    process.exitCode = await runOnce(errand, command.opts())
  })
  return command
}

async function runOnce(errand: Errand, options: Sip2Options): Promise<ExitCode> {
  const kiosk = new Kiosk(await readSettings(options), (question) => askSecret(question, 'give the value itself.'))
  try {
    return await runErrand(kiosk, errand, options)
  } finally {
    await kiosk.close()
  }
}

async function runPrompt(options: Sip2Options): Promise<ExitCode> {
  if (options.passwordStdin === true) {
    throw new CommandFailure(
      exitCodes.usage,
      '--password-stdin needs a message: without one, the input is the messages.',
    )
  }
  const settings = await readSettings(options)
  const prompt = new Sip2Prompt(options.history)
  const kiosk = new Kiosk(settings, (question) => prompt.askSecret(question))
  try {
    return await prompt.run((errand) => runErrand(kiosk, errand, options))
  } finally {
    await kiosk.close()
  }
}

async function runErrand(kiosk: Kiosk, errand: Errand, options: Sip2Options): Promise<ExitCode> {
  const { json, host } = options
  try {
    const spoken = await kiosk.perform(errand)
    if (json === true) printSpokenJson(spoken)
    else printSpoken(spoken)
    return spoken.at(-1)?.exitCode ?? exitCodes.done
  } catch (error) {
    if (!(error instanceof Sip2ClientError)) throw error
    if (json === true) printClientErrorJson(error)
    const exitCode = error.kind === 'protocol' ? exitCodes.protocol : exitCodes.unreachable
    throw new CommandFailure(exitCode, `${host}:${portOf(options)}: ${error.message}.`)
  }
}

async function readSettings(options: Sip2Options): Promise<KioskSettings> {
  const { host, tls, charset, delimiter, errorDetection, user, institution, terminalPassword, language } = options
  return {
    connection: {
      host,
      port: portOf(options),
      ...(tls === true ? { tls: { insecure: options.insecure === true, ca: readAuthorities(options.ca) } } : {}),
      charset,
      delimiter,
      errorDetection,
      timeoutMs: options.timeout,
    },
    user,
    password: await readPassword(options),
    status: options.status === true,
    timeZone: options.timeZone,
    facts: { institution, terminalPassword, language, location: options.location },
  }
}

const portOf = ({ port, tls }: Sip2Options): number => port ?? (tls === true ? tlsPort : plainPort)

function readAuthorities(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new CommandFailure(exitCodes.usage, `The certificate ${file} cannot be read.`)
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new CommandFailure(exitCodes.usage, `${file} holds no certificate in PEM.`)
}

/** Undefined when there is somebody who can be asked for it. */
async function readPassword({ user, password, passwordStdin }: Sip2Options): Promise<string | undefined> {
  if (passwordStdin === true) return readSecretFromStdin()
  if (user !== undefined && password === undefined && process.stdin.isTTY !== true) {
    const sentence = `Give the password of ${user} in CIRCBRIDGE_SIP2_PASSWORD or by --password-stdin.`
    throw new CommandFailure(exitCodes.usage, sentence)
  }
  return password
}
