/** Renewing [Alma users: renew loan]. */
import t from 'tap'
import { type Alma, startAlma } from './alma-caller.ts'

async function loanPath(alma: Alma, barcode: string): Promise<string> {
  const loans = await alma.get(`${await alma.itemPath(barcode)}/loans`)
  return `/users/${loans.textAt('item_loan.0.user_id')}/loans/${loans.textAt('item_loan.0.loan_id')}`
}

t.test('a renewal', async (t) => {
  const alma = await startAlma(t)
  const path = await loanPath(alma, '31234000000009')
  const before = await alma.get(path)
  const renewed = await alma.post(`${path}?op=renew`)
  t.equal(renewed.status, 200)
  t.ok(String(renewed.at('due_date')) > String(before.at('due_date')))
  t.equal(renewed.at('process_status'), 'RENEW')
  t.strictSame(renewed.at('last_renew_status'), { value: '401193;', desc: 'Renewed Successfully' })
  t.equal(renewed.at('last_renew_date'), '2026-03-10T10:00:00.000Z')
})

t.test('with an empty object as body, and below the item', async (t) => {
  const alma = await startAlma(t)
  const path = await loanPath(alma, '31234000000009')
  t.equal((await alma.post(`${path}?op=renew`, {})).status, 200)
  const item = await alma.itemPath('31234000000009')
  t.equal((await alma.post(`${item}/loans/${path.split('/').at(-1)}?op=renew`)).status, 200)
  t.equal((await alma.post(`${item}/loans/${path.split('/').at(-1)}?op=other`)).code, '60211')
  t.equal((await alma.post(`/users/anna.becker/loans/4711?op=renew`)).code, '401823')
})

t.test('a requested item is not renewed; the reason is in the loan', async (t) => {
  const alma = await startAlma(t)
  const path = await loanPath(alma, '31234000000011')
  const refused = await alma.post(`${path}?op=renew`)
  t.equal(refused.code, '401822')
  t.match(refused.at('errorList.error.0.errorMessage'), /^Cannot renew loan: Loan ID \d+\.$/)
  const loan = await alma.get(path)
  t.match(loan.at('last_renew_status.value'), /^40116\d;$/)
  t.not(loan.at('last_renew_status.desc'), 'Renewed Successfully')
  t.equal(loan.at('process_status'), 'NORMAL')
})

t.test('limits: number, longest period, no later date, blocked patron', async (t) => {
  const alma = await startAlma(t, {
    data: {
      loan_rules: [
        { policy: 'ONCE', days: 10, max_renewals: 1 },
        { policy: 'LONG', days: 10, max_renewal_days: 12, renew_from: 'due_date' },
        { policy: 'FIXED', fixed_due_date: '2026-06-30' },
        { days: 10 },
      ],
      users: [{ primary_id: 'u' }, { primary_id: 'b', user_block: [{ block_description: 'X' }] }],
      items: ['ONCE', 'LONG', 'FIXED', ''].map((policy, index) => ({ barcode: String(index + 1), policy })),
      loans: [
        { user_id: 'u', item_barcode: '1', due_date: '+2d' },
        { user_id: 'u', item_barcode: '2' },
        { user_id: 'u', item_barcode: '3' },
        { user_id: 'b', item_barcode: '4', due_date: '+2d' },
      ],
    },
  })
  const renew = async (barcode: string) => alma.post(`${await loanPath(alma, barcode)}?op=renew`)
  t.equal((await renew('1')).at('due_date'), '2026-03-20T22:59:00Z')
  t.equal((await renew('1')).code, '401822', 'once only')
  t.equal((await renew('2')).at('due_date'), '2026-03-22T22:59:00Z', 'not beyond the longest period')
  t.equal((await renew('2')).code, '401822')
  t.equal((await renew('3')).code, '401822', 'the date cannot move')
  t.equal((await renew('4')).code, '401822', 'blocked')
})

t.test('200, but not renewed', async (t) => {
  const alma = await startAlma(t, { switches: { renewButNot200: true } })
  const path = await loanPath(alma, '31234000000009')
  const before = await alma.get(path)
  const answer = await alma.post(`${path}?op=renew`)
  t.equal(answer.status, 200)
  t.equal(answer.at('due_date'), before.at('due_date'))
  t.not(answer.at('last_renew_status.desc'), 'Renewed Successfully')
})
