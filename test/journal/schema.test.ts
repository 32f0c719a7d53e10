import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { done } from '../../src/circulation/outcome.ts'
import { keyOf, subjectOf } from '../../src/journal/keys.ts'
import { isOpen, isSettled } from '../../src/journal/schema.ts'
import { Sealer } from '../../src/journal/sealer.ts'
import { answerTo, carry, entryOf, makeChange, makeClock } from './sample-change.ts'
import { keyA, openSqliteJournal } from './sqlite-file.ts'

/** As the first version made it. */
const versionOne = `
  CREATE TABLE keys (
    id TEXT NOT NULL PRIMARY KEY,
    key_check BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE changes (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    institution TEXT NOT NULL,
    machine TEXT NOT NULL,
    call_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    key_id TEXT NOT NULL REFERENCES keys (id),
    identity TEXT NOT NULL,
    subject TEXT,
    details BLOB NOT NULL,
    amount_minor INTEGER,
    currency TEXT,
    begun_at INTEGER NOT NULL,
    machine_time INTEGER,
    deadline_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('under-way', 'unsettled', 'done', 'refused', 'unavailable')),
    reason TEXT,
    ended_at INTEGER,
    superseded INTEGER NOT NULL DEFAULT 0,
    outcome BLOB
  ) STRICT;

  CREATE INDEX changes_open ON changes (seq) WHERE state IN ('under-way', 'unsettled');
  CREATE INDEX changes_settled ON changes (ended_at) WHERE state IN ('done', 'refused', 'unavailable');
  PRAGMA application_id = 1128878659;
  PRAGMA user_version = 1;`

t.test('a file of the first version is brought up, with what it holds', async (t) => {
  const file = `${t.testdir({})}/journal.db`
  const clock = makeClock()
  const now = clock.now().getTime()
  const old = new DatabaseSync(file)
  old.exec(versionOne)
  const sealer = new Sealer([keyA])
  for (const { id, check } of sealer.checks) old.prepare('INSERT INTO keys VALUES (?, ?)').run(id, check)
  const insert = old.prepare(`INSERT INTO changes
    (seq, id, institution, machine, call_id, kind, key_id, identity, subject, details, begun_at, machine_time,
     deadline_at, attempts, state, ended_at, outcome)
    VALUES (?, ?, 'INST', 'kiosk', 'message-1', 'checkout', 'a', ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`)
  const states = ['done', 'unsettled', 'under-way', 'refused']
  for (const [index, state] of states.entries()) {
    const change = makeChange(state, { subject: state })
    const details = sealer.seal({ patron: state }, `${state} details`)
    const outcome = sealer.seal(done(state), `${state} outcome`)
    const digests = [keyOf(change), subjectOf(change) ?? ''].map((text) => sealer.digests(text)[0] ?? '')
    const ended = state === 'under-way' ? null : now
    const times = [now - 1000 + index, now - 60_000, now + 1000] as const
    insert.run(index + 10, state, digests[0] ?? '', digests[1] ?? '', details, ...times, state, ended, outcome)
  }
  old.close()

  const { journal } = await openSqliteJournal(t, { file, clock })
  t.same(await answerTo(await journal.begin(makeChange('done', { subject: 'done' }))), done('done'))
  t.match(journal.pending('INST'), [
    { entry: 'unsettled', state: 'unsettled', told: undefined, happenedAt: new Date(now - 999) },
    { entry: 'under-way', state: 'unsettled', details: { patron: 'under-way' }, happenedAt: new Date(now - 998) },
  ])
  t.equal(await carry(journal, makeChange('refused')), 'new')
  const again = await journal.begin(makeChange('unsettled', { subject: 'unsettled' }))
  t.equal(again.state, 'unsettled')
  await journal.end(entryOf(again), done(1))
  await journal.close()
  const next = new DatabaseSync(file, { readOnly: true })
  t.equal(next.prepare('PRAGMA user_version').get()?.['user_version'], 3)
  t.equal(next.prepare('SELECT count(*) AS count FROM changes').get()?.['count'], states.length + 1)
  t.equal(next.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
  next.close()
})

t.test('what is read often is read by an index', async (t) => {
  const file = `${t.testdir({})}/journal.db`
  const { journal } = await openSqliteJournal(t, { file })
  await journal.close()
  const database = new DatabaseSync(file, { readOnly: true })
  const planOf = (where: string) =>
    JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN SELECT id FROM changes WHERE ${where}`).all())
  t.match(planOf(`${isOpen} AND (accepted_at IS NOT NULL OR state = 'exception')`), /changes_open/)
  t.match(planOf(`${isSettled} AND ended_at >= 1 AND superseded = 0`), /changes_settled/)
  t.match(planOf("reference IN (SELECT value FROM json_each('[]')) AND state = 'done'"), /changes_reference/)
  database.close()
})
