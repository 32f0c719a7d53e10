/**
 * The real bridge under everything that can go wrong, for a short while: killed at every step, calls and connections
 * lost at every moment. `npm run faults` does it for as long as one likes. `FAULTS_SEED` repeats the choices of a run.
 */
import t from 'tap'
import { describeFigures } from './figures.ts'
import { run } from './run.ts'

t.test('laws 1 to 4: under kills and faults nothing is lost, nothing is there twice', async (t) => {
  const seed = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1_000_000)
  const result = await run({ seed, ms: 35_000, rounds: 1, kiosks: 7, partners: 2 })
  t.comment(`seed ${seed}\n${describeFigures(result)}`)
  t.same(result.violations, [], `seed ${seed}, see ${result.folder}`)
  for (const kind of ['checkout', 'checkin', 'pay-fee']) {
    t.ok(
      result.operations.some((operation) => operation.kind === kind && operation.told === 'yes'),
      `a ${kind} was done`,
    )
  }
  t.ok(
    result.operations.some(({ errand, told }) => errand !== undefined && told === 'yes'),
    'an errand was done',
  )
  t.ok(result.kills.size >= 2, 'the bridge was killed at several steps')
  t.ok(result.cuts > 0 && result.faults.size > 0, 'connections were cut and Alma had faults')
})
