/** Fines and fees [Alma users: fees; Alma conf: fee-transactions]. */
import t from 'tap'
import { type Alma, memberAt, startAlma } from './alma-caller.ts'

const koch = '/users/emma.koch/fees'

async function feeId(alma: Alma, type: string): Promise<unknown> {
  const list = (await alma.get(koch)).at('fee') as { type: { value: string } }[]
  return memberAt(
    list.find((fee) => fee.type.value === type),
    'id',
  )
}

t.test('lists by status', async (t) => {
  const alma = await startAlma(t)
  const active = await alma.get(koch)
  t.strictSame(
    [active.at('total_record_count'), active.at('total_sum'), active.at('currency')],
    [3, 31.6, 'EUR'],
    'what was exported is not in the sum',
  )
  t.equal((await alma.get(`${koch}?status=EXPORTED`)).at('fee.0.balance'), 12)
  t.equal((await alma.get(`${koch}?status=CLOSED`)).text, '{"total_record_count":0,"total_sum":0}')
  t.equal((await alma.get('/users/lukas.hoffmann/fees?status=INDISPUTE')).at('fee.0.balance'), 8.5)
  t.equal((await alma.get(`${koch}?status=LOST`)).code, '401666')
  t.equal((await alma.get('/users/nobody/fees')).code, '401861')
})

t.test('a fee that is made', async (t) => {
  const alma = await startAlma(t)
  const body = {
    type: { value: 'OTHER' },
    original_amount: 2.5,
    owner: { value: 'MAIN' },
    barcode: { value: '31234000000001' },
    comment: 'text',
  }
  const fee = await alma.post(koch, body)
  t.strictSame([fee.at('balance'), fee.at('original_amount'), fee.at('comment')], [2.5, 2.5, 'text'])
  t.equal(fee.at('title'), 'The Name of the Rose')
  t.equal((await alma.get(`${koch}/${fee.textAt('id')}`)).at('owner.desc'), 'Main Library')
  const credit = await alma.post(koch, { ...body, type: 'CREDIT', original_amount: 4 })
  t.equal(credit.at('balance'), -4, 'posted positive, shown negative')
  t.equal((await alma.get(koch)).at('total_sum'), 30.1)
  const code = async (change: object) => (await alma.post(koch, { ...body, ...change })).code
  t.equal(await code({ type: null }), '4019991')
  t.equal(await code({ type: 'NONSENSE' }), '4019992')
  t.equal(await code({ barcode: '0' }), '4019993')
  t.equal(await code({ original_amount: null }), '4019994')
  t.equal(await code({ owner: null }), '4019996')
  t.equal(await code({ owner: '01DEMO_INST' }), '4019997')
})

t.test('one fee, in part and in full', async (t) => {
  const alma = await startAlma(t)
  const id = await feeId(alma, 'LOSTITEMREPLACEMENTFEE')
  const part = await alma.post(
    `${koch}/${id}?op=pay&amount=10&method=CREDIT_CARD&external_transaction_id=K-1&comment=c`,
  )
  t.strictSame([part.at('balance'), part.at('status.value')], [15, 'ACTIVE'])
  t.equal(part.at('transaction.0.amount'), 10)
  t.equal(part.at('transaction.0.external_transaction_id'), 'K-1')
  t.strictSame(part.at('transaction.0.payment_method'), { value: 'CREDIT_CARD', desc: 'Credit card' })
  t.equal(part.at('transaction.0.received_by.value'), 'Not At Desk')
  t.equal((await alma.post(`${koch}/${id}?op=pay&amount=15.01&method=CASH`)).code, '401666')
  const full = await alma.post(`${koch}/${id}?op=pay&amount=15.00&method=CASH`)
  t.strictSame([full.at('balance'), full.at('status.value')], [0, 'CLOSED'])
  t.equal((await alma.get(`${koch}?status=CLOSED`)).at('fee.0.transaction.1.amount'), 15)
  t.equal((await alma.post(`${koch}/${id}?op=pay&amount=1&method=CASH`)).code, '401666')
})

t.test("a method that is a code of the institution's own", async (t) => {
  const alma = await startAlma(t)
  const id = await feeId(alma, 'LOSTITEMREPLACEMENTFEE')
  const paid = await alma.post(`${koch}/${id}?op=pay&amount=1&method=CHECK`)
  t.strictSame(paid.at('transaction.0.payment_method'), { value: 'CHECK', desc: 'Check' })
})

t.test('what a payment may not be', async (t) => {
  const alma = await startAlma(t)
  const id = await feeId(alma, 'LOSTITEMREPLACEMENTFEE')
  const code = async (query: string, fee = id) => (await alma.post(`${koch}/${fee}?${query}`)).code
  t.equal(await code('op=pay&amount=1'), '401666', 'no method')
  t.equal(await code('op=pay&amount=1&method=SHELLS'), '401666')
  t.equal(await code('op=pay&amount=0&method=CASH'), '401666')
  t.equal(await code('op=pay&amount=-1&method=CASH'), '401666')
  t.equal(await code('op=pay&amount=1.001&method=CASH'), '401666')
  t.equal(await code('op=forget'), '401666')
  t.equal(await code('op=pay&amount=1&method=CASH', '1'), '401665')
  t.equal((await alma.get('/users/anna.becker/fees/1')).code, '401665')
  t.equal((await alma.get(`/users/anna.becker/fees/${id}`)).code, '401665', "somebody else's")
  t.equal((await alma.get(koch)).at('total_sum'), 31.6)
})

t.test('a sum over all fees, the oldest first', async (t) => {
  const alma = await startAlma(t)
  const rest = await alma.post(`${koch}/all?op=pay&amount=26&method=ONLINE&external_transaction_id=K-2`)
  t.strictSame([rest.at('total_record_count'), rest.at('total_sum')], [2, 5.6])
  t.strictSame([rest.at('fee.0.type.value'), rest.at('fee.0.balance')], ['OVERDUEFINE', 0.6])
  const closed = await alma.get(`${koch}?status=CLOSED`)
  t.equal(closed.at('fee.0.transaction.0.external_transaction_id'), 'K-2')
  t.equal(rest.at('fee.0.transaction.0.external_transaction_id'), 'K-2', 'both parts carry it')
  t.equal((await alma.post(`${koch}/all?op=pay&amount=5.61&method=CASH`)).code, '401666')
  const done = await alma.post(`${koch}/all?op=pay&amount=ALL&method=CASH`)
  t.equal(done.text, '{"total_record_count":0,"total_sum":0,"currency":"EUR"}')
  t.equal((await alma.post(`${koch}/all?op=pay&amount=1&method=CASH`)).code, '401666', 'nothing is owed')
  t.equal((await alma.post(`${koch}/all?op=pay&method=CASH`)).code, '401666')
  t.equal((await alma.post(`${koch}/all?op=waive&amount=ALL`)).code, '401666')
  t.equal((await alma.get(`${koch}?status=EXPORTED`)).at('fee.0.balance'), 12, 'exported fees are not paid')
})

t.test('more than is owed: refused, or accepted as a credit on the fee', async (t) => {
  const alma = await startAlma(t)
  const id = await feeId(alma, 'LIBRARYCARDREPLACEMENT')
  const one = () => alma.post(`${koch}/${id}?op=pay&amount=7&method=CASH`)
  t.equal((await one()).code, '401666')
  alma.control.setSwitches({ overpaid: 'accept' })
  const paid = await one()
  t.strictSame([paid.at('balance'), paid.at('status.value'), paid.at('transaction.0.amount')], [-2, 'ACTIVE', 7])
  t.equal((await alma.get(koch)).at('total_sum'), 24.6)
  const all = await alma.post(`${koch}/all?op=pay&amount=30&method=CASH`)
  t.strictSame([all.at('fee.0.type.value'), all.at('fee.0.balance')], ['OVERDUEFINE', -3.4])
  t.equal(all.at('total_sum'), -5.4)
  t.equal((await alma.post(`${koch}/all?op=pay&amount=1&method=CASH`)).code, '401666', 'no fee is open')
  t.equal((await alma.post(`${koch}/${id}?op=waive&amount=1&reason=OTHER`)).code, '401666', 'waivers never are')
})

t.test('nothing keeps a repeated payment from being booked twice', async (t) => {
  const alma = await startAlma(t)
  const pay = () => alma.post(`${koch}/all?op=pay&amount=5&method=CASH&external_transaction_id=SAME`)
  await pay()
  t.equal((await pay()).at('total_sum'), 21.6)
})

t.test('waive, dispute, restore', async (t) => {
  const alma = await startAlma(t)
  const id = await feeId(alma, 'LOSTITEMREPLACEMENTFEE')
  t.equal((await alma.post(`${koch}/${id}?op=waive&amount=5`)).code, '401666', 'no reason')
  const waived = await alma.post(`${koch}/${id}?op=waive&amount=5&reason=LIBRARYERROR`)
  t.strictSame([waived.at('balance'), waived.at('transaction.0.type.value')], [20, 'WAIVE'])
  t.equal(waived.at('transaction.0.reason'), 'LIBRARYERROR')
  const disputed = await alma.post(`${koch}/${id}?op=dispute&comment=no`)
  t.equal(disputed.at('status.value'), 'INDISPUTE')
  t.equal((await alma.get(koch)).at('total_sum'), 6.6)
  t.equal((await alma.post(`${koch}/${id}?op=dispute`)).code, '401666')
  t.equal((await alma.post(`${koch}/${id}?op=restore`)).at('status.value'), 'ACTIVE')
  t.equal((await alma.post(`${koch}/${id}?op=restore`)).code, '401666')
  t.equal((await alma.get(koch)).at('total_sum'), 26.6)
})

t.test('sums of cents stay exact', async (t) => {
  const fees = Array.from({ length: 10 }, () => ({ user_primary_id: 'u', original_amount: 0.1 }))
  const alma = await startAlma(t, { data: { users: [{ primary_id: 'u' }], fees } })
  t.equal((await alma.get('/users/u/fees')).at('total_sum'), 1)
  t.equal((await alma.post('/users/u/fees/all?op=pay&amount=0.35&method=CASH')).at('total_sum'), 0.65)
})

t.test('the transactions of some days', async (t) => {
  const alma = await startAlma(t)
  const url = '/conf/utilities/fee-transactions'
  const id = await feeId(alma, 'LIBRARYCARDREPLACEMENT')
  await alma.post(`${koch}/${id}?op=pay&amount=2&method=CASH`)
  await alma.post(`${koch}/${id}?op=waive&amount=1&reason=OTHER`)
  const today = await alma.get(url)
  t.equal(today.at('total_record_count'), 1)
  t.equal((today.at('fee.0.transaction') as unknown[]).length, 2)
  const count = async (query: string) => (await alma.get(`${url}?${query}`)).at('total_record_count')
  t.equal(((await alma.get(`${url}?transaction_type=WAIVE`)).at('fee.0.transaction') as unknown[]).length, 1)
  t.equal(await count('transaction_from_date=2026-03-01&transaction_to_date=2026-03-05'), 0)
  t.equal(await count('transaction_from_date=2026-03-05&transaction_to_date=2026-03-11'), 1)
  t.equal(await count('owner=BRANCH'), 0)
  t.equal(await count('received_by_circ_library=MAIN'), 0)
  t.equal((await alma.get(`${url}?transaction_from_date=2026-03-01&transaction_to_date=2026-03-10`)).code, '401666')
  t.equal((await alma.get(`${url}?transaction_from_date=yesterday`)).code, '401666')
  t.equal((await alma.get(`${url}?transaction_type=GIFT`)).code, '401666')
})
