import t from 'tap'
import { done, refused, unknown } from '../../src/circulation/outcome.ts'
import type { Change } from '../../src/circulation/ports.ts'
import { MemoryJournal } from '../../src/journal/memory.ts'
import { fakeClock } from '../helpers/fake-library-system.ts'

const change = (identity: string, changes: Partial<Change> = {}): Change => ({
  kind: 'checkout',
  identity,
  subject: undefined,
  institution: 'INST',
  machine: 'kiosk',
  callId: 'message-1',
  details: {},
  machineTime: undefined,
  deadline: new Date(0),
  ...changes,
})

async function carry(journal: MemoryJournal, one: Change, outcome: Parameters<MemoryJournal['end']>[1] = done(1)) {
  const begun = await journal.begin(one)
  if (begun.state !== 'ended') await journal.end(begun.entry, outcome)
  return begun.state
}

t.test('remembers what is done, forgets what changed nothing, keeps what is unsettled', async (t) => {
  const journal = new MemoryJournal(fakeClock, { keepMs: 1000, maxEntries: 10 })
  t.equal(await carry(journal, change('a')), 'new')
  t.equal(await carry(journal, change('a')), 'ended')
  t.equal(await carry(journal, change('b'), refused('item-unknown')), 'new')
  t.equal(await carry(journal, change('b'), unknown()), 'new')
  t.equal(await carry(journal, change('b'), done(2)), 'unsettled')
  t.equal(await carry(journal, change('b')), 'ended')
})

t.test('an unsettled change keeps the time of its first beginning', async (t) => {
  let now = 0
  const clock = { ...fakeClock, now: () => new Date(now) }
  const journal = new MemoryJournal(clock, { keepMs: 1000, maxEntries: 10 })
  await carry(journal, change('a'), unknown())
  now = 5000
  t.match(await journal.begin(change('a')), { state: 'unsettled', since: new Date(0) })
})

t.test('the same book lent, returned and lent again is three events', async (t) => {
  const journal = new MemoryJournal(fakeClock, { keepMs: 1000, maxEntries: 10 })
  const lend = change('lend', { subject: 'B1' })
  const takeBack = change('return', { kind: 'checkin', subject: 'B1' })
  t.equal(await carry(journal, lend), 'new')
  t.equal(await carry(journal, takeBack), 'new')
  t.equal(await carry(journal, lend), 'new')
  t.equal(await carry(journal, lend), 'ended')
  t.equal(await carry(journal, takeBack), 'new')
  t.equal(await carry(journal, change('other', { subject: 'B2' })), 'new')
  t.equal(await carry(journal, takeBack), 'ended', 'another book does not matter')
})

t.test('old entries and too many entries go, what is under way stays', async (t) => {
  let now = 0
  const journal = new MemoryJournal({ ...fakeClock, monotonic: () => now }, { keepMs: 1000, maxEntries: 3 })
  await journal.begin(change('under way'))
  for (const name of ['a', 'b', 'c', 'd']) await carry(journal, change(name, { subject: name }))
  t.equal(journal.size, 3)
  t.equal(await carry(journal, change('d', { subject: 'd' })), 'ended')
  now = 2000
  t.equal(await carry(journal, change('d', { subject: 'd' })), 'new')
  t.equal((await journal.begin(change('under way'))).state, 'ended')
})

t.test('the end of a change that was never begun is a bug', async (t) => {
  const journal = new MemoryJournal(fakeClock, { keepMs: 1000, maxEntries: 10 })
  await t.rejects(journal.end('nothing', done(1)))
})
