import t from 'tap'
import { type Outcome, done, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { type PayFeeInput, payFee } from '../../src/circulation/pay-fee.ts'
import type { FeePayment } from '../../src/circulation/model.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { answers, makeCall } from '../helpers/call.ts'
import { fakeCirculation, samplePatron } from '../helpers/fake-library-system.ts'

const euro = (minor: number) => ({ minor, currency: 'EUR' })
type Paid = Outcome<{ remaining: undefined }>

function input(changes: Partial<PayFeeInput> = {}): PayFeeInput {
  return {
    patron: 'P100',
    feeId: undefined,
    amount: euro(250),
    method: 'cash',
    externalTransactionId: 'T1',
    visit: new Visit(() => 0),
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
  const pay = answers<Paid>(done({ remaining: undefined }))
  const circulation = fakeCirculation({ fees: { pay } })
  for (let time = 0; time < 3; time++) {
    t.match(await payFee(input({ visit: new Visit(() => 0) }), circulation, makeCall()), { kind: 'done' })
  }
  t.equal(pay.calls, 1)
})

t.test('law 3: more than is owed, no amount and a wrong currency are refused before anything is sent', async (t) => {
  const pay = answers<Paid>(done({ remaining: undefined }))
  const circulation = fakeCirculation({ fees: { pay } })
  t.match(await payFee(input({ amount: euro(251) }), circulation, makeCall()), { reason: 'fee-overpaid' })
  for (const minor of [0, -1, 1.5, Number.NaN]) {
    t.match(await payFee(input({ amount: euro(minor) }), circulation, makeCall()), { reason: 'fee-amount-invalid' })
  }
  const dollars = { minor: 250, currency: 'USD' }
  t.match(await payFee(input({ amount: dollars }), circulation, makeCall()), { reason: 'currency-wrong' })
  t.equal(pay.calls, 0)
})

t.test('the balance that the visit knows saves a call', async (t) => {
  const find = answers(done(samplePatron))
  const visit = new Visit(() => 0)
  visit.remember('P100', samplePatron)
  await payFee(input({ visit }), fakeCirculation({ patrons: { find } }), makeCall())
  t.equal(find.calls, 0)
  t.equal(visit.patron('P100'), undefined, 'and is stale afterwards')
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
  const find = answers(done(samplePatron), done({ ...samplePatron, balance: euro(0) }))
  const circulation = fakeCirculation({ fees: { pay, findPayments }, patrons: { find } })
  const away = await payFee(input(), { ...circulation, settleMs: 0 }, makeCall({ signal: AbortSignal.abort() }))
  t.match(away, { kind: 'unknown' })
  t.match(await payFee(input({ visit: new Visit(() => 0) }), circulation, makeCall()), { kind: 'done' })
  t.equal(pay.calls, 1)
})

t.test('law 3: an earlier payment under the same transaction id is not taken for a lost one', async (t) => {
  const pay = answers<Paid | Outcome<never>>(done({ remaining: undefined }), unknown('lost'), unknown('lost'))
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
