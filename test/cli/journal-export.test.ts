import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { readStates, type SampleRow } from '../journal/journal-rows.ts'
import { makeLibrary } from './journal-library.ts'

const place = { library: 'MAIN', circulationDesk: 'SELFCHECK' }
const patron = '21234000000001'

const rows: readonly SampleRow[] = [
  { id: 'm1-1', state: 'queued', happenedAt: '2026-11-22T18:00:00Z', details: { item: 'B1', patron, place } },
  {
    id: 'm1-2',
    state: 'exception',
    kind: 'checkin',
    happenedAt: '2026-11-22T17:00:00Z',
    details: { item: 'B2', place },
  },
  // A renewal says no desk: it is that of its machine.
  { id: 'm1-3', state: 'queued', kind: 'renew', happenedAt: '2026-11-22T19:00:00Z', details: { item: 'B3', patron } },
  { id: 'm1-4', state: 'queued', kind: 'pay-fee', details: { patron, amount: { minor: 250, currency: 'EUR' } } },
  { id: 'm1-5', state: 'unsettled', details: { item: 'B5', patron, place } },
  { id: 'm1-6', state: 'queued', kind: 'checkin', details: { item: 'x'.repeat(81), place } },
  { id: 'm1-7', state: 'done', details: { item: 'B7', patron, place } },
]

const loan = (minute: string, item: string): string => `${minute}L${item.padEnd(80)}${patron}\r\n`
const datText = `202611221800RB2\r\n${loan('202611221900', 'B1')}${loan('202611222000', 'B3')}`

const before = Object.fromEntries(rows.map(({ id, state }) => [id, state]))
const after = { ...before, 'm1-1': 'exported', 'm1-2': 'exported', 'm1-3': 'exported' }

const batchOf = (stdout: string): string => /batch ([0-9a-f-]+)/.exec(stdout)?.[1] ?? ''

t.test('dat: loans, returns and renewals by their time; the rest stays and is counted', async (t) => {
  const { run, folder, journal } = makeLibrary(t, rows)
  const out = `${folder}/main.dat`
  const { exitCode, stdout, stderr } = await run('export', '--format', 'dat', '--out', out)
  t.equal(exitCode, 0, stderr)
  t.equal(readFileSync(out, 'utf8'), datText)
  t.equal(statSync(out).mode & 0o777, 0o600)
  t.notOk(existsSync(`${out}.partial`))
  t.same(readStates(journal), after)
  t.match(stdout, /^3 entries are in .*main\.dat, batch \d{8}-\d{6}-[0-9a-f]{4}\. The bridge no longer sends them\.\n/)
  t.match(stdout, /In Alma, signed in at the desk MAIN\.SELFCHECK: Fulfillment > Advanced Tools > Offline Circulation/)
  t.match(stdout, /^1 left: no loan and no return/m)
  t.match(stdout, /^1 left: no barcode, or one that/m)
  t.match(stdout, /^1 unsettled, not exported: it may be in Alma already/m)

  const again = await run('export', '--format', 'dat', '--out', `${folder}/again.dat`, '--again', batchOf(stdout))
  t.equal(again.exitCode, 0, again.stderr)
  t.equal(readFileSync(`${folder}/again.dat`, 'utf8'), datText)
  t.same(readStates(journal), after)
  t.match((await run('list', '--state', 'exported')).stdout, new RegExp(`batch ${batchOf(stdout)}`))

  const nothing = await run('export', '--format', 'dat', '--out', `${folder}/more.dat`)
  t.equal(nothing.exitCode, 1)
  t.match(nothing.stderr, /Nothing can be exported\.\n1 left: no loan/)
  t.notOk(existsSync(`${folder}/more.dat`))
})

t.test('jsonl: everything that is known, with the offset of the library', async (t) => {
  const { run, folder, journal } = makeLibrary(t, rows)
  const out = `${folder}/all.jsonl`
  const { exitCode } = await run('export', '--format', 'jsonl', '--out', out, '--state', 'queued')
  t.equal(exitCode, 0)
  const entries = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.same(
    entries.map(({ id }) => id),
    ['m1-4', 'm1-6', 'm1-1', 'm1-3'],
  )
  t.match(entries[0], { kind: 'pay-fee', details: { patron }, amount: { minor: 250, currency: 'EUR', text: '2.50' } })
  t.match(entries[2], { details: { item: 'B1', place }, happenedAt: '2026-11-22T19:00:00+01:00' })
  t.match(readStates(journal), { 'm1-2': 'exception', 'm1-4': 'exported', 'm1-5': 'unsettled' })
})

t.test(
  'an institution that the configuration no longer has is in no dat file, whose times would be wrong',
  async (t) => {
    const west: SampleRow = { id: 'm2-1', state: 'queued', institution: 'west', details: { item: 'W1', patron, place } }
    const { run, folder, journal } = makeLibrary(t, [...rows, west])
    const out = (name: string) => ['--out', `${folder}/${name}`]
    t.equal((await run('export', '--format', 'dat', ...out('main.dat'))).exitCode, 0)
    t.equal(readFileSync(`${folder}/main.dat`, 'utf8'), datText)
    t.equal(readStates(journal)['m2-1'], 'queued')
    const refused = await run('export', '--format', 'dat', '--institution', 'west', ...out('west.dat'))
    t.match(refused, { exitCode: 2, stderr: /no institution west/ })
    t.equal((await run('export', '--format', 'jsonl', '--institution', 'west', ...out('west.jsonl'))).exitCode, 0)
    t.equal(readStates(journal)['m2-1'], 'exported')
  },
)

t.test('entries of several desks need --place', async (t) => {
  const other = { library: 'BRANCH', circulationDesk: 'DESK' }
  const { run, folder, journal } = makeLibrary(t, [
    ...rows,
    { id: 'm1-8', state: 'queued', kind: 'checkin', details: { item: 'B8', place: other } },
    { id: 'm1-9', state: 'queued', kind: 'renew', machine: 'gone', details: { item: 'B9', patron } },
  ])
  const refused = await run('export', '--format', 'dat', '--out', `${folder}/a.dat`)
  t.equal(refused.exitCode, 1)
  t.match(refused.stderr, / {2}--place BRANCH\.DESK {2}1\n {2}--place MAIN\.SELFCHECK {2}3\n/)
  t.match(readStates(journal), before)
  const branch = await run('export', '--format', 'dat', '--out', `${folder}/a.dat`, '--place', 'BRANCH/DESK')
  t.equal(branch.exitCode, 0, branch.stderr)
  t.equal(readFileSync(`${folder}/a.dat`, 'utf8'), '202611221819RB8\r\n')
  t.match(branch.stdout, /1 entry is in .*\n.*desk BRANCH\.DESK:[\s\S]*1 left: nobody knows at which desk it was\./)
  t.match(branch.stdout, /left: of another desk/)
})

t.test('whoever names entries gets all of them or no file', async (t) => {
  const { run, folder, journal } = makeLibrary(t, rows)
  const out = `${folder}/some.dat`
  const mixed = await run('export', '--format', 'dat', '--out', out, 'm1-1', 'm1-4', 'm1-7')
  t.equal(mixed.exitCode, 1)
  t.match(mixed.stderr, /m1-4: no loan and no return.*\nm1-7: is done\.\nNothing was exported/)
  t.equal((await run('export', '--format', 'dat', '--out', out, 'm1-1', 'm9-9')).exitCode, 1)
  t.same(readStates(journal), before)
  t.notOk(existsSync(out))
  t.equal((await run('export', '--format', 'dat', '--line-end', 'lf', '--out', out, 'm1-2')).exitCode, 0)
  t.equal(readFileSync(out, 'utf8'), '202611221800RB2\n')
})

t.test('wrong use', async (t) => {
  const { run, folder } = makeLibrary(t, rows, { institutions: 2 })
  const out = `${folder}/a.dat`
  const several = await run('export', '--format', 'dat', '--out', out)
  t.equal(several.exitCode, 2)
  t.match(several.stderr, /give --institution/)
  t.equal((await run('export', '--out', out)).exitCode, 2)
  t.equal((await run('export', '--format', 'dat', '--out', out, '--place', 'MAIN')).exitCode, 2)
  t.equal((await run('export', '--format', 'dat', '--out', out, '--state', 'unsettled')).exitCode, 2)
  t.equal((await run('export', '--format', 'jsonl', '--out', out, '--again', 'b1', 'm1-1')).exitCode, 2)
  t.match(await run('export', '--format', 'jsonl', '--out', out, '--again', 'b1'), {
    exitCode: 1,
    stderr: /no batch b1/,
  })
})

t.test('a file that is there is not overwritten, and nothing is marked', async (t) => {
  const { run, folder, journal } = makeLibrary(t, rows)
  const out = `${folder}/main.dat`
  writeFileSync(out, 'precious')
  const refused = await run('export', '--format', 'dat', '--out', out)
  t.match(refused, { exitCode: 1, stderr: /is there already/ })
  t.equal(readFileSync(out, 'utf8'), 'precious')
  t.same(readStates(journal), before)
  mkdirSync(`${folder}/folder.dat`)
  t.match(await run('export', '--format', 'dat', '--force', '--out', `${folder}/folder.dat`), {
    exitCode: 1,
    stderr: /no file/,
  })
  t.match(await run('export', '--format', 'dat', '--out', `${folder}/none/a.dat`), {
    exitCode: 1,
    stderr: /cannot be written: its folder/,
  })
  t.same(readStates(journal), before)
  t.equal((await run('export', '--format', 'dat', '--force', '--out', out)).exitCode, 0)
  t.equal(readFileSync(out, 'utf8'), datText)
})

const failures = [
  ['before writeFileSync=ENOSPC', /disk is full\. Nothing was exported/],
  ['after writeFileSync=EIO', /cannot be written\. Nothing was exported/],
  ['after fsyncSync=ENOSPC', /disk is full/],
] as const

for (const [step, expected] of failures) {
  t.test(`a failure ${step}: nothing is marked, nothing is left`, async (t) => {
    const { run, runAt, folder, journal } = makeLibrary(t, rows)
    const out = `${folder}/main.dat`
    t.match(await runAt({ FAIL_AT: step }, 'export', '--format', 'dat', '--out', out), {
      exitCode: 1,
      stderr: expected,
    })
    t.same(readStates(journal), before)
    t.notOk(existsSync(out) || existsSync(`${out}.partial`))
    t.equal((await run('export', '--format', 'dat', '--out', out)).exitCode, 0)
  })
}

t.test('a file that cannot get its name is whole under the other', async (t) => {
  const { runAt, folder, journal } = makeLibrary(t, rows)
  const out = `${folder}/main.dat`
  const failed = await runAt({ FAIL_AT: 'before renameSync=EIO' }, 'export', '--format', 'dat', '--out', out)
  t.match(failed, { exitCode: 1, stderr: /Exported as batch .*it is whole, and called .*main\.dat\.partial/ })
  t.equal(readFileSync(`${out}.partial`, 'utf8'), datText)
  t.same(readStates(journal), after)
})

const kills = [
  { step: 'after BEGIN IMMEDIATE', marked: false },
  { step: 'before writeFileSync', marked: false },
  { step: 'after writeFileSync', marked: false },
  { step: 'before COMMIT', marked: false },
  { step: 'after COMMIT', marked: true },
  { step: 'before renameSync', marked: true },
  { step: 'after renameSync', marked: true },
] as const

for (const { step, marked } of kills) {
  t.test(`laws 2 and 3: killed ${step}, entries are ${marked ? 'in a whole file' : 'as they were'}`, async (t) => {
    const { run, runAt, folder, journal } = makeLibrary(t, rows)
    const out = `${folder}/main.dat`
    const partial = `${out}.partial`
    t.equal((await runAt({ KILL_AT: step }, 'export', '--format', 'dat', '--out', out)).exitCode, null)
    t.same(readStates(journal), marked ? after : before)
    if (marked) {
      t.equal(readFileSync(existsSync(out) ? out : partial, 'utf8'), datText)
      const batch = batchOf((await run('list', '--state', 'exported')).stdout)
      t.equal((await run('export', '--format', 'dat', '--force', '--out', out, '--again', batch)).exitCode, 0)
    } else {
      t.notOk(existsSync(out))
      if (existsSync(partial)) {
        t.match(await run('export', '--format', 'dat', '--out', out), {
          exitCode: 1,
          stderr: /left from an export that/,
        })
        t.same(readStates(journal), before)
      }
      t.equal((await run('export', '--format', 'dat', '--force', '--out', out)).exitCode, 0)
    }
    t.equal(readFileSync(out, 'utf8'), datText)
    t.same(readStates(journal), after)
    t.notOk(existsSync(partial))
  })
}
