import fc from 'fast-check'
import t from 'tap'
import { formatAmount, minorDigits, parseAmount } from '../../src/circulation/money.ts'

t.test('each currency has its own digits', (t) => {
  t.same(['EUR', 'JPY', 'KWD'].map(minorDigits), [2, 0, 3])
  t.equal(formatAmount({ minor: 1250, currency: 'EUR' }), '12.50')
  t.equal(formatAmount({ minor: 5, currency: 'EUR' }), '0.05')
  t.equal(formatAmount({ minor: -5, currency: 'EUR' }), '-0.05')
  t.equal(formatAmount({ minor: 1250, currency: 'JPY' }), '1250')
  t.equal(formatAmount({ minor: 1250, currency: 'KWD' }), '1.250')
  t.end()
})

t.test('amounts as terminals write them', (t) => {
  for (const text of ['2.50', '2,5', ' 2.500 ', '2.5'])
    t.same(parseAmount(text, 'EUR'), { minor: 250, currency: 'EUR' })
  t.same(parseAmount('3', 'JPY'), { minor: 3, currency: 'JPY' })
  for (const text of ['', '-1', '1.005', '1,000.00', 'EUR 1', '1e3', '0x10'])
    t.equal(parseAmount(text, 'EUR'), undefined)
  t.end()
})

t.test('what is written is read again', (t) => {
  const anyCurrency = fc.constantFrom('EUR', 'JPY', 'KWD', 'USD')
  const anyMoney = fc.record({ minor: fc.nat(1e11), currency: anyCurrency }, { noNullPrototype: true })
  fc.assert(fc.property(anyMoney, (money) => t.strictSame(parseAmount(formatAmount(money), money.currency), money)))
  t.end()
})
