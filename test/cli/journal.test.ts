import { rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { accepted, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { readStates, type SampleRow } from '../journal/journal-rows.ts'
import { keyB } from '../journal/sqlite-file.ts'
import { makeLibrary } from './journal-library.ts'
import { runCli } from './run-cli.ts'

const place = { library: 'MAIN', circulationDesk: 'SELFCHECK' }

const rows: readonly SampleRow[] = [
  {
    id: 'mabcdef-1',
    state: 'queued',
    kind: 'checkin',
    happenedAt: '2026-11-22T17:19:38Z',
    details: { item: '31234000000019', place },
    reason: 'offline',
    outcome: unavailable('offline'),
  },
  {
    id: 'mabcdef-2',
    state: 'exception',
    happenedAt: '2026-11-22T18:00:00Z',
    details: { item: '31234000000026', patron: '21234000000001', place },
    reason: 'patron-blocked',
    outcome: refused('patron-blocked', 'Patron has a block.', '401153 E01-0001'),
    told: accepted(new Date('2026-12-20T22:59:00Z')),
  },
  {
    id: 'mabcdef-3',
    state: 'unsettled',
    kind: 'pay-fee',
    happenedAt: '2026-11-22T16:00:00Z',
    details: { patron: '21234000000001', amount: { minor: 1250, currency: 'EUR' }, method: 'cash' },
  },
  { id: 'mabcdef-4', state: 'done', details: { item: '31234000000033' } },
]

t.test('list: what needs a person first, in the time of the library, without what is settled', async (t) => {
  const { run } = makeLibrary(t, rows)
  const { exitCode, stdout, stderr } = await run('list')
  t.equal(exitCode, 0, stderr)
  t.equal(stderr, '')
  t.equal(
    stdout,
    `ID      HAPPENED          WHAT      MACHINE     ITEM            PATRON          AMOUNT     STATE      WHY
mabc-2  2026-11-22 19:00  checkout  kiosk-hall  31234000000026  21234000000001             exception  the patron is blocked
mabc-3  2026-11-22 17:00  payment   kiosk-hall                  21234000000001  12.50 EUR  unsettled  looked for
mabc-1  2026-11-22 18:19  checkin   kiosk-hall  31234000000019                             queued     Alma could not be reached

1 exception, 1 queued, 1 unsettled
`,
  )
})

t.test('list narrows, masks, bounds and speaks JSON', async (t) => {
  const { run } = makeLibrary(t, rows)
  const json = await run('list', '--json', '--masked', '--state', 'exception,done')
  const entries = json.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.same(
    entries.map(({ id }) => id),
    ['mabcdef-2', 'mabcdef-4'],
  )
  t.match(entries[0], {
    happenedAt: '2026-11-22T19:00:00+01:00',
    details: { patron: '***', item: '31234000000026' },
    accepted: true,
    told: { due: '2026-12-20T23:59:00+01:00' },
    answer: { kind: 'refused', reason: 'patron-blocked', text: 'Patron has a block.' },
  })
  const masked = await run('list', '--masked')
  t.notMatch(masked.stdout, /21234000000001/)
  const bounded = await run('list', '--limit', '1', '--state', 'all')
  t.match(bounded.stdout, /mabc-2/)
  t.notMatch(bounded.stdout, /mabc-3/)
  t.match(bounded.stderr, /1 of 4 are shown; --limit/)
  t.match((await run('list', '--since', '2026-11-22T18:30')).stdout, /mabc-2.*\n\n1 exception\n/)
  t.match((await run('list', '--machine', 'nobody')).stdout, /^Nothing waits\.\n$/)
  const wrong = await run('list', '--institution', 'west')
  t.equal(wrong.exitCode, 2)
  t.match(wrong.stderr, /no institution west; the configuration has demo/)
})

t.test('list tells what no key opens and what was cut off', async (t) => {
  const { run } = makeLibrary(t, [
    { id: 'mabcdef-1', state: 'queued', key: keyB },
    { id: 'mabcdef-2', state: 'under-way' },
  ])
  const { stdout, stderr } = await run('list')
  t.match(stderr, /1 cannot be read/)
  t.match(stdout, /1 under way\. If no bridge runs/)
})

t.test('list tells of what waits for an institution that the configuration no longer has', async (t) => {
  const { run } = makeLibrary(t, [
    { id: 'mabcdef-1', state: 'queued' },
    { id: 'mabcdef-2', state: 'exception', institution: 'west' },
    { id: 'mabcdef-3', state: 'unsettled', institution: 'west' },
    { id: 'mabcdef-4', state: 'done', institution: 'north' },
  ])
  const all = await run('list')
  t.match(all.stdout, /^mabc-2 .* west +kiosk-hall .* exception/m)
  t.notMatch(all.stdout, /demo/)
  t.match(all.stderr, /^2 wait for west, which the configuration does not have: .* carries none of them out\./)
  t.notMatch(all.stderr, /north/)
  const west = await run('list', '--institution', 'west')
  t.equal(west.exitCode, 0)
  t.match(west.stdout, /\n1 exception, 1 unsettled\n/)
  t.match(await run('retry', '--institution', 'west'), { exitCode: 0, stdout: /mabc-2: given back/ })
  t.equal((await run('list', '--institution', 'south')).exitCode, 2)
})

t.test('show: everything, what Alma said, and what can be done', async (t) => {
  const { run } = makeLibrary(t, rows)
  const { exitCode, stdout } = await run('show', 'mabc-2')
  t.equal(exitCode, 0)
  for (const expected of [
    /^checkout {2}an exception: it waits for a person$/m,
    /id +mabcdef-2 \(mabc-2\)/,
    /patron +21234000000001/,
    /place +MAIN\.SELFCHECK/,
    /happened +2026-11-22T19:00:00\+01:00/,
    /machine told +yes, .*, due 2026-12-20T23:59:00\+01:00/,
    /answer +no: the patron is blocked \(patron-blocked\)/,
    /in its own words +Patron has a block\./,
    /evidence +401153 E01-0001/,
    /What can be done\n {2}retry/,
  ]) {
    t.match(stdout, expected)
  }
  t.notMatch((await run('show', 'mabc-2', '--masked')).stdout, /21234000000001/)
  t.match(JSON.parse((await run('show', 'mabc-3', '--json')).stdout), { amount: { minor: 1250, text: '12.50' } })
  const none = await run('show', 'mxyz')
  t.equal(none.exitCode, 1)
  t.match(none.stderr, /mxyz: there is no such entry/)
  t.match((await run('show', 'mabc')).stderr, /mabc: may be mabc-1, mabc-2, mabc-3, mabc-4; type more/)
})

t.test('show: what was booked of a payment, and only what helps', async (t) => {
  const evidence = 'PARTLY_BOOKED 5.00 EUR on fee 501; not booked 2.00 EUR (fee-overpaid)'
  const details = { patron: '21234000000001', amount: { minor: 700, currency: 'EUR' }, method: 'cash' } as const
  const { run } = makeLibrary(t, [
    { id: 'mabcdef-1', state: 'exception', kind: 'pay-fee', details, outcome: unknown(evidence), acceptedAt: null },
    { id: 'mabcdef-2', state: 'queued', kind: 'place-hold' },
  ])
  t.match((await run('list')).stdout, new RegExp(`exception  ${evidence.replace(/[.()]/g, '\\$&')}\n`))
  const shown = (await run('show', 'mabc-1')).stdout
  t.match(shown, `evidence           ${evidence}\n`)
  t.match(shown, /What can be done\n {2}retry {4}when the money was taken.*\n {2}discard .*booked it in Alma by hand/)
  t.notMatch(shown, /export/)
  t.notMatch((await run('show', 'mabc-2')).stdout, /export/)
  await run('retry', 'mabc-1')
  t.match((await run('list')).stdout, /unsettled  given back, looked for; the machine was told no yes\n/)
  t.match((await run('show', 'mabc-1')).stdout, /given back +20\d\d-/)
})

t.test('retry', async (t) => {
  const { run, journal } = makeLibrary(t, rows)
  const mixed = await run('retry', 'mabc-2', 'mabc-1', 'mabc-9')
  t.equal(mixed.exitCode, 1)
  t.match(mixed.stdout, /^mabc-2: given back: .*\nA running bridge takes it up by itself/)
  t.match(mixed.stderr, /mabc-9: there is no such entry\.\nmabc-1: left as it is, because it is queued/)
  t.equal(readStates(journal)['mabcdef-2'], 'unsettled')
  const none = await run('retry', '--all-exceptions')
  t.equal(none.exitCode, 0)
  t.match(none.stdout, /^There are no exceptions\.\n$/)
  t.equal((await run('retry')).exitCode, 2)
  t.equal((await run('retry', 'mabc-2', '--all-exceptions')).exitCode, 2)
})

t.test('retry --all-exceptions', async (t) => {
  const { run, journal } = makeLibrary(t, [...rows, { id: 'mabcdef-5', state: 'exception' }])
  const { exitCode, stdout } = await run('retry', '--all-exceptions')
  t.equal(exitCode, 0)
  t.match(stdout, /mabc-5: given back.*\nmabc-2: given back/)
  t.match(readStates(journal), { 'mabcdef-2': 'unsettled', 'mabcdef-5': 'unsettled', 'mabcdef-1': 'queued' })
})

t.test('retry --all-exceptions leaves payments out whose money may have gone back', async (t) => {
  const { run, journal } = makeLibrary(t, [
    { id: 'mabcdef-5', state: 'exception', kind: 'pay-fee', acceptedAt: null },
    { id: 'mabcdef-6', state: 'exception', kind: 'pay-fee', told: accepted() },
  ])
  const { exitCode, stdout } = await run('retry', '--all-exceptions')
  t.equal(exitCode, 0)
  t.match(stdout, /^1 left as they are: payments that no machine was told yes to\. .* by its id/)
  t.match(readStates(journal), { 'mabcdef-5': 'exception', 'mabcdef-6': 'unsettled' })
  t.match((await run('retry', 'mabc-5')).stdout, /mabc-5: given back/)
})

t.test('discard needs a reason and keeps it', async (t) => {
  const { run, journal } = makeLibrary(t, rows)
  t.equal((await run('discard', 'mabc-2')).exitCode, 2)
  t.equal((await run('discard', 'mabc-2', '--reason', '  ')).exitCode, 2)
  t.equal(readStates(journal)['mabcdef-2'], 'exception')
  const { exitCode, stdout } = await run('discard', 'mabc-2', 'mabc-1', '--reason', 'booked at the desk')
  t.equal(exitCode, 0)
  t.match(stdout, /mabc-2: discarded\.\nmabc-1: discarded\.\n/)
  t.match((await run('show', 'mabc-2')).stdout, /discarded because +booked at the desk/)
  const again = await run('discard', 'mabc-2', 'mabc-4', '--reason', 'x')
  t.equal(again.exitCode, 1)
  t.match(again.stderr, /mabc-2: .* is settled: discarded\.\nmabc-4: .* is settled: done/)
})

t.test('a journal that cannot be used is a sentence and an exit code', async (t) => {
  const memory = await makeLibrary(t, undefined, { memory: true }).run('list')
  t.equal(memory.exitCode, 2)
  t.match(memory.stderr, /keeps the journal in memory/)
  const { run, journal } = makeLibrary(t, undefined)
  t.match(await run('list'), { exitCode: 2, stderr: /journal\.db is not there\. A bridge makes it/ })
  writeFileSync(journal, 'no database, and long enough to be read as the head of one: '.repeat(20))
  t.match(await run('list'), { exitCode: 2, stderr: /is no journal of Circbridge/ })
  rmSync(journal)
  const older = new DatabaseSync(journal)
  older.exec('PRAGMA application_id = 1128878659')
  older.close()
  t.match(await run('list'), { exitCode: 2, stderr: /journal\.db is empty: no bridge has used it/ })
})

t.test('every command teaches with an example', async (t) => {
  for (const command of ['list', 'show', 'retry', 'discard', 'export']) {
    const { exitCode, stdout } = await runCli(['journal', command, '--help'])
    t.equal(exitCode, 0, command)
    t.match(stdout, new RegExp(`^Usage: circbridge journal ${command}`))
    t.match(stdout, new RegExp(`Examples\\n {2}\\$ circbridge journal ${command} `))
  }
})
