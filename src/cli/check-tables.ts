/** Asks Alma whether it has the codes that a configuration names. */
import type { AlmaConfiguration, TableCode } from '../alma/configuration.ts'
import { explainOutcome, makeCall } from './check-call.ts'
import type { CodeTable, CodeUse, NamedCode } from './check-named-code.ts'
import type { CheckFinding, Found } from './check-finding.ts'
import { listNames } from './check-places.ts'

/** Each table is read once, and only when one of its codes is named. */
export async function* checkTables(
  codes: readonly NamedCode[],
  alma: AlmaConfiguration,
  found: Found,
): AsyncGenerator<CheckFinding> {
  for (const [table, named] of Map.groupBy(codes, (one) => one.table)) {
    const read = await alma.codeTable(table, makeCall())
    if (read.kind === 'done') yield* judgeCodes(table, named, read.value, found)
    else {
      const advice = `Look in Alma whether it has ${listNames([...new Set(named.map(({ code }) => code))])}.`
      yield found('warn', subjectOf(table), `cannot be read: ${explainOutcome(read)}`, advice)
    }
  }
}

function* judgeCodes(
  table: CodeTable,
  named: readonly NamedCode[],
  rows: readonly TableCode[],
  found: Found,
): Generator<CheckFinding> {
  const enabled = new Map(rows.map((row) => [row.code, row.enabled]))
  const good: string[] = []
  for (const [code, uses] of Map.groupBy(named, (one) => one.code)) {
    const isEnabled = enabled.get(code)
    if (isEnabled === true) good.push(code)
    else yield judgeMissing(table, code, uses, isEnabled === false, found)
  }
  if (good.length > 0) yield found('ok', subjectOf(table), `has ${listNames(good)}`)
}

type Verdict = readonly [level: 'warn' | 'fail', consequence: string]
type UseVerdict = readonly [use: CodeUse, absent: Verdict, off: Verdict]

/** What comes of a code that is not in its table, or is switched off there; the worst use first. */
const verdicts: readonly [UseVerdict, ...UseVerdict[]] = [
  ['sent', ['fail', 'Alma would refuse it'], ['fail', 'Alma would refuse it']],
  ['searched', ['fail', 'every password would count as wrong'], ['warn', 'new records cannot have it']],
  ['compared', ['warn', 'nothing would match it'], ['warn', 'new records cannot have it']],
]

function judgeMissing(
  table: CodeTable,
  code: string,
  uses: readonly NamedCode[],
  isOff: boolean,
  found: Found,
): CheckFinding {
  const [, absent, off] = verdicts.find(([use]) => uses.some((named) => named.use === use)) ?? verdicts[0]
  const [level, consequence] = isOff ? off : absent
  const sentence = `${isOff ? 'has switched off' : 'does not have'} ${code}: ${consequence}`
  const mend = isOff ? 'enable the code in Alma' : 'add the code to the table in Alma'
  const settings = [...new Set(uses.flatMap(({ setting }) => setting ?? []))]
  const advice = settings.length > 0 ? `Correct ${listNames(settings)}, or ${mend}.` : `It cannot be set: ${mend}.`
  return found(level, subjectOf(table), sentence, advice + noteOf(table))
}

/** [Alma conf: code-tables] Few tables can be a library's own, and this is the one that is known. */
const noteOf = (table: CodeTable): string =>
  table === 'ItemPolicy' ? ' A table that a library has of its own is not looked at.' : ''

const subjectOf = (table: CodeTable): string => `table ${table}`
