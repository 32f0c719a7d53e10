import t from 'tap'
import { changeHold } from '../../src/circulation/change-hold.ts'
import { type PlaceHoldInput, cancelHold, placeHold } from '../../src/circulation/hold.ts'
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
  t.same(calls, ['listItems', 'createRequest', 'getItemRequestOptions', 'createRequest'])
  t.match(await place(bench, { ...wish, target: { titleId: titles.third }, patron: '2001' }), {
    reason: 'hold-not-possible',
  })
  t.match(await place(bench, { ...wish, copies: { library: 'MOON' } }), { reason: 'not-configured' })
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
  t.notOk(calls.includes('getItemRequestOptions'), 'the loan was made here')
  const own = bench.cost(place(bench, { target: { barcode: '3004' }, patron: 'jdoe' }))
  t.match(await own, [{ reason: 'hold-not-possible' }, ['createRequest', 'getItemRequestOptions']], 'who has it')
})

t.test('a refusal that the options contradict is waited out, whoever made the loan', async (t) => {
  const bench = await startBench(t)
  bench.simulator.control.setSwitches({ staleIndexSeconds: 2, staleOptions: false })
  const store = bench.simulator.control.store
  const stale = (ms: number) => {
    const bib = store.bib(titles.second)
    if (bib) bib.indexStaleUntil = store.now() + ms
  }
  stale(1_000)
  const [placed, calls] = await bench.cost(place(bench, { target: { titleId: titles.second } }))
  t.match(placed, { kind: 'done' })
  t.same(calls, ['createRequest', 'getTitleRequestOptions', 'createRequest', 'createRequest'])
  stale(600_000)
  const [refused] = await bench.cost(place(bench, { target: { titleId: titles.second }, patron: '2001' }))
  t.match(refused, { kind: 'refused', reason: 'hold-not-possible' }, 'but not for ever')
})

t.test('a refusal that is meant is told after one look at the options', async (t) => {
  const bench = await startBench(t)
  const [refused, calls] = await bench.cost(place(bench, { target: { titleId: titles.third } }))
  t.match(refused, { kind: 'refused', reason: 'hold-not-possible' })
  t.same(calls, ['createRequest', 'getTitleRequestOptions'])
})

t.test('law 1: the waiting ends in time for the reply, and says that trying again helps', async (t) => {
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
  t.match(outcome, { kind: 'unavailable', cause: 'timeout', evidence: /^401129/ })
  t.ok(bench.clock.monotonic() < call.deadline)
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

t.test('law 4: a change of a hold on a title that was named by a copy is looked for and made', async (t) => {
  const bench = await startBench(t)
  await place(bench, { target: { titleId: titles.first } })
  const name = { patron: '2002', holdId: undefined, barcode: '3003', titleId: undefined }
  const event = { ...name, pickup: branchDesk, lastInterest: undefined, ...bench.once() }
  bench.simulator.control.setFaults({ kind: 'drop-before', match: { operation: 'updateRequest' }, times: 1 })
  t.match(await changeHold(event, ...outOfTime(bench)), { kind: 'unknown' })
  t.match(await changeHold(event, bench.circulation, makeCall()), { kind: 'done', value: { pickup: branchDesk } })
})
