import { laws, type Law } from './laws.ts'
import type { SeedReport } from './run-seed.ts'

/** What many seeds came to. */
export class Tally {
  readonly broken: SeedReport[] = []
  seeds = 0
  #operations = 0
  #calls = 0
  #steps = 0
  #virtualMs = 0
  readonly #done = new Map<string, number>()
  readonly #faults = new Map<string, number>()
  readonly #checks = new Map<Law, number>()

  add(report: SeedReport): void {
    this.seeds += 1
    this.#operations += report.operations
    this.#calls += report.calls
    this.#steps += report.steps
    this.#virtualMs += report.virtualMs
    for (const [kind, count] of report.done) this.#done.set(kind, (this.#done.get(kind) ?? 0) + count)
    for (const [kind, count] of report.faults) this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + count)
    for (const [law, count] of report.checks) this.#checks.set(law, (this.#checks.get(law) ?? 0) + count)
    if (report.breaches.length > 0) this.broken.push(report)
  }

  /** How often a fault of a kind was injected. */
  faultsOf(kind: string): number {
    return this.#faults.get(kind) ?? 0
  }

  /** How often a machine was told yes to a request of a kind. */
  doneOf(kind: string): number {
    return this.#done.get(kind) ?? 0
  }

  /** How often a law was looked at. */
  checksOf(law: Law): number {
    return this.#checks.get(law) ?? 0
  }

  /** @param realMs that it took */
  toLines(realMs: number): string[] {
    const linesOf = (counts: ReadonlyMap<string, number>): string[] =>
      [...counts].toSorted(([, a], [, b]) => b - a).map(([kind, count]) => `  ${kind.padEnd(40)} ${column(count)}`)
    const breaches = this.broken.flatMap((report) => report.breaches)
    const lawLine = (law: Law): string => {
      const broken = breaches.filter((breach) => breach.law === law).length
      return `  ${laws[law].padEnd(72)} ${column(this.checksOf(law))}  ${broken === 0 ? 'held' : `BROKEN ${broken} times`}`
    }
    return [
      'Told yes',
      ...linesOf(this.#done),
      '',
      'Faults injected',
      ...linesOf(this.#faults),
      '',
      'Laws checked',
      ...(Object.keys(laws) as Law[]).map(lawLine),
      '',
      `${this.seeds} seeds, ${this.#operations} operations, ${this.#calls} calls of Alma, ${this.#steps} events`,
      `${(this.#virtualMs / 3_600_000).toFixed(1)} virtual hours in ${(realMs / 1000).toFixed(1)} s, ` +
        `${((this.seeds * 1000) / realMs).toFixed(1)} seeds a second`,
    ]
  }
}

const column = (count: number): string => String(count).padStart(9)
