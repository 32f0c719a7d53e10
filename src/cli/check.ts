/** `circbridge check`: whether a configuration will work, before it must. */
import { Command } from 'commander'
import type { Config, InstitutionConfig } from '../runtime/config/schema.ts'
import { type CheckFinding, findingsOf, printFinding } from './check-finding.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import { print, printJson } from './paint.ts'

interface CheckOptions {
  readonly config: string
  readonly json?: true
  readonly offline?: true
}

const help = `
Tells every fault of the file with its line. Then it asks Alma, without changing anything: whether the key works and has
its rights, whether each library and circulation desk exists, whether the desk may lend and take back at the locations
that it serves, whether requested items can be fetched where the file says, and whether Alma has the codes that the file
names. A directory for PINs (ldap) is asked too. One line each: ok, warn, or fail with what to do.

Examples
  $ circbridge check --config circbridge.yaml
  $ circbridge check --config circbridge.yaml --offline      the file alone, for instance in a pull request
  $ circbridge check --config circbridge.yaml --json
`

export function makeCheckCommand(): Command {
  return new Command('check')
    .description('Checks a configuration, and asks Alma whether it will work.')
    .requiredOption('-c, --config <file>', 'configuration in YAML')
    .option('--offline', 'check the file alone and do not ask Alma')
    .option('--json', 'one JSON object')
    .addHelpText('after', help)
    .action(async (options: CheckOptions) => {
      process.exitCode = await check(options)
    })
}

async function check({ config: file, json, offline }: CheckOptions): Promise<ExitCode> {
  const config = await readConfig(file, json === true)
  const findings: CheckFinding[] = []
  for await (const finding of checkAll(config, offline === true)) {
    findings.push(finding)
    if (json !== true) printFinding(finding)
  }
  const exitCode = judge(findings)
  const count = (level: CheckFinding['level']) => findings.filter((finding) => finding.level === level).length
  if (json === true) printJson({ ok: exitCode === exitCodes.done, faults: [], findings })
  else
    print(`\n${file}: no faults in the file; ${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed.`)
  return exitCode
}

async function readConfig(file: string, json: boolean): Promise<Config> {
  const [{ loadConfig }, { formatFaults }] = await Promise.all([
    import('../runtime/config/load.ts'),
    import('../runtime/config/fault.ts'),
  ])
  const loaded = loadConfig(file)
  if (loaded.ok) return loaded.config
  if (json) printJson({ ok: false, faults: loaded.faults, findings: [] })
  throw new CommandFailure(exitCodes.usage, json ? '' : formatFaults(loaded.faults))
}

async function* checkAll(config: Config, offline: boolean): AsyncGenerator<CheckFinding> {
  const { checkLocally } = await import('./check-local.ts')
  yield* checkLocally(config)
  if (offline) return
  const { checkLdap } = await import('./check-ldap.ts')
  for (const institution of config.institutions) {
    yield* askAlma(institution, config)
    yield* checkLdap(institution)
  }
}

async function* askAlma(institution: InstitutionConfig, config: Config): AsyncGenerator<CheckFinding> {
  const [{ createAlmaSystem }, { toAlmaConfig }, { systemClock }, { checkAlma }] = await Promise.all([
    import('../alma/system.ts'),
    import('../wiring/alma-config.ts'),
    import('../runtime/clock.ts'),
    import('./check-alma.ts'),
  ])
  const almaConfig = toAlmaConfig(institution)
  // A header cannot carry anything else, and the adapter would refuse it.
  if (!/^[\x21-\x7e]+$/.test(almaConfig.apiKey)) {
    yield findingsOf(institution.id)('fail', 'key', 'holds blanks or characters beyond ASCII', 'Copy the key again.')
    return
  }
  const system = createAlmaSystem(almaConfig, { clock: systemClock })
  try {
    yield* checkAlma(institution, config, system.configuration)
  } finally {
    await system.close()
  }
}

function judge(findings: readonly CheckFinding[]): ExitCode {
  const failed = findings.filter(({ level }) => level === 'fail')
  if (failed.length === 0) return exitCodes.done
  return failed.every(({ unreachable }) => unreachable === true) ? exitCodes.unreachable : exitCodes.refused
}
