import t from 'tap'
import { checksumOf } from '../../src/sip2/checksum.ts'
import { type Decoded, decode } from '../../src/sip2/codec.ts'
import type { Direction } from '../../src/sip2/spec/messages.ts'
import { decodeWarnings } from '../../src/sip2/warnings.ts'

const seen = new Set<string>()

function decodeAs<D extends Direction>(direction: D, text: string, charset: 'latin1' | 'utf8' = 'latin1'): Decoded<D> {
  const options = { charset: charset === 'utf8' ? 'utf-8' : 'iso-8859-1', delimiter: '|', direction } as const
  const decoded = decode(Buffer.from(text, charset), options)
  if (decoded.kind === 'message') for (const warning of decoded.warnings) seen.add(warning)
  return decoded
}

function requestOf(text: string, charset: 'latin1' | 'utf8' = 'latin1') {
  const decoded = decodeAs('request', text, charset)
  if (decoded.kind !== 'message') throw new Error(`${text}: ${decoded.kind}`)
  const { message, warnings } = decoded
  // The tests look at members of different messages, so the union is opened here once.
  const fixed = message.fixed as unknown as Record<string, unknown>
  const fields = message.fields as unknown as Record<string, unknown>
  return { ...message, fixed, fields, warnings }
}

const date = '20261122    120000'

t.test('a request in order has no warnings', async (t) => {
  const text = `11YN${date}20261220    235900AOMAIN|AA123|AB456|AC|BON|AY3AZ`
  const message = requestOf(text + checksumOf(Buffer.from(text)))
  t.equal(message.code, '11')
  t.same(message.fixed, {
    scRenewalPolicy: true,
    noBlock: false,
    transactionDate: date,
    nbDueDate: '20261220    235900',
  })
  t.same(message.fields, { AO: 'MAIN', AA: '123', AB: '456', AC: '', BO: 'N' })
  t.equal(message.sequence, '3')
  t.equal(message.checksum, 'bytes')
  t.same(message.warnings, [])
})

t.test('a frame that is no message of this direction', async (t) => {
  t.same(decodeAs('request', ''), { kind: 'too-short' })
  t.same(decodeAs('request', '9'), { kind: 'too-short' })
  t.same(decodeAs('request', 'XXAOa|'), { kind: 'unknown-command', code: 'XX', checksum: 'absent' })
  t.same(
    decodeAs('request', '941'),
    { kind: 'unknown-command', code: '94', checksum: 'absent' },
    'a reply is no request',
  )
  t.same(decodeAs('reply', '97'), { kind: 'unknown-command', code: '97', checksum: 'absent' }, 'a request is no reply')
  t.match(decodeAs('request', '__proto__'), { kind: 'unknown-command' })
  t.match(decodeAs('request', 'XX|AY1AZ0000'), { checksum: 'wrong' })
})

t.test('a delimiter right behind the fixed part', async (t) => {
  t.match(requestOf('9900401.00|'), { fixed: { protocolVersion: '1.00' }, warnings: ['delimiter-after-fixed-part'] })
  t.match(requestOf(`15+${date}|AOa|AAb|`), { fields: { AO: 'a', AA: 'b' }, warnings: ['delimiter-after-fixed-part'] })
})

t.test('the last field without its delimiter, in front of AY too', async (t) => {
  t.match(requestOf('9300CNuser|COpassword'), { fields: { CO: 'password' }, warnings: ['delimiter-missing'] })
  const message = requestOf('9300CNuser|COpasswordAY1AZF607')
  t.match(message, { fields: { CO: 'password' }, sequence: '1', warnings: ['delimiter-missing'] })
  t.match(
    requestOf('9300CNuser|COABAZ1234'),
    { fields: { CO: 'ABAZ1234' }, checksum: 'absent' },
    'AZ alone can be a value',
  )
})

t.test('99 with every width and version seen', async (t) => {
  const cases: [string, number, string][] = [
    ['9900302.00', 30, '2.00'],
    ['990302.00', 30, '2.00'],
    ['990302.00|AYWRONG', 30, '2.00'],
    ['990302.00AY1AZFCD5', 30, '2.00'],
    ['990231.23', 23, '1.23'],
    ['990 802.00', 80, '2.00'],
    ['99 402.00', 40, '2.00'],
    ['9900302.0E', 30, '2.0E'],
    ['9900302.0', 30, '2.0'],
    ['99', 0, '2.00'],
    ['99|', 0, '2.00'],
  ]
  for (const [text, maxPrintWidth, protocolVersion] of cases)
    t.match(requestOf(text).fixed, { maxPrintWidth, protocolVersion }, text)
})

t.test('a fixed part that is too short or too long', async (t) => {
  const cases: [string, Record<string, unknown>, Record<string, string>, string][] = [
    ['65AOa|AAb|', { transactionDate: '' }, { AO: 'a', AA: 'b' }, 'fixed-part-short'],
    [
      '65AOa long institution name|AAb|',
      { transactionDate: '' },
      { AO: 'a long institution name', AA: 'b' },
      'fixed-part-short',
    ],
    [`65${date}${date}AOa|`, { transactionDate: date }, { AO: 'a' }, 'fixed-part-long'],
    [`17001${date}AOa|ABb|`, { transactionDate: date }, { AO: 'a', AB: 'b' }, 'fixed-part-long'],
    [`191${date}AOa|ABb|`, { transactionDate: date }, { AO: 'a', AB: 'b' }, 'fixed-part-long'],
    [`15+${date}3BSx|BY3|`, { holdMode: '+', transactionDate: date }, { BS: 'x', BY: '3' }, 'fixed-part-long'],
    [`11YN${date}AOa|AAb|`, { transactionDate: date, nbDueDate: '' }, { AO: 'a', AA: 'b' }, 'fixed-part-short'],
    [`11YN${date}|AOa|`, { transactionDate: date, nbDueDate: '' }, { AO: 'a' }, 'fixed-part-short'],
    [`63001${date}AOa|AAb|`, { language: '001', summary: ' '.repeat(10) }, { AO: 'a', AA: 'b' }, 'fixed-part-short'],
    [`63001${date}  Y  AOinstitution|`, { summary: '  Y       ' }, { AO: 'institution' }, 'fixed-part-short'],
    ['2300020261122120000|AAb|', { transactionDate: '20261122120000    ' }, { AA: 'b' }, 'fixed-part-short'],
    ['35', { transactionDate: '' }, {}, 'fixed-part-short'],
  ]
  for (const [text, fixed, fields, warning] of cases) {
    const message = requestOf(text)
    t.match(message.fixed, fixed, text)
    t.same(message.fields, fields, text)
    t.ok(message.warnings.includes(warning as never), `${text}: ${message.warnings}`)
  }
})

t.test('fixed fields that are not of their kind are read as no', async (t) => {
  t.match(requestOf(`09y${date}${date}AOa|`), { fixed: { noBlock: true }, warnings: ['fixed-field-invalid'] })
  t.match(requestOf(`09 ${date}${' '.repeat(18)}AOa|`), {
    fixed: { noBlock: false, returnDate: '' },
    warnings: ['fixed-field-invalid'],
  })
  const decoded = decodeAs('reply', `64${' '.repeat(14)}001${date}${' '.repeat(24)}AOa|AAb|AEc|`)
  t.match(decoded, { message: { fixed: { holdItemsCount: 0 } }, warnings: ['fixed-field-invalid'] }, 'blank counts')
})

t.test('fields in any order, unknown, doubled, empty and too short', async (t) => {
  const message = requestOf(`17${date}ABitem|ZZother|AOa|xyodd||Q|AOb|BLY|ZZmore|`)
  t.same(message.fields, { AB: 'item', AO: 'a', BL: 'Y' }, 'the first of a doubled field counts')
  t.same(message.extraFields, [
    { id: 'ZZ', value: 'other' },
    { id: 'xy', value: 'odd' },
    { id: 'ZZ', value: 'more' },
  ])
  t.same(message.warnings, ['field-id-invalid', 'field-empty-segment', 'field-repeated'])
})

t.test('repeatable fields keep every value', async (t) => {
  const decoded = decodeAs('reply', `66100020001${date}AOa|BM1|BM2|BN3|AFone|AFtwo|`)
  t.match(decoded, { message: { fields: { AO: 'a', BM: ['1', '2'], BN: ['3'], AF: ['one', 'two'] } }, warnings: [] })
})

t.test('error detection in every form seen', async (t) => {
  t.match(requestOf('97AZFEF5'), { sequence: undefined, checksum: 'bytes', warnings: [] })
  t.match(requestOf('97AZfef5'), { checksum: 'bytes', warnings: [] }, 'lower case')
  t.match(requestOf('97AZFEF4'), { checksum: 'wrong' })
  t.match(requestOf('9900302.00AY1AZFCA5'), { sequence: '1', checksum: 'bytes', warnings: [] })
  t.match(requestOf('9900302.00AY12AZFC73'), { sequence: '12', checksum: 'bytes', warnings: [] }, 'more than one digit')
  t.match(requestOf('9900302.00|AZFD62'), { sequence: undefined, checksum: 'wrong' })
  t.match(requestOf('9900302.00AY1AZ'), { sequence: '1', checksum: 'absent', warnings: ['checksum-empty'] })
  t.match(requestOf('9900302.00AY1'), { sequence: '1', checksum: 'absent', warnings: [] })
  t.match(requestOf('9900302.00|AYWRONG').warnings, ['delimiter-after-fixed-part', 'sequence-invalid'])
  t.match(requestOf('9900302.00AYAZFCD6'), { sequence: undefined, warnings: ['sequence-invalid'] })
  t.match(requestOf('9900302.00AY1AZFC'), { checksum: 'wrong' }, 'digits missing')
  t.match(requestOf('9900302.00AY1AZFCA5|'), { sequence: '1', checksum: 'bytes', warnings: ['checksum-not-last'] })
  t.match(requestOf('9900302.00AY1AZFCA5|AOa|'), {
    checksum: 'bytes',
    fields: { AO: 'a' },
    warnings: ['checksum-not-last'],
  })
})

t.test('a checksum over characters instead of bytes is recognised', async (t) => {
  const text = `01N${date}AO|ALé|AAb|AC|AY1AZ`
  let sum = 0
  for (const character of text) sum += character.codePointAt(0) ?? 0
  const message = requestOf(text + (-sum & 0xffff).toString(16).toUpperCase(), 'utf8')
  t.match(message, { checksum: 'code-points', fields: { AL: 'é' }, warnings: ['checksum-code-points'] })
})

t.test('bytes that the charset does not know cost a warning', async (t) => {
  const decoded = decode(Buffer.from('9300CN\xe9|COb|', 'latin1'), {
    charset: 'utf-8',
    delimiter: '|',
    direction: 'request',
  })
  t.match(decoded, { message: { fields: { CN: '\ufffd' } }, warnings: ['charset-invalid'] })
  seen.add('charset-invalid')
})

t.test('another delimiter', async (t) => {
  const decoded = decode(Buffer.from('9300CNa|b^COc^AY1AZ0000'), {
    charset: 'cp850',
    delimiter: '^',
    direction: 'request',
  })
  t.match(decoded, { message: { fields: { CN: 'a|b', CO: 'c' }, sequence: '1', checksum: 'wrong' } })
})

t.test('every warning has been seen above', async (t) => {
  t.same([...seen].toSorted(), [...decodeWarnings].toSorted())
})
