import t from 'tap'
import { done } from '../../src/circulation/outcome.ts'
import { MemoryJournal } from '../../src/journal/memory.ts'
import { testJournal } from './conformance.ts'
import { carry, makeChange, makeClock } from './sample-change.ts'

t.test('in memory', async (t) => testJournal(t, async (_t, clock, limits) => new MemoryJournal(clock, limits)))

t.test('takes no more room than it may', async (t) => {
  const journal = new MemoryJournal(makeClock(), { keepMs: 1000, maxEntries: 3 })
  await journal.begin(makeChange('under way'))
  for (const name of ['a', 'b', 'c', 'd']) await carry(journal, makeChange(name))
  t.equal(journal.size, 3)
})

t.test('promises nothing unless it is told to: the promise would be gone with the process', async (t) => {
  const journal = new MemoryJournal(makeClock(), { keepMs: 1000, maxEntries: 3 })
  t.equal(journal.mayAccept('kiosk'), false)
})

t.test('keeps payments no longer and no more than other changes', async (t) => {
  const clock = makeClock()
  const journal = new MemoryJournal(clock, { keepMs: 1000, maxEntries: 2 })
  const search = {
    institution: 'INST',
    kind: 'pay-fee' as const,
    details: { externalTransactionId: 'BK1' },
    since: clock.now(),
  }
  const pay = (name: string) =>
    carry(
      journal,
      makeChange(name, { kind: 'pay-fee' as const, details: { externalTransactionId: 'BK1' } }),
      done(name),
    )
  for (const name of ['a', 'b', 'c']) await pay(name)
  t.same(await journal.doneSince(search), [done('b'), done('c')])
  clock.advance(2000)
  await pay('d')
  t.same(await journal.doneSince(search), [done('d')])
})
