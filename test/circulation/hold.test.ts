import t from 'tap'
import { changeHold } from '../../src/circulation/change-hold.ts'
import { type PlaceHoldInput, cancelHold, placeHold, refuseDayOver } from '../../src/circulation/hold.ts'
import { makeCall } from '../helpers/call.ts'
import { type Bench, startBench, titles, valueOf } from './alma-library.ts'

const main = { library: 'MAIN', circulationDesk: undefined }
const branchDesk = { library: 'BRANCH', circulationDesk: 'DESK' }

const place = ({ circulation, once }: Bench, wish: Partial<PlaceHoldInput> & Pick<PlaceHoldInput, 'target'>) =>
  placeHold(
    { patron: '2002', pickup: main, lastInterest: undefined, comment: '', ...wish, ...once() },
    circulation,
    makeCall(),
  )

const lend = ({ system }: Bench, patron: string, barcode: string) =>
  system.loans.create({ patron, barcode, place: { library: 'MAIN', circulationDesk: 'DESK' } }, makeCall())

/** At the desk of the staff, so that this bridge does not know. */
async function lendElsewhere({ simulator }: Bench, patron: string, barcode: string) {
  const response = await fetch(`${simulator.url}/almaws/v1/users/${patron}/loans?item_barcode=${barcode}`, {
    method: 'POST',
    headers: { authorization: `apikey ${simulator.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ circ_desk: { value: 'DESK' }, library: { value: 'MAIN' } }),
  })
  if (!response.ok) throw new Error(await response.text())
}

t.test('a hold on any copy of a title tells its place, its pickup and its end', async (t) => {
  const bench = await startBench(t)
  const wish = { target: { titleId: titles.first }, pickup: branchDesk, lastInterest: '2099-01-31' }
  const [first, calls] = await bench.cost(place(bench, wish))
  t.same(calls, ['createRequest'])
  t.match(valueOf(first), {
    patronId: 'max',
    titleId: titles.first,
    state: 'in-process',
    queuePosition: 1,
    pickup: { library: 'BRANCH', circulationDesk: 'DESK', name: 'Branch Library - Branch Desk' },
    lastInterest: '2099-01-31',
    expires: new Date('2099-01-31T22:59:59Z'),
  })
  t.match(valueOf(await place(bench, { ...wish, patron: '2001' })), { queuePosition: 2 })
  t.match(await place(bench, wish), { kind: 'refused', reason: 'hold-duplicate' })
})

t.test('a hold on a copy is on that copy, one on any copy of its title is not', async (t) => {
  const bench = await startBench(t)
  const target = { barcode: '3001' }
  const [copy, cold] = await bench.cost(place(bench, { target, copies: 'this' }))
  t.same(cold, ['findItemByBarcode', 'createRequest'])
  t.match(valueOf(copy), { itemBarcode: '3001' })
  const [any, warm] = await bench.cost(place(bench, { target, copies: 'any', patron: '2001' }))
  t.same(warm, ['createRequest'])
  t.match(valueOf(any), { titleId: titles.first, itemBarcode: '3003' }, 'the other copy that may be lent')
  t.match(await place(bench, { target: { titleId: titles.first }, copies: 'this' }), { reason: 'request-invalid' })
})

t.test('a hold on any copy at one library goes to the copy there that can be had', async (t) => {
  const bench = await startBench(t)
  const wish = { target: { titleId: titles.first }, copies: { library: 'BRANCH' } }
  const [placed, calls] = await bench.cost(place(bench, wish))
  t.match(valueOf(placed), { itemBarcode: '3003' }, 'the reference copy cannot be held')
  t.same(calls, ['listItems', 'createRequest', 'listTitleLoans', 'getItemRequestOptions', 'createRequest'])
  t.match(await place(bench, { ...wish, target: { titleId: titles.third }, patron: '2001' }), {
    reason: 'hold-not-possible',
  })
  const moon = { library: 'MOON', circulationDesk: undefined }
  t.match(await place(bench, { ...wish, copies: { library: 'MOON' } }), { reason: 'not-configured' })
  const named = { ...wish, copies: { library: 'MOON' }, pickup: moon }
  t.match(await place(bench, named), { reason: 'pickup-location-unknown' }, 'as of every other kind of hold')
})

t.test('a hold on what is on loan waits', async (t) => {
  const bench = await startBench(t)
  await lend(bench, '2001', '3004')
  t.match(valueOf(await place(bench, { target: { barcode: '3004' } })), { state: 'waiting', queuePosition: 1 })
  t.match(await place(bench, { target: { barcode: '3004' }, patron: '2001' }), { reason: 'hold-not-possible' })
})

t.test('each refusal of Alma has its reason', async (t) => {
  const bench = await startBench(t, { staleIndexMs: 0 })
  const target = { titleId: titles.first }
  const codes: Readonly<Record<string, string>> = {
    '401890': 'patron-unknown',
    '401861': 'patron-unknown',
    '401129': 'hold-not-possible',
    '401136': 'hold-duplicate',
    '401891': 'pickup-location-unknown',
    '401895': 'pickup-location-unknown',
    '60308': 'hold-not-possible',
    '60309': 'hold-not-possible',
    '60310': 'hold-not-possible',
    '60324': 'not-configured',
    '60325': 'pickup-location-unknown',
    '60326': 'pickup-location-unknown',
    '60327': 'pickup-location-unknown',
    '401684': 'hold-not-possible',
    '60328': 'item-unknown',
    '402203': 'item-unknown',
    '60330': 'request-invalid',
    '60331': 'hold-not-possible',
    '60340': 'not-permitted',
    '60258': 'not-configured',
    '401873': 'hold-not-possible',
  }
  for (const [code, reason] of Object.entries(codes)) {
    bench.simulator.control.setFaults({
      kind: 'answer',
      form: 'envelope',
      status: 400,
      code,
      match: { method: 'POST' },
    })
    t.match(await place(bench, { target }), { kind: 'refused', reason }, code)
  }
  bench.simulator.control.clearFaults()
  const nowhere = { library: 'MOON', circulationDesk: undefined }
  t.match(await place(bench, { target, pickup: nowhere }), { reason: 'pickup-location-unknown' })
  t.match(await place(bench, { target, patron: 'nobody' }), { reason: 'patron-unknown' })
  t.match(await place(bench, { target, patron: '' }), { reason: 'patron-unknown' })
})

t.test('a refusal right after a loan is waited out', async (t) => {
  const bench = await startBench(t)
  bench.simulator.control.setSwitches({ staleIndexSeconds: 2 })
  await lend(bench, '2001', '3004')
  const [placed, calls] = await bench.cost(place(bench, { target: { barcode: '3004' } }))
  t.match(valueOf(placed), { state: 'waiting' })
  t.equal(calls.filter((call) => call === 'createRequest').length, 4, 'pauses of 0.5, 1 and 2 seconds')
  t.equal(calls.length, 4, 'the loan was made here')
  for (const borrower of ['jdoe', '2001']) {
    const own = bench.cost(place(bench, { target: { barcode: '3004' }, patron: borrower }))
    t.match(
      await own,
      [{ reason: 'hold-not-possible' }, ['createRequest', 'getItemRequestOptions', 'getUser']],
      borrower,
    )
  }
})

t.test('a refusal right after a loan that was made elsewhere is waited out, stale options or not', async (t) => {
  for (const staleOptions of [true, false]) {
    const bench = await startBench(t)
    bench.simulator.control.setSwitches({ staleIndexSeconds: 2, staleOptions })
    await lendElsewhere(bench, 'jdoe', '3004')
    const [placed, calls] = await bench.cost(place(bench, { target: { titleId: titles.second } }))
    t.match(valueOf(placed), { state: 'waiting' })
    t.same([...new Set(calls)], ['createRequest', 'listTitleLoans'])
    t.match(await place(bench, { target: { barcode: '3004' }, patron: 'jdoe' }), { reason: 'hold-not-possible' }, 'own')
  }
})

t.test('a loan that was made long ago elsewhere explains no refusal', async (t) => {
  const bench = await startBench(t)
  bench.simulator.control.setSwitches({ staleIndexSeconds: 600 })
  await lendElsewhere(bench, 'jdoe', '3004')
  await bench.clock.sleep(7_000, new AbortController().signal)
  const before = bench.clock.monotonic()
  t.match(await place(bench, { target: { barcode: '3004' } }), { kind: 'refused', reason: 'hold-not-possible' })
  t.ok(bench.clock.monotonic() - before < 5_000, 'it is not waited for')
})

t.test('when the waiting is over, the last refusal is believed', async (t) => {
  const bench = await startBench(t)
  bench.simulator.control.setSwitches({ staleIndexSeconds: 600 })
  await lend(bench, '2001', '3004')
  const lent = bench.clock.monotonic()
  const [outcome, calls] = await bench.cost(place(bench, { target: { titleId: titles.second } }))
  t.match(outcome, { kind: 'refused', reason: 'hold-not-possible', evidence: /^401129/ })
  t.same(calls.filter((call) => call === 'createRequest').length, 6, 'after 0, 0.5, 1.5, 3.5, 5.5 and 6 seconds')
  t.ok(bench.clock.monotonic() - lent >= 6_000)
  await bench.system.items.scanIn('3004', { library: 'MAIN', circulationDesk: 'DESK' }, makeCall())
  const [, again] = await bench.cost(place(bench, { target: { titleId: titles.second }, patron: '2001' }))
  t.ok(again.filter((call) => call === 'createRequest').length > 1, 'a return counts too, of whoever had it')
})

t.test('law 1: the waiting ends in time for the reply, with what Alma said last', async (t) => {
  const bench = await startBench(t)
  bench.simulator.control.setSwitches({ staleIndexSeconds: 60 })
  await lend(bench, '2001', '3004')
  const wish = {
    target: { titleId: titles.second },
    patron: '2002',
    pickup: main,
    lastInterest: undefined,
    comment: '',
  }
  const call = makeCall({ deadline: bench.clock.monotonic() + 3_000 })
  const outcome = await placeHold({ ...wish, ...bench.once() }, bench.circulation, call)
  t.match(outcome, { kind: 'refused', reason: 'hold-not-possible', evidence: /^401129/ })
  t.ok(bench.clock.monotonic() < call.deadline)
})

t.test('law 4: an attempt that is lost while waiting is looked for', async (t) => {
  const bench = await startBench(t)
  bench.simulator.control.setSwitches({ staleIndexSeconds: 1 })
  await lend(bench, '2001', '3004')
  const late = {
    kind: 'answer',
    form: 'text',
    status: 500,
    executed: false,
    match: { operation: 'createRequest' },
  } as const
  const placing = place(bench, { target: { titleId: titles.second } })
  bench.simulator.control.setFaults({ ...late, times: 1 })
  t.match(await placing, { kind: 'unavailable', cause: 'timeout' }, 'a time-out is told where one was')
})

t.test('a refusal that is meant is told after a look at the loans, the options and the patron', async (t) => {
  const bench = await startBench(t)
  const [outcome, calls] = await bench.cost(place(bench, { target: { titleId: titles.third } }))
  t.match(outcome, { kind: 'refused', reason: 'hold-not-possible' })
  t.same(calls, ['createRequest', 'listTitleLoans', 'getTitleRequestOptions', 'getUser'])
})

t.test('a refusal of what Alma offers is one of the pickup place', async (t) => {
  const loan_rules = [{ library: 'MAIN', days: 28, pickup_libraries: ['MAIN'] }, { days: 28 }]
  const bench = await startBench(t, {}, { loan_rules })
  const target = { barcode: '3001' }
  const [outcome, calls] = await bench.cost(place(bench, { target, pickup: branchDesk }))
  t.match(outcome, { kind: 'refused', reason: 'pickup-location-unknown', evidence: /^401129/ })
  t.same(calls, ['findItemByBarcode', 'createRequest', 'listTitleLoans', 'getItemRequestOptions'])
  t.match(await place(bench, { target }), { kind: 'done' })
  const name = { patron: '2002', holdId: undefined, barcode: '3001', titleId: undefined }
  const move = { ...name, pickup: branchDesk, lastInterest: undefined, ...bench.once() }
  const moved = await changeHold(move, bench.circulation, makeCall())
  t.match(moved, { kind: 'refused', reason: 'pickup-location-unknown', evidence: /^401129/ })
  t.match(await place(bench, { target: { barcode: '3003' }, pickup: branchDesk }), { kind: 'done' }, 'another rule')
})

t.test('when the loans cannot be read the pickup place is not blamed', async (t) => {
  const bench = await startBench(t)
  const refusal = { kind: 'answer', form: 'envelope', status: 400, code: '401129' } as const
  const broken = { kind: 'answer', form: 'text', status: 500, match: { operation: 'listTitleLoans' } } as const
  bench.simulator.control.setFaults([{ ...refusal, match: { operation: 'createRequest' } }, broken])
  const outcome = await place(bench, { target: { titleId: titles.first } })
  t.match(outcome, { kind: 'refused', reason: 'hold-not-possible' })
})

t.test('a patron who may place no hold is told why', async (t) => {
  const users = [
    { primary_id: 'expired', last_name: 'E', barcode: '2003', expiry_date: '-30d' },
    { primary_id: 'blocked', last_name: 'B', barcode: '2004', user_block: [{ block_description: '02-LOST' }] },
    { primary_id: 'guest', last_name: 'G', barcode: '2005', user_role: [] },
    { primary_id: 'gone', last_name: 'O', barcode: '2006', status: 'INACTIVE' },
  ]
  const bench = await startBench(t, {}, { users, fees: [] })
  for (const [patron, reason] of [
    ['2003', 'patron-expired'],
    ['2004', 'patron-blocked'],
    ['2005', 'patron-not-eligible'],
    ['2006', 'patron-inactive'],
  ] as const) {
    const outcome = await place(bench, { target: { barcode: '3001' }, patron })
    t.match(outcome, { kind: 'refused', reason, evidence: /^401129/ })
  }
})

t.test('a last day that is over is refused and nothing is sent', async (t) => {
  const bench = await startBench(t)
  const days = (ms: number) => new Date(bench.clock.now().getTime() + ms * 86_400_000).toISOString().slice(0, 10)
  const target = { titleId: titles.first }
  const [added, none] = await bench.cost(place(bench, { target, lastInterest: days(-2) }))
  t.match(added, { kind: 'refused', reason: 'hold-day-over' })
  t.same(none, [])
  valueOf(await place(bench, { target, lastInterest: days(5) }))
  const name = { patron: '2002', holdId: undefined, barcode: undefined, titleId: titles.first, pickup: undefined }
  const change = (lastInterest: string) =>
    bench.cost(changeHold({ ...name, lastInterest, ...bench.once() }, bench.circulation, makeCall()))
  t.match(await change(days(-2)), [{ kind: 'refused', reason: 'hold-day-over' }, []])
  t.equal(bench.simulator.control.store.requests.size, 1)
  t.match(await change(days(9)), [{ kind: 'done', value: { lastInterest: days(9) } }, {}], 'it is still there')
})

t.test('the last day counts until midnight at the library', async (t) => {
  const bench = await startBench(t)
  const vienna = new Date('2026-03-01T23:30:00Z')
  const clock = { ...bench.clock, now: () => vienna }
  const on = (lastInterest: string) => refuseDayOver(lastInterest, { ...bench.circulation, clock })
  t.match(on('2026-03-01'), { reason: 'hold-day-over' }, 'it is the second of March there')
  t.equal(on('2026-03-02'), undefined)
})

t.test('a title that names several holds is ambiguous', async (t) => {
  const title = { title: 'Same Words', library: 'MAIN', location: 'STACKS' }
  const items = [
    { ...title, barcode: '4001', mms_id: titles.first },
    { ...title, barcode: '4002', mms_id: titles.second },
    { ...title, barcode: '4003', mms_id: titles.third },
    { ...title, barcode: '4004', mms_id: titles.third },
    { ...title, barcode: '4005', mms_id: titles.third },
  ]
  const bench = await startBench(t, {}, { items })
  for (const barcode of ['4001', '4002', '4003', '4004']) await place(bench, { target: { barcode }, copies: 'this' })
  const name = { patron: '2002', holdId: undefined, barcode: undefined, titleId: undefined }
  const cancel = (named: object) =>
    cancelHold({ ...name, note: '', ...named, ...bench.once() }, bench.circulation, makeCall())
  const move = (named: object) =>
    changeHold(
      { ...name, pickup: branchDesk, lastInterest: undefined, ...named, ...bench.once() },
      bench.circulation,
      makeCall(),
    )
  for (const named of [{ titleId: 'Same Words' }, { titleId: titles.third }, { barcode: '4005' }]) {
    t.match(await cancel(named), { kind: 'refused', reason: 'hold-ambiguous' })
    t.match(await move(named), { kind: 'refused', reason: 'hold-ambiguous' })
  }
  t.equal(bench.simulator.control.store.userByPrimaryId('max')?.requests.size, 4)
  t.match(await cancel({ titleId: titles.first }), { kind: 'done', value: { itemBarcode: '4001' } })
  t.match(await cancel({ barcode: '4003' }), { kind: 'done', value: { itemBarcode: '4003' } }, 'that copy')
  t.match(
    await cancel({ barcode: '4005' }),
    { kind: 'done', value: { itemBarcode: '4004' } },
    'the only one on the title',
  )
  t.match(await cancel({ titleId: 'Same Words' }), { kind: 'done', value: { itemBarcode: '4002' } })
})

t.test('law 4: a hold whose answer was lost is found, and placed once', async (t) => {
  const bench = await startBench(t)
  for (const wish of [
    { target: { barcode: '3004' }, copies: 'any' as const },
    { target: { titleId: titles.first }, copies: { library: 'MAIN' } },
  ]) {
    const lost = { kind: 'drop-after', match: { operation: 'createRequest' }, times: 1 } as const
    bench.simulator.control.setFaults(lost)
    t.match(await place(bench, wish), { kind: 'done', value: { patronId: 'max' } })
  }
  t.equal(bench.simulator.control.store.requests.size, 2)
})

t.test('a hold is changed and nothing else of it', async (t) => {
  const bench = await startBench(t)
  const placed = valueOf(
    await place(bench, { target: { barcode: '3001' }, comment: 'keep me', lastInterest: '2099-01-31' }),
  )
  const path = `/users/max/requests/${placed.id}`
  const before = await bench.read(path)
  const name = { holdId: undefined, barcode: '3001', titleId: undefined }
  const change = (to: Partial<Parameters<typeof changeHold>[0]>) =>
    changeHold(
      { patron: '2002', ...name, pickup: undefined, lastInterest: undefined, ...to, ...bench.once() },
      bench.circulation,
      makeCall(),
    )
  const [moved, calls] = await bench.cost(change({ pickup: branchDesk }))
  t.same(calls, ['listRequests', 'getRequest', 'updateRequest'])
  t.match(valueOf(moved), { id: placed.id, pickup: branchDesk, lastInterest: '2099-01-31' })
  const [again, one] = await bench.cost(change({ pickup: branchDesk }))
  t.match(again, { kind: 'done' })
  t.same(one, ['listRequests'], 'it is so already')
  t.match(await change({ pickup: main, lastInterest: '2099-02-28' }), { value: { lastInterest: '2099-02-28' } })
  t.same(await bench.read(path), { ...before, last_interest_date: '2099-02-28Z' })

  t.match(await change({ pickup: { library: 'MOON', circulationDesk: undefined } }), {
    reason: 'pickup-location-unknown',
  })
  t.match(await change({}), { reason: 'request-invalid' })
  t.match(await change({ pickup: branchDesk, barcode: '3004' }), { reason: 'hold-unknown' })
  t.match(await change({ pickup: branchDesk, patron: '' }), { reason: 'patron-unknown' })
})

t.test('law 4: a change of a hold whose answer was lost is looked for', async (t) => {
  const bench = await startBench(t)
  await place(bench, { target: { titleId: titles.first } })
  const name = { holdId: undefined, barcode: undefined, titleId: titles.first }
  const change = { patron: '2002', ...name, pickup: branchDesk, lastInterest: undefined }
  const match = { operation: 'updateRequest' }
  bench.simulator.control.setFaults({ kind: 'drop-before', match, times: 1 })
  t.match(await changeHold({ ...change, ...bench.once() }, bench.circulation, makeCall()), { kind: 'unavailable' })
  bench.simulator.control.setFaults({ kind: 'drop-after', match, times: 1 })
  t.match(await changeHold({ ...change, ...bench.once() }, bench.circulation, makeCall()), {
    kind: 'done',
    value: { pickup: branchDesk },
  })
})

t.test('a hold on a title is cancelled by the barcode of any of its copies', async (t) => {
  const bench = await startBench(t)
  await place(bench, { target: { titleId: titles.first } })
  await place(bench, { target: { barcode: '3004' } })
  const cancel = (barcode: string) =>
    cancelHold(
      { patron: '2002', holdId: undefined, barcode, titleId: undefined, note: '', ...bench.once() },
      bench.circulation,
      makeCall(),
    )
  t.match(await cancel('3003'), { kind: 'done', value: { titleId: titles.first } })
  t.match(await cancel('3003'), { reason: 'hold-unknown' })
  t.match(await cancel('nothing'), { reason: 'hold-unknown' })
  t.match(await cancel('3004'), { kind: 'done', value: { itemBarcode: '3004' } })
})

/** A call whose deadline passes while it is looked whether a change was made. */
function outOfTime({ circulation, clock }: Bench) {
  const deadline = new AbortController()
  const sleep = async () => deadline.abort()
  return [{ ...circulation, clock: { ...clock, sleep } }, makeCall({ signal: deadline.signal })] as const
}

t.test('law 4: a hold on a title that was named by a copy is not told cancelled while it is there', async (t) => {
  const bench = await startBench(t)
  await place(bench, { target: { titleId: titles.first } })
  const name = { patron: '2002', holdId: undefined, barcode: '3003', titleId: undefined, note: '' }
  const event = { ...name, ...bench.once() }
  bench.simulator.control.setFaults({ kind: 'drop-before', match: { operation: 'cancelRequest' }, times: 1 })
  t.match(await cancelHold(event, ...outOfTime(bench)), { kind: 'unknown' })
  const cancelAgain = () => cancelHold(event, bench.circulation, makeCall())
  t.match(await cancelAgain(), { kind: 'unknown' }, 'it may be another than the one that was cancelled before')
  const anew = await cancelHold({ ...name, ...bench.once() }, bench.circulation, makeCall())
  t.match(anew, { kind: 'done', value: { titleId: titles.first } })
  t.match(await cancelAgain(), { kind: 'done' }, 'there is none any more')
})

t.test('law 4: what was done before midnight is found after it, and what was not is not done any more', async (t) => {
  const bench = await startBench(t)
  const tomorrow = new Date(bench.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10)
  const wish = { patron: '2002', target: { titleId: titles.first }, pickup: main, comment: '' }
  const event = { ...wish, lastInterest: tomorrow, ...bench.once() }
  const match = { operation: 'createRequest' }
  bench.simulator.control.setFaults({ kind: 'drop-before', match, times: 1 })
  t.match(await placeHold(event, ...outOfTime(bench)), { kind: 'unknown' })
  await bench.clock.sleep(3 * 86_400_000, new AbortController().signal)
  const [again, calls] = await bench.cost(placeHold(event, bench.circulation, makeCall()))
  t.match(again, { kind: 'refused', reason: 'hold-day-over' })
  t.notOk(calls.includes('createRequest'))
})

t.test('law 4: a title that names several holds by now tells nothing of the one before', async (t) => {
  const title = { title: 'Same Words', library: 'MAIN', location: 'STACKS' }
  const items = [
    { ...title, barcode: '4001', mms_id: titles.first },
    { ...title, barcode: '4002', mms_id: titles.second },
  ]
  const bench = await startBench(t, {}, { items })
  await place(bench, { target: { barcode: '4001' } })
  const name = { patron: '2002', holdId: undefined, barcode: undefined, titleId: 'Same Words' }
  const cancel = { ...name, note: '', ...bench.once() }
  const move = { ...name, pickup: branchDesk, lastInterest: undefined, ...bench.once() }
  const lose = (operation: string) =>
    bench.simulator.control.setFaults({ kind: 'drop-before', match: { operation }, times: 1 })
  lose('cancelRequest')
  t.match(await cancelHold(cancel, ...outOfTime(bench)), { kind: 'unknown' })
  lose('updateRequest')
  t.match(await changeHold(move, ...outOfTime(bench)), { kind: 'unknown' })
  await place(bench, { target: { barcode: '4002' } })
  t.match(await cancelHold(cancel, bench.circulation, makeCall()), { kind: 'unknown' })
  t.match(await changeHold(move, bench.circulation, makeCall()), { kind: 'unknown' })
  t.equal(bench.simulator.control.store.userByPrimaryId('max')?.requests.size, 2)
})

t.test('law 4: a change of a hold on a title that was named by a copy is looked for and made', async (t) => {
  const bench = await startBench(t)
  await place(bench, { target: { titleId: titles.first } })
  const name = { patron: '2002', holdId: undefined, barcode: '3003', titleId: undefined }
  const event = { ...name, pickup: branchDesk, lastInterest: undefined, ...bench.once() }
  bench.simulator.control.setFaults({ kind: 'drop-before', match: { operation: 'updateRequest' }, times: 1 })
  t.match(await changeHold(event, ...outOfTime(bench)), { kind: 'unknown' })
  t.match(await changeHold(event, bench.circulation, makeCall()), { kind: 'done', value: { pickup: branchDesk } })
})
