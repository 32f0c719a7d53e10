/** `circbridge sip2 --explain-bin`: why a returned item falls into a bin, rule by rule. Nothing is changed in Alma. */
import type { Place, Routing, ScannedIn } from '../circulation/model.ts'
import type { Call } from '../circulation/ports.ts'
import type { Config, ProfileConfig, TerminalConfig } from '../runtime/config/schema.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { type JudgedRule, type SortFacts, chooseBin, judgeRules, sortFactsOf } from '../sip2/sort-bins.ts'
import { CommandFailure } from './failure.ts'
import { paint, print, printable, printJson } from './paint.ts'

export interface ExplainBinOptions {
  readonly barcode: string
  readonly config: string
  readonly terminal: string | undefined
  readonly destination: Routing['to'] | undefined
  readonly json: boolean
}

const callTimeMs = 30_000

export async function explainBin(options: ExplainBinOptions): Promise<ExitCode> {
  const config = await readConfig(options.config)
  const terminal = findTerminal(config, options.terminal)
  const { sortBins } =
    (config.profiles as Readonly<Record<string, ProfileConfig>>)[terminal.profile] ?? config.profiles.plain
  const place = { library: terminal.library, circulationDesk: terminal.circulationDesk }
  const { item, routing } = await forecast(config, terminal, place, options.barcode)
  const way = redirect(routing, options.destination)
  const facts = sortFactsOf({ ...item, requested: item.requested ?? false }, way, place)
  const rules = judgeRules(facts, sortBins)
  const bin = chooseBin(facts, sortBins)
  if (options.json) printJson({ terminal: terminal.name, profile: terminal.profile, facts, rules, bin: bin ?? null })
  else printExplanation(terminal, facts, rules, bin)
  return exitCodes.done
}

/** Alma tells where an item goes only when it is scanned; whoever knows better says so. */
function redirect(routing: Routing, to: Routing['to'] | undefined): Routing {
  return to === undefined || to === routing.to ? routing : { ...routing, to, destination: '', library: undefined }
}

async function readConfig(file: string): Promise<Config> {
  const [{ loadConfig }, { formatFaults }] = await Promise.all([
    import('../runtime/config/load.ts'),
    import('../runtime/config/fault.ts'),
  ])
  const loaded = loadConfig(file)
  if (loaded.ok) return loaded.config
  throw new CommandFailure(exitCodes.usage, formatFaults(loaded.faults))
}

/** The one that is named, else the only one that sorts. */
function findTerminal({ terminals, profiles }: Config, name: string | undefined): TerminalConfig {
  const named = terminals.find((terminal) => terminal.name === name)
  if (named) return named
  const all = terminals.map((terminal) => terminal.name).join(', ')
  if (name !== undefined) throw new CommandFailure(exitCodes.usage, `There is no terminal ${name}; there are: ${all}.`)
  const sorting = terminals.filter(({ profile }) => {
    const bins = (profiles as Readonly<Record<string, ProfileConfig>>)[profile]?.sortBins
    return bins !== undefined && (bins.rules.length > 0 || bins.default !== undefined)
  })
  const [first, ...others] = sorting
  if (first !== undefined && others.length === 0) return first
  const which = sorting.length === 0 ? 'No terminal has sort bins' : 'More than one terminal has sort bins'
  throw new CommandFailure(exitCodes.usage, `${which}: name one with --terminal (${all}).`)
}

async function forecast(config: Config, terminal: TerminalConfig, place: Place, barcode: string): Promise<ScannedIn> {
  const [{ createAlmaSystem }, { toAlmaConfig }, { systemClock }] = await Promise.all([
    import('../alma/system.ts'),
    import('../wiring/alma-config.ts'),
    import('../runtime/clock.ts'),
  ])
  const institution = config.institutions.find(({ id }) => id === terminal.institution)
  if (!institution) throw new Error('a terminal names an institution that the configuration does not have')
  const system = createAlmaSystem(toAlmaConfig(institution), { clock: systemClock })
  try {
    const found = await system.forecast(barcode, place, makeCall())
    if (found.kind === 'done') return found.value
    if (found.kind === 'refused') throw new CommandFailure(exitCodes.refused, 'Alma has no item with this barcode.')
    throw new CommandFailure(exitCodes.unreachable, 'Alma did not tell the item; "circbridge check" tells why.')
  } finally {
    await system.close()
  }
}

/** Background work: whoever waits at a kiosk comes first. */
const makeCall = (): Call => ({
  id: 'explain-bin',
  priority: 'background',
  signal: AbortSignal.timeout(callTimeMs),
  deadline: performance.now() + callTimeMs,
  machine: 'explain-bin',
})

function printExplanation(
  { name, profile }: TerminalConfig,
  facts: SortFacts,
  rules: readonly JudgedRule[],
  bin: string | undefined,
): void {
  print(paint('bold', 'The item, returned at this terminal'))
  for (const [fact, value] of Object.entries(facts)) print(`  ${fact.padEnd(20)} ${describeFact(value)}`)
  print(`\n${paint('bold', `Rules of ${name} (profile ${profile})`)}`)
  for (const [index, { bin: of, failed }] of rules.entries()) {
    const verdict = failed === undefined ? 'holds' : `does not hold: ${failed}`
    print(`  ${String(index + 1).padStart(2)}. bin ${of}: ${verdict}`)
  }
  if (rules.length === 0) print('  none')
  const isDefault = rules.every(({ failed }) => failed !== undefined)
  print(`\nBin: ${bin ?? 'none, CL is not sent'}${bin !== undefined && isDefault ? ' (default)' : ''}`)
}

function describeFact(value: SortFacts[keyof SortFacts]): string {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return '(not known)'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return printable(typeof value === 'string' ? value : value.filter((one) => one !== '').join(', '))
}
