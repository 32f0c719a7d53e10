import t from 'tap'
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
