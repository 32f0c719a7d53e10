import fc from 'fast-check'
import t from 'tap'
import { formatMoney, minorDigits, readMoney } from '../../src/alma/money.ts'

t.test('knows the decimal places of currencies', async (t) => {
  t.equal(minorDigits('JPY'), 0)
  t.equal(minorDigits('EUR'), 2)
  t.equal(minorDigits('KWD'), 3)
})

t.test('reads decimals exactly', async (t) => {
  const cases: readonly [unknown, string, number][] = [
    [750, 'NOK', 75_000],
    ['12.50', 'EUR', 1_250],
    [0.1, 'EUR', 10],
    [0.29, 'EUR', 29],
    [1.005, 'EUR', 101],
    [12.299999999999999, 'EUR', 1_230],
    [-5, 'EUR', -500],
    [-0.0, 'EUR', 0],
    [1e-7, 'EUR', 0],
    ['1.234', 'KWD', 1_234],
    [1234, 'JPY', 1_234],
    [10.5, 'JPY', 11],
    ['+3.', 'EUR', 300],
  ]
  for (const [value, currency, minor] of cases) t.same(readMoney(value, currency), { minor, currency }, String(value))
})

t.test('what is no amount is none', async (t) => {
  for (const value of [undefined, null, '', 'twelve', {}, Number.NaN, '1,50', 1e300]) {
    t.equal(readMoney(value, 'EUR'), undefined)
  }
})

t.test('writes what it reads', async () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom('EUR', 'JPY', 'KWD'), (minor, currency) => {
      const money = { minor, currency }
      const text = formatMoney(money)
      const back = readMoney(text, currency)
      const asNumber = readMoney(Number(text), currency)
      return back?.minor === minor && asNumber?.minor === minor
    }),
  )
})

t.test('writes amounts below one unit', async (t) => {
  t.equal(formatMoney({ minor: 5, currency: 'EUR' }), '0.05')
  t.equal(formatMoney({ minor: -5, currency: 'EUR' }), '-0.05')
  t.equal(formatMoney({ minor: 1_250, currency: 'EUR' }), '12.50')
  t.equal(formatMoney({ minor: 1_250, currency: 'JPY' }), '1250')
})
