import t, { type Test } from 'tap'
import { startAlmaSimulator, type AlmaSimulator } from '../../simulators/alma/simulator.ts'
import { type AlmaConfig, almaDefaults } from '../../src/alma/config.ts'
import { type AlmaSystem, createAlmaSystem } from '../../src/alma/system.ts'
import type { Outcome } from '../../src/circulation/outcome.ts'
import type { Call } from '../../src/circulation/ports.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { makeCall, makeConfig } from './sample-config.ts'
import { sendJson, startScriptedAlma } from './scripted-alma.ts'

const desk = { library: 'MAIN', circulationDesk: 'DESK' }
const branch = { library: 'BRANCH', circulationDesk: 'DESK' }
const page = { offset: 0, limit: 10 }

const library = {
  institution: { code: '01TEST_INST', name: 'Test', time_zone: 'Europe/Vienna', currency: 'EUR' },
  code_tables: { UserBlockTypes: { CASH: { description: 'Cash', enabled: false } } },
  libraries: [
    {
      code: 'MAIN',
      name: 'Main Library',
      default_location: 'STACKS',
      locations: [
        { code: 'STACKS', name: 'Open Stacks' },
        { code: 'RARE', name: 'Rare Books' },
      ],
      circ_desks: [
        { code: 'DESK', name: 'Main Desk', has_hold_shelf: true, location: [{ location_code: 'STACKS' }] },
        { code: 'RETURNS', name: 'Book Drop', location: [{ location_code: 'STACKS', check_out: false }] },
      ],
    },
    {
      code: 'BRANCH',
      name: 'Branch Library',
      default_location: 'OPEN',
      locations: [{ code: 'OPEN', name: 'Open Shelves' }],
      circ_desks: [{ code: 'DESK', name: 'Branch Desk', has_hold_shelf: true }],
    },
  ],
  loan_rules: [
    { policy: 'FIXED', fixed_due_date: '+14d' },
    { days: 28, max_renewals: 1 },
  ],
  users: [
    {
      primary_id: 'jdoe',
      first_name: 'Jane',
      last_name: 'Doe',
      barcode: '2001',
      account_type: 'INTERNAL',
      password: 'pa ss/wört',
    },
    { primary_id: 'max', first_name: 'Max', last_name: 'Muster', barcode: '2002' },
    {
      primary_id: 'blocked',
      last_name: 'Blocked',
      barcode: '2003',
      user_block: [{ block_type: 'GENERAL', block_description: '02-LOST', block_note: 'ask Mrs Private' }],
    },
    { primary_id: 'expired', last_name: 'Expired', barcode: '2004', expiry_date: '-30d' },
  ],
  items: [
    { barcode: '3001', title: 'First book', author: 'Author, A.', library: 'MAIN', location: 'STACKS' },
    { barcode: '3002', title: 'Second book', library: 'MAIN', location: 'STACKS' },
    { barcode: '3003', title: 'Third book', library: 'MAIN', location: 'STACKS' },
    { barcode: '3004', title: 'Rare book', library: 'MAIN', location: 'RARE' },
    { barcode: '3005', title: 'Branch book', library: 'BRANCH', location: 'OPEN' },
  ],
  fees: [
    { user_primary_id: 'jdoe', id: '500', type: 'OVERDUEFINE', original_amount: 2.1, creation_time: '-10d' },
    { user_primary_id: 'jdoe', id: '501', type: 'OTHER', original_amount: 5, creation_time: '-20d' },
  ],
}

interface Bench {
  readonly simulator: AlmaSimulator
  readonly system: AlmaSystem
  /** Runs a step and tells which calls it cost. */
  readonly cost: <T>(step: Promise<T>) => Promise<readonly [T, readonly string[]]>
}

async function start(t: Test, changes: Partial<AlmaConfig> = {}): Promise<Bench> {
  const simulator = await startAlmaSimulator({ data: library, perSecond: 'none' })
  const config = makeConfig(simulator.url, { apiKey: simulator.apiKey, ...changes })
  const system = createAlmaSystem(config, { clock: systemClock })
  t.teardown(async () => {
    await system.close()
    await simulator.close()
  })
  return {
    simulator,
    system,
    cost: async (step) => {
      simulator.control.clearCalls()
      const value = await step
      return [value, simulator.control.calls().map((call) => `${call.method} ${call.template}`)]
    },
  }
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome.value
}

const itemPath = '/bibs/{mms_id}/holdings/{holding_id}/items/{item_pid}'

t.test('a patron costs one call, by any identifier', async (t) => {
  const { system, cost } = await start(t)
  const [found, calls] = await cost(system.patrons.find('2001', makeCall()))
  t.same(calls, ['GET /users/{user_id}'])
  t.match(found, {
    kind: 'done',
    value: {
      id: 'jdoe',
      name: { first: 'Jane', last: 'Doe' },
      active: true,
      mayBorrow: true,
      counts: { loans: 0, holds: 0 },
      balance: { minor: 710, currency: 'EUR' },
    },
  })
  t.match(await system.patrons.find('nobody', makeCall()), { kind: 'refused', reason: 'patron-unknown' })
  t.match(await system.patrons.find('..', makeCall()), { kind: 'refused', reason: 'patron-unknown' })
  const blocked = valueOf(await system.patrons.find('2003', makeCall()))
  t.match(blocked.blocks, [{ code: '02-LOST', forbids: { loan: true } }])
})

t.test('a password is checked by Alma', async (t) => {
  const { system, simulator, cost } = await start(t)
  const [right, calls] = await cost(system.patrons.verifyPassword('jdoe', 'pa ss/wört', makeCall()))
  t.same(right, { kind: 'done', value: true })
  t.same(calls, ['POST /users/{user_id}'])
  simulator.control.setSwitches({ authSuccessStatus: 200 })
  t.match(await system.patrons.verifyPassword('jdoe', 'pa ss/wört', makeCall()), { kind: 'done' })
  t.match(await system.patrons.verifyPassword('jdoe', 'wrong', makeCall()), {
    kind: 'refused',
    reason: 'patron-pin-wrong',
  })
})

t.test('a loan, its renewal and its return cost one call each', async (t) => {
  const { system, cost } = await start(t)
  const [lent, lending] = await cost(system.loans.create({ patron: '2001', barcode: '3001', place: desk }, makeCall()))
  t.same(lending, ['POST /users/{user_id}/loans'])
  const loan = valueOf(lent)
  t.match(loan, {
    patronId: 'jdoe',
    itemBarcode: '3001',
    title: /First book/,
    state: 'normal',
    itemIds: { titleId: String },
  })

  const [found, finding] = await cost(system.loans.ofItem('3001', makeCall()))
  t.same(finding, [`GET ${itemPath}/loans`], 'the loan told the ids')
  t.equal(valueOf(found)?.id, loan.id)

  const due = new Date(Date.now() + 5 * 86_400_000)
  const [moved, moving] = await cost(system.loans.setDueDate({ patronId: 'jdoe', loanId: loan.id, due }, makeCall()))
  t.same(moving, ['PUT /users/{user_id}/loans/{loan_id}'])
  t.equal(valueOf(moved).due?.getTime(), Math.floor(due.getTime() / 1_000) * 1_000)

  const [renewed, renewing] = await cost(system.loans.renew({ patronId: 'jdoe', loanId: loan.id }, makeCall()))
  t.same(renewing, ['POST /users/{user_id}/loans/{loan_id}'])
  t.ok((valueOf(renewed).due ?? 0) > due)
  t.ok(valueOf(renewed).renewedAt)

  const [list, listing] = await cost(system.loans.ofPatron('jdoe', page, makeCall()))
  t.same(listing, ['GET /users/{user_id}/loans'])
  t.match(valueOf(list), { total: 1, entries: [{ id: loan.id, renewable: false }] })

  const [scanned, scanning] = await cost(system.items.scanIn('3001', desk, makeCall()))
  t.same(scanning, [`POST ${itemPath}`])
  t.match(valueOf(scanned), {
    item: { barcode: '3001', state: 'available' },
    routing: { to: 'shelf', destination: 'Open Stacks', reason: 'none' },
  })
  t.same(await system.loans.ofItem('3001', makeCall()), { kind: 'done', value: undefined })
})

t.test('refusals have their reasons', async (t) => {
  const { system } = await start(t)
  const lend = (patron: string, barcode: string, place = desk) =>
    system.loans.create({ patron, barcode, place }, makeCall())
  await lend('2001', '3001')
  const cases: readonly [Promise<Outcome<unknown>>, string][] = [
    [lend('2001', '3001'), 'item-on-loan-to-patron'],
    [lend('nobody', '3002'), 'patron-unknown'],
    [lend('2001', 'nothing'), 'item-unknown'],
    [lend('2001', ''), 'item-unknown'],
    [lend('2001', '3004'), 'item-not-loanable-here'],
    [lend('2003', '3002'), 'patron-blocked'],
    [lend('2004', '3002'), 'patron-expired'],
    [system.loans.renew({ patronId: 'jdoe', loanId: '1' }, makeCall()), 'loan-unknown'],
    [system.items.find('nothing', makeCall()), 'item-unknown'],
    [system.items.scanIn('nothing', desk, makeCall()), 'item-unknown'],
    [system.items.scanIn('3002', { library: 'MAIN', circulationDesk: 'NOWHERE' }, makeCall()), 'not-configured'],
  ]
  for (const [outcome, reason] of cases) t.match(await outcome, { kind: 'refused', reason }, reason)
  const blocked = await lend('2003', '3002')
  t.match(blocked, { text: /\S/ })
  t.notMatch(JSON.stringify(blocked), /Private/)
})

t.test('an item costs one call more while its ids are not known', async (t) => {
  const { system, cost } = await start(t)
  const [first, cold] = await cost(system.items.find('3001', makeCall()))
  t.same(cold, ['GET /items', `GET ${itemPath}`])
  t.match(valueOf(first), { barcode: '3001', state: 'available', owningLibrary: { code: 'MAIN' }, requested: false })
  const [, warm] = await cost(system.items.find('3001', makeCall()))
  t.same(warm, [`GET ${itemPath}`])
  const [ids, none] = await cost(system.items.identify('3001', makeCall()))
  t.same(none, [])
  t.same(valueOf(ids), valueOf(first).ids)
  const [, coldScan] = await cost(system.items.scanIn('3002', desk, makeCall()))
  t.same(coldScan, ['GET /items', `POST ${itemPath}`])
})

t.test('ids that are no longer true are looked up again, once', async (t) => {
  const { system, simulator, cost } = await start(t)
  await system.items.identify('3001', makeCall())
  const stale = {
    kind: 'answer',
    form: 'envelope',
    status: 400,
    code: '40166411',
    match: { method: 'POST', path: itemPath },
  } as const
  simulator.control.setFaults({ ...stale, times: 1 })
  const [scanned, calls] = await cost(system.items.scanIn('3001', desk, makeCall()))
  t.match(scanned, { kind: 'done' })
  t.same(calls, [`POST ${itemPath}`, 'GET /items', `POST ${itemPath}`])
  simulator.control.setFaults(stale)
  const [refused, again] = await cost(system.items.scanIn('3001', desk, makeCall()))
  t.match(refused, { kind: 'refused', reason: 'not-configured' })
  t.equal(again.length, 3)
})

t.test('a copy without a holding keeps the ids it was asked by, an answer without a copy is none', async (t) => {
  const item = { bib_data: { title: 'Book' }, holding_data: {}, item_data: { pid: '3', barcode: '3001' } }
  const alma = await startScriptedAlma((request, response) => {
    if (request.url.includes('/items?'))
      response.writeHead(302, { location: '/almaws/v1/bibs/1/holdings/2/items/3' }).end()
    else sendJson(response, item)
  })
  const system = createAlmaSystem(makeConfig(alma.url), { clock: systemClock })
  t.teardown(async () => {
    await system.close()
    await alma.close()
  })
  t.match(await system.items.scanIn('3001', desk, makeCall()), {
    value: { item: { ids: { titleId: '1', holdingId: '2', itemId: '3' } }, routing: { to: 'unknown' } },
  })
  item.item_data.barcode = '3999'
  t.match(await system.items.find('3001', makeCall()), { value: { barcode: '3999' } })
  const before = alma.seen.length
  await system.items.find('3001', makeCall())
  t.equal(alma.seen.length - before, 2, 'the barcode is looked up anew')
  alma.answer((_request, response) => sendJson(response, { hello: 'world' }))
  t.match(await system.items.scanIn('3999', desk, makeCall()), { kind: 'unknown', evidence: 'BAD_ANSWER' })
  t.match(await system.items.find('3999', makeCall()), { kind: 'unavailable', cause: 'internal' })
  t.match(await system.items.find('9999', makeCall()), { kind: 'unavailable', cause: 'internal' })
  t.match(await system.patrons.find('jdoe', makeCall()), { kind: 'unavailable', cause: 'internal' })
  t.match(await system.loans.ofPatron('jdoe', page, makeCall()), { kind: 'unavailable', cause: 'internal' })
  t.match(await system.fees.ofPatron('jdoe', makeCall()), { kind: 'unavailable', cause: 'internal' })
  t.match(await system.loans.create({ patron: 'jdoe', barcode: '3001', place: desk }, makeCall()), { kind: 'unknown' })
  const payment = {
    patronId: 'jdoe',
    amount: { minor: 1, currency: 'EUR' },
    method: 'cash',
    externalTransactionId: 'x',
  } as const
  t.match(await system.fees.pay({ ...payment, feeId: undefined }, makeCall()), { kind: 'unknown' })
  t.match(await system.fees.pay({ ...payment, feeId: '5' }, makeCall()), { kind: 'unknown' })
})

t.test('law 4: a change whose answer was lost is unknown, was sent once, and can be read back', async (t) => {
  const { system, simulator, cost } = await start(t)
  await system.items.identify('3002', makeCall())
  simulator.control.setFaults({ kind: 'drop-after', match: { method: 'POST' } })
  const [lent, lending] = await cost(system.loans.create({ patron: 'jdoe', barcode: '3001', place: desk }, makeCall()))
  t.match(lent, { kind: 'unknown' })
  t.equal(lending.length, 1)
  const loan = valueOf(await system.loans.ofItem('3001', makeCall()))
  t.match(loan, { patronId: 'jdoe' })

  const [scanned, scanning] = await cost(system.items.scanIn('3002', desk, makeCall()))
  t.match(scanned, { kind: 'unknown' })
  t.equal(scanning.length, 1)

  const payment = {
    patronId: 'jdoe',
    feeId: undefined,
    amount: { minor: 600, currency: 'EUR' },
    method: 'cash',
    externalTransactionId: 'BK-1',
  } as const
  const since = new Date(Date.now() - 60_000)
  const [paid, paying] = await cost(system.fees.pay(payment, makeCall()))
  t.match(paid, { kind: 'unknown' })
  t.equal(paying.length, 1)
  const search = { patronId: 'jdoe', externalTransactionId: 'BK-1', since }
  const [found, finding] = await cost(system.fees.findPayments(search, makeCall()))
  t.same(finding, ['GET /users/{user_id}/fees', 'GET /users/{user_id}/fees'])
  const parts = valueOf(found).map((part) => part.amount.minor)
  t.same(
    parts.toSorted((a, b) => a - b),
    [100, 500],
    'over a closed fee and an open one',
  )
  t.same(valueOf(await system.fees.findPayments({ ...search, externalTransactionId: 'BK-2' }, makeCall())), [])
  const later = { ...search, since: new Date(Date.now() + 60_000) }
  t.same(valueOf(await system.fees.findPayments(later, makeCall())), [])
})

t.test('law 4: a scan that Alma says failed after it was made is unknown', async (t) => {
  const { system, simulator, cost } = await start(t)
  await system.loans.create({ patron: 'jdoe', barcode: '3001', place: desk }, makeCall())
  simulator.control.setFaults({ kind: 'execute-then-402504' })
  const [scanned, calls] = await cost(system.items.scanIn('3001', desk, makeCall()))
  t.match(scanned, { kind: 'unknown', evidence: /^402504/ })
  t.equal(calls.length, 1)
})

t.test('law 4: bodies of every kind behind an error', async (t) => {
  const { system, simulator } = await start(t, { breaker: { failures: 1_000, probeEveryMs: 60_000 } })
  const create = () => system.loans.create({ patron: 'jdoe', barcode: '3001', place: desk }, makeCall())
  const forms = [
    ['text', 500, 'unknown'],
    ['html', 502, 'unknown'],
    ['empty', 503, 'unknown'],
    ['xml-ampersand', 500, 'unknown'],
    ['html-401', 401, 'unavailable'],
  ] as const
  for (const [form, status, kind] of forms) {
    simulator.control.setFaults({ kind: 'answer', form, status, executed: false })
    t.match(await create(), { kind }, form)
    t.match(await system.patrons.find('jdoe', makeCall()), { kind: 'unavailable' }, form)
  }
  simulator.control.setFaults({ kind: 'answer', form: 'bare-error', status: 400, code: '401153' })
  t.match(await create(), { kind: 'refused', reason: 'item-not-loanable-here' })
  simulator.control.setFaults({ kind: 'answer', form: 'gateway-xml', status: 503, code: 'ROUTING_ERROR' })
  t.match(await create(), { kind: 'unavailable', cause: 'offline' })
  simulator.control.setFaults({ kind: 'threshold', which: 'second', times: 1 })
  t.match(await create(), { kind: 'done' }, 'a 429 was not executed and is sent again')
})

t.test('an answer that comes in small pieces is read, a slow one is given up', async (t) => {
  const limits = { ...almaDefaults.limits, callTimeoutMs: 300, attempts: 1 }
  const { system, simulator } = await start(t, { limits })
  simulator.control.setFaults({ kind: 'slow', bytes: 400, ms: 1 })
  t.match(await system.patrons.find('jdoe', makeCall()), { kind: 'done' })
  simulator.control.setFaults({ kind: 'delay-before', ms: 500 })
  t.match(await system.patrons.find('jdoe', makeCall()), { kind: 'unavailable', cause: 'timeout' })
  t.match(await system.loans.create({ patron: 'jdoe', barcode: '3001', place: desk }, makeCall()), { kind: 'unknown' })
})

t.test('a renewal that was answered and did not renew is refused', async (t) => {
  const { system, simulator } = await start(t)
  const loan = valueOf(await system.loans.create({ patron: 'jdoe', barcode: '3001', place: desk }, makeCall()))
  simulator.control.setSwitches({ renewButNot200: true })
  const renewal = { patronId: 'jdoe', loanId: loan.id }
  t.match(await system.loans.renew(renewal, makeCall()), {
    kind: 'refused',
    reason: 'renewal-refused',
    evidence: /^4011/,
  })
  simulator.control.setSwitches({ renewButNot200: false })
  await system.loans.setDueDate({ ...renewal, due: new Date(Date.now() + 86_400_000) }, makeCall())
  t.match(await system.loans.renew(renewal, makeCall()), { kind: 'done' })
  t.match(
    await system.loans.renew(renewal, makeCall()),
    { kind: 'refused', reason: 'renewal-refused' },
    'the limit is one',
  )
})

t.test('without a status the due date alone tells whether a renewal renewed', async (t) => {
  const options = { ...almaDefaults.options, renewal: { requireLaterDue: true, requireStatus: false } }
  const { system, simulator } = await start(t, { options })
  const loan = valueOf(await system.loans.create({ patron: 'jdoe', barcode: '3001', place: desk }, makeCall()))
  simulator.control.setSwitches({ renewButNot200: true })
  const renewal = { patronId: 'jdoe', loanId: loan.id }
  t.match(await system.loans.renew(renewal, makeCall()), { kind: 'refused', evidence: 'DUE_DATE_NOT_LATER' })
})

t.test('holds are placed on titles and copies, routed, listed and cancelled', async (t) => {
  const { system, cost } = await start(t)
  const item = valueOf(await system.items.find('3001', makeCall()))
  const hold = {
    patronId: 'max',
    pickup: { library: 'BRANCH', circulationDesk: undefined },
    lastInterest: undefined,
    comment: '',
  }
  const [placed, placing] = await cost(
    system.holds.create({ ...hold, target: { titleId: item.ids?.titleId ?? '' }, comment: 'from kiosk' }, makeCall()),
  )
  t.same(placing, ['POST /users/{user_id}/requests'])
  t.match(valueOf(placed), { patronId: 'max', titleId: item.ids?.titleId, pickup: { library: 'BRANCH' } })
  t.match(await system.holds.create({ ...hold, target: { titleId: item.ids?.titleId ?? '' } }, makeCall()), {
    kind: 'refused',
    reason: 'hold-duplicate',
  })
  const copy = { ...hold, target: { barcode: '3002' }, lastInterest: '2099-01-31', pickup: desk }
  const [second, cold] = await cost(system.holds.create(copy, makeCall()))
  t.same(cold, ['GET /items', 'POST /users/{user_id}/requests'])
  t.same(valueOf(second).expires, new Date('2099-01-31T22:59:59Z'))

  const ids = valueOf(await system.items.identify('3001', makeCall()))
  const [queue, counting] = await cost(system.items.queueLength(ids, makeCall()))
  t.equal(valueOf(queue), 1)
  t.equal(counting.length, 1)

  const toBranch = valueOf(await system.items.scanIn('3001', desk, makeCall()))
  t.match(toBranch.routing, {
    to: 'transit',
    destination: 'Branch Library',
    reason: 'hold',
    requester: { patronId: 'max' },
  })
  const onShelf = valueOf(await system.items.scanIn('3001', branch, makeCall()))
  t.match(onShelf.routing, { to: 'hold-shelf', reason: 'hold', requester: { patronId: 'max' } })
  t.equal(onShelf.item.state, 'on-hold-shelf')

  const [listed, listing] = await cost(system.holds.ofPatron('max', page, makeCall()))
  t.same(listing, ['GET /users/{user_id}/requests'])
  t.equal(valueOf(listed).total, 2)
  t.ok(valueOf(listed).entries.some((entry) => entry.state === 'on-hold-shelf'))

  const cancel = { patronId: 'max', holdId: valueOf(second).id, note: 'no longer needed' }
  const [cancelled, cancelling] = await cost(system.holds.cancel(cancel, makeCall()))
  t.match(cancelled, { kind: 'done' })
  t.same(cancelling, ['DELETE /users/{user_id}/requests/{request_id}'])
  t.match(await system.holds.cancel({ ...cancel, holdId: '1' }, makeCall()), {
    kind: 'refused',
    reason: 'hold-unknown',
  })
  const elsewhere = { ...hold, target: { barcode: '3003' }, pickup: { library: 'MOON', circulationDesk: undefined } }
  t.match(await system.holds.create(elsewhere, makeCall()), { kind: 'refused', reason: 'pickup-location-unknown' })
})

t.test('fees are listed oldest first and paid exactly', async (t) => {
  const { system, cost } = await start(t)
  const [list, listing] = await cost(system.fees.ofPatron('jdoe', makeCall()))
  t.same(listing, ['GET /users/{user_id}/fees'])
  t.same(
    valueOf(list).fees.map((fee) => [fee.id, fee.kind, fee.balance.minor]),
    [
      ['501', 'other', 500],
      ['500', 'overdue', 210],
    ],
  )
  t.same(valueOf(list).total, { minor: 710, currency: 'EUR' })
  const pay = (feeId: string | undefined, minor: number, currency = 'EUR') =>
    system.fees.pay(
      {
        patronId: 'jdoe',
        feeId,
        amount: { minor, currency },
        method: 'credit-card',
        externalTransactionId: `T-${minor}`,
      },
      makeCall(),
    )
  const [part, paying] = await cost(pay('500', 70))
  t.match(valueOf(part), { remaining: { minor: 140, currency: 'EUR' }, transactionIds: [/^\d+$/] })
  t.same(paying, ['POST /users/{user_id}/fees/{fee_id}'])
  t.match(await pay('499', 70), { kind: 'refused', reason: 'fee-unknown' })
  t.match(await pay('ALL', 70), { kind: 'refused', reason: 'fee-unknown' })
  t.match(await pay(undefined, 70, 'USD'), { kind: 'refused', reason: 'currency-wrong' })
  t.match(await pay(undefined, 0), { kind: 'refused', reason: 'fee-amount-invalid' })
  t.match(await pay(undefined, 100_000), { kind: 'refused', reason: 'fee-amount-invalid' })
  const paidUp = { remaining: { minor: 0, currency: 'EUR' }, transactionIds: [] }
  t.same(valueOf(await pay(undefined, 640)), paidUp, 'closed fees are not in the answer')
  t.match(await system.fees.ofPatron('jdoe', makeCall()), { value: { fees: [], total: { minor: 0 } } })
  t.match(await system.fees.ofPatron('nobody', makeCall()), { kind: 'refused', reason: 'patron-unknown' })
})

t.test('lists longer than a page are read page by page, and no further than allowed', async (t) => {
  const many = Array.from({ length: 250 }, (_, index) => String(10_000 + index))
  const { system, simulator, cost } = await start(t, { limits: { ...almaDefaults.limits, listLength: 220 } })
  simulator.control.load({
    ...library,
    items: many.map((barcode) => ({ barcode, title: `Book ${barcode}`, library: 'MAIN', location: 'STACKS' })),
    loans: many.map((barcode) => ({ user_id: 'jdoe', item_barcode: barcode })),
  })
  const [list, calls] = await cost(system.loans.ofPatron('jdoe', { offset: 0, limit: 500 }, makeCall()))
  t.equal(calls.length, 3)
  t.equal(valueOf(list).total, 250)
  t.equal(valueOf(list).entries.length, 220)
  t.equal(new Set(valueOf(list).entries.map((loan) => loan.id)).size, 220)
  const [tail, one] = await cost(system.loans.ofPatron('jdoe', { offset: 245, limit: 10 }, makeCall()))
  t.equal(one.length, 1)
  t.equal(valueOf(tail).entries.length, 5)
  const [, learnt] = await cost(system.items.identify(many[3] ?? '', makeCall()))
  t.same(learnt, [], 'a list of loans tells the ids of its copies')
})

t.test('the configuration can be checked', async (t) => {
  const { system, simulator } = await start(t)
  const { configuration } = system
  for (const area of ['users', 'bibs', 'configuration', 'task-lists'] as const) {
    t.match(await configuration.testArea(area, 'read', makeCall()), { kind: 'done' })
    t.match(await configuration.testArea(area, 'write', makeCall()), { kind: 'done' })
  }
  t.match(await configuration.institution(makeCall()), { value: { code: '01TEST_INST' } })
  t.match(await configuration.libraries(makeCall()), {
    value: [{ code: 'MAIN', name: 'Main Library' }, { code: 'BRANCH' }],
  })
  t.match(await configuration.locations('MAIN', makeCall()), { value: [{ code: 'STACKS', name: 'Open Stacks' }, {}] })
  t.match(await configuration.desk({ library: 'MAIN', circulationDesk: 'RETURNS' }, makeCall()), {
    value: {
      code: 'RETURNS',
      name: 'Book Drop',
      locations: [{ location: { code: 'STACKS' }, checkIn: true, checkOut: false }],
    },
  })
  t.match(await configuration.desk({ library: 'MAIN', circulationDesk: 'NOWHERE' }, makeCall()), { kind: 'refused' })
  t.match(await configuration.codeTable('UserBlockTypes', makeCall()), {
    value: [
      { code: 'GENERAL', name: 'General', enabled: true },
      { code: 'LOAN', enabled: true },
      { code: 'CASH', enabled: false },
    ],
  })
  t.match(await configuration.codeTable('NoSuchTable', makeCall()), { kind: 'unavailable', cause: 'internal' })

  const readOnly = createAlmaSystem(makeConfig(simulator.url, { apiKey: 'demo-key-read-only' }), { clock: systemClock })
  t.teardown(() => readOnly.close())
  t.match(await readOnly.configuration.testArea('users', 'read', makeCall()), { kind: 'done' })
  t.match(await readOnly.configuration.testArea('users', 'write', makeCall()), {
    kind: 'unavailable',
    cause: 'key-refused',
  })
  t.match(await readOnly.loans.create({ patron: 'jdoe', barcode: '3001', place: desk }, makeCall()), {
    kind: 'unavailable',
    cause: 'key-refused',
  })
})

t.test('reads answers in the older form with nulls, and gateway errors in XML', async (t) => {
  const { system, simulator } = await start(t)
  simulator.control.setSwitches({ nullsOrOmitted: 'nulls', gatewayErrorsInXml: true, unauthorizedStatus: 403 })
  t.match(await system.patrons.find('2002', makeCall()), { value: { id: 'max', blocks: [] } })
  t.match(await system.items.find('3001', makeCall()), { value: { state: 'available', due: undefined } })
  t.match(await system.loans.ofPatron('max', page, makeCall()), { value: { entries: [], total: 0 } })
  const stranger = createAlmaSystem(makeConfig(simulator.url, { apiKey: 'unknown-key' }), { clock: systemClock })
  t.teardown(() => stranger.close())
  t.match(await stranger.patrons.find('2002', makeCall()), { kind: 'unavailable', cause: 'key-refused' })
})

t.test('stays within the quota of Alma and loses nobody', async (t) => {
  const simulator = await startAlmaSimulator({ data: library, perSecond: 25 })
  const config = makeConfig(simulator.url, {
    apiKey: simulator.apiKey,
    quota: { ...almaDefaults.quota, perSecond: 20, burst: 5 },
  })
  const system = createAlmaSystem(config, { clock: systemClock })
  t.teardown(async () => {
    await system.close()
    await simulator.close()
  })
  const call: Call = makeCall()
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, n) => system.patrons.find(n % 2 ? 'jdoe' : `no-${n}`, call)),
  )
  t.ok(outcomes.every((outcome) => outcome.kind === 'done' || outcome.kind === 'refused'))
  t.equal(simulator.control.calls().filter((record) => record.status === 429).length, 0)
})

t.test('a changed quota is learnt from 429 and the waiting patrons still get their answers', async (t) => {
  const simulator = await startAlmaSimulator({ data: library, perSecond: 10 })
  const config = makeConfig(simulator.url, {
    apiKey: simulator.apiKey,
    quota: { ...almaDefaults.quota, perSecond: 20, burst: 15, coolDownMs: 300 },
    limits: { ...almaDefaults.limits, attempts: 5 },
  })
  const system = createAlmaSystem(config, { clock: systemClock })
  t.teardown(async () => {
    await system.close()
    await simulator.close()
  })
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => system.patrons.find(`no-${n}`, makeCall())))
  t.ok(simulator.control.calls().some((record) => record.status === 429))
  t.ok(outcomes.every((outcome) => outcome.kind === 'refused'))
})
