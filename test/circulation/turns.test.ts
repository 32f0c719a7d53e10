import t from 'tap'
import { Turns } from '../../src/circulation/turns.ts'

const free = new AbortController().signal

t.test('work under one key comes one after the other, under others it does not wait', async (t) => {
  const turns = new Turns()
  const told: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = turns.take('a', free, async () => {
    await gate.promise
    told.push('first')
  })
  const second = turns.take('a', free, async () => told.push('second'))
  await turns.take('b', free, async () => told.push('other'))
  gate.resolve()
  await Promise.all([first, second])
  t.same(told, ['other', 'first', 'second'])
})

t.test('a failure ends its own turn only', async (t) => {
  const turns = new Turns()
  const failed = turns.take('a', free, async () => {
    throw new Error('broken')
  })
  const next = turns.take('a', free, async () => 'done')
  await t.rejects(failed, { message: 'broken' })
  t.equal(await next, 'done')
})

t.test('whoever gave up does not wait, and lets nobody past whom they waited for', async (t) => {
  const turns = new Turns()
  const told: string[] = []
  const gate = Promise.withResolvers<void>()
  const waiting = new AbortController()
  const first = turns.take('a', free, async () => {
    await gate.promise
    told.push('first')
  })
  const second = turns.take('a', waiting.signal, async () => told.push('gave up'))
  const third = turns.take('a', free, async () => told.push('third'))
  waiting.abort()
  await second
  await turns.take('a', waiting.signal, async () => told.push('came too late'))
  gate.resolve()
  await Promise.all([first, third])
  t.same(told, ['gave up', 'came too late', 'first', 'third'])
})
