import t from 'tap'
import { type DescribedField, describe } from '../../src/sip2/describe.ts'
import { defaultFixedPart, isCode, isMessageCode, reply, request } from '../../src/sip2/message.ts'

const date = '20261122    120000'

function meaningOf(described: readonly DescribedField[], key: string): string | undefined {
  return described.find((field) => field.id === key || field.name === key)?.meaning
}

t.test('a checkout response, field by field in the order of the wire', async (t) => {
  const fixed = { ok: true, renewalOk: false, magneticMedia: 'U', desensitize: 'Y', transactionDate: date } as const
  const described = describe(
    reply('12', fixed, { AO: 'a', AA: 'b', AB: 'c', AJ: 'd', AH: date, CK: '001', AF: ['one', 'two'] }, [
      { id: 'ZZ', value: 'e' },
    ]),
  )
  t.same(described[0], { id: '', name: 'ok', label: 'ok', value: '1', privacy: 'public', meaning: 'yes' })
  t.same(
    described.map(({ id, name, value, meaning }) => [id || name, value, meaning]),
    [
      ['ok', '1', 'yes'],
      ['renewalOk', 'N', 'no'],
      ['magneticMedia', 'U', 'unknown'],
      ['desensitize', 'Y', 'yes'],
      ['transactionDate', date, '2026-11-22 12:00:00'],
      ['AO', 'a', ''],
      ['AA', 'b', ''],
      ['AB', 'c', ''],
      ['AJ', 'd', ''],
      ['AH', date, '2026-11-22 12:00:00'],
      ['CK', '001', 'book'],
      ['ZZ', 'e', ''],
      ['AF', 'one', ''],
      ['AF', 'two', ''],
    ],
  )
  t.same(
    described.find((field) => field.id === 'ZZ'),
    { id: 'ZZ', name: '', label: 'ZZ', value: 'e', privacy: 'identity', meaning: '' },
  )
})

t.test('codes, positions and dates are spelt out', async (t) => {
  const status = {
    ...defaultFixedPart('98'),
    onlineStatus: true,
    timeoutPeriod: 600,
    retriesAllowed: 999,
    dateTimeSync: '20261122   Z120000',
  }
  const acs = describe(reply('98', status, { AO: 'a', BX: `NY${'N'.repeat(14)}` }))
  t.equal(meaningOf(acs, 'timeoutPeriod'), '60 s')
  t.equal(meaningOf(acs, 'retriesAllowed'), 'unknown')
  t.equal(meaningOf(acs, 'dateTimeSync'), '2026-11-22 12:00:00 UTC')
  t.equal(meaningOf(acs, 'BX'), 'checkout')
  t.equal(meaningOf(describe(reply('98', { ...status, timeoutPeriod: 0 }, { BX: '' })), 'timeoutPeriod'), 'off line')
  t.equal(meaningOf(describe(reply('98', { ...status, timeoutPeriod: 999 }, { BX: '' })), 'BX'), 'none')

  const patron = { ...defaultFixedPart('24'), patronStatus: `Y${' '.repeat(9)}Y   `, language: '003' }
  const blocked = describe(reply('24', patron, { BL: 'Y', CQ: 'N' }))
  t.equal(meaningOf(blocked, 'patronStatus'), 'may not borrow, excessive outstanding fines')
  t.equal(meaningOf(blocked, 'language'), 'German')
  t.equal(meaningOf(blocked, 'BL'), 'yes')
  t.equal(meaningOf(blocked, 'CQ'), 'no')
  t.equal(
    meaningOf(describe(reply('24', { ...patron, patronStatus: ' '.repeat(14), language: '777' }, {})), 'language'),
    '',
  )

  const asked = { ...defaultFixedPart('63'), summary: '  Y       ' }
  t.equal(meaningOf(describe(request('63', asked, {})), 'summary'), 'charged items')
  t.equal(meaningOf(describe(request('63', asked, {})), 'transactionDate'), 'none')
  t.equal(
    meaningOf(describe(request('15', { holdMode: '+', transactionDate: '' }, { BY: '2', BW: 'never' })), 'holdMode'),
    'add',
  )
  t.equal(
    meaningOf(describe(request('15', { holdMode: '+', transactionDate: '' }, { BY: '2', BW: 'never' })), 'BW'),
    '',
  )
})

t.test('passwords are marked as secret', async (t) => {
  const login = describe(request('93', defaultFixedPart('93'), { CN: 'kiosk', CO: 'password' }))
  t.same(
    login.filter((field) => field.privacy === 'secret').map((field) => field.id),
    ['CO'],
  )
})

t.test('messages are told apart by their codes', async (t) => {
  const login = request('93', defaultFixedPart('93'), {})
  t.ok(isCode(login, '93'))
  t.notOk(isCode(login, '94'))
  t.ok(isMessageCode('09'))
  t.notOk(isMessageCode('toString'))
})
