import { DatabaseSync } from 'node:sqlite'
import { readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { sampleItem, sampleLoan } from '../helpers/fake-library-system.ts'
import { testJournal } from './conformance.ts'
import { carry, entryOf, makeChange, makeClock } from './sample-change.ts'
import { keyA, keyB, makeSqliteJournal, openSqliteJournal, readAllFiles } from './sqlite-file.ts'

const fileIn = (t: Test): string => `${t.testdir({})}/journal.db`

t.test('in a file', async (t) =>
  testJournal(t, async (each, clock, limits) => {
    const { journal } = await openSqliteJournal(each, { file: fileIn(each), clock, ...limits })
    return journal
  }),
)

t.test('law 2: after a restart an equal change gets the same outcome and executes nothing', async (t) => {
  const file = fileIn(t)
  const clock = makeClock()
  const outcome = done({ loan: sampleLoan, renewed: false, item: sampleItem })
  const before = await openSqliteJournal(t, { file, clock })
  await carry(before.journal, makeChange('lend', { subject: 'B1' }), outcome)
  await carry(before.journal, makeChange('no'), refused('patron-blocked'))
  await carry(before.journal, makeChange('old', { subject: 'B2' }))
  await carry(before.journal, makeChange('return', { kind: 'checkin', subject: 'B2' }))
  await before.journal.close()

  const { journal } = await openSqliteJournal(t, { file, clock })
  const again = await journal.begin(makeChange('lend', { subject: 'B1' }))
  t.same(again.state === 'ended' && (await again.outcome), outcome)
  t.equal(await carry(journal, makeChange('no')), 'new', 'a refusal is not held against it')
  t.equal(await carry(journal, makeChange('old', { subject: 'B2' })), 'new', 'its memory had ended')
  t.equal(
    await carry(journal, makeChange('return', { kind: 'checkin', subject: 'B2' })),
    'new',
    'and ends that of others',
  )
})

t.test('what is done is remembered for its time, across restarts', async (t) => {
  const file = fileIn(t)
  const clock = makeClock()
  const before = await openSqliteJournal(t, { file, clock, keepMs: 1000 })
  await carry(before.journal, makeChange('a'))
  await before.journal.close()
  clock.advance(600)
  const between = await openSqliteJournal(t, { file, clock, keepMs: 1000 })
  t.equal(await carry(between.journal, makeChange('a')), 'ended')
  clock.advance(600)
  t.equal(await carry(between.journal, makeChange('a'), refused('item-unknown')), 'new')
  await between.journal.close()
  const after = await openSqliteJournal(t, { file, clock, keepMs: 1000 })
  t.equal(await carry(after.journal, makeChange('a')), 'new')
})

t.test('a rotated key: the old one still opens and still finds what is equal', async (t) => {
  const file = fileIn(t)
  const before = await openSqliteJournal(t, { file, keys: [keyA] })
  await carry(before.journal, makeChange('a', { subject: 'B1' }), done({ title: 'T' }))
  await carry(before.journal, makeChange('open', { details: { patron: 'P1' } }), unknown())
  await before.journal.close()

  const rotated = await openSqliteJournal(t, { file, keys: [keyB, keyA] })
  const again = await rotated.journal.begin(makeChange('a', { subject: 'B1' }))
  t.same(again.state === 'ended' && (await again.outcome), done({ title: 'T' }))
  t.match(rotated.journal.pending('INST'), [{ details: { patron: 'P1' } }])
  t.equal(
    await carry(rotated.journal, makeChange('open'), done(1)),
    'unsettled',
    'begun under one key, ended under another',
  )
  t.equal(await carry(rotated.journal, makeChange('b', { subject: 'B1' })), 'new')
  t.equal(await carry(rotated.journal, makeChange('a', { subject: 'B1' })), 'new', 'its subject was known again')
  t.notOk(rotated.codes().includes('JOURNAL_KEY_MISSING'))
})

t.test('a key that is gone: told and counted, and the journal works', async (t) => {
  const file = fileIn(t)
  const before = await openSqliteJournal(t, { file, keys: [keyA] })
  await carry(before.journal, makeChange('a'))
  await carry(before.journal, makeChange('open'), unknown())
  await before.journal.close()

  const { journal, lines } = await openSqliteJournal(t, { file, keys: [keyB] })
  t.match(
    lines.find(({ code }) => code === 'JOURNAL_KEY_MISSING'),
    { count: 2, level: 'error' },
  )
  t.match(
    lines.find(({ code }) => code === 'JOURNAL_UNREADABLE'),
    { count: 1 },
  )
  t.match(journal.pending('INST'), [{ kind: 'checkout', details: undefined }])
  t.equal(await carry(journal, makeChange('a')), 'new')
})

t.test('another key under the same name is refused before anything is written', async (t) => {
  const file = fileIn(t)
  const before = await openSqliteJournal(t, { file, keys: [keyA] })
  await before.journal.close()
  const { journal, codes } = makeSqliteJournal(t, { file, keys: [{ id: 'a', secret: keyB.secret }] })
  await t.rejects(journal.start(), { code: 'JOURNAL_KEY_WRONG' })
  t.match(codes(), ['JOURNAL_KEY_WRONG'])
  await openSqliteJournal(t, { file, keys: [keyA] })
})

t.test('law 5: nothing that a person is known by can be read in the files', async (t) => {
  const folder = t.testdir({})
  const { journal, lines } = await openSqliteJournal(t, { file: `${folder}/journal.db` })
  const canary = (name: string) => `canary-${name}`
  const change = makeChange(canary('identity'), {
    kind: 'pay-fee',
    subject: canary('subject'),
    details: {
      patron: canary('patron'),
      item: canary('item'),
      title: canary('title'),
      hold: canary('hold'),
      fee: canary('fee'),
      amount: { minor: 1, currency: 'EUR' },
      externalTransactionId: canary('transaction'),
    },
  })
  await carry(journal, change, unknown(canary('evidence')))
  await carry(journal, change, done({ loan: { ...sampleLoan, id: canary('loan'), patronId: canary('person') } }))
  await carry(journal, makeChange(canary('second')), refused('patron-blocked', canary('text'), canary('evidence')))

  const bytes = readAllFiles(folder)
  t.ok(bytes.includes('kiosk'), 'the machine is no person')
  t.notOk(bytes.includes('canary'), 'as text')
  t.notOk(bytes.includes(Buffer.from('canary', 'utf16le')), 'as wide text')
  t.notOk(JSON.stringify(lines).includes('canary'), 'nor in the log')
})

t.test('the files are the owner’s alone', async (t) => {
  const file = fileIn(t)
  const { journal } = await openSqliteJournal(t, { file })
  await carry(journal, makeChange('a'))
  for (const name of [file, `${file}-wal`, `${file}.owner`]) t.equal(statSync(name).mode & 0o777, 0o600, name)
})

t.test('what is settled is purged after its time, what is not stays', async (t) => {
  const folder = t.testdir({})
  const file = `${folder}/journal.db`
  const clock = makeClock()
  const before = await openSqliteJournal(t, { file, clock, purgeAfterMs: 1000 })
  for (let count = 0; count < 1100; count += 1) void carry(before.journal, makeChange(`a${count}`))
  await carry(before.journal, makeChange('open'), unknown())
  await before.journal.close()
  clock.advance(2000)
  const after = await openSqliteJournal(t, { file, clock, purgeAfterMs: 1000 })
  await waitUntil(() => countRows(file) === 1)
  t.same(after.journal.counts('INST'), { queued: 0, unsettled: 1, exceptions: 0 })
})

t.test('what changed nothing at its first attempt leaves no row, what was of unknown end does', async (t) => {
  const file = fileIn(t)
  const { journal } = await openSqliteJournal(t, { file })
  for (let count = 0; count < 50; count += 1) {
    await carry(journal, makeChange(`no ${count}`), count % 2 ? refused('item-unknown') : unavailable('offline'))
  }
  t.equal(countRows(file), 0)
  await carry(journal, makeChange('open'), unknown())
  await carry(journal, makeChange('open'), refused('patron-blocked'))
  await carry(journal, makeChange('done'))
  t.equal(countRows(file), 2)
})

t.test('a full disk refuses changes, loses nothing, and is told once', async (t) => {
  const file = fileIn(t)
  const { journal, lines, codes } = await openSqliteJournal(t, { file, maxBytes: 200_000 })
  const padding = 'x'.repeat(20_000)
  const first = await journal.begin(makeChange('first'))
  let written = 0
  let refusal: unknown
  for (; refusal === undefined && written < 50; written += 1) {
    const begun = await journal.begin(makeChange(`fill-${written}`, { details: { title: padding } }))
    if (begun.state === 'ended') refusal = await begun.outcome
  }
  t.same(refusal, unavailable('journal', 'JOURNAL_DISK_FULL'))
  t.equal((await journal.begin(makeChange('more', { details: { title: padding } }))).state, 'ended')
  t.equal(codes().filter((code) => code === 'JOURNAL_DISK_FULL').length, 1)

  await journal.end(entryOf(first), done({ title: padding.repeat(5) }))
  t.match(
    lines.find(({ code }) => code === 'JOURNAL_END_UNWRITTEN'),
    { change: 'checkout', machine: 'kiosk', messageId: 'message-1', error: { code: 'JOURNAL_DISK_FULL' } },
  )
  const again = await journal.begin(makeChange('first'))
  t.match(again.state === 'ended' && (await again.outcome), { kind: 'done' }, 'the machine is told what happened')
  await journal.close()

  const after = await openSqliteJournal(t, { file })
  t.equal(after.journal.counts('INST').unsettled, written, 'all that began and has no end')
  t.equal((await after.journal.begin(makeChange('first'))).state, 'unsettled')
})

t.test('a file that another program locks refuses changes until it is free, and the ends follow', async (t) => {
  const file = fileIn(t)
  const { journal, codes } = await openSqliteJournal(t, { file })
  const first = await journal.begin(makeChange('first'))
  await carry(journal, makeChange('unknown'), unknown())
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  const refusal = await journal.begin(makeChange('second'))
  t.same(refusal.state === 'ended' && (await refusal.outcome), unavailable('journal', 'JOURNAL_LOCKED'))
  t.equal((await journal.begin(makeChange('unknown'))).state, 'ended')
  await journal.end(entryOf(first), done(1))
  other.exec('ROLLBACK')
  other.close()

  t.equal((await journal.begin(makeChange('second'))).state, 'new')
  t.equal((await journal.begin(makeChange('unknown'))).state, 'unsettled', 'as open as before')
  t.match(codes().slice(1), ['JOURNAL_LOCKED', 'JOURNAL_END_UNWRITTEN', 'JOURNAL_RECOVERED'])
  await journal.close()
  const after = await openSqliteJournal(t, { file })
  t.equal((await after.journal.begin(makeChange('first'))).state, 'ended', 'its end was written in the end')
})

t.test('law 3: nothing is promised into a file that was moved away, until it is back', async (t) => {
  const file = `${t.testdir({})}/journal.db`
  const { journal, codes } = await openSqliteJournal(t, { file })
  t.equal(await carry(journal, makeChange('a')), 'new')
  for (const end of ['', '-wal', '-shm']) renameSync(`${file}${end}`, `${file}.moved${end}`)
  const begun = await journal.begin(makeChange('b'))
  t.same(begun.state === 'ended' && (await begun.outcome), unavailable('journal', 'JOURNAL_MOVED'))
  t.notOk(journal.mayAccept('kiosk'))
  t.ok(codes().includes('JOURNAL_MOVED'))
  for (const end of ['', '-wal', '-shm']) renameSync(`${file}.moved${end}`, `${file}${end}`)
  t.equal(await carry(journal, makeChange('c')), 'new')
  t.ok(journal.mayAccept('kiosk'))
})

t.test('law 3: two names of one file are one journal', async (t) => {
  const folder = t.testdir({})
  await openSqliteJournal(t, { file: `${folder}/journal.db` })
  symlinkSync(`${folder}/journal.db`, `${folder}/other.db`)
  await t.rejects(openSqliteJournal(t, { file: `${folder}/other.db` }), { code: 'JOURNAL_LOCKED' })
})

t.test('a journal that is closed refuses changes', async (t) => {
  const { journal } = await openSqliteJournal(t, { file: fileIn(t) })
  const late = await journal.begin(makeChange('late'))
  await journal.close()
  await journal.end(entryOf(late), done(1))
  const refusal = await journal.begin(makeChange('a'))
  t.same(refusal.state === 'ended' && (await refusal.outcome), unavailable('journal', 'JOURNAL_WRITE_FAILED'))
})

t.test('two processes do not share a journal', async (t) => {
  const file = fileIn(t)
  const { journal } = await openSqliteJournal(t, { file })
  const second = makeSqliteJournal(t, { file })
  await t.rejects(second.journal.start(), { code: 'JOURNAL_LOCKED' })
  t.equal(await carry(journal, makeChange('a')), 'new')
})

t.test('a file that is none of ours, newer or changed is refused and left as it is', async (t) => {
  const cases: Readonly<Record<string, (file: string) => void>> = {
    JOURNAL_NEWER: (file) => alter(file, 'PRAGMA user_version = 99'),
    JOURNAL_SCHEMA_CHANGED: (file) => alter(file, 'DROP INDEX changes_open'),
    JOURNAL_FOREIGN: (file) => alter(file, 'PRAGMA application_id = 7'),
  }
  for (const [code, change] of Object.entries(cases)) {
    const file = `${t.testdir({})}/${code}.db`
    const before = await openSqliteJournal(t, { file })
    await before.journal.close()
    change(file)
    const bytes = readFileSync(file)
    await t.rejects(makeSqliteJournal(t, { file }).journal.start(), { code })
    t.same(readFileSync(file), bytes, `${code}: not touched`)
  }
  const other = `${t.testdir({})}/other.db`
  alter(other, 'CREATE TABLE loans (id TEXT)')
  const bytes = readFileSync(other)
  await t.rejects(makeSqliteJournal(t, { file: other }).journal.start(), { code: 'JOURNAL_FOREIGN' })
  t.same(readFileSync(other), bytes, 'the database of another program: not touched')
  const text = `${t.testdir({ 'text.db': 'no database at all, but a text of some length\n'.repeat(50) })}/text.db`
  await t.rejects(makeSqliteJournal(t, { file: text }).journal.start(), { code: 'JOURNAL_FOREIGN' })
})

t.test('a damaged file is refused by name', async (t) => {
  const file = fileIn(t)
  const before = await openSqliteJournal(t, { file })
  for (const name of Array.from({ length: 40 }, (_, index) => `a${index}`)) {
    void carry(before.journal, makeChange(name), done('x'.repeat(500)))
  }
  await carry(before.journal, makeChange('last'))
  await before.journal.close()
  const bytes = readFileSync(file)
  bytes.fill(0xa5, 4096 * 2)
  writeFileSync(file, bytes)
  await t.rejects(makeSqliteJournal(t, { file }).journal.start(), { code: 'JOURNAL_CORRUPT' })
})

t.test('a folder that is not there or may not be written is refused by name', async (t) => {
  const folder = t.testdir({})
  const missing = makeSqliteJournal(t, { file: `${folder}/missing/journal.db` })
  await t.rejects(missing.journal.start(), { code: 'JOURNAL_FILE_DENIED' })
  t.match(missing.codes(), ['JOURNAL_FILE_DENIED'])
  // Not even root may make a file here.
  await t.rejects(makeSqliteJournal(t, { file: '/proc/journal.db' }).journal.start(), { code: 'JOURNAL_FILE_DENIED' })
})

function alter(file: string, sql: string): void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

function countRows(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return Number(database.prepare('SELECT count(*) AS count FROM changes').get()?.['count'])
  } finally {
    database.close()
  }
}

async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
