/** `circbridge demo`: simulated Alma, bridge and a scripted visit, and then a stage for the newcomer's own client. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCodes } from '../runtime/exit-codes.ts'
import { listenerNames } from './demo/config.ts'
import { screenWidth } from './demo/layout.ts'
import { formatReady, formatReadyJson } from './demo/print-ready.ts'
import { formatStep, formatSummary } from './demo/print-step.ts'
import { almaPart, Stage } from './demo/stage.ts'
import type { PlayedStep } from './demo/step.ts'
import { playVisit } from './demo/visit.ts'
import { CommandFailure } from './failure.ts'
import { paint, print } from './paint.ts'
import { Sip2ClientError } from './sip2-client.ts'
import { findListenFault } from './start-failure.ts'

interface DemoOptions {
  readonly sip2Port: number
  readonly sip2TlsPort: number
  readonly httpPort: number
  readonly almaPort: number
  readonly once?: true
  readonly json?: true
}

/** The option that moves each port, by the part that listens at it. */
const portOptions: Readonly<Record<string, string>> = {
  [listenerNames.sip2]: '--sip2-port',
  [listenerNames.sip2Tls]: '--sip2-tls-port',
  [listenerNames.http]: '--http-port',
  [almaPart]: '--alma-port',
}

const help = `
With --json nothing else is written to standard output, and the visit is not played: the one line comes when
everything is ready. With --once --json the visit is played in silence and its steps are part of that line.

Exit codes
  0  stopped by a signal, or with --once: every step came out as it should
  1  with --once: a step did not
  3  a port is taken`

export function makeDemoCommand(): Command {
  const port = (flags: string, what: string, usual: number): Option =>
    new Option(`${flags} <port>`, `port of ${what}; 0 takes a free one`).default(usual).argParser(readPort)
  return new Command('demo')
    .description('Shows the bridge at work against a simulated Alma, then stays up for a client of yours.')
    .addOption(port('--sip2-port', 'SIP2', 6001))
    .addOption(port('--sip2-tls-port', 'SIP2 over TLS', 6443))
    .addOption(port('--http-port', 'HTTP: NCIP, health and metrics', 8080))
    .addOption(port('--alma-port', 'the simulated Alma', 8090))
    .option('--once', 'end after the visit')
    .option('--json', 'print one line of JSON when all is ready')
    .addHelpText('after', help)
    .action(runDemo)
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port from 0 to 65535.')
  return port
}

async function runDemo(options: DemoOptions): Promise<void> {
  const { sip2Port: sip2, sip2TlsPort: sip2Tls, httpPort: http, almaPort: alma, once = false, json = false } = options
  const stage = new Stage({ sip2, sip2Tls, http, alma })
  let toldToStop = false
  // npm passes on a signal that the keyboard has sent to us already: a second one means nothing.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      toldToStop = true
      void stage.stop().then((exitCode) => process.exit(exitCode))
    })
  }
  try {
    await stage.start()
    const visit = json && !once ? undefined : await showVisit(stage, json)
    if (json) print(formatReadyJson(stage.addresses, visit))
    else if (!once) print(formatReady(stage.addresses, screenWidth()))
    if (!once) return
    await stage.stop()
    process.exitCode = visit?.every(({ ok }) => ok) === true ? exitCodes.done : exitCodes.refused
  } catch (error) {
    // What a signal broke off is no failure: the signal's own handler ends the process.
    if (toldToStop) return
    await stage.stop()
    throw toFailure(error)
  }
}

async function showVisit(stage: Stage, silent: boolean): Promise<readonly PlayedStep[]> {
  if (silent) return playVisit(stage, () => undefined)
  const width = screenWidth()
  print(paint('bold', 'Circbridge: a patron visits a kiosk, a partner asks, and Alma holds the loans.'))
  print('Alma is simulated; the bridge and the sockets are real.')
  const steps = await playVisit(stage, (step, number) => print(formatStep(step, number, width)))
  print(formatSummary(steps, width))
  return steps
}

function toFailure(error: unknown): unknown {
  const fault = findListenFault(error)
  if (fault !== undefined) {
    const option = portOptions[fault.listener]
    return new CommandFailure(
      exitCodes.unreachable,
      `${fault.sentence} The option ${option} moves it; 0 takes a free one.`,
    )
  }
  if (!(error instanceof Sip2ClientError)) return error
  return new CommandFailure(exitCodes.refused, `The visit came to a halt: ${error.message}.`)
}
