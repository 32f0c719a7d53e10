/** The simulator as a program of its own, and as a command for another program to take in. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { generatedItemBarcode, generatedPatronBarcode } from './state/generated-library.ts'
import { type AlmaSimulator, startAlmaSimulator } from './simulator.ts'
import { readSwitches, type Switches } from './switches.ts'
import { readOnlyKey, readWriteKey } from './transport/api-keys.ts'

export interface SimulateAlmaOptions {
  readonly port: number
  readonly host: string
  readonly data?: string
  readonly generate: number
  readonly perSecond: number | 'none'
  readonly daily: number
  readonly switch: readonly string[]
}

const makeHelp = (invocation: string) => `
What it answers
  Alma's REST API below /almaws/v1 of the address: users, loans, items and scan-in, requests, fees, configuration and
  the pick list, in JSON and XML. Keys: ${readWriteKey} (everything), ${readOnlyKey}.

The second door, without a key
  GET    /control/state       the whole state            PUT    /control/data      another library, YAML or JSON
  POST   /control/reset       the library as loaded      GET    /control/calls     what was called
  DELETE /control/calls       forget the calls           PUT    /control/faults    order faults (POST adds)
  DELETE /control/faults      no more faults             PATCH  /control/switches  settings of the institution
  PUT    /control/clock       {"offsetMs": 86400000}     PATCH  /control/quota     {"perSecond": 25, "remaining": 100}

Examples
  $ ${invocation} --port 8090 --per-second none
  $ ${invocation} --generate 200000
      items ${generatedItemBarcode(1)} …, patrons ${generatedPatronBarcode(1)} …
  $ ${invocation} --switch loanedToOther=auto-return --switch nullsOrOmitted=nulls
  $ curl -H 'Authorization: apikey ${readWriteKey}' -H 'Accept: application/json' \\
      'http://127.0.0.1:8090/almaws/v1/users/21234000000001?expand=loans,requests,fees'
  $ curl -X PUT http://127.0.0.1:8090/control/faults \\
      -d '[{"kind": "drop-after", "match": {"operation": "createLoan"}, "times": 1}]'`

/**
 * The command with its options, under a name of the caller's choice.
 * @param invocation how the examples of its help call it
 */
export function simulateAlmaCommand(name: string, invocation = name): Command {
  return new Command(name)
    .description('Runs a simulated Alma with a sample library.')
    .addOption(new Option('--port <port>', 'port to listen on; 0 takes a free one').default(8090).argParser(readPort))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <file>', 'YAML file with another library than the sample one')
    .addOption(
      new Option('--generate <items>', 'items of a generated library beside the data').default(0).argParser(readCount),
    )
    .addOption(
      new Option('--per-second <calls>', 'calls a second for all keys together, or none')
        .default(25)
        .argParser(readRate),
    )
    .addOption(new Option('--daily <calls>', 'calls left until midnight').default(1_000_000).argParser(readCount))
    .addOption(
      new Option('--switch <name=value>', 'setting of the institution; repeatable').default([]).argParser(collect),
    )
    .addHelpText('after', makeHelp(invocation))
}

function readCount(written: string): number {
  if (!/^\d+$/.test(written)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(written)
}

function readPort(written: string): number {
  const port = readCount(written)
  if (port > 65_535) throw new InvalidArgumentError('It must be a port number.')
  return port
}

function readRate(written: string): number | 'none' {
  if (written === 'none') return written
  const rate = readCount(written)
  if (rate === 0) throw new InvalidArgumentError('It must be more than 0, or none.')
  return rate
}

const collect = (written: string, earlier: readonly string[]): readonly string[] => [...earlier, written]

/** `name=value` pairs as switches; values are written as in JSON, words without quotes. */
export function parseSwitches(pairs: readonly string[]): Partial<Switches> {
  const switches: Record<string, unknown> = {}
  for (const pair of pairs) {
    const [name = '', value = ''] = pair.split('=', 2)
    switches[name] = /^(true|false|\d+)$/.test(value) ? JSON.parse(value) : value
  }
  return readSwitches(switches)
}

/** Starts the simulator and tells where it is; it runs until it is closed. */
export async function runSimulateAlma(
  options: SimulateAlmaOptions,
  print: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
): Promise<AlmaSimulator> {
  const { port, host, data, generate, perSecond, daily } = options
  const simulator = await startAlmaSimulator({
    port,
    host,
    generate,
    perSecond,
    dailyRemaining: daily,
    switches: parseSwitches(options.switch),
    ...(data === undefined ? {} : { data }),
  })
  print(`Simulated Alma at ${simulator.url}/almaws/v1, key ${simulator.apiKey}, control at ${simulator.url}/control`)
  if (generate > 0) {
    const patrons = `${generatedPatronBarcode(1)} to ${generatedPatronBarcode(Math.ceil(generate / 10))}`
    print(`Generated items ${generatedItemBarcode(1)} to ${generatedItemBarcode(generate)}, patrons ${patrons}`)
  }
  return simulator
}

/** Runs the program until a signal ends it; a start that fails is one line. */
async function main(): Promise<void> {
  const command = simulateAlmaCommand('alma').parse()
  try {
    const simulator = await runSimulateAlma(command.opts<SimulateAlmaOptions>())
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close())
  } catch (error) {
    process.stderr.write(`alma: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

if (import.meta.main) await main()
