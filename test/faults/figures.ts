import type { Told } from './operation.ts'
import type { RunResult } from './run.ts'

/** What happened in a run and what came of it, as lines of two columns. */
export function describeFigures(result: RunResult): string {
  const { operations, violations, kills, faults } = result
  const told = (answer: Told): number => operations.filter((one) => one.told === answer).length
  const sent = operations.reduce((sum, one) => sum + one.sent, 0)
  const of = (...kinds: string[]): number => violations.filter(({ kind }) => kinds.includes(kind)).length
  const rows: [string, string | number][] = [
    ['operations', operations.length],
    ['  errands', operations.filter(({ errand }) => errand !== undefined).length],
    ['requests sent', sent],
    ['told yes', told('yes')],
    ['told no', told('no')],
    ['told unknown', told('unknown')],
    ['told nothing', told('nothing')],
    ['calls to Alma', result.calls],
    ['kills', total(kills)],
    ...detail(kills),
    ['faults of Alma', total(faults)],
    ...detail(faults),
    ['connections cut', result.cuts],
    ['absences of Alma', result.absences],
    ['times of few calls', result.droughts],
    ['clock jumps', result.clockJumps],
    ['start after a kill', `${Math.round(median(result.startMs))} ms (median)`],
    ['left to a person', result.exceptions],
    ['losses', of('loss')],
    ['doubles', of('double')],
    ['wrong by cents', of('cents')],
    ['denied though done', of('denied')],
    ['in wrong order', of('order')],
    ['records spoilt', of('spoilt')],
    ['unsettled', of('unsettled')],
    ['wrong replies', of('wrong-reply')],
    ['crashes', of('crash')],
    ['gaps in evidence', of('evidence')],
  ]
  return rows.map(([name, value]) => `${name.padEnd(32)}${String(value).padStart(10)}`).join('\n')
}

const total = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, one) => sum + one, 0)

const detail = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].toSorted(([one], [other]) => one.localeCompare(other)).map(([name, count]) => [`  ${name}`, count])

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
