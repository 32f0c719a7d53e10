import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { refused, unavailable } from '../../src/circulation/outcome.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { accept, makeChange } from '../journal/sample-change.ts'
import { openSqliteJournal } from '../journal/sqlite-file.ts'
import { makeLibrary } from './journal-library.ts'

const waitStepMs = 50
const mostSteps = 400

/** Resolves when it holds, or after a time that no machine needs. */
async function until(holds: () => boolean): Promise<boolean> {
  for (let step = 0; step < mostSteps && !holds(); step += 1) await sleep(waitStepMs)
  return holds()
}

t.test('beside a running bridge: what a person settles is taken up, and claimed by one of both', async (t) => {
  const { run, folder, journal: file } = makeLibrary(t, undefined)
  const { journal } = await openSqliteJournal(t, { file, clock: systemClock })
  const place = { library: 'MAIN', circulationDesk: 'SELFCHECK' }
  const change = (item: string) =>
    makeChange(item, { institution: 'demo', callId: item, kind: 'checkin', details: { item, place } })
  await accept(journal, change('B1'), unavailable('offline'))
  await accept(journal, change('B2'), refused('item-unknown'))
  await accept(journal, change('B3'), unavailable('offline'))
  await accept(journal, change('B4'), unavailable('offline'))
  const entryOf = (item: string) => journal.pending('demo').find(({ callId }) => callId === item)?.entry ?? ''
  const exported = entryOf('B1')
  const discarded = entryOf('B3')
  t.ok(await journal.resume(entryOf('B4')))

  const listed = await run('list', '--state', 'exception', '--json')
  const exception = JSON.parse(listed.stdout)
  t.match(exception, { state: 'exception', details: { item: 'B2' }, accepted: true, told: {} })
  t.equal((await run('retry', exception.id)).exitCode, 0)
  t.equal((await run('discard', discarded, '--reason', 'by hand')).exitCode, 0)
  const out = `${folder}/main.dat`
  const written = await run('export', '--format', 'dat', '--out', out)
  t.equal(written.exitCode, 0, written.stderr)
  t.equal(readFileSync(out, 'utf8'), '202603011300RB1\r\n', 'neither what is under way nor what is unsettled')

  t.notOk(await journal.resume(exported), 'an exported entry is not sent')
  t.notOk(await journal.resume(discarded), 'nor is a discarded one')
  t.ok(await until(() => journal.pending('demo').some(({ entry }) => entry === exception.id)))
  t.match(journal.pending('demo'), [{ entry: exception.id, state: 'unsettled', told: { kind: 'accepted' } }])
  t.match(journal.counts('demo'), { queued: 0, unsettled: 1, exceptions: 0 })
})
