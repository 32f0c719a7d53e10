/** `circbridge serve`: the bridge itself, until a signal stops it. */
import { Command } from 'commander'
import { formatFaults } from '../runtime/config/fault.ts'
import { loadConfig } from '../runtime/config/load.ts'
import type { Config } from '../runtime/config/schema.ts'
import { exitCodes } from '../runtime/exit-codes.ts'
import { handleSignals, StartError } from '../runtime/lifecycle.ts'
import { type Log, makeLog } from '../runtime/log.ts'
import { Bridge } from '../server.ts'
import { ConfigReload } from '../wiring/config-reload.ts'
import { CommandFailure } from './failure.ts'
import { findListenFault } from './start-failure.ts'

const help = `
Signals
  SIGTERM and SIGINT: takes no new connections, answers what is under way within limits.drainMs, and ends.
  A second one ends the process at once.
  SIGHUP: reads the configuration and the certificates again. A file with a fault changes nothing.

Examples
  circbridge serve --config /etc/circbridge/circbridge.yaml`

export function makeServeCommand(): Command {
  return new Command('serve')
    .description('Runs the bridge until a signal stops it. The log goes to standard output.')
    .requiredOption('-c, --config <file>', 'configuration in YAML; "circbridge check" tests one')
    .addHelpText('after', help)
    .action(({ config }: { readonly config: string }) => serve(config))
}

async function serve(file: string): Promise<void> {
  const config = readConfig(file)
  const log = makeLog({ level: config.log.level, pretty: config.log.pretty })
  process.on('uncaughtException', (error) => {
    log.error('UNCAUGHT_ERROR', { exitCode: exitCodes.internal }, error)
    process.exit(exitCodes.internal)
  })
  log.info('CONFIG_LOADED')
  const bridge = makeBridge(config, log)
  handleSignals({ lifecycle: bridge.lifecycle, log })
  let toldToStop = false
  const started = Promise.withResolvers<void>()
  const tell = (faults: string) => process.stderr.write(`${faults}\n`)
  const reload = new ConfigReload({ file, config, bridge, log, tell })
  process.on('SIGHUP', () => void started.promise.then(() => reload.reload()))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => (toldToStop = true))
  try {
    await bridge.start()
  } catch (error) {
    // A start that a signal broke off is no failure: the signal's own handler ends the process.
    if (!toldToStop) throw toFailure(error, file, log)
    return
  }
  await reload.start()
  started.resolve()
  log.info('PROCESS_STARTED')
}

function readConfig(file: string): Config {
  const loaded = loadConfig(file)
  if (loaded.ok) return loaded.config
  const { length } = loaded.faults
  const sum = length === 1 ? '1 fault' : `${length} faults`
  throw new CommandFailure(exitCodes.usage, `${formatFaults(loaded.faults)}\n${sum}; nothing was started.`)
}

/** Certificates are read here, by the TLS library: what it says of them names its own source files. */
function makeBridge(config: Config, log: Log): Bridge {
  try {
    return new Bridge(config, log)
  } catch (error) {
    if (!/^ERR_(OSSL|CRYPTO)/.test(String((error as NodeJS.ErrnoException).code))) throw error
    log.error('TLS_MATERIAL_INVALID', {}, error)
    throw new CommandFailure(
      exitCodes.usage,
      'A certificate, private key or revocation list cannot be used: all must be PEM, and certificate and key belong together. See tls under listeners.sip2.',
    )
  }
}

function toFailure(error: unknown, file: string, log: Log): unknown {
  if (!(error instanceof StartError)) return error
  const fault = findListenFault(error)
  if (fault === undefined) {
    log.error('PART_START_FAILED', { part: error.part }, error.cause)
    return new CommandFailure(exitCodes.unreachable, `The part "${error.part}" could not start; the log says why.`)
  }
  const { listener, port, code, sentence } = fault
  log.error(code, { listener, port })
  return new CommandFailure(exitCodes.unreachable, `Listener "${listener}" of ${file}: ${sentence}`)
}
