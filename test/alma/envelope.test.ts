import fc from 'fast-check'
import t from 'tap'
import { looksLikeHtml, noFault, readFault, readJsonObject } from '../../src/alma/envelope.ts'

const trackingId = 'E01-1610205445-BGPFN-AWAE501555559'

t.test('reads the JSON envelope with a list and with a bare object', async (t) => {
  const error = { errorCode: '401861', errorMessage: 'User was not found. ', trackingId }
  for (const list of [[error, { errorCode: 'x' }], error]) {
    const body = JSON.stringify({ errorList: { error: list }, errorsExist: true, result: null })
    t.same(readFault(body), { code: '401861', message: 'User was not found.', trackingId })
  }
})

t.test('reads the XML envelope, with and without a prefix, and in spite of a bare &', async (t) => {
  const xml = (prefix: string): string =>
    `<?xml version="1.0"?><${prefix}web_service_result xmlns="http://com/exlibris/urm/general/xmlbeans">` +
    `<${prefix}errorsExist>true</${prefix}errorsExist><${prefix}errorList><${prefix}error>` +
    `<${prefix}errorCode>UNAUTHORIZED</${prefix}errorCode>` +
    `<${prefix}errorMessage>See https://a.example/?b=1&c=2 &lt;now&gt; </${prefix}errorMessage>` +
    `</${prefix}error></${prefix}errorList></${prefix}web_service_result>`
  for (const prefix of ['', 'ns2:']) {
    t.same(readFault(xml(prefix)), {
      code: 'UNAUTHORIZED',
      message: 'See https://a.example/?b=1&c=2 <now>',
      trackingId: '',
    })
  }
})

t.test('law 5: what has not the form of a code is left out, since codes are logged', async (t) => {
  const codeOf = (errorCode: string) => readFault(JSON.stringify({ errorList: { error: { errorCode } } })).code
  for (const code of ['401861', '4019998', 'PER_SECOND_THRESHOLD']) t.equal(codeOf(code), code)
  for (const code of ['Becker', 'anna_becker', '21234000000001', 'A'.repeat(41), 'USER ANNA']) t.equal(codeOf(code), '')
})

t.test('other bodies have no fault in them', async (t) => {
  for (const body of [
    '',
    'Internal error',
    '{"a":1}',
    '{broken',
    '[]',
    '<html><errorCode>1</errorCode></html>',
    '{"errorList":null}',
  ]) {
    t.same(readFault(body), noFault, body)
  }
})

t.test('a code that could carry something else is left out', async (t) => {
  t.equal(readFault('<errorCode>User jdoe, born 1990</errorCode>').code, '')
  const body = JSON.stringify({ errorList: { error: { errorCode: '1', trackingId: 'jdoe@example.org' } } })
  t.equal(readFault(body).trackingId, '')
})

t.test('tells HTML from XML and reads JSON behind a byte order mark', async (t) => {
  t.ok(looksLikeHtml('\n<!DOCTYPE html><html>'))
  t.ok(looksLikeHtml('<HTML>'))
  t.notOk(looksLikeHtml('<test>GET - OK</test>'))
  t.same(readJsonObject('\uFEFF{"a":1}'), { a: 1 })
  t.equal(readJsonObject('[1]'), undefined)
})

t.test('no body makes it throw', async () => {
  fc.assert(fc.property(fc.string(), (body) => typeof readFault(body).code === 'string'))
})
