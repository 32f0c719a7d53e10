import t from 'tap'
import { plans } from '../../src/sip2/plan.ts'
import { supportedMessagePositions } from '../../src/sip2/spec/codes.ts'
import { findField, privacyOf, variableFields } from '../../src/sip2/spec/fields.ts'
import { type MessageCode, messages, type MessageSpec } from '../../src/sip2/spec/messages.ts'

const codes = Object.keys(messages) as MessageCode[]

t.test('fixed parts have the lengths of the specification, code included', async (t) => {
  // [SIP2 2.00 messages]
  const requests = {
    23: 23,
    11: 40,
    '09': 39,
    '01': 21,
    99: 10,
    97: 2,
    93: 4,
    63: 33,
    35: 20,
    37: 27,
    17: 20,
    19: 20,
    25: 20,
    15: 21,
    29: 40,
    65: 20,
  }
  const replies = {
    24: 37,
    26: 37,
    64: 61,
    12: 24,
    30: 24,
    10: 24,
    98: 36,
    94: 3,
    96: 2,
    36: 21,
    38: 21,
    18: 26,
    20: 21,
    16: 22,
    66: 29,
  }
  const lengths = Object.fromEntries(codes.map((code) => [code, plans[code].fixedEnd]))
  t.same(lengths, { ...requests, ...replies })
  t.equal(Object.keys(requests).length, 16)
})

t.test('every request but 97 has its reply, and every reply but 96 its request', async (t) => {
  const replied = codes.map((code) => (messages[code] as MessageSpec).reply).filter((reply) => reply !== undefined)
  for (const reply of replied) t.equal(messages[reply as MessageCode].direction, 'reply', reply)
  const replies = codes.filter((code) => messages[code].direction === 'reply')
  t.same([...new Set(replied), '96'].toSorted(), replies.toSorted())
  t.equal(codes.length, 31)
})

t.test('96 and 97 alone carry no sequence number', async (t) => {
  t.same(
    codes.filter((code) => !messages[code].sequenced),
    ['96', '97'],
  )
})

t.test('the tables agree with each other', async (t) => {
  for (const code of codes) {
    const { required, optional } = messages[code] as MessageSpec
    const ids = [...required, ...optional]
    t.equal(new Set(ids).size, ids.length, `${code} names no field twice`)
    t.ok(
      ids.every((id) => findField(id) !== undefined),
      `${code} names known fields`,
    )
  }
  const names = Object.values(variableFields).map((field) => field.name)
  t.equal(new Set(names).size, names.length, 'no name is given twice')
  t.ok(Object.keys(variableFields).every((id) => /^[A-Z][A-Z0-9]$/.test(id)))
  const requests = codes.filter((code) => messages[code].direction === 'request')
  t.same(
    supportedMessagePositions.map((position) => position.code).toSorted(),
    requests.toSorted(),
    'BX covers every request',
  )
})

t.test('what a field may show', async (t) => {
  const secret = Object.keys(variableFields).filter((id) => privacyOf(id) === 'secret')
  t.same(secret, ['AC', 'AD', 'CO'])
  for (const id of ['AA', 'AB', 'AE', 'AJ', 'AU', 'BD', 'BE', 'BF', 'CN', 'CY', 'DA', 'PB', 'ZZ', '', '__proto__'])
    t.equal(privacyOf(id), 'identity', id)
  for (const id of ['AO', 'AY', 'AZ', 'BX', 'CP', 'AH']) t.equal(privacyOf(id), 'public', id)
})
