import { existsSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { refused } from '../../src/circulation/outcome.ts'
import { JournalError } from '../../src/journal/fault.ts'
import { JournalFile, JournalNotReadyError, shorten } from '../../src/journal/journal-file.ts'
import { readStates, type SampleRow, writeJournal } from './journal-rows.ts'
import { keyA, keyB } from './sqlite-file.ts'

const at = new Date('2026-11-23T08:00:00Z')

function openJournal(t: Test, rows: readonly SampleRow[], keys: Parameters<typeof JournalFile.open>[1] = [keyA]) {
  const file = `${t.testdir({})}/journal.db`
  writeJournal(file, rows)
  const journal = JournalFile.open(file, keys)
  t.teardown(() => journal.close())
  return { file, journal }
}

const idsOf = (entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id)

t.test('what waits comes first by its time, what is settled the latest first', async (t) => {
  const { journal } = openJournal(t, [
    { id: 'm1-1', state: 'done', happenedAt: '2026-11-20T10:00:00Z' },
    { id: 'm1-2', state: 'exported', happenedAt: '2026-11-21T10:00:00Z' },
    { id: 'm1-3', state: 'queued', happenedAt: '2026-11-20T12:00:00Z' },
    { id: 'm1-4', state: 'queued', happenedAt: '2026-11-20T11:00:00Z' },
    { id: 'm1-5', state: 'exception', happenedAt: '2026-11-22T11:00:00Z' },
    { id: 'm1-6', state: 'unsettled', happenedAt: '2026-11-22T12:00:00Z' },
  ])
  t.same(idsOf(journal.list({}, 10)), ['m1-5', 'm1-6', 'm1-4', 'm1-3', 'm1-2', 'm1-1'])
  t.same(idsOf(journal.list({}, 2)), ['m1-5', 'm1-6'])
  t.same(idsOf(journal.list({ states: ['queued', 'exception'] }, 10)), ['m1-5', 'm1-4', 'm1-3'])
  t.same(idsOf(journal.list({ states: ['queued'], since: new Date('2026-11-20T11:30:00Z') }, 10)), ['m1-3'])
  t.same(idsOf(journal.list({ machine: 'another' }, 10)), [])
  t.same(Object.fromEntries(journal.countByState({})), { done: 1, exported: 1, queued: 2, exception: 1, unsettled: 1 })
})

t.test('an entry is unsealed; without its key it is told all the same', async (t) => {
  const details = { patron: 'p1', item: 'i1', amount: { minor: 250, currency: 'EUR' } }
  const outcome = refused('patron-blocked', 'Blocked.', '401153')
  const { journal } = openJournal(t, [
    { id: 'm1-1', state: 'exception', details, outcome, reason: 'patron-blocked' },
    { id: 'm1-2', state: 'queued', details, key: keyA },
  ])
  const [entry] = journal.list({ ids: ['m1-1'] }, 1)
  t.match(entry, { kind: 'checkout', reason: 'patron-blocked', details, outcome, amount: details.amount, attempts: 1 })
  t.same(entry?.happenedAt, new Date('2026-11-22T17:19:38Z'))

  const file = `${t.testdir({})}/other.db`
  writeJournal(file, [{ id: 'm1-1', state: 'queued', details }])
  const other = JournalFile.open(file, [keyB])
  t.teardown(() => other.close())
  t.match(other.list({}, 1)[0], { id: 'm1-1', details: undefined, amount: details.amount })
})

t.test('ids: whole, short, a beginning', async (t) => {
  const { journal } = openJournal(t, [
    { id: 'mabcdef1-1', state: 'queued' },
    { id: 'mabcdef1-12', state: 'queued' },
    { id: 'mabcdeg2-1', state: 'queued' },
    { id: 'mzzzzzz3-7', state: 'queued' },
  ])
  t.same(journal.findIds('mabcdef1-1'), ['mabcdef1-1'], 'not the longer one that begins so')
  t.same(journal.findIds('mabcdef-1'), ['mabcdef1-1'])
  t.same(journal.findIds('mabc-1'), ['mabcdef1-1', 'mabcdeg2-1'])
  t.same(journal.findIds('mzz'), ['mzzzzzz3-7'])
  t.same(journal.findIds('mzzzzzz3-'), ['mzzzzzz3-7'])
  t.same(journal.findIds("' OR 1 --"), [])
  t.same(journal.findIds('%'), [])
  const length = journal.measureShortIds()
  t.equal(length, 7)
  t.equal(shorten('mabcdef1-12', length), 'mabcdef-12')
  t.same(journal.findIds(shorten('mabcdeg2-1', length)), ['mabcdeg2-1'])
})

t.test('retry takes exceptions alone, discard what waits, and both say what they took', async (t) => {
  const states = ['exception', 'unsettled', 'queued', 'under-way', 'done', 'exported'] as const
  const rows = states.map((state) => ({ id: state, state }))
  const { file, journal } = openJournal(t, rows)
  t.same([...journal.retry(states, at)], ['exception'])
  t.equal(readStates(file)['exception'], 'unsettled')
  t.same([...journal.discard(states, 'settled by hand', at)], ['exception', 'unsettled', 'queued'])
  t.same([...journal.discard(states, 'once more', at)], [])
  t.match(journal.list({ ids: ['queued'] }, 1)[0], { state: 'discarded', note: 'settled by hand', endedAt: at })
  t.equal(readStates(file)['under-way'], 'under-way')
})

t.test('the reason of a discard is sealed', async (t) => {
  const { file, journal } = openJournal(t, [{ id: 'm1-1', state: 'queued' }], [keyB, keyA])
  journal.discard(['m1-1'], 'canary word', at)
  const database = new DatabaseSync(file)
  t.teardown(() => database.close())
  const row = database.prepare('SELECT * FROM changes').get()
  t.notMatch(Buffer.from(row?.['note'] as Uint8Array).toString('latin1'), /canary/)
  t.equal(database.prepare('SELECT count(*) AS count FROM keys').get()?.['count'], 2, 'the new key has its check')
})

t.test('an export marks what was written, or nothing', async (t) => {
  const { file, journal } = openJournal(t, [
    { id: 'm1-1', state: 'queued', happenedAt: '2026-11-20T12:00:00Z' },
    { id: 'm1-2', state: 'exception', happenedAt: '2026-11-20T11:00:00Z' },
    { id: 'm1-3', state: 'unsettled' },
  ])
  const filter = { states: ['queued', 'exception'] } as const
  const selection = { filter, at }
  t.throws(() => journal.export('b1', selection, () => { throw new Error('no room') }), /no room/) // biome-ignore format: short
  t.throws(() => journal.export('b1', selection, () => ['m1-1', 'm1-3']), /waits no more/)
  t.same(readStates(file), { 'm1-1': 'queued', 'm1-2': 'exception', 'm1-3': 'unsettled' })

  const offered: string[][] = []
  journal.export('b1', selection, (entries) => {
    offered.push(idsOf(entries))
    const other = new DatabaseSync(file, { timeout: 0 })
    t.throws(() => other.exec("UPDATE changes SET state = 'under-way'"), 'nobody claims an entry meanwhile')
    other.close()
    return ['m1-2']
  })
  t.same(offered, [['m1-2', 'm1-1']])
  t.same(readStates(file), { 'm1-1': 'queued', 'm1-2': 'exported', 'm1-3': 'unsettled' })
  t.same(idsOf(journal.listByTime({ batch: 'b1' })), ['m1-2'])
})

t.test('a file that is not ready is left as it is', async (t) => {
  const folder = t.testdir({})
  const reasonOf = (file: string): unknown => {
    try {
      JournalFile.open(file, [keyA]).close()
      return undefined
    } catch (error) {
      if (error instanceof JournalNotReadyError) return error.reason
      return error instanceof JournalError ? error.code : error
    }
  }
  t.equal(reasonOf(`${folder}/missing.db`), 'missing')
  t.notOk(existsSync(`${folder}/missing.db`))
  writeFileSync(`${folder}/empty.db`, '')
  t.equal(reasonOf(`${folder}/empty.db`), 'empty')
  writeFileSync(`${folder}/text.db`, 'this is no database at all, but a text of some length '.repeat(50))
  t.equal(reasonOf(`${folder}/text.db`), 'JOURNAL_FOREIGN')
  writeJournal(`${folder}/altered.db`, [])
  const altered = new DatabaseSync(`${folder}/altered.db`)
  altered.exec('CREATE TABLE more (a)')
  altered.close()
  t.equal(reasonOf(`${folder}/altered.db`), 'JOURNAL_SCHEMA_CHANGED')
  writeJournal(`${folder}/sealed.db`, [])
  t.throws(() => JournalFile.open(`${folder}/sealed.db`, [{ id: 'a', secret: keyB.secret }]), {
    code: 'JOURNAL_KEY_WRONG',
  })
})
