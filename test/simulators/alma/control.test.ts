/** The second door, in the process and over HTTP. */
import t from 'tap'
import { type Alma, mainDesk, startAlma } from './alma-caller.ts'

const door = (alma: Alma, method: string, path: string, body?: unknown) =>
  alma.call(method, `/control${path}`, { key: null, ...(body === undefined ? {} : { body }) })

t.test('the log of calls', async (t) => {
  const alma = await startAlma(t)
  await alma.get('/users/21234000000001?expand=loans&apikey=demo-key-read-write')
  await alma.post('/users/anna.becker/loans?item_barcode=1', mainDesk)
  const [first, second] = alma.control.calls()
  t.match(first, {
    id: 1,
    time: '2026-03-10T10:00:00.000Z',
    method: 'GET',
    operation: 'getUser',
    template: '/users/{user_id}',
    path: '/almaws/v1/users/21234000000001',
    query: { expand: 'loans' },
    status: 200,
    code: '',
    executed: true,
  })
  t.equal(first?.query.apikey, undefined, 'no key in the log')
  t.match(second, { operation: 'createLoan', status: 400, code: '401689', executed: false })
  const listed = await door(alma, 'GET', '/calls')
  t.equal(listed.at('total'), 2)
  t.equal(listed.at('calls.1.template'), '/users/{user_id}/loans')
  t.equal((await door(alma, 'DELETE', '/calls')).status, 204)
  t.strictSame([alma.control.calls().length, alma.control.callCount()], [0, 0])
})

t.test('load, reset, dump', async (t) => {
  const alma = await startAlma(t)
  await alma.post('/users/anna.becker/loans?item_barcode=31234000000001', mainDesk)
  t.equal((await door(alma, 'GET', '/state')).at('loans.7.item_barcode'), '31234000000001')
  t.equal((await door(alma, 'POST', '/reset')).status, 204)
  t.equal(alma.control.dump().loans.length, 7)
  const yaml =
    'users:\n  - primary_id: only.one\n    first_name: Only\n    last_name: One\nitems:\n  - barcode: "0042"\n    title: Small\n    location: STACKS\n'
  t.equal((await door(alma, 'PUT', '/data', yaml)).status, 204)
  t.equal((await alma.get('/users')).at('total_record_count'), 1)
  const loan = await alma.post('/users/only.one/loans?item_barcode=0042', mainDesk)
  t.equal(loan.status, 200, 'three lines make a patron, three an item')
  t.equal((await door(alma, 'PUT', '/data', { users: [{ primary_id: 'x' }] })).status, 204)
  t.equal((await alma.get('/users/x')).status, 200)
  const wrong = await door(alma, 'PUT', '/data', { loans: [{ user_id: 'nobody', item_barcode: '1' }] })
  t.strictSame([wrong.status, wrong.at('error')], [422, 'sample data: no user "nobody"'])
  t.equal((await door(alma, 'PUT', '/data', '- a list')).status, 422)
  t.equal((await alma.get('/users/x')).status, 200, 'wrong data change nothing')
})

t.test('what sample data must have', async (t) => {
  const alma = await startAlma(t)
  const users = [{ primary_id: 'u' }]
  const items = [{ barcode: '1', title: 'A' }]
  t.throws(() => alma.control.load({ users, loans: [{ user_id: 'u', item_barcode: '2' }] }), /no item with barcode "2"/)
  t.throws(() => alma.control.load({ users, requests: [{ user_primary_id: 'u', title: 'B' }] }), /no title "B"/)
  const requests = [{ user_primary_id: 'u', title: 'A', request_status: 'ON_HOLD_SHELF' as const }]
  const loans = [{ user_id: 'u', item_barcode: '1' }]
  t.throws(() => alma.control.load({ users, items, loans, requests }), /no copy for a request/)
})

t.test('faults, switches, clock and quota over HTTP', async (t) => {
  const alma = await startAlma(t)
  await door(alma, 'PUT', '/faults', [{ kind: 'threshold', which: 'second', times: 1 }])
  t.equal((await alma.get('/conf/general')).status, 429)
  t.equal((await door(alma, 'GET', '/faults')).at('0.hits'), 1)
  await door(alma, 'POST', '/faults', { kind: 'answer', form: 'empty' })
  t.equal((await alma.get('/conf/general')).status, 503)
  await door(alma, 'DELETE', '/faults')
  t.equal((await alma.get('/conf/general')).status, 200)
  await door(alma, 'PATCH', '/switches', { unauthorizedStatus: 403 })
  t.equal((await door(alma, 'GET', '/switches')).at('unauthorizedStatus'), 403)
  await door(alma, 'PUT', '/clock', { offsetMs: 86_400_000 })
  t.match((await alma.get('/conf/libraries/MAIN/open-hours')).at('day.0.date'), '2026-03-11Z')
  await door(alma, 'PATCH', '/quota', { perSecond: 1, remaining: 5 })
  t.equal((await alma.get('/conf/general')).headers['x-exl-api-remaining'], '4')
  t.equal((await alma.get('/conf/general')).status, 429)
  await door(alma, 'PATCH', '/quota', { perSecond: 'none' })
  await door(alma, 'POST', '/reset', { everything: true })
  t.equal(alma.control.switches().unauthorizedStatus, 400)
  t.match((await alma.get('/conf/libraries/MAIN/open-hours')).at('day.0.date'), '2026-03-10Z')
})

t.test('orders that cannot be', async (t) => {
  const alma = await startAlma(t)
  const error = async (method: string, path: string, body: unknown) => {
    const reply = await door(alma, method, path, body)
    return `${reply.status} ${reply.textAt('error')}`
  }
  t.match(await error('PUT', '/faults', { kind: 'earthquake' }), '422 unknown kind of fault "earthquake"')
  t.match(await error('PUT', '/faults', { kind: 'answer', form: 'poem' }), '422 unknown form of answer "poem"')
  t.match(await error('PATCH', '/switches', { noSuch: true }), '422 unknown switch noSuch')
  t.match(await error('PATCH', '/switches', { loanedToOther: 'maybe' }), '422 switch loanedToOther cannot be "maybe"')
  t.match(await error('PATCH', '/switches', { staleIndexSeconds: -1 }), '422')
  t.match(await error('PATCH', '/switches', { gatewayErrorsInXml: 1 }), '422')
  t.match(await error('PUT', '/clock', {}), '422 offsetMs must be a number')
  t.equal((await alma.call('GET', '/control/no-such-thing')).status, 404)
})
