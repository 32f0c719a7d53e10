import t from 'tap'
import { planExport } from '../../src/cli/journal-export-plan.ts'
import type { JournalEntry } from '../../src/journal/journal-file.ts'

const entries = [1, 2, 3, 4].map((number) => ({
  id: `m1-${number}`,
  kind: number === 2 ? 'pay-fee' : 'checkin',
  institution: 'demo',
  happenedAt: new Date(`2026-11-22T1${number}:00:00Z`),
  acceptedAt: new Date(0),
  details: { item: `B${number}` },
})) as unknown as readonly JournalEntry[]

t.test('a plan takes no more than fits, and counts the rest with its desks', async (t) => {
  const desk = { library: 'MAIN', circulationDesk: 'DESK' }
  const plan = planExport(entries, {
    format: 'dat',
    lineEnd: 'lf',
    place: undefined,
    limit: 2,
    zoneOf: () => 'UTC',
    deskOf: () => desk,
  })
  t.equal(plan.text, '202611221100RB1\n202611221300RB3\n')
  t.same(
    plan.taken.map(({ id }) => id),
    ['m1-1', 'm1-3'],
  )
  t.equal(plan.more, 1)
  t.same([...plan.left], [['m1-2', 'kind']])
  t.same([...plan.desks], [['MAIN.DESK', 3]])
})
