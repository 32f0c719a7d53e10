import t from 'tap'
import { type Outcome, done, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { type PayFeeInput, payFee } from '../../src/circulation/pay-fee.ts'
import type { FeePayment } from '../../src/circulation/model.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { answers, makeCall } from '../helpers/call.ts'
import { fakeCirculation, sampleFee, samplePatron } from '../helpers/fake-library-system.ts'

const euro = (minor: number) => ({ minor, currency: 'EUR' })
type Paid = Outcome<{ remaining: undefined; transactionIds: readonly string[] }>
const paid: Paid = done({ remaining: undefined, transactionIds: [] })

function input(changes: Partial<PayFeeInput> = {}): PayFeeInput {
  return {
    patron: 'P100',
    feeId: undefined,
    amount: euro(250),
    method: 'cash',
    externalTransactionId: 'T1',
    visit: new Visit(() => 0),
    whenAway: { do: 'refuse' },
    identity: 'same',
    ...changes,
  }
}

const payment = (minor: number): FeePayment => ({
  transactionId: 'x',
  externalTransactionId: 'T1',
  amount: euro(minor),
  at: undefined,
})

t.test('law 3: a payment is booked once however often it is sent', async (t) => {
  const pay = answers<Paid>(paid)
  const circulation = fakeCirculation({ fees: { pay } })
  for (let time = 0; time < 3; time++) {
    t.match(await payFee(input({ visit: new Visit(() => 0) }), circulation, makeCall()), { kind: 'done' })
  }
  t.equal(pay.calls, 1)
})

t.test('law 3: more than is owed, no amount and a wrong currency are refused before anything is sent', async (t) => {
  const pay = answers<Paid>(paid)
  const circulation = fakeCirculation({ fees: { pay } })
  t.match(await payFee(input({ amount: euro(251) }), circulation, makeCall()), { reason: 'fee-overpaid' })
  for (const minor of [0, -1, 1.5, Number.NaN]) {
    t.match(await payFee(input({ amount: euro(minor) }), circulation, makeCall()), { reason: 'fee-amount-invalid' })
  }
  const dollars = { minor: 250, currency: 'USD' }
  t.match(await payFee(input({ amount: dollars }), circulation, makeCall()), { reason: 'currency-wrong' })
  t.equal(pay.calls, 0)
})

t.test('the visit knows who it is, however old the reading; what is owed is looked up', async (t) => {
  const find = answers(done(samplePatron))
  const ofPatron = answers(done({ fees: [sampleFee], total: sampleFee.balance }))
  let now = 0
  const visit = new Visit(() => now)
  visit.remember('P100', { ...samplePatron, balance: euro(1) })
  now = 600_000
  const circulation = fakeCirculation({ patrons: { find }, fees: { ofPatron } })
  t.match(await payFee(input({ visit }), circulation, makeCall()), { kind: 'done' })
  t.same([find.calls, ofPatron.calls], [0, 1])
  t.equal(visit.patron('P100'), undefined, 'the balance is stale afterwards')
})

t.test('law 3 and 4: a lost answer is settled by the transaction id', async (t) => {
  const pay = answers<Outcome<never>>(unknown('lost'))
  const booked = fakeCirculation({ fees: { pay, findPayments: async () => done([payment(100), payment(150)]) } })
  t.match(await payFee(input(), booked, makeCall()), { kind: 'done', value: { amount: euro(250) } })

  const absent = fakeCirculation({ fees: { pay, findPayments: async () => done([]) } })
  t.match(await payFee(input(), absent, makeCall()), { kind: 'unavailable' })

  const away = fakeCirculation({ fees: { pay, findPayments: async () => unavailable('offline') } })
  t.match(await payFee(input(), away, makeCall()), { kind: 'unknown' })
})

t.test('law 3: an unknown payment that comes again is looked for, not sent', async (t) => {
  const pay = answers<Outcome<never>>(unknown('lost'))
  const findPayments = answers<Outcome<readonly FeePayment[]>>(unavailable('offline'), done([payment(250)]))
  // What was paid has lowered the balance: the payment must not be called too much.
  const fees = [sampleFee]
  const ofPatron = answers(done({ fees, total: euro(250) }), done({ fees: [], total: euro(0) }))
  const circulation = fakeCirculation({ fees: { pay, findPayments, ofPatron } })
  const away = await payFee(input(), { ...circulation, settleMs: 0 }, makeCall({ signal: AbortSignal.abort() }))
  t.match(away, { kind: 'unknown' })
  t.match(await payFee(input({ visit: new Visit(() => 0) }), circulation, makeCall()), { kind: 'done' })
  t.equal(pay.calls, 1)
})

t.test('law 3: an earlier payment under the same transaction id is not taken for a lost one', async (t) => {
  const pay = answers<Paid | Outcome<never>>(paid, unknown('lost'), unknown('lost'))
  const findPayments = answers<Outcome<readonly FeePayment[]>>(
    done([payment(100)]),
    done([payment(100)]),
    done([payment(100), payment(100)]),
  )
  const circulation = fakeCirculation({ fees: { pay: pay as never, findPayments } })
  const one = (identity: string) => input({ identity, amount: euro(100), visit: new Visit(() => 0) })
  t.match(await payFee(one('first'), circulation, makeCall()), { kind: 'done' })
  t.match(await payFee(one('second'), circulation, makeCall()), { kind: 'unavailable' }, 'it did not arrive')
  t.match(await payFee(one('third'), circulation, makeCall()), { kind: 'done' }, 'it did')
})

t.test('law 3: a payment that is found takes no part of another under the same id that is still open', async (t) => {
  const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second))
  const first = { ...payment(150), transactionId: 'A', at: at(1) }
  const second = { ...payment(100), transactionId: 'B', at: at(2) }
  const pay = answers<Outcome<never>>(unknown('lost'))
  const findPayments = async () => done([second, first])
  const circulation = fakeCirculation({ fees: { pay, findPayments } })
  const one = (identity: string, minor: number) => input({ identity, amount: euro(minor), visit: new Visit(() => 0) })
  t.match(await payFee(one('first', 150), circulation, makeCall()), { value: { transactionIds: ['A'] } })
  t.match(await payFee(one('second', 100), circulation, makeCall()), { value: { transactionIds: ['B'] } })
  t.equal(pay.calls, 2)
})

t.test("law 3: a payment is told from another by the library system's own ids", async (t) => {
  const part = (transactionId: string) => ({ ...payment(100), transactionId })
  const pay = answers<Paid | Outcome<never>>(done({ remaining: undefined, transactionIds: ['A'] }), unknown('lost'))
  const findPayments = answers<Outcome<readonly FeePayment[]>>(
    done([part('A')]),
    done([part('A')]),
    done([part('A'), part('B')]),
  )
  const circulation = fakeCirculation({ fees: { pay: pay as never, findPayments } })
  const one = (identity: string) => input({ identity, amount: euro(100), visit: new Visit(() => 0) })
  t.match(await payFee(one('first'), circulation, makeCall()), { value: { transactionIds: ['A'] } })
  t.match(await payFee(one('second'), circulation, makeCall()), { kind: 'unavailable' }, 'only the first is there')
  t.match(await payFee(one('third'), circulation, makeCall()), { value: { transactionIds: ['B'] } })
})
