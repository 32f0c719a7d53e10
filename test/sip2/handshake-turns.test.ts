import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { HandshakeTurns } from '../../src/sip2/handshake-turns.ts'

function makeTurns(t: Test) {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  let now = 0
  const turns = new HandshakeTurns({ perSecond: 2, mostSources: 10, now: () => now })
  const begun: string[] = []
  return {
    begun,
    take: (source: string, name: string) => turns.take(source, () => begun.push(name)),
    pass: (ms: number) => {
      now += ms
      mock.timers.tick(ms)
    },
  }
}

t.test('so many at once, and one more in each part of a second', async (t) => {
  const { begun, take, pass } = makeTurns(t)
  for (const name of ['1', '2', '3', '4']) take('a', name)
  take('b', 'b')
  t.same(begun, ['1', '2', 'b'])
  pass(499)
  t.equal(begun.length, 3)
  pass(1)
  t.equal(begun.length, 4)
  take('a', '5')
  t.equal(begun.length, 4, 'who comes now waits with the others')
  pass(1000)
  t.same(begun.toSorted(), ['1', '2', '3', '4', '5', 'b'])
  pass(1000)
  take('a', '6')
  take('a', '7')
  t.same(begun.slice(-2), ['6', '7'], 'and afterwards nobody waits')
})

t.test('who has left takes no turn', async (t) => {
  const { begun, take, pass } = makeTurns(t)
  take('a', 'first')
  take('a', 'second')()
  const leaving = Array.from({ length: 1000 }, (_, index) => take('a', `gone ${index}`))
  take('a', 'stays')
  for (const leave of leaving) leave()
  pass(500)
  t.same(begun, ['first', 'second', 'stays'])
})

t.test('of those that wait one is drawn by lot', async (t) => {
  const { begun, take, pass } = makeTurns(t)
  const first = new Set<string>()
  for (let time = 0; time < 50; time += 1) {
    for (const name of ['full', 'full', '1', '2', '3']) take(`${time % 5}`, name)
    begun.length = 0
    pass(500)
    for (const name of begun) first.add(name)
    pass(10_000)
  }
  t.same(first, new Set(['1', '2', '3']))
})
