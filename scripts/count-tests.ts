/**
 * Counts the assertions of a TAP file: `node scripts/count-tests.ts FILE [failed]` prints "N passed, N failed". With
 * `failed` the run is known to have failed, so that at least one failure is counted. Exit code 1 when any failed.
 */
import { readFileSync } from 'node:fs'

export interface TestCounts {
  readonly passed: number
  readonly failed: number
}

interface Tally {
  points: number
  failed: number
}

const testPoint = /^( *)(not )?ok\b(.*)$/
const subtestIndent = 4

/**
 * Counts leaves: the point that closes a subtest counts only when it failed and nothing inside it did, as when a file
 * crashes. Skipped and to-do points count as neither.
 */
export function countTests(tap: string): TestCounts {
  const counts = { passed: 0, failed: 0 }
  /** Points seen since the last one further out, by indent. */
  const open = new Map<number, Tally>()
  let diagnostics = false
  for (const line of tap.split('\n')) {
    if (/^ *---$/.test(line)) diagnostics = true
    else if (/^ *\.\.\.$/.test(line)) diagnostics = false
    const [, spaces, not, rest] = (!diagnostics && testPoint.exec(line)) || []
    if (spaces === undefined) continue
    const inner = open.get(spaces.length + subtestIndent)
    open.delete(spaces.length + subtestIndent)
    const own = open.get(spaces.length) ?? { points: 0, failed: 0 }
    open.set(spaces.length, own)
    own.points++
    const failed = not !== undefined && !/# todo\b/i.test(rest ?? '')
    if (failed) own.failed++
    if (inner !== undefined) counts.failed += failed && inner.failed === 0 ? 1 : 0
    else if (failed) counts.failed++
    else if (not === undefined && !/# (skip|todo)\b/i.test(rest ?? '')) counts.passed++
  }
  return counts
}

if (import.meta.main) {
  const [file = '', run] = process.argv.slice(2)
  const { passed, failed } = countTests(readFileSync(file, 'utf8'))
  const atLeast = run === 'failed' || passed === 0 ? Math.max(failed, 1) : failed
  console.log(`${passed} passed, ${atLeast} failed`)
  process.exitCode = atLeast > 0 ? 1 : 0
}
