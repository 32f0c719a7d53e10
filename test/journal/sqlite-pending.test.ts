/** What waits in a file: across restarts, beside people who settle it, and when it cannot be written. */
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { accepted, done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { JournalFile } from '../../src/journal/journal-file.ts'
import { Store } from '../../src/journal/store.ts'
import type { OpenStore, StoreLink } from '../../src/journal/store-thread.ts'
import { accept, answerTo, carry, entryOf, makeChange, makeClock, pendingEntries, resume } from './sample-change.ts'
import { keyA, keyB, openSqliteJournal, readAllFiles } from './sqlite-file.ts'

const fileIn = (t: Test): string => `${t.testdir({})}/journal.db`
const none = { queued: 0, unsettled: 0, exceptions: 0 }

t.test('law 2: after a restart a promise still waits, and still answers for an equal change', async (t) => {
  const file = fileIn(t)
  const clock = makeClock()
  const told = accepted(new Date('2026-04-01T00:00:00Z'))
  const details = { item: 'B1', patron: 'P1', due: told.due }
  const before = await openSqliteJournal(t, { file, clock, keepMs: 1000 })
  const change = makeChange('queued', { details, machineTime: new Date('2026-03-01T10:00:00Z') })
  await before.journal.accept(entryOf(await before.journal.begin(change)), unavailable('offline'), told)
  await accept(before.journal, makeChange('unsettled'), unknown())
  await accept(before.journal, makeChange('exception'), refused('patron-blocked'))
  await accept(before.journal, makeChange('settled', { callId: 'settled' }))
  await before.journal.end(await resume(before.journal, 'settled'), refused('patron-blocked'))
  await accept(before.journal, makeChange('under way', { callId: 'under way' }))
  await resume(before.journal, 'under way')
  const [queued] = before.journal.pending('INST')
  await before.journal.close()

  const { journal, lines } = await openSqliteJournal(t, { file, clock, keepMs: 1000 })
  t.match(
    lines.find(({ code }) => code === 'JOURNAL_UNSETTLED'),
    { queued: 1, unsettled: 2, exceptions: 1 },
  )
  t.same({ ...journal.pending('INST')[0] }, { ...queued })
  t.same(
    journal.pending('INST').map(({ state }) => state),
    ['queued', 'unsettled', 'unsettled'],
    'what was under way may be in Alma',
  )
  t.same(await answerTo(await journal.begin(change)), told)
  for (const name of ['unsettled', 'exception', 'settled', 'under way']) {
    t.same(await answerTo(await journal.begin(makeChange(name))), accepted(), name)
  }
  clock.advance(2000)
  t.equal(await carry(journal, makeChange('settled')), 'new', 'its time is over')
  t.equal(await carry(journal, makeChange('exception')), 'ended', 'it waits for a person')
})

t.test('lent, returned and lent again: after a restart too, all of it waits in its order', async (t) => {
  const file = fileIn(t)
  const before = await openSqliteJournal(t, { file })
  const lend = makeChange('lend', { subject: 'B1' })
  const takeBack = makeChange('return', { kind: 'checkin', subject: 'B1' })
  for (const change of [lend, takeBack, lend]) await accept(before.journal, change)
  const entries = pendingEntries(before.journal)
  await before.journal.close()
  const { journal } = await openSqliteJournal(t, { file })
  t.same(pendingEntries(journal), entries)
  t.equal(await accept(journal, lend), 'ended')
  t.equal(await accept(journal, takeBack), 'new')
})

t.test('of changes of one item the one that was begun last counts, whichever ended last', async (t) => {
  const file = fileIn(t)
  const before = await openSqliteJournal(t, { file })
  const lend = await before.journal.begin(makeChange('lend', { subject: 'B1' }))
  const takeBack = await before.journal.begin(makeChange('return', { kind: 'checkin', subject: 'B1' }))
  await before.journal.end(entryOf(takeBack), done(1))
  await before.journal.end(entryOf(lend), done(1))
  await before.journal.close()
  const { journal } = await openSqliteJournal(t, { file })
  t.equal(await carry(journal, makeChange('next', { subject: 'B1' })), 'new')
  t.equal(await carry(journal, makeChange('return', { kind: 'checkin', subject: 'B1' })), 'new')
})

t.test('law 3: done payments are found after a restart and under a rotated key', async (t) => {
  const file = fileIn(t)
  const clock = makeClock()
  const search = {
    institution: 'INST',
    kind: 'pay-fee' as const,
    details: { externalTransactionId: 'BK1' },
    since: clock.now(),
  }
  const payment = makeChange('a', { kind: 'pay-fee' as const, details: { externalTransactionId: 'BK1' } })
  const before = await openSqliteJournal(t, { file, clock })
  await accept(before.journal, payment)
  await before.journal.end(await resume(before.journal, 'message-1'), done('transaction'))
  await before.journal.close()
  const { journal } = await openSqliteJournal(t, { file, clock, keys: [keyB, keyA] })
  t.same(await journal.doneSince(search), [done('transaction')])
  t.same(await journal.doneSince({ ...search, institution: 'OTHER' }), [])
})

t.test('what a person settles beside the bridge is taken over', async (t) => {
  const file = fileIn(t)
  const { journal, codes } = await openSqliteJournal(t, { file })
  for (const name of ['discarded', 'exported', 'kept']) await accept(journal, makeChange(name, { callId: name }))
  await accept(journal, makeChange('retried', { callId: 'retried' }), refused('patron-blocked'))
  await carry(journal, makeChange('looked for', { callId: 'looked for' }), unknown())
  await resume(journal, 'kept')
  t.same(journal.counts('INST'), { queued: 2, unsettled: 1, exceptions: 1 })

  const person = new DatabaseSync(file)
  person.exec(`BEGIN IMMEDIATE;
    UPDATE changes SET state = 'discarded' WHERE call_id IN ('discarded', 'looked for');
    UPDATE changes SET state = 'exported' WHERE call_id = 'exported';
    UPDATE changes SET state = 'unsettled' WHERE state = 'exception';
    COMMIT`)
  person.close()
  await waitUntil(() => codes().includes('JOURNAL_RELOADED'))
  t.same(journal.counts('INST'), { ...none, unsettled: 1 })
  t.match(journal.pending('INST'), [{ callId: 'retried', state: 'unsettled', told: accepted() }])
  for (const name of ['discarded', 'exported', 'retried', 'kept']) {
    t.same(await answerTo(await journal.begin(makeChange(name))), accepted(), `${name} was told so`)
  }
  t.equal(await carry(journal, makeChange('looked for')), 'new')
  await journal.end(await resume(journal, 'retried'), done(1))
})

t.test('what a person gave back is told as such, after a restart too, until it is an exception again', async (t) => {
  const file = fileIn(t)
  const before = await openSqliteJournal(t, { file })
  const retried = () => before.journal.pending('INST').map(({ callId, retried: given }) => [callId, given])
  await carry(before.journal, makeChange('a', { callId: 'a' }), unknown())
  await before.journal.setAside(await resume(before.journal, 'a'), unknown('PARTLY_BOOKED'))
  await carry(before.journal, makeChange('b', { callId: 'b' }), unknown())
  const give = () => {
    const person = JournalFile.open(file, [keyA])
    const [entry] = person.list({ states: ['exception'] }, 1)
    person.retry([entry?.id ?? ''], new Date())
    person.close()
  }
  give()
  await waitUntil(() => before.codes().includes('JOURNAL_RELOADED'))
  t.same(retried(), [
    ['a', true],
    ['b', undefined],
  ])
  await before.journal.end(await resume(before.journal, 'a'), unavailable('offline'))
  t.match(retried(), [['a', true]], 'as long as it waits')
  await before.journal.close()

  const { journal } = await openSqliteJournal(t, { file })
  t.match(journal.pending('INST'), [
    { callId: 'a', retried: true },
    { callId: 'b', retried: undefined },
  ])
  await journal.setAside(await resume(journal, 'a'), unknown('PARTLY_BOOKED'))
  // Its own machine asks again, and nothing can be learnt.
  await carry(journal, makeChange('a', { callId: 'a' }), unknown())
  await journal.close()
  const after = await openSqliteJournal(t, { file })
  t.match(after.journal.pending('INST'), [{ callId: 'a', retried: undefined }, { callId: 'b' }])
})

t.test('law 2: what a person settled a moment ago is not taken under way', async (t) => {
  const file = fileIn(t)
  const { journal } = await openSqliteJournal(t, { file })
  await accept(journal, makeChange('exported', { callId: 'exported' }))
  await carry(journal, makeChange('discarded'), unknown())
  const entries = pendingEntries(journal)
  const person = new DatabaseSync(file)
  person.exec(`UPDATE changes SET state = iif(state = 'queued', 'exported', 'discarded')`)
  person.close()
  const [exported = '', discarded = ''] = entries
  t.equal(await journal.resume(exported), false)
  t.same(await answerTo(await journal.begin(makeChange('exported'))), accepted())
  const again = await journal.begin(makeChange('discarded'))
  t.equal(again.state, 'new', 'what comes again after that is another event')
  t.not(entryOf(again), discarded)
  t.same(journal.pending('INST'), [])
})

t.test(
  'a machine that has its share of promises is told once, after a restart too, until half of it is free',
  async (t) => {
    const file = fileIn(t)
    const limits = { file, maxPendingPerMachine: 4 }
    const before = await openSqliteJournal(t, limits)
    for (const name of ['a', 'b', 'c', 'd']) await accept(before.journal, makeChange(name, { callId: name }))
    await before.journal.close()

    const { journal, lines } = await openSqliteJournal(t, limits)
    const told = () => lines.filter(({ code }) => code === 'JOURNAL_MACHINE_FULL')
    t.equal(journal.mayAccept('kiosk'), false)
    t.equal(journal.mayAccept('other'), true)
    t.match(told(), [{ level: 'warn', machine: 'kiosk' }])
    const free = async (name: string) => {
      await journal.end(await resume(journal, name), done(1))
      return journal.mayAccept('kiosk')
    }
    t.equal(await free('a'), true)
    await accept(journal, makeChange('e', { callId: 'e' }))
    t.equal(journal.mayAccept('kiosk'), false)
    t.equal(told().length, 1, 'one that stays at its limit fills no log')
    for (const name of ['b', 'c', 'd']) await free(name)
    for (const name of ['f', 'g', 'h']) await accept(journal, makeChange(name))
    t.equal(journal.mayAccept('kiosk'), false)
    t.equal(told().length, 2)
  },
)

t.test('what cannot be written is not promised, and nothing is taken under way', async (t) => {
  const file = fileIn(t)
  const { journal, codes } = await openSqliteJournal(t, { file })
  await accept(journal, makeChange('waits', { callId: 'waits' }))
  await accept(journal, makeChange('ends', { callId: 'ends' }))
  const ending = await resume(journal, 'ends')
  const begun = await journal.begin(makeChange('begun', { callId: 'begun' }))
  t.equal(journal.mayAccept('kiosk'), true)
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  t.equal(await journal.accept(entryOf(begun), unavailable('offline'), accepted()), false)
  t.equal(journal.mayAccept('kiosk'), false)
  const [waiting = ''] = pendingEntries(journal)
  t.equal(await journal.resume(waiting), false)
  await journal.end(ending, unknown())
  await journal.end(entryOf(begun), unavailable('offline'))
  t.same(journal.counts('INST'), { queued: 1, unsettled: 1, exceptions: 0 })
  t.equal(journal.pending('INST')[0]?.attempts, 1, 'as it was')
  other.exec('ROLLBACK')
  other.close()

  t.equal(await journal.resume(ending), true, 'its late end is written first')
  t.equal(journal.mayAccept('kiosk'), true)
  t.match(codes().slice(1), ['JOURNAL_LOCKED', 'JOURNAL_END_UNWRITTEN', 'JOURNAL_END_UNWRITTEN', 'JOURNAL_RECOVERED'])
  await journal.end(ending, done(1))
  await journal.close()
  const after = await openSqliteJournal(t, { file })
  t.same(after.journal.counts('INST'), { ...none, queued: 1 })
  t.equal(await carry(after.journal, makeChange('begun')), 'new', 'nothing was promised')
})

t.test('what waits goes on waiting when the end of an attempt could not be put into the file at all', async (t) => {
  const file = fileIn(t)
  const { journal, codes } = await openSqliteJournal(t, { file })
  await accept(journal, makeChange('a'))
  const unsealable = { ...unknown(), evidence: () => 'nothing that can be kept' }
  const entry = await resume(journal, 'message-1')
  await journal.end(entry, unsealable as never)
  t.ok(codes().includes('JOURNAL_END_UNWRITTEN'))
  const person = new DatabaseSync(file)
  person.exec("UPDATE changes SET reason = 'touched'")
  person.close()
  await waitUntil(() => codes().includes('JOURNAL_RELOADED'))
  t.same(journal.counts('INST'), { ...none, unsettled: 1 })
  t.equal(await journal.resume(entry), true)
  await journal.end(entry, done(1))
  t.same(journal.counts('INST'), none)
})

t.test('law 3: a payment whose end could not be written yet is known, and its end is written by itself', async (t) => {
  const file = fileIn(t)
  const clock = makeClock()
  const { journal, codes } = await openSqliteJournal(t, { file, clock })
  const search = {
    institution: 'INST',
    kind: 'pay-fee' as const,
    details: { externalTransactionId: 'BK1' },
    since: clock.now(),
  }
  const payment = makeChange('a', { kind: 'pay-fee' as const, details: { externalTransactionId: 'BK1' } })
  const begun = await journal.begin(payment)
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  await journal.end(entryOf(begun), done('transaction'))
  t.same(await journal.doneSince(search), [done('transaction')])
  other.exec('ROLLBACK')
  other.close()
  await waitUntil(() => codes().includes('JOURNAL_RECOVERED'))
  t.same(await journal.doneSince(search), [done('transaction')])
})

t.test('law 3: a payment whose end is just being written is known', async (t) => {
  const clock = makeClock()
  const { journal } = await openSqliteJournal(t, { file: fileIn(t), clock })
  const search = {
    institution: 'INST',
    kind: 'pay-fee' as const,
    details: { externalTransactionId: 'BK1' },
    since: clock.now(),
  }
  const payment = makeChange('a', { kind: 'pay-fee' as const, details: { externalTransactionId: 'BK1' } })
  const ending = journal.end(entryOf(await journal.begin(payment)), done('transaction'))
  t.same(await journal.doneSince(search), [done('transaction')])
  await ending
})

t.test('what people settled is purged after its time, what waits stays', async (t) => {
  const file = fileIn(t)
  const clock = makeClock()
  const before = await openSqliteJournal(t, { file, clock, purgeAfterMs: 1000 })
  const states = ['queued', 'unsettled', 'exception', 'discarded', 'exported']
  for (const state of states) await accept(before.journal, makeChange(state, { callId: state }))
  await before.journal.close()
  const person = new DatabaseSync(file)
  person.exec('UPDATE changes SET state = call_id')
  clock.advance(2000)
  const { journal } = await openSqliteJournal(t, { file, clock, purgeAfterMs: 1000 })
  await waitUntil(() => person.prepare('SELECT id FROM changes').all().length === 3)
  person.close()
  t.same(journal.counts('INST'), { queued: 1, unsettled: 1, exceptions: 1 })
})

t.test('law 5: what was promised is sealed, and a payment is known by a digest', async (t) => {
  const folder = t.testdir({})
  const { journal } = await openSqliteJournal(t, { file: `${folder}/journal.db` })
  const change = makeChange('canary-1', { kind: 'pay-fee', details: { externalTransactionId: 'canary-2' } })
  const told = { ...accepted(), text: 'canary-3' }
  await journal.accept(entryOf(await journal.begin(change)), unavailable('offline', 'canary-4'), told)
  const bytes = readAllFiles(folder)
  t.ok(bytes.includes('offline'), 'the reason is no person')
  t.notOk(bytes.includes('canary'))
})

t.test('a promise that can no longer be read is kept all the same', async (t) => {
  const file = fileIn(t)
  const before = await openSqliteJournal(t, { file })
  await accept(before.journal, makeChange('a', { details: { patron: 'P1' } }))
  await before.journal.close()
  const database = new DatabaseSync(file)
  database.exec("UPDATE changes SET told = x'01', details = x'01'")
  database.close()
  const { journal } = await openSqliteJournal(t, { file })
  t.match(journal.pending('INST'), [{ state: 'queued', told: accepted(), details: undefined }])
  t.same(await answerTo(await journal.begin(makeChange('a'))), accepted())
})

t.test('the store runs where it is told to, on a database that outlives it', async (t) => {
  const database = new DatabaseSync(':memory:')
  const first = await openSqliteJournal(t, { file: 'none', openStore: inProcess(database) })
  await accept(first.journal, makeChange('a'))
  // Nothing is closed: the process is gone.
  const { journal } = await openSqliteJournal(t, { file: 'none', openStore: inProcess(database) })
  t.same(journal.counts('INST'), { ...none, queued: 1 })
  await journal.close()
  t.equal(database.isOpen, true)
})

function inProcess(database: DatabaseSync): OpenStore {
  return async (options) => {
    const store = new Store(options, database)
    const work = async (method: keyof Store, ...parameters: readonly unknown[]): Promise<unknown> =>
      (store[method] as (...given: readonly unknown[]) => unknown).apply(store, [...parameters])
    return { ask: work as StoreLink['ask'], close: async () => store.close() }
  }
}

async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
