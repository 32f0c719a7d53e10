import t from 'tap'
import { blockPatron } from '../../src/circulation/block-patron.ts'
import { enablePatron } from '../../src/circulation/enable-patron.ts'
import type { PendingChange } from '../../src/circulation/ports.ts'
import { makeCall } from '../helpers/call.ts'
import { type Bench, library, lookFor, startBench, valueOf } from './alma-library.ts'
import { filledUser } from './filled-records.ts'

const kioskBlock = { type: 'GENERAL', description: '03-CONDUCT' }
const data = { users: [...library.users, filledUser] }

const block = (
  { circulation, once }: Bench,
  patron: string,
  { message = 'left without paying', cardRetained = true, as = kioskBlock } = {},
) => blockPatron({ patron, block: as, message, cardRetained, ...once() }, circulation, makeCall())

const enable = ({ circulation, once }: Bench, patron: string) =>
  enablePatron({ patron, ...once() }, circulation, makeCall())

type Record = {
  readonly [member: string]: unknown
  readonly user_block: readonly { readonly [name: string]: unknown }[]
}

t.test('a block is added to a record with every list filled, and nothing else changes', async (t) => {
  const bench = await startBench(t, {}, data)
  const before = (await bench.read('/users/full')) as Record
  for (const [member, value] of Object.entries(before)) {
    const isFilled = Array.isArray(value) ? value.length > 0 : value !== '' && value !== null
    const byAlma = /^(password|force_password_change|researcher|link|proxy_for_user|last_patron_activity_date)$/
    if (!byAlma.test(member)) t.ok(isFilled, `the test fills ${member}`)
  }

  const [blocked, calls] = await bench.cost(block(bench, '2099'))
  t.same(calls, ['getUser', 'updateUser'])
  const patron = valueOf(blocked)
  t.same(
    patron.blocks.map(({ code, own }) => [code, own]),
    [
      ['02-LOST', false],
      ['03-CONDUCT', true],
    ],
  )
  t.match(patron, { id: 'full', counts: { loans: 0, holds: 0 }, balance: { minor: 0 } })

  const after = (await bench.read('/users/full')) as Record
  t.same({ ...after, user_block: before.user_block }, before)
  t.same(after.user_block.slice(0, -1), before.user_block)
  t.match(after.user_block.at(-1), {
    block_type: { value: 'GENERAL' },
    block_description: { value: '03-CONDUCT' },
    block_status: 'ACTIVE',
    block_note: '[Circbridge] left without paying (card retained)',
    segment_type: 'Internal',
  })
})

t.test('only blocks that were placed here are lifted, and nothing else changes', async (t) => {
  const bench = await startBench(t, {}, data)
  const before = await bench.read('/users/full')
  await block(bench, '2099')
  await block(bench, '2099', { message: 'again', cardRetained: false })
  const [enabled, calls] = await bench.cost(enable(bench, 'U-99'))
  t.same(calls, ['getUser', 'updateUser'])
  t.match(valueOf(enabled), { lifted: true, patron: { id: 'full', blocks: [{ code: '02-LOST', own: false }] } })
  t.same(await bench.read('/users/full'), before)

  const [nothing, one] = await bench.cost(enable(bench, '2099'))
  t.match(nothing, { kind: 'done', value: { lifted: false, patron: { blocks: [{ code: '02-LOST' }] } } })
  t.same(one, ['getUser'])
})

t.test('an equal block is not placed twice, a different one is', async (t) => {
  const bench = await startBench(t)
  await block(bench, '2001')
  const [again, calls] = await bench.cost(block(bench, '2001'))
  t.match(again, { kind: 'done' })
  t.same(calls, ['getUser'])
  t.match(valueOf(await block(bench, '2001', { message: 'other' })).blocks, [{ own: true }, { own: true }])
  t.match(valueOf(await block(bench, '2002', { message: ' ', cardRetained: false })).blocks, [{ note: '[Circbridge]' }])
})

t.test('two blocks at the same time, under two identifiers, are both there', async (t) => {
  const bench = await startBench(t)
  bench.simulator.control.setFaults({ kind: 'delay-after', ms: 30, match: { operation: 'getUser' } })
  await Promise.all([block(bench, '2001', { message: 'one' }), block(bench, 'jdoe', { message: 'two' })])
  t.equal(valueOf(await bench.system.patrons.find('jdoe', makeCall())).blocks.length, 2)
})

t.test('law 4: a block and its lifting whose answers were lost are looked for', async (t) => {
  const bench = await startBench(t)
  const match = { operation: 'updateUser' }
  const { control } = bench.simulator
  control.setFaults({ kind: 'drop-before', match, times: 1 })
  t.match(await block(bench, '2001'), { kind: 'unavailable' })
  control.setFaults({ kind: 'drop-after', match, times: 1 })
  t.match(await block(bench, '2001'), { kind: 'done', value: { id: 'jdoe' } })
  control.setFaults({ kind: 'drop-before', match, times: 1 })
  t.match(await enable(bench, '2001'), { kind: 'unavailable' })
  control.setFaults({ kind: 'drop-after', match, times: 1 })
  t.match(await enable(bench, '2001'), { kind: 'done', value: { lifted: true, patron: { blocks: [] } } })
})

t.test('a blocked patron is lent nothing while Alma is away', async (t) => {
  const bench = await startBench(t)
  const { seen } = bench.circulation
  seen.remember('2001', valueOf(await bench.system.patrons.find('2001', makeCall())), undefined)
  t.ok(seen.isClear('jdoe', 60_000))
  await block(bench, '2001')
  t.notOk(seen.isClear('jdoe', 60_000))
})

t.test('refusals', async (t) => {
  const bench = await startBench(t)
  t.match(await block(bench, ''), { reason: 'patron-unknown' })
  t.match(await block(bench, 'nobody'), { reason: 'patron-unknown' })
  t.match(await enable(bench, ''), { reason: 'patron-unknown' })
  t.match(await enable(bench, 'nobody'), { reason: 'patron-unknown' })
  t.match(await block(bench, '2001', { as: { type: '', description: 'X' } }), { reason: 'not-configured' })
  t.match(await block(bench, '2001', { as: { type: 'GENERAL', description: 'NONE' } }), { reason: 'not-configured' })
  t.match(await block(bench, '2001', { as: { type: 'NONE', description: '03-CONDUCT' } }), { reason: 'not-configured' })
  const answer = { kind: 'answer', form: 'envelope', status: 400, match: { operation: 'updateUser' } } as const
  bench.simulator.control.setFaults({ ...answer, code: '401860' })
  t.match(await block(bench, '2001'), { kind: 'refused', reason: 'not-permitted' })
})

t.test('law 4: what nobody was told is only looked for', async (t) => {
  const bench = await startBench(t)
  const note = 'left without paying (card retained)'
  const pending = (kind: 'block-patron' | 'enable-patron'): PendingChange => ({
    entry: '1',
    kind,
    institution: '01TEST_INST',
    machine: 'kiosk',
    callId: 'message-1',
    details: { patron: '2001', block: kioskBlock, note },
    machineTime: undefined,
    happenedAt: new Date(),
    deadline: new Date(),
    state: 'unsettled',
    told: undefined,
    since: new Date(),
    attempts: 1,
  })
  const look = (kind: 'block-patron' | 'enable-patron') => lookFor(pending(kind), bench.circulation)
  t.match(await look('block-patron'), { kind: 'unavailable', cause: 'not-carried-out' })
  t.match(await look('enable-patron'), { kind: 'done' })
  await block(bench, '2001')
  t.match(await look('block-patron'), { kind: 'done' })
  t.match(await look('enable-patron'), { kind: 'unavailable', cause: 'not-carried-out' })
})
