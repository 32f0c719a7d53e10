import t from 'tap'
import { runSeeds, seedsFrom } from '../pool.ts'
import type { SeedReport } from '../run-seed.ts'
import { findMutant, type MutantName } from './mutants.ts'

/** The rarest mistakes show in one seed of a hundred or two. */
const mostSeeds = 1000

/** Whether the simulation sees what breaks the laws. */
export function testMutants(names: readonly MutantName[]): void {
  for (const name of names) {
    const { about = '', breaks = [] } = findMutant(name) ?? {}
    t.test(`found: ${about}`, async (t) => {
      const sees = ({ breaches }: SeedReport): boolean => breaches.some(({ law }) => breaks.includes(law))
      let seen: SeedReport | undefined
      await runSeeds({
        seeds: seedsFrom(1, mostSeeds),
        threads: 1,
        mutant: name,
        onReport(report) {
          if (sees(report)) seen = report
          return seen === undefined
        },
      })
      t.ok(seen, `one of ${breaks.join(', ')} is broken`)
    })
  }
}
