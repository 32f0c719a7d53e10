import t from 'tap'
import { decode, type EncodeOptions, encode, encodeWarnings, maximumValueLength } from '../../src/sip2/codec.ts'
import { type Message, reply, request } from '../../src/sip2/message.ts'

const date = '20261122    120000'
const plain: EncodeOptions = { charset: 'cp850', delimiter: '|', terminator: '\r', errorDetection: { checksum: false } }

const seen = new Set<string>()

function encoded(message: Message, options: Partial<EncodeOptions> = {}): { text: string; warnings: string[] } {
  const warnings: string[] = []
  const onWarning: EncodeOptions['onWarning'] = (warning, field) => {
    seen.add(warning)
    warnings.push(`${warning} ${field}`)
  }
  return { text: encode(message, { ...plain, ...options, onWarning }).toString('latin1'), warnings }
}

const textOf = (message: Message, options?: Partial<EncodeOptions>) => encoded(message, options).text

const endSession = (fields: Parameters<typeof reply<'36'>>[2]) =>
  reply('36', { endSession: true, transactionDate: date }, fields)

t.test('required fields are always there, in the order of the specification, AO first', async (t) => {
  const fixed = { ok: true, renewalOk: false, magneticMedia: 'U', desensitize: 'Y', transactionDate: date } as const
  t.equal(textOf(reply('12', fixed, {})), `121NUY${date}AO|AA|AB|AJ|AH|\r`)
  const shuffled = {
    AG: ['print'],
    AF: ['one', 'two'],
    AH: 'soon',
    CK: '001',
    AJ: 'title',
    AB: 'item',
    AA: 'patron',
    AO: 'lib',
  }
  t.equal(
    textOf(reply('12', fixed, shuffled)),
    `121NUY${date}AOlib|AApatron|ABitem|AJtitle|AHsoon|CK001|AFone|AFtwo|AGprint|\r`,
  )
})

t.test('the messages without any fields', async (t) => {
  t.equal(textOf(reply('94', { ok: true }, {})), '941\r')
  t.equal(textOf(reply('96', {}, {})), '96\r')
  t.equal(textOf(request('97', {}, {})), '97\r')
  t.equal(textOf(request('99', { statusCode: '0', maxPrintWidth: 80, protocolVersion: '2.00' }, {})), '9900802.00\r')
})

t.test('AY and AZ stand last, without a delimiter; 96 and 97 have no AY', async (t) => {
  const errorDetection = { sequence: '1', checksum: true }
  t.equal(
    textOf(request('99', { statusCode: '0', maxPrintWidth: 30, protocolVersion: '2.00' }, {}), { errorDetection }),
    '9900302.00AY1AZFCA5\r',
  )
  t.equal(
    textOf(reply('94', { ok: true }, {}), { errorDetection: { sequence: '0', checksum: true } }),
    '941AY0AZFDFD\r',
  )
  t.equal(textOf(reply('96', {}, {}), { errorDetection }), '96AZFEF6\r')
  t.equal(textOf(request('97', {}, {}), { errorDetection }), '97AZFEF5\r')
  t.equal(textOf(reply('94', { ok: true }, {}), { errorDetection: { sequence: '12', checksum: false } }), '941AY12\r')
  t.equal(
    textOf(reply('94', { ok: true }, {}), { errorDetection: { sequence: '1|', checksum: false } }),
    '941\r',
    'no digits, no AY',
  )
})

t.test('terminator and delimiter as the terminal has them', async (t) => {
  const options = { terminator: '\r\n', delimiter: '^' }
  t.equal(textOf(endSession({ AO: 'a|b', AA: 'c^d' }), options), `36Y${date}AOa|b^AAc d^\r\n`)
})

t.test('fixed fields keep their width whatever they are given', async (t) => {
  const counts = { ok: true, renewedCount: 7, unrenewedCount: 12345, transactionDate: 'too long for a date' }
  const { text, warnings } = encoded(reply('66', counts, { AO: 'a' }))
  t.equal(text, '66100079999too long for a datAOa|\r')
  t.same(warnings, ['fixed-field-invalid unrenewedCount', 'fixed-field-invalid transactionDate'])

  const wrong = { ok: 'yes', renewedCount: -1, unrenewedCount: Number.NaN, transactionDate: '|\ré' } as never
  t.equal(textOf(reply('66', wrong, { AO: 'a' })), `66000000000  ?${' '.repeat(15)}AOa|\r`)
  t.equal(textOf(reply('66', {} as never, {})).length, '66'.length + 27 + 'AO|\r'.length, 'nothing given at all')
})

t.test('fields of a fixed width are filled and cut', async (t) => {
  const fixed = {
    onlineStatus: true,
    checkinOk: true,
    checkoutOk: true,
    acsRenewalPolicy: true,
    statusUpdateOk: false,
    offlineOk: false,
    timeoutPeriod: 600,
    retriesAllowed: 5,
    dateTimeSync: date,
    protocolVersion: '2.00',
  }
  t.match(textOf(reply('98', fixed, { AO: 'a', BX: 'Y'.repeat(18) })), `|BX${'Y'.repeat(16)}|`)
  const item = { circulationStatus: '3', securityMarker: '00', feeType: '01', transactionDate: date }
  t.match(textOf(reply('18', item, { CK: '1', BH: 'E' })), /^1803.*BHE {2}\|CK001\|/)
  t.match(textOf(reply('18', item, { CK: '' })), 'CK|', 'an empty one stays empty')
})

t.test('nothing in a value can end it, the field or the message', async (t) => {
  const { text, warnings } = encoded(
    endSession({ AO: 'one\r\ntwo', AA: '\x00a|b\x7f\u0085|', AF: ['x\u2028y', 'fine'] }),
  )
  t.equal(text, `36Y${date}AOone two|AAa b|AFx y|AFfine|\r`)
  t.same(warnings, ['value-cleaned AO', 'value-cleaned AA', 'value-cleaned AF'])
  t.match(textOf(endSession({ AA: 'ａ｜ｂ' })), 'AAa b|', 'a substitute is cleaned too')
})

t.test('a long value is cut between two characters', async (t) => {
  const fits = 'é'.repeat(maximumValueLength)
  t.equal(textOf(endSession({ AA: fits })).length, `36Y${date}AO|AA|\r`.length + maximumValueLength)
  const { warnings } = encoded(endSession({ AA: `${fits}e` }))
  t.same(warnings, ['value-cut AA'])
  const decoded = decode(encode(endSession({ AA: '😀'.repeat(300) }), { ...plain, charset: 'utf-8' }).subarray(0, -1), {
    charset: 'utf-8',
    delimiter: '|',
    direction: 'reply',
  })
  t.match(
    decoded,
    { message: { fields: { AA: '😀'.repeat(maximumValueLength) } } },
    'a pair of surrogates is one character',
  )
})

t.test('the checksum sums the bytes that are sent, not the characters', async (t) => {
  const message = endSession({ AO: 'bibliothèque', AA: 'Čapek' })
  for (const charset of ['cp850', 'iso-8859-1', 'windows-1252', 'utf-8', 'ascii'] as const) {
    const bytes = encode(message, { ...plain, charset, errorDetection: { sequence: '4', checksum: true } })
    const decoded = decode(bytes.subarray(0, -1), { charset, delimiter: '|', direction: 'reply' })
    t.match(decoded, { message: { checksum: 'bytes', sequence: '4' }, warnings: [] }, charset)
  }
  t.same(encoded(message).warnings, ['character-replaced AA'])
})

t.test('extensions and unknown fields go in front of AF and AG; undefined is not sent', async (t) => {
  const message = reply(
    '36',
    { endSession: true, transactionDate: date },
    { AO: 'a', AA: 'b', AF: ['c'], PA: 'd', CV: undefined },
    [{ id: 'ZZ', value: 'e' }],
  )
  t.equal(textOf(message), `36Y${date}AOa|AAb|PAd|ZZe|AFc|\r`)
})

t.test('an unknown field cannot pass itself off as the envelope', async (t) => {
  for (const id of ['AY', 'AZ', 'A', 'ABC', 'a|', '']) {
    const { text, warnings } = encoded(reply('94', { ok: true }, {}, [{ id, value: '1' }]))
    t.equal(text, '941\r', JSON.stringify(id))
    t.same(warnings, ['field-id-invalid '])
  }
})

t.test('a message longer than the first guess at its length', async (t) => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`.padEnd(40, '.'))
  const decoded = decode(encode(endSession({ AO: 'a', AA: 'b', AF: lines }), plain).subarray(0, -1), {
    charset: 'cp850',
    delimiter: '|',
    direction: 'reply',
  })
  t.match(decoded, { message: { fields: { AF: lines } } })
})

t.test('every warning has been seen above', async (t) => {
  t.same([...seen].toSorted(), [...encodeWarnings].toSorted())
})
