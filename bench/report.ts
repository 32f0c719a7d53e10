/** What a benchmark hands back, and the arithmetic that all of them share. */

export interface Report {
  readonly lines: readonly string[]
  /** Whether every goal was met. */
  readonly ok: boolean
}

export interface BenchOptions {
  /** Small loads, for a machine that only shows that the benchmark works. */
  readonly smoke: boolean
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const verdict = (met: boolean): string => (met ? 'met' : 'MISSED')
