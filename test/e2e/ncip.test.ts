/** A partner over HTTP: every service, the dialect of a storage system, and everything that is no good message. */
import { Readable } from 'node:stream'
import t from 'tap'
import { request as requestHttp } from 'undici'
import { type BaseConfig, cards, copy, passwords, startBridge, type TestBridge } from '../helpers/bridge.ts'
import {
  elementsAt,
  item,
  itemElements,
  type NcipAnswer,
  problemIn,
  readAnswer,
  request as makeRequest,
  requestRef,
  textAt,
  typed,
  user,
  userElements,
} from '../helpers/ncip.ts'

const { anna, jonas, lukas } = cards

const request = (service: string, content: string) => makeRequest(service, content, { to: '01DEMO_INST' })

const storage = (service: string, content: string, header: Parameters<typeof makeRequest>[2] = {}) =>
  makeRequest(service, content, {
    from: 'DEPOT',
    to: '01DEMO_INST',
    fromSystem: 'NCIP_REMOTE_STORAGE',
    onBehalfOf: 'MAIN.DEPOT_DESK',
    ...header,
  })

const withDepotKey = { 'x-circbridge-key': passwords.depot }

async function asked(bridge: TestBridge, message: string, headers = {}) {
  let answer: NcipAnswer | undefined
  const calls = await bridge.callsOf(async () => {
    answer = await bridge.post(message, headers)
  })
  if (answer === undefined) throw new Error('there is no answer')
  return { answer, calls }
}

t.test('users and items are looked up', async (t) => {
  const bridge = await startBridge(t)
  const wanted = userElements('Name Information', 'User Privilege', 'User Id')
  const known = await asked(bridge, request('LookupUser', `${user(anna)}${wanted}<LoanedItemsDesired/>`))
  t.same(known.calls, ['getUser', 'listLoans'])
  t.equal(known.answer.body.name, 'LookupUserResponse')
  t.equal(textAt(known.answer.body, 'UserId/UserIdentifierValue'), 'anna.becker')
  t.equal(elementsAt(known.answer.body, 'LoanedItem').length, 3)
  t.match(problemIn((await asked(bridge, request('LookupUser', user('none')))).answer), { type: 'Unknown User' })

  const found = await asked(bridge, request('LookupItem', item(copy(15)) + itemElements('Circulation Status')))
  t.equal(found.calls.length, 2)
  t.equal(textAt(found.answer.body, 'ItemOptionalFields/CirculationStatus'), 'On Loan')
  t.match(problemIn(await bridge.post(request('LookupItem', item('none')))), { type: 'Unknown Item' })
})

t.test('an item is lent, renewed and taken back', async (t) => {
  const bridge = await startBridge(t)
  const lent = await asked(bridge, request('CheckOutItem', user(jonas) + item(copy(1))))
  t.same(lent.calls, ['createLoan'])
  t.equal(problemIn(lent.answer), undefined)
  t.equal(bridge.borrowerOf(copy(1)), jonas)
  t.equal(Date.parse(textAt(lent.answer.body, 'DateDue') ?? ''), Math.trunc((dueOf(bridge, 1) ?? 0) / 1000) * 1000)

  const before = dueOf(bridge, 9)
  const renewed = await asked(bridge, request('RenewItem', user(anna) + item(copy(9))))
  t.same(renewed.calls, ['listLoans', 'renewLoan'])
  t.equal(problemIn(renewed.answer), undefined)
  t.ok((dueOf(bridge, 9) ?? 0) > (before ?? 0))

  const returned = await asked(bridge, request('CheckInItem', item(copy(1))))
  t.same(returned.calls, ['scanItem'], 'the keys are known from the loan')
  t.equal(problemIn(returned.answer), undefined)
  t.equal(bridge.item(copy(1)).loan, undefined)
})

const dueOf = (bridge: TestBridge, number: number) => bridge.item(copy(number)).loan?.dueAt

t.test('an item is requested, and the request is cancelled', async (t) => {
  const bridge = await startBridge(t)
  const placing = request('RequestItem', `${user(jonas)}${item(copy(2))}<PickupLocation>MAIN</PickupLocation>`)
  const placed = await bridge.post(placing)
  t.equal(problemIn(placed), undefined)
  const id = textAt(placed.body, 'RequestId/RequestIdentifierValue') ?? ''
  t.ok(bridge.user(jonas).requests.has(id))
  t.equal(problemIn(await bridge.post(request('CancelRequestItem', user(jonas) + requestRef(id)))), undefined)
  t.equal(bridge.user(jonas).requests.size, 0)
})

t.test('a storage system tells where an item was scanned', async (t) => {
  const bridge = await startBridge(t)
  const sent = await bridge.post(storage('CheckOutItem', item(copy(20))), withDepotKey)
  t.equal(problemIn(sent), undefined)
  t.ok(elementsAt(sent.body, 'IndeterminateLoanPeriodFlag')[0])
  t.equal(problemIn(await bridge.post(storage('CheckInItem', item(copy(21))), withDepotKey)), undefined)
  t.match(
    bridge.executed('scanItem').map(({ query }) => query),
    [
      { library: 'MAIN', circ_desk: 'DEPOT_DESK' },
      { library: 'MAIN', circ_desk: 'DEPOT_DESK' },
    ],
  )
  t.equal(bridge.executed('createLoan').length, 0, 'nobody borrows it')

  const elsewhere = storage('CheckInItem', item(copy(20)), { onBehalfOf: 'MAIN.OTHER' })
  t.match(problemIn(await bridge.post(elsewhere, withDepotKey)), { type: 'Unknown Agency' })
  const lookup = storage('LookupItem', item(copy(20)))
  t.match(problemIn(await bridge.post(lookup, withDepotKey)), { type: 'Unauthorized Service For Agency' })
})

t.test('what Alma refuses is a Problem of the standard, and nothing is changed', async (t) => {
  const bridge = await startBridge(t)
  for (const [message, type] of [
    [request('CheckOutItem', user(lukas) + item(copy(1))), 'User Blocked'],
    [request('CheckOutItem', user('none') + item(copy(1))), 'Unknown User'],
    [request('CheckOutItem', user(jonas) + item('none')), 'Unknown Item'],
    [request('CheckOutItem', user(cards.paul) + item(copy(1))), 'Maximum Check Outs Exceeded'],
    [request('CheckOutItem', user(jonas) + item(copy(19))), 'Item Does Not Circulate'],
    [request('RenewItem', user(jonas) + item(copy(1))), 'Item Not Checked Out'],
    [request('CancelRequestItem', user(jonas) + requestRef('1')), 'Unknown Request'],
    [request('LookupUser', typed('Barcode Id', jonas) + typed('Password', 'x')), 'User Authentication Failed'],
  ] as const) {
    const { answer } = await asked(bridge, message)
    t.equal(answer.status, 200)
    t.equal(problemIn(answer)?.type, type)
  }
  t.equal(bridge.user(jonas).loans.size, 0)
})

t.test('who is not let in learns so in NCIP, and Alma is not asked', async (t) => {
  const bridge = await startBridge(t)
  const lookup = request('LookupUser', user(anna))
  const stranger = makeRequest('LookupUser', user(anna), { from: 'NOBODY', to: '01DEMO_INST' })
  const astray = makeRequest('LookupUser', user(anna), { to: '01OTHER' })
  const calls = await bridge.callsOf(async () => {
    for (const [message, key] of [
      [lookup, 'wrong'],
      [lookup, passwords.depot],
      [stranger, passwords.broker],
      [astray, passwords.broker],
    ] as const) {
      const answer = await bridge.post(message, { 'x-circbridge-key': key })
      t.equal(answer.status, 200)
      t.ok(problemIn(answer), key)
      t.notMatch(answer.xml, /Becker|anna\.becker/)
    }
  })
  t.same(calls, [])
  const bearer = { 'x-circbridge-key': '', authorization: `Bearer ${passwords.broker}` }
  t.equal(problemIn(await bridge.post(lookup, bearer)), undefined, 'the key may come as a bearer token')
})

t.test('what is no good message draws a Problem in a well-formed message', async (t) => {
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      listeners: { ...base.listeners, http: { ...base.listeners.http, maxBodyBytes: 4096 } },
    }),
  })
  const bomb = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]>'
  const lookup = request('LookupUser', user(anna))
  const calls = await bridge.callsOf(async () => {
    for (const [why, body] of [
      ['empty', ''],
      ['not XML', 'hello'],
      ['cut off', lookup.slice(0, -20)],
      ['a document type', `${bomb}${lookup}`],
      ['an external entity', `<!DOCTYPE a SYSTEM "file:///etc/passwd">${lookup}`],
      ['not NCIP', '<html><body/></html>'],
      ['no service', '<NCIPMessage xmlns="http://www.niso.org/2008/ncip"/>'],
      ['an unknown service', lookup.replaceAll('LookupUser', 'LookupWeather')],
      ['a service that is not served', lookup.replaceAll('LookupUser', 'UndoCheckOutItem')],
      ['no user', request('LookupUser', '')],
      ['too long', lookup.replace('</ns1:LookupUser>', `<!--${'x'.repeat(5000)}--></ns1:LookupUser>`)],
      ['nested too deeply', `<NCIPMessage>${'<a>'.repeat(300)}${'</a>'.repeat(300)}</NCIPMessage>`],
      ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x00])],
    ] as const) {
      const answer = await bridge.post(body)
      t.equal(answer.status, 200, why)
      t.ok(problemIn(answer), why)
      t.notMatch(answer.xml, /at .*\.ts:|root:/, why)
    }
  })
  t.same(calls, [])
  t.equal(problemIn(await bridge.post(lookup)), undefined, 'and the next good message is served')
})

t.test('the body counts, not its type', async (t) => {
  const bridge = await startBridge(t)
  for (const type of ['text/xml', 'application/x-www-form-urlencoded', 'nonsense', '']) {
    const answer = await bridge.post(request('LookupItem', item(copy(1))), { 'content-type': type })
    t.equal(problemIn(answer), undefined, type)
  }
  const latin1 = Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?>${request('LookupUser', user('Wörter'))}`,
    'latin1',
  )
  const answer = await bridge.post(latin1, { 'content-type': 'application/xml' })
  t.match(problemIn(answer), { type: 'Unknown User', value: 'Wörter' })
})

t.test('GET says what is served here, other paths and methods are not', async (t) => {
  const bridge = await startBridge(t)
  t.match(await bridge.get('/ncip'), { status: 200, text: /NCIP 2\.0/ })
  t.equal((await bridge.get('/nothing')).status, 404)
  t.match(await bridge.get('/healthz'), { status: 200 })
  const put = await requestHttp(`${bridge.url}/ncip`, { method: 'PUT', body: '<a/>' })
  t.equal(put.statusCode, 404)
  await put.body.dump()
})

t.test('as many messages at once as are allowed are served, one more is told so', async (t) => {
  const bridge = await startBridge(t, { config: narrow })
  bridge.alma.control.setFaults({ kind: 'delay-after', ms: 500 })
  const answers = await Promise.all(
    [1, 2, 3, 4].map((number) => bridge.post(request('LookupItem', item(copy(number))))),
  )
  const told = answers.map((answer) => problemIn(answer)?.detail ?? 'served').toSorted()
  t.match(told, [/Too much is under way/, /Too much is under way/, 'served', 'served'])
})

const narrow = (base: BaseConfig) => ({
  ...base,
  listeners: { ...base.listeners, http: { ...base.listeners.http, maxInFlight: 2 } },
})

t.test('a message that is sent in pieces is read whole', async (t) => {
  const bridge = await startBridge(t)
  const message = request('LookupItem', item(copy(1)))
  const response = await requestHttp(`${bridge.url}/ncip`, {
    method: 'POST',
    headers: { 'x-circbridge-key': passwords.broker },
    body: Readable.from(message.match(/.{1,50}/gs) ?? []),
  })
  const answer = readAnswer(await response.body.text())
  t.equal(answer.body.name, 'LookupItemResponse')
})
