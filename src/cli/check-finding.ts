/** What a check has found, one line each. */
import { paint, print } from './paint.ts'

export type FindingLevel = 'ok' | 'warn' | 'fail'

export interface CheckFinding {
  readonly level: FindingLevel
  /** Institution or listener that it is about. */
  readonly scope: string
  readonly subject: string
  readonly sentence: string
  /** What to do, empty when nothing is to be done. */
  readonly advice: string
  /** Set when the finding is that nobody answered. */
  readonly unreachable?: true
}

export type Found = (level: FindingLevel, subject: string, sentence: string, advice?: string) => CheckFinding

/** Makes the findings of one scope. */
export function findingsOf(scope: string): Found {
  return (level, subject, sentence, advice = '') => ({ level, scope, subject, sentence, advice })
}

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const

export function printFinding({ level, scope, subject, sentence, advice }: CheckFinding): void {
  print(`${paint(colours[level], level.padEnd(4))}  ${scope.padEnd(12)} ${subject.padEnd(32)} ${sentence}`)
  if (advice !== '') print(`      ${' '.repeat(12)} -> ${advice}`)
}
