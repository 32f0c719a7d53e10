/** Payments and waivers over several fees, against a simulated Alma. Owed by jdoe: 501 5.00, 500 2.10, 502 1.50. */
import t, { type Test } from 'tap'
import { addFee } from '../../simulators/alma/circulation/fees.ts'
import type { Circulation } from '../../src/circulation/circulation.ts'
import { refused, unknown } from '../../src/circulation/outcome.ts'
import { type FeePaid, type PayFeeInput, payFee } from '../../src/circulation/pay-fee.ts'
import { findPatron } from '../../src/circulation/patron.ts'
import { performPending } from '../../src/circulation/perform-pending.ts'
import type { ChangeDetails, PendingChange } from '../../src/circulation/ports.ts'
import { type WaiveFeeInput, waiveFee } from '../../src/circulation/waive-fee.ts'
import { makeCall } from '../helpers/call.ts'
import { carry, makeChange } from '../journal/sample-change.ts'
import { MemoryJournal } from '../../src/journal/memory.ts'
import { type Bench, library, lookFor, startBench, valueOf } from './alma-library.ts'

const euro = (minor: number) => ({ minor, currency: 'EUR' })

const pay = ({ circulation, once }: Bench, minor: number, wish: Partial<PayFeeInput> = {}) =>
  payFee(
    {
      patron: '2001',
      feeId: undefined,
      amount: euro(minor),
      method: 'cash',
      externalTransactionId: `BK-${crypto.randomUUID()}`,
      whenAway: { do: 'refuse' },
      ...once(),
      ...wish,
    },
    circulation,
    makeCall(),
  )

const waive = ({ circulation, once }: Bench, wish: Partial<WaiveFeeInput> = {}) =>
  waiveFee(
    { patron: '2001', feeIds: [], amount: undefined, reason: 'OTHER', comment: '', ...once(), ...wish },
    circulation,
    makeCall(),
  )

/** Balance and status of every fee in the simulator, and how often it was booked on. */
const books = ({ simulator }: Bench) =>
  Object.fromEntries(
    [...simulator.control.store.fees.values()].map(({ id, balanceMinor, transactions }) => [
      id,
      [balanceMinor, transactions.length],
    ]),
  )

const pending = (kind: 'pay-fee' | 'waive-fee', details: ChangeDetails): PendingChange => ({
  entry: '1',
  kind,
  institution: '01TEST_INST',
  machine: 'kiosk',
  callId: 'message-1',
  details: { patron: '2001', ...details },
  machineTime: undefined,
  happenedAt: new Date(),
  deadline: new Date(),
  state: 'unsettled',
  told: undefined,
  since: new Date(),
  attempts: 1,
})

t.test('one fee, a part of it', async (t) => {
  const bench = await startBench(t)
  const [paid, calls] = await bench.cost(pay(bench, 70, { feeId: '500' }))
  t.same(calls, ['getUser', 'listFees', 'payFee'])
  t.match(valueOf(paid), { patronId: 'jdoe', amount: euro(70), remaining: euro(140), transactionIds: [String] })
  t.same(books(bench), { '501': [500, 0], '500': [140, 1], '502': [150, 0] })
  t.match(await pay(bench, 10, { feeId: '499' }), { reason: 'fee-unknown' })
})

t.test('a list of fees, in the order in which they arose', async (t) => {
  const bench = await startBench(t)
  const [paid, calls] = await bench.cost(pay(bench, 300, { feeIds: ['502', '500'] }))
  t.same(calls, ['getUser', 'listFees', 'payFee', 'payFee'])
  t.match(valueOf(paid), { amount: euro(300), rest: undefined, transactionIds: [String, String] })
  t.same(books(bench), { '501': [500, 0], '500': [0, 1], '502': [60, 1] })
  t.match(await pay(bench, 100, { feeIds: ['502', '499'] }), { reason: 'fee-unknown' })
  t.match(await pay(bench, 100, { feeIds: ['502', '500'] }), { reason: 'fee-unknown' }, 'one is closed')
  t.match(await pay(bench, 100, { feeIds: ['502'] }), { reason: 'fee-overpaid' })
  t.match(await pay(bench, 561, { feeIds: ['502', '501'] }), { reason: 'fee-overpaid' })
})

t.test('no fee named: as Alma spreads it, the oldest first, or the one of that amount', async (t) => {
  const bench = await startBench(t)
  const [, one] = await bench.cost(pay(bench, 20))
  t.same(one, ['getUser', 'listFees', 'payAllFees'])
  const [, own] = await bench.cost(pay(bench, 500, { order: 'oldest-first' }))
  t.same(own, ['getUser', 'listFees', 'payFee', 'payFee'])
  t.same(books(bench), { '501': [0, 2], '500': [190, 1], '502': [150, 0] })
  await pay(bench, 150, { order: 'matching-amount' })
  t.same(books(bench), { '501': [0, 2], '500': [190, 1], '502': [0, 1] })
  await pay(bench, 100, { order: 'matching-amount' })
  t.same(books(bench), { '501': [0, 2], '500': [90, 2], '502': [0, 1] }, 'else the oldest')
  const [, all] = await bench.cost(pay(bench, 90, { order: 'oldest-first' }))
  t.same(all, ['getUser', 'listFees', 'payAllFees'], 'all that is owed goes in one')
})

t.test('more than is owed is refused, or what is owed is taken and the rest told', async (t) => {
  const bench = await startBench(t)
  t.match(await pay(bench, 861), { kind: 'refused', reason: 'fee-overpaid' })
  t.match(await pay(bench, 861, { overpayment: 'refuse' }), { reason: 'fee-overpaid' })
  const one = valueOf(await pay(bench, 200, { feeId: '502', overpayment: 'take-due' }))
  t.match(one, { amount: euro(150), rest: euro(50) })
  const all = valueOf(await pay(bench, 1_000, { overpayment: 'credit-note' }))
  t.match(all, { amount: euro(710), rest: euro(290), remaining: euro(0) })
  t.same(books(bench), { '501': [0, 1], '500': [0, 1], '502': [0, 1] })
  const comments = [...bench.simulator.control.store.fees.values()].map(({ transactions }) => transactions[0]?.comment)
  const note = '10.00 EUR paid, 2.90 more than was owed: credit to the patron'
  t.same(comments.toSorted(), ['', note, note])
  t.match(await pay(bench, 100, { overpayment: 'take-due' }), { reason: 'fee-overpaid' }, 'nothing is owed')
})

/** The desk charges something. */
function charge({ simulator }: Bench, originalMinor: number): void {
  const { store } = simulator.control
  const user = store.userByPrimaryId('jdoe')
  if (!user) throw new Error('there is no such user')
  const rest = { owner: 'MAIN', title: '', barcode: '', comment: '', createdAt: store.now() }
  addFee({ ...rest, id: '504', user, type: 'OTHER', originalMinor }, store)
}

/** Of a process that knows nothing of what another one did. */
const afterKill = ({ circulation, clock }: Bench): Circulation => ({
  ...circulation,
  journal: new MemoryJournal(clock, { keepMs: 60_000, maxEntries: 100 }),
})

/** What Alma does with more than is owed is not known: neither may matter. */
for (const overpaid of ['refuse', 'accept'] as const) {
  const start = async (t: Test, data = {}) => {
    const bench = await startBench(t, {}, data)
    bench.simulator.control.setSwitches({ overpaid })
    return bench
  }

  t.test(`law 3: a payment is compared with what the named fees owe, if Alma would ${overpaid} more`, async (t) => {
    const bench = await start(t)
    for (const named of [{ feeId: '502' }, { feeIds: ['502'] }]) {
      const [outcome, calls] = await bench.cost(pay(bench, 151, named))
      t.match(outcome, { kind: 'refused', reason: 'fee-overpaid' })
      t.same(calls, ['getUser', 'listFees'], 'nothing is sent')
    }
    t.match(await pay(bench, 361, { feeIds: ['502', '500'] }), { reason: 'fee-overpaid' })
    const cut = await pay(bench, 600, { feeId: '501', overpayment: 'take-due' })
    t.match(cut, { kind: 'done', value: { amount: euro(500), rest: euro(100) } })
    t.match(await pay(bench, 150, { feeId: '502' }), { kind: 'done', value: { amount: euro(150), rest: undefined } })
    t.match(await pay(bench, 10, { feeId: '502' }), { reason: 'fee-unknown' }, 'it is closed')
    t.same(books(bench), { '501': [0, 1], '500': [210, 0], '502': [0, 1] })
  })

  t.test(`law 3: two kiosks pay the same debt at once, if Alma would ${overpaid} more`, async (t) => {
    const atOnce = (bench: Bench, minor: number, wish: Partial<PayFeeInput> = {}) =>
      Promise.all(['2001', 'jdoe'].map((patron) => pay(bench, minor, { ...wish, patron })))
    const total = await start(t)
    t.match(await atOnce(total, 860), [{ kind: 'done' }, { kind: 'refused', reason: 'fee-overpaid' }])
    t.same(books(total), { '501': [0, 1], '500': [0, 1], '502': [0, 1] })

    const cut = await start(t)
    const [first, second] = await atOnce(cut, 500, { overpayment: 'take-due' })
    t.match(first, { kind: 'done', value: { amount: euro(500), rest: undefined } })
    t.match(second, { kind: 'done', value: { amount: euro(360), rest: euro(140) } })
    t.same(books(cut), { '501': [0, 1], '500': [0, 1], '502': [0, 1] })

    const one = await start(t)
    t.match(await atOnce(one, 100, { feeId: '502' }), [{ kind: 'done' }, { reason: 'fee-overpaid' }])
    const [paid, waived] = await Promise.all([
      pay(one, 210, { feeId: '500' }),
      waive(one, { patron: 'jdoe', feeIds: ['500'], amount: euro(210) }),
    ])
    t.match([paid, waived], [{ kind: 'done' }, { reason: 'fee-unknown' }], 'a write-off takes its turn as well')
    t.same(books(one), { '501': [500, 0], '500': [0, 1], '502': [50, 1] })
  })

  t.test(`law 3: what the visit knows of the balance decides nothing, if Alma would ${overpaid} more`, async (t) => {
    const bench = await start(t)
    const { visit } = bench.once()
    const seen = async () => valueOf(await findPatron('2001', visit, bench.circulation, makeCall()))
    const desk = { patronId: 'jdoe', method: 'cash', externalTransactionId: 'DESK' } as const
    t.match(await seen(), { balance: euro(860) })
    await bench.system.fees.pay({ ...desk, feeId: '500', amount: euro(210) }, makeCall())
    t.match(await pay(bench, 860, { visit }), { reason: 'fee-overpaid' }, 'some was paid at the desk meanwhile')
    t.match(await seen(), { balance: euro(650) }, 'and the visit reads anew')
    await bench.system.fees.pay({ ...desk, feeId: '502', amount: euro(150) }, makeCall())
    const [cut, calls] = await bench.cost(pay(bench, 650, { visit, overpayment: 'take-due' }))
    t.match(cut, { kind: 'done', value: { amount: euro(500), rest: euro(150) } })
    t.same(calls, ['listFees', 'payAllFees'], 'who it is need not be asked again')

    const other = await start(t)
    const { visit: second } = other.once()
    await findPatron('2001', second, other.circulation, makeCall())
    charge(other, 100)
    const more = await pay(other, 960, { visit: second })
    t.match(more, { kind: 'done', value: { amount: euro(960) } }, 'more was charged meanwhile')
  })

  t.test(`a credit lowers what is owed together, and no fee, if Alma would ${overpaid} more`, async (t) => {
    const credit = { user_primary_id: 'jdoe', id: '503', type: 'CREDIT', original_amount: 4, creation_time: '-1d' }
    const data = { fees: [...library.fees, credit] }
    const bench = await start(t, data)
    t.match(await pay(bench, 461), { reason: 'fee-overpaid' })
    t.match(await pay(bench, 500, { order: 'matching-amount' }), { reason: 'fee-overpaid' })
    t.match(await pay(bench, 10, { feeId: '503' }), { reason: 'fee-overpaid' }, 'a credit owes nothing')
    t.match(await waive(bench, { amount: euro(461) }), { reason: 'fee-overpaid' })
    t.match(await pay(bench, 500, { feeId: '501' }), { kind: 'done' })
    t.same(books(bench), { '501': [0, 1], '500': [210, 0], '502': [150, 0], '503': [-400, 0] })
    t.match(
      await pay(bench, 100, { overpayment: 'take-due' }),
      { reason: 'fee-overpaid' },
      'the credit covers the rest',
    )
    t.match(await waive(bench), { reason: 'fee-unknown' })

    for (const order of ['as-system', 'oldest-first'] as const) {
      const cut = await start(t, data)
      const paid = await pay(cut, 1_000, { order, overpayment: 'take-due', externalTransactionId: 'BK-1' })
      t.match(paid, { kind: 'done', value: { amount: euro(460), rest: euro(540) } }, order)
      t.same(books(cut), { '501': [40, 1], '500': [210, 0], '502': [150, 0], '503': [-400, 0] }, order)
      const change = toBooked(1_000, [], { fees: undefined, feeOrder: order, overpayment: 'take-due' })
      const found = await lookFor(change, afterKill(cut))
      t.match(found, { kind: 'done', value: { amount: euro(460), rest: euro(540) } }, 'known again after a kill')
    }
  })
}

t.test('law 3: what the desk takes between our look and the booking is looked at again', async (t) => {
  const raced = async (taken: number, minor: number, wish: Partial<PayFeeInput>) => {
    const bench = await startBench(t)
    const { fees } = bench.circulation.system
    const desk = { patronId: 'jdoe', feeId: '501', method: 'cash', externalTransactionId: 'DESK' } as const
    let left = 1
    const payLate: typeof fees.pay = async (payment, call) => {
      if (left > 0) await fees.pay({ ...desk, amount: euro(taken) }, call)
      left -= 1
      return fees.pay(payment, call)
    }
    const system = { ...bench.circulation.system, fees: { ...fees, pay: payLate } }
    const outcome = await pay({ ...bench, circulation: { ...bench.circulation, system } }, minor, wish)
    return { outcome, books: books(bench), sent: 1 - left }
  }
  const untouched = { '500': [210, 0], '502': [150, 0] }
  for (const method of ['cash', 'local:CHEQUE'] as const) {
    t.match(await raced(400, 500, { feeId: '501', method }), {
      outcome: { kind: 'refused', reason: 'fee-overpaid' },
      books: { '501': [100, 1], ...untouched },
    })
  }
  t.match(await raced(400, 500, { feeId: '501', overpayment: 'take-due' }), {
    outcome: { kind: 'done', value: { amount: euro(100), rest: euro(400) } },
    books: { '501': [0, 2], ...untouched },
  })
  t.match(await raced(500, 200, { order: 'oldest-first' }), {
    outcome: { kind: 'done', value: { amount: euro(200) } },
    books: { '501': [0, 1], '500': [10, 1], '502': [150, 0] },
  })
  t.match(await raced(100, 10, { feeId: '502', method: 'local:BARTER' }), {
    outcome: { reason: 'not-configured' },
    sent: 1,
  })
})

t.test('local payment methods are passed on as they are', async (t) => {
  const bench = await startBench(t)
  t.match(await pay(bench, 10, { feeId: '500', method: 'local:CHEQUE' }), { kind: 'done' })
  t.equal(bench.simulator.control.store.fees.get('500')?.transactions[0]?.method, 'CHEQUE')
  t.match(await pay(bench, 10, { feeId: '500', method: 'local:BARTER' }), { kind: 'refused', reason: 'not-configured' })
})

t.test(
  'laws 3 and 4: lost answers of payments over several fees are settled, and nothing is booked twice',
  async (t) => {
    const bench = await startBench(t)
    const match = { operation: 'payFee' }
    const { control } = bench.simulator
    control.setFaults({ kind: 'drop-after', match, times: 1 })
    const first = await pay(bench, 150, { feeIds: ['502'] })
    t.match(first, { kind: 'done', value: { amount: euro(150), transactionIds: [String] } })
    control.setFaults({ kind: 'drop-after', match, times: 1 })
    const cut = await pay(bench, 1_000, { feeId: '500', overpayment: 'take-due' })
    t.match(cut, { kind: 'done', value: { amount: euro(210), rest: euro(790) } })
    control.setFaults({ kind: 'drop-before', match, times: 1 })
    t.match(await pay(bench, 100, { feeId: '501' }), { kind: 'unavailable' })
    t.same(books(bench), { '501': [500, 0], '500': [0, 1], '502': [0, 1] })
  },
)

/** Alma refuses the payment of a fee for once; `calls` are the fees for which a payment was sent. */
function refuseOnce(bench: Bench, feeId: string) {
  const { fees } = bench.circulation.system
  const { control } = bench.simulator
  const calls: (string | undefined)[] = []
  let left = 1
  const system = {
    ...bench.circulation.system,
    fees: {
      ...fees,
      pay: async (...[payment, call]: Parameters<typeof fees.pay>) => {
        calls.push(payment.feeId)
        const isMeant = payment.feeId === feeId && left > 0
        if (isMeant) {
          left -= 1
          control.setFaults({
            kind: 'answer',
            form: 'envelope',
            status: 400,
            code: '401666',
            match: { method: 'POST' },
          })
        }
        try {
          return await fees.pay(payment, call)
        } finally {
          if (isMeant) control.clearFaults()
        }
      },
    },
  }
  return { calls, broken: { ...bench, circulation: { ...bench.circulation, system } } }
}

const toBooked = (minor: number, fees: readonly string[], more: ChangeDetails = {}): PendingChange =>
  pending('pay-fee', { fees, amount: euro(minor), method: 'cash', externalTransactionId: 'BK-1', ...more })

/** What the backlog does with a payment that was promised, or that a person gave back. */
const carryOutLater = (change: PendingChange, circulation: Circulation) =>
  performPending(change, { since: change.since, again: true, quiet: true, lookOnly: false }, circulation, makeCall())

t.test('law 3: what was booked in part is neither yes nor no; the next attempt books the rest', async (t) => {
  const bench = await startBench(t)
  const event = { ...bench.once(), externalTransactionId: 'BK-1', feeIds: ['502', '501', '500'] }
  const { calls, broken } = refuseOnce(bench, '500')
  const text = 'PARTLY_BOOKED 5.00 EUR on fee 501; not booked 2.00 EUR'
  t.match(await pay(broken, 700, event), { kind: 'unknown', evidence: text })
  t.same(books(bench), { '501': [0, 1], '500': [210, 0], '502': [150, 0] })
  const change = toBooked(700, event.feeIds)
  t.match(await lookFor(change, broken.circulation), { kind: 'unknown', evidence: text }, 'nobody was told yes')
  const absent = toBooked(700, event.feeIds, { externalTransactionId: 'BK-2' })
  t.match(await lookFor(absent, broken.circulation), { kind: 'unavailable', cause: 'not-carried-out' })
  t.same(calls, ['501', '500'])

  const again = valueOf(await pay(broken, 700, event))
  t.match(again, { amount: euro(700), rest: undefined, transactionIds: [String, String] })
  t.same(calls, ['501', '500', '500'], 'looked for, and the rest alone sent')
  t.same(books(bench), { '501': [0, 1], '500': [10, 1], '502': [150, 0] })
})

t.test('law 3: the rest of a promised payment is booked as it was to be spread', async (t) => {
  for (const [details, rest] of [
    [{ fees: undefined, feeOrder: 'oldest-first' }, ['500', '502']],
    [{ fees: undefined }, [undefined]],
    [{ fees: ['500', '501'], overpayment: 'take-due' }, ['500']],
  ] as const) {
    const bench = await startBench(t)
    const { calls, broken } = refuseOnce(bench, 'none')
    const part = { feeId: '501', amount: euro(500), method: 'cash', externalTransactionId: 'BK-1' } as const
    await bench.system.fees.pay({ patronId: 'jdoe', ...part }, makeCall())
    const paid = await carryOutLater(toBooked(800, [], details), broken.circulation)
    const cut = 'overpayment' in details
    t.match(paid, { kind: 'done', value: { amount: euro(cut ? 710 : 800), ...(cut && { rest: euro(90) }) } })
    t.same(calls, rest)
    t.same(books(bench), { '501': [0, 1], '500': [0, 1], '502': cut ? [150, 0] : [60, 1] })
  }
})

t.test('laws 3 and 4: the answer to the rest is lost, and it is booked once', async (t) => {
  const bench = await startBench(t)
  const part = { feeId: '501', amount: euro(500), method: 'cash', externalTransactionId: 'BK-1' } as const
  await bench.system.fees.pay({ patronId: 'jdoe', ...part }, makeCall())
  bench.simulator.control.setFaults({ kind: 'drop-after', match: { operation: 'payFee' }, times: 1 })
  const paid = await carryOutLater(toBooked(700, ['500', '501']), bench.circulation)
  t.match(paid, { kind: 'done', value: { amount: euro(700), transactionIds: [String, String] } })
  t.same(books(bench), { '501': [0, 1], '500': [10, 1], '502': [150, 0] })
})

t.test('law 3: where the parts cannot be told, nothing more is sent, and a person reads what is booked', async (t) => {
  const part = { method: 'cash', externalTransactionId: 'BK-1' } as const
  const cases: Readonly<Record<string, readonly [payments: readonly [string, number, string?][], evidence: RegExp]>> = {
    'paid at the desk meanwhile': [
      [
        ['501', 500],
        ['500', 210, 'DESK'],
      ],
      /^PARTLY_BOOKED 5\.00 EUR on fee 501; not booked 2\.00 EUR \(fee-overpaid\)$/,
    ],
    'a fee that still owes something was begun': [
      [['501', 300]],
      /^PARTLY_BOOKED 3\.00 EUR on fee 501; not booked 4\.00 EUR \(fee-unknown PARTS_UNCLEAR\)$/,
    ],
    'a part is on another fee': [[['502', 150]], /^PARTLY_BOOKED 1\.50 EUR on fee 502; not booked 5\.50 EUR /],
  }
  for (const [name, [payments, evidence]] of Object.entries(cases)) {
    const bench = await startBench(t)
    for (const [feeId, minor, externalTransactionId = 'BK-1'] of payments) {
      await bench.system.fees.pay(
        { patronId: 'jdoe', ...part, feeId, amount: euro(minor), externalTransactionId },
        makeCall(),
      )
    }
    const before = books(bench)
    const left = await carryOutLater(toBooked(700, ['500', '501']), bench.circulation)
    t.match(left, { kind: 'unknown', evidence }, name)
    t.same(books(bench), before, name)
  }
})

t.test('law 3: while another payment under the same id waits, the parts cannot be told', async (t) => {
  const bench = await startBench(t)
  const { journal } = bench.circulation
  const other = makeChange('other', {
    kind: 'pay-fee',
    institution: bench.circulation.system.institution,
    details: { externalTransactionId: 'BK-1' },
  })
  await carry(journal, other, unknown('lost'))
  const part = { feeId: '501', amount: euro(500), method: 'cash', externalTransactionId: 'BK-1' } as const
  await bench.system.fees.pay({ patronId: 'jdoe', ...part }, makeCall())
  const left = await carryOutLater(toBooked(700, ['500', '501']), bench.circulation)
  t.match(left, { kind: 'unknown', evidence: /PARTS_UNCLEAR/ })
  t.same(books(bench), { '501': [0, 1], '500': [210, 0], '502': [150, 0] })
})

t.test('law 3: a payment that was cut to what was owed is known again after a kill', async (t) => {
  const bench = await startBench(t)
  const event = { feeId: '502', overpayment: 'take-due', externalTransactionId: 'BK-1' } as const
  await bench.system.fees.pay({ patronId: 'jdoe', ...event, amount: euro(150), method: 'cash' }, makeCall())
  const { feeId: fee, ...rest } = event
  const change = pending('pay-fee', { fee, ...rest, amount: euro(200), method: 'cash' })
  const found = await lookFor(change, bench.circulation)
  t.match(found, { kind: 'done', value: { amount: euro(150), rest: euro(50) } satisfies Partial<FeePaid> })
})

t.test('a waiver writes off one fee, a part, a list or everything', async (t) => {
  const bench = await startBench(t)
  const [part, calls] = await bench.cost(waive(bench, { feeIds: ['500'], amount: euro(60), comment: 'kiosk 1' }))
  t.same(calls, ['getUser', 'listFees', 'waiveFee'])
  t.match(valueOf(part), { amount: euro(60), remaining: euro(150), transactionIds: [String] })
  t.match(bench.simulator.control.store.fees.get('500')?.transactions, [
    { type: 'WAIVE', minor: 60, reason: 'OTHER', comment: /^kiosk 1 CB[0-9a-f]{20}$/ },
  ])
  t.match(valueOf(await waive(bench, { feeIds: ['500', '502'] })), { amount: euro(300) })
  t.same(books(bench), { '501': [500, 0], '500': [0, 2], '502': [0, 1] })
  t.match(valueOf(await waive(bench)), { amount: euro(500) })
  t.match(await waive(bench), { reason: 'fee-unknown' }, 'nothing is owed')
})

t.test('refusals of waivers', async (t) => {
  const bench = await startBench(t)
  t.match(await waive(bench, { amount: euro(861) }), { reason: 'fee-overpaid' })
  t.match(await waive(bench, { feeIds: ['500'], amount: euro(211) }), { reason: 'fee-overpaid' })
  t.match(await waive(bench, { feeIds: ['499'] }), { reason: 'fee-unknown' })
  t.match(await waive(bench, { patron: '' }), { reason: 'patron-unknown' })
  t.match(await waive(bench, { patron: 'nobody' }), { reason: 'patron-unknown' })
  t.match(await waive(bench, { reason: '' }), { reason: 'not-configured' })
  t.match(await waive(bench, { reason: 'NONE' }), { reason: 'fee-amount-invalid' })
  t.match(await waive(bench, { amount: euro(0) }), { reason: 'fee-amount-invalid' })
  t.match(await waive(bench, { amount: { minor: 1, currency: 'USD' } }), { reason: 'currency-wrong' })
  t.same(books(bench), { '501': [500, 0], '500': [210, 0], '502': [150, 0] })
})

t.test('law 4: a waiver whose answer was lost is found by its reference', async (t) => {
  const bench = await startBench(t)
  const match = { operation: 'waiveFee' }
  const { control } = bench.simulator
  control.setFaults({ kind: 'drop-before', match, times: 1 })
  t.match(await waive(bench, { feeIds: ['500'] }), { kind: 'unavailable' })
  control.setFaults({ kind: 'drop-after', match, times: 1 })
  t.match(await waive(bench, { feeIds: ['500'] }), { kind: 'done', value: { amount: euro(210) } })
  const comment = control.store.fees.get('500')?.transactions[0]?.comment ?? ''
  const look = (details: ChangeDetails) =>
    lookFor(pending('waive-fee', { reason: 'OTHER', ...details }), bench.circulation)
  t.match(await look({ fees: ['500'], reference: comment }), { kind: 'done', value: { amount: euro(210) } })
  const text = 'PARTLY_BOOKED 2.10 EUR on fee 500; not booked 6.50 EUR'
  t.match(await look({ reference: comment }), { kind: 'unknown', evidence: text }, 'not all was written off')
  t.match(await look({ fees: ['501'], reference: 'CB0' }), { kind: 'unavailable', cause: 'not-carried-out' })
  t.match(await look({}), { kind: 'unknown' })
})

t.test('what was written off in part is neither yes nor no, and tells what is written off on which fee', async (t) => {
  const bench = await startBench(t)
  const { fees } = bench.circulation.system
  const refuse: typeof fees.waive = async (waiver, call) =>
    waiver.feeId === '502' ? refused('not-permitted') : fees.waive(waiver, call)
  const system = { ...bench.circulation.system, fees: { ...fees, waive: refuse } }
  const broken = { ...bench, circulation: { ...bench.circulation, system } }
  const event = { ...bench.once(), feeIds: ['500', '501', '502'], amount: euro(800) }
  const text = 'PARTLY_BOOKED 2.10 EUR on fee 500, 5.00 EUR on fee 501; not booked 0.90 EUR'
  t.match(await waive(broken, event), { kind: 'unknown', evidence: text })
  t.match(await waive(bench, event), { kind: 'unknown', evidence: text }, 'and is not sent again')
  t.same(books(bench), { '501': [0, 1], '500': [0, 1], '502': [150, 0] })
})
