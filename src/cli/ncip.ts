/** `circbridge ncip`: sends one NCIP message and shows the answer. */
import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { explainConnectionError } from './connection-error.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import { type AnswerProblem, findProblems, indent, readAnswer } from './ncip-answer.ts'
import { paint, print, printable, printJson } from './paint.ts'
import { readSeconds } from './sip2-values.ts'

interface NcipOptions {
  readonly url: string
  readonly key?: string
  readonly json?: true
  /** Milliseconds. */
  readonly timeout: number
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly durationMs: number
}

const longestAnswerBytes = 16 * 1024 * 1024
const standardInput = 0

const help = `
The message is sent as it is. An answer that holds a Problem ends with exit code 1.

Examples
  $ circbridge ncip lookup-user.xml
  $ CIRCBRIDGE_NCIP_KEY=… circbridge ncip --url https://bridge.example.org/ncip checkout.xml
  $ sed s/BARCODE/39876000000011/ checkin.xml | circbridge ncip --json -
`

export function makeNcipCommand(): Command {
  return new Command('ncip')
    .description('Sends an NCIP message, prints the answer and whether it is a Problem.')
    .argument('<file>', 'file with the message, - for the standard input')
    .addOption(
      new Option('--url <url>', 'where messages are posted')
        .default('http://127.0.0.1:8080/ncip')
        .env('CIRCBRIDGE_NCIP_URL')
        .argParser(readUrl),
    )
    .addOption(new Option('--key <key>', "the partner's key; better in the variable").env('CIRCBRIDGE_NCIP_KEY'))
    .addOption(
      new Option('--timeout <seconds>', 'longest wait for the answer').default(30_000, '30').argParser(readSeconds),
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', help)
    .action(async (file: string, options: NcipOptions) => {
      process.exitCode = show(await send(readMessage(file), options), options)
    })
}

function readUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new InvalidArgumentError('An http or https address.')
  return text
}

function readMessage(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? standardInput : file)
  } catch {
    throw new CommandFailure(exitCodes.usage, `The message ${file} cannot be read.`)
  }
}

async function send(message: Buffer, { url, key, timeout }: NcipOptions): Promise<Answer> {
  const { Agent, request } = await import('undici')
  const { keyHeader } = await import('../ncip/plugin.ts')
  const dispatcher = new Agent({
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: longestAnswerBytes,
  })
  const startedAt = performance.now()
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/xml', ...(key === undefined ? {} : { [keyHeader]: key }) },
      body: message,
    })
    return { status: statusCode, text: await body.text(), durationMs: performance.now() - startedAt }
  } catch (error) {
    throw new CommandFailure(exitCodes.unreachable, `${url}: ${explainConnectionError(error)}.`)
  } finally {
    await dispatcher.close()
  }
}

function show({ status, text, durationMs }: Answer, { url, json }: NcipOptions): ExitCode {
  const root = readAnswer(text)
  const problems = root === undefined ? [] : findProblems(root)
  if (json === true) {
    const ok = root !== undefined && problems.length === 0
    printJson({ ok, status, durationMs: Math.round(durationMs * 1000) / 1000, problems, answer: text })
  }
  if (root === undefined) {
    throw new CommandFailure(exitCodes.protocol, `${url}: the answer (HTTP ${status}) is no NCIP message.`)
  }
  if (json !== true) {
    for (const line of indent(root).split('\n')) print(printable(line))
    for (const problem of problems) printProblem(problem)
    const verdict = problems.length === 0 ? paint('green', 'no Problem') : paint('red', 'a Problem')
    print(`\n${verdict}, after ${durationMs.toFixed(1)} ms`)
  }
  return problems.length === 0 ? exitCodes.done : exitCodes.refused
}

function printProblem({ type, detail, element, value }: AnswerProblem): void {
  print(`\n${paint('red', 'Problem')} ${printable(type)}`)
  for (const [name, text] of Object.entries({ detail, element, value })) {
    if (text !== '') print(`  ${name.padEnd(8)} ${printable(text)}`)
  }
}
