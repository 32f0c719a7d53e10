/** A short part of `npm run fuzz`: a whole bridge under everything but sense, bounded in rounds and in time. */
import t from 'tap'
import { formatCase, parseCase, runFuzz } from './run.ts'
import { makeSip2Case, sip2Kinds, whyNoRecordedLines } from './sip2-cases.ts'
import { makeHolding } from './world.ts'

/** `FUZZ_SEED=815 npx tap test/fuzz` makes other choices. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1)

t.test('whatever comes, the outcome is one of the allowed ones', async (t) => {
  const report = await runFuzz({ seed, rounds: 2, ms: 30_000 })
  t.comment(`${report.requests} requests, slowest answer of the calm kiosk ${Math.round(report.slowestMs)} ms`)
  for (const { fault, name, sent, received } of report.findings) {
    t.fail(`${name ? formatCase(name) : `seed ${seed}`}: ${fault}`, {
      sent: sent.toString('hex'),
      received: received.toString('hex'),
      again: `npm run fuzz -- ${name ? `--case ${formatCase(name)}` : `--seed ${seed}`}`,
    })
  }
  t.ok(report.requests > 500)
  t.ok(report.visits > 0, 'a calm kiosk was served beside it')
  t.ok(report.changes > 0, 'good requests among the others were carried out')
})

t.test('the lines of real terminals are among them', { skip: whyNoRecordedLines ?? false }, async (t) => {
  const report = await runFuzz({ seed, rounds: 1, ms: 0, only: { kind: 'recorded', peer: 0, seed } })
  t.same(report.findings, [])
  t.ok(report.requests > 0)
})

t.test('a name makes the same bytes again', async (t) => {
  const holding = makeHolding(3)
  for (const kind of sip2Kinds) {
    if (kind === 'recorded' && whyNoRecordedLines !== undefined) continue
    t.same(makeSip2Case(kind, 815, holding), makeSip2Case(kind, 815, holding), kind)
  }
  const name = { kind: 'mutated', peer: 3, seed: 815 }
  t.same(parseCase(formatCase(name)), name)
  t.equal(parseCase('mutated-99-1'), undefined)
  t.equal(parseCase('other-1-1'), undefined)
})
