import t, { type Test } from 'tap'
import { formatSummary } from '../../../src/cli/demo/print-step.ts'
import { Stage } from '../../../src/cli/demo/stage.ts'
import type { PlayedStep } from '../../../src/cli/demo/step.ts'
import { playVisit } from '../../../src/cli/demo/visit.ts'

async function startStage(t: Test): Promise<Stage> {
  const stage = new Stage({ sip2: 0, sip2Tls: 0, http: 0, alma: 0 })
  t.teardown(() => stage.stop())
  await stage.start()
  return stage
}

const failed = (steps: readonly PlayedStep[]): string[] => steps.filter(({ ok }) => !ok).map(({ heading }) => heading)

t.test('a step that Alma did not follow is noticed', async (t) => {
  const stage = await startStage(t)
  stage.simulator.control.setSwitches({ renewButNot200: true })
  const told: number[] = []
  const steps = await playVisit(stage, (_step, number) => told.push(number))
  t.same(failed(steps), ['She renews "Deep Sea Creatures"'])
  t.same(
    told,
    steps.map((_, at) => at + 1),
  )
  t.match(formatSummary(steps, 100), /8 {2}She renews "Deep Sea Creatures" +NOT ok/)
})

t.test('a step that cost a call too many is noticed', async (t) => {
  const stage = await startStage(t)
  const fault = { kind: 'answer', status: 503, form: 'empty', match: { operation: 'getUser' }, times: 1 } as const
  stage.simulator.control.setFaults(fault)
  const steps = await playVisit(stage, () => undefined)
  t.same(failed(steps), ['Anna Becker scans her card'])
  const [check] = steps.flatMap(({ checks }) => checks.filter(({ ok }) => !ok))
  t.match(check?.what, 'it costs 2 Alma calls; the budget is 1')
})

t.test('the library is left as it was', async (t) => {
  const stage = await startStage(t)
  const { control } = stage.simulator
  const shape = () => {
    const { loans, fees, requests } = control.dump()
    return {
      loans: loans.map((loan) => loan['item_barcode']),
      fees: fees.map((fee) => fee['balance']),
      requests: requests.length,
    }
  }
  const before = shape()
  await playVisit(stage, () => undefined)
  t.same(shape(), before)
  t.equal(control.callCount(), 0)
})
