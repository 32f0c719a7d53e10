/** Laws 1 to 6 under simulated faults. */
import t from 'tap'
import { laws, type Law } from './laws.ts'
import { runSeeds, seedsFrom } from './pool.ts'
import { Tally } from './tally.ts'

const seeds = 150
const threads = 2

/** Everything that a machine may ask for and that changes something. */
const doings = [
  'checkout',
  'checkin',
  'renew',
  'pay-fee',
  'checkout (cancel)',
  'checkin (cancel)',
  'renew all',
  'pay certain fees',
  'waive-fee',
  'place-hold',
  'change-hold',
  'cancel-hold',
  'block-patron',
  'enable-patron',
  'update-item',
]

t.test(`every law holds over ${seeds} seeds`, async (t) => {
  const tally = new Tally()
  await runSeeds({
    seeds: seedsFrom(1, seeds),
    threads,
    onReport(report) {
      tally.add(report)
      return true
    },
  })
  for (const { seed, breaches } of tally.broken) t.fail(`npm run simulate -- --seed ${seed}`, { breaches })
  t.equal(tally.broken.length, 0)
  for (const law of Object.keys(laws) as Law[]) t.ok(tally.checksOf(law) > 0, `looked at: ${laws[law]}`)
  for (const kind of doings) t.ok(tally.doneOf(kind) > 0, `done: ${kind}`)
  for (const kind of ['kill', 'Alma: answer lost', 'Alma: late arrival', 'disk full', 'wall clock jumps', '97']) {
    t.ok(tally.faultsOf(kind) > 0, `injected: ${kind}`)
  }
})

t.test('a seed goes the same way whenever and wherever it is run', async (t) => {
  const hashes = async (first: readonly number[]): Promise<Map<number, string>> => {
    const found = new Map<number, string>()
    await runSeeds({
      seeds: first,
      threads: 1,
      onReport({ seed, hash }) {
        found.set(seed, hash)
        return true
      },
    })
    return found
  }
  const chosen = [3, 17, 29, 30]
  const once = await hashes(chosen)
  t.equal(new Set(once.values()).size, chosen.length, 'each goes its own way')
  t.same(await hashes(chosen.toReversed()), once)
})
