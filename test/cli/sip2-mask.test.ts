import t from 'tap'
import { maskLine } from '../../src/cli/sip2-mask.ts'

const secret = 'canary-4711'

t.test('passwords and PINs are masked wherever a line has them', async (t) => {
  const date = '20261122    120000'
  const lines = [
    `9300CNkiosk|CO${secret}|AY1AZ0000`,
    `9300CO${secret}|CNkiosk|`,
    `2300120261122    120000AOx|AA1|AC${secret}|AD${secret}|AY1AZ0000`,
    `23001${date}AD${secret}|AA1|`,
    `65AO|AA1|AD${secret}|`,
    `65${date}AOx|AA1|AD${secret}`,
    `17AC${secret}|ABx|`,
    `XXAD${secret}|`,
    `${date}AD${secret}|`,
  ]
  for (const line of lines) t.notMatch(maskLine(line, '|'), secret, line)
  t.notMatch(maskLine(`9300CNx^CO${secret}^`, '^'), secret, 'with another delimiter')
})

t.test('everything else stays as it is', async (t) => {
  const lines = [
    '9900402.00AY0AZFCA5',
    '35AOx|AA1|AC|AD|',
    '24              00120261122    120000AOx|AA1|AEADA|BLY|',
    '',
  ]
  for (const line of lines) t.equal(maskLine(line, '|'), line)
})
