/** Keys, formats, success codes, errors [Alma: authentication, content negotiation, error envelope]. */
import { XMLParser } from 'fast-xml-parser'
import t from 'tap'
import { mainDesk, startAlma } from './alma-caller.ts'

t.test('a key is needed, by header or query', async (t) => {
  const alma = await startAlma(t)
  const none = await alma.get('/conf/general', { key: null })
  t.equal(none.status, 400)
  t.equal(none.code, 'GENERAL_ERROR')
  t.equal(none.at('errorList.error.0.trackingId'), undefined, 'gateway errors carry no tracking id')
  t.equal((await alma.get('/conf/general?apikey=demo-key-read-write', { key: null })).status, 200)
  const unknown = await alma.get('/conf/general', { key: 'no-such-key' })
  t.strictSame([unknown.status, unknown.code], [400, 'UNAUTHORIZED'])
  alma.control.setSwitches({ unauthorizedStatus: 403 })
  t.equal((await alma.get('/conf/general', { key: 'no-such-key' })).status, 403)
  const malformed = await alma.get('/conf/general', { key: 'a b' })
  t.strictSame([malformed.status, malformed.code], [403, 'INVALID_REQUEST'])
})

t.test('a read-only key reads, checks passwords and changes nothing', async (t) => {
  const alma = await startAlma(t)
  const key = 'demo-key-read-only'
  t.equal((await alma.get('/users/anna.becker', { key })).status, 200)
  const auth = await alma.call('POST', '/users/jonas.weber?op=auth&password=correct-horse-7', { key })
  t.strictSame([auth.status, auth.text], [204, ''])
  const loan = await alma.call('POST', '/users/jonas.weber/loans?item_barcode=31234000000001', { key, body: mainDesk })
  t.equal(loan.code, 'UNAUTHORIZED')
  t.equal((await alma.call('POST', '/conf/test', { key })).code, 'UNAUTHORIZED')
  t.equal(alma.control.dump().loans.length, 7, 'nothing was lent')
})

t.test('a key has a right for each area', async (t) => {
  const rights = { users: 'read-write', conf: 'read-only' } as const
  const alma = await startAlma(t, { apiKeys: [{ key: 'some-rights', rights }] })
  t.equal((await alma.get('/users/anna.becker')).status, 200)
  t.equal((await alma.get('/conf/general')).status, 200)
  t.equal((await alma.post('/conf/test')).code, 'UNAUTHORIZED')
  t.equal((await alma.get('/items?item_barcode=31234000000001')).code, 'UNAUTHORIZED')
})

t.test('XML unless JSON is asked for', async (t) => {
  const alma = await startAlma(t)
  const xml = await alma.get('/users/anna.becker', { accept: '*/*' })
  t.match(xml.headers['content-type'], /^application\/xml/)
  t.match(xml.text, /^<\?xml version="1.0" encoding="UTF-8" standalone="yes"\?><user>/)
  t.match((await alma.get('/users/anna.becker?format=json', { accept: '*/*' })).headers['content-type'], /json/)
  const error = await alma.get('/users/nobody', { accept: 'application/xml' })
  t.equal(error.status, 400)
  const parsed = new XMLParser({ parseTagValue: false, ignoreAttributes: false }).parse(error.text)
  t.equal(parsed.web_service_result['@_xmlns'], 'http://com/exlibris/urm/general/xmlbeans')
  t.equal(parsed.web_service_result.errorList.error.errorCode, '401861')
})

t.test('gateway errors in XML although JSON was asked for', async (t) => {
  const alma = await startAlma(t, { switches: { gatewayErrorsInXml: true } })
  const unknown = await alma.get('/conf/general', { key: 'no-such-key' })
  t.match(unknown.headers['content-type'], /xml/)
  t.match(unknown.text, '<errorCode>UNAUTHORIZED</errorCode>')
  t.equal((await alma.get('/users/nobody')).code, '401861', "Alma's own errors stay JSON")
})

t.test('the error envelope of Alma itself', async (t) => {
  const alma = await startAlma(t)
  const error = await alma.get('/users/nobody')
  t.equal(error.status, 400)
  t.equal(error.at('errorsExist'), true)
  t.equal(error.at('result'), null)
  t.equal(error.at('errorList.error.0.errorMessage'), 'User with identifier nobody was not found.')
  t.match(error.at('errorList.error.0.trackingId'), /^E01-\d{10}-[A-Z0-9]{5}-AWAE\d+$/)
})

t.test('success codes', async (t) => {
  const alma = await startAlma(t)
  const found = await alma.get('/items?item_barcode=31234000000001&expand=due_date&apikey=demo-key-read-write')
  t.equal(found.status, 302)
  t.match(found.headers.location, /\/almaws\/v1\/bibs\/99\d+\/holdings\/22\d+\/items\/23\d+\?expand=due_date$/)
  t.equal(found.text, '')
  t.equal((await alma.post('/users/anna.becker/loans?item_barcode=31234000000001', mainDesk)).status, 200)
  const requests = await alma.get('/users/anna.becker/requests')
  const path = `/users/anna.becker/requests/${requests.textAt('user_request.0.request_id')}`
  const gone = await alma.call('DELETE', `${path}?reason=CancelledAtPatronRequest`)
  t.strictSame([gone.status, gone.text], [204, ''])
})

t.test('test endpoints answer in XML whatever is asked for', async (t) => {
  const alma = await startAlma(t)
  for (const path of ['/conf/test', '/bibs/test', '/task-lists/test', '/users/operation/test']) {
    t.equal((await alma.get(path)).text, '<test>GET - OK - institutionCode: 01DEMO_INST</test>', path)
    t.equal((await alma.post(path)).text, '<test>POST - OK</test>', path)
  }
})

t.test('paging', async (t) => {
  const users = Array.from({ length: 120 }, (_, index) => ({ primary_id: `u${index}`, last_name: `N${index}` }))
  const alma = await startAlma(t, { data: { users } })
  const list = async (query: string) => (await alma.get(`/users?${query}`)).at('user') as unknown[]
  t.equal((await list('')).length, 10)
  t.equal((await list('limit=100')).length, 100)
  t.equal((await list('limit=500')).length, 100, 'capped')
  t.equal((await list('limit=100&offset=110')).length, 10)
  t.equal((await alma.get('/users')).at('total_record_count'), 120)
  t.equal(await list('offset=500'), undefined, 'an empty list has no array')
  t.equal((await alma.get('/users?limit=-1')).code, '401666')
  alma.control.setSwitches({ limitAbove100: 'error' })
  t.equal((await alma.get('/users?limit=101')).code, '401666')
})

t.test('absent members are null or left out', async (t) => {
  const alma = await startAlma(t)
  const omitted = await alma.get(await alma.itemPath('31234000000001'))
  t.strictSame(omitted.at('holding_data.temp_library'), {})
  t.equal(omitted.at('item_data.edition'), undefined)
  alma.control.setSwitches({ nullsOrOmitted: 'nulls' })
  const nulls = await alma.get(await alma.itemPath('31234000000001'))
  t.strictSame(nulls.at('holding_data.temp_library'), { value: null, desc: null })
  t.equal(nulls.at('item_data.edition'), null)
})

t.test('what is no path, no body, too large', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.get('/no/such/path')
  t.strictSame([path.status, path.code], [404, 'GENERAL_ERROR'])
  alma.control.setSwitches({ unknownPathStatus: 400 })
  t.equal((await alma.get('/no/such/path')).status, 400)
  const loans = '/users/anna.becker/loans?item_barcode=31234000000001'
  t.equal((await alma.call('POST', loans, { body: '{"library"' })).code, '401676')
  t.equal((await alma.call('POST', loans, { body: '[]' })).code, '401676')
  t.equal((await alma.call('POST', loans, { body: '<!DOCTYPE x><item_loan/>' })).code, '401676')
  const large = await alma.call('POST', loans, { body: 'x'.repeat(5_000_000) })
  t.strictSame([large.status, large.code], [403, 'REQUEST_TOO_LARGE'])
})

t.test('identifiers in paths are decoded, unknown parameters ignored', async (t) => {
  const users = [{ primary_id: 'a.b@example.org' }, { primary_id: 'with space' }, { primary_id: 'a/b' }]
  const alma = await startAlma(t, { data: { users } })
  for (const { primary_id: id } of users) {
    t.equal((await alma.get(`/users/${encodeURIComponent(id)}?unheard_of=1`)).at('primary_id'), id)
  }
})
