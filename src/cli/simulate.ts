/** `circbridge simulate alma`: the simulated Alma as a command. */
import { once } from 'node:events'
import { Command } from 'commander'
import { runSimulateAlma, type SimulateAlmaOptions, simulateAlmaCommand } from '../../simulators/alma/main.ts'
import { exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import { explainListenError } from './listen-error.ts'

export function makeSimulateCommand(): Command {
  const alma = simulateAlmaCommand('alma', 'circbridge simulate alma')
  alma.action(async () => {
    const options: SimulateAlmaOptions = alma.opts()
    const simulator = await runSimulateAlma(options).catch((error: unknown) => {
      throw explainStart(error, options)
    })
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    await simulator.close()
  })
  return new Command('simulate')
    .description('Runs a simulated library system, to try things out and for tests.')
    .addCommand(alma)
}

function explainStart(error: unknown, { host, port }: SimulateAlmaOptions): CommandFailure {
  const listen = explainListenError(error, `${host}:${port}`)
  if (listen !== undefined) return new CommandFailure(exitCodes.unreachable, listen)
  return new CommandFailure(exitCodes.usage, error instanceof Error ? error.message : String(error))
}
