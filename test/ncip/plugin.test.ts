import { connect } from 'node:net'
import t from 'tap'
import { done } from '../../src/circulation/outcome.ts'
import { makeLog } from '../../src/runtime/log.ts'
import { type MessageEvent, messageChannel, protocolWarningChannel } from '../../src/runtime/diagnostics.ts'
import { rightPassword, sampleItem } from '../helpers/fake-library-system.ts'
import {
  elementsAt,
  item,
  post,
  problemIn,
  readAnswer,
  request,
  startNcip,
  textAt,
  typed,
  user,
  version202,
} from '../helpers/ncip.ts'

const lookup = request('LookupItem', item())

t.test('an answer is one XML message with status 200 and the agencies changed over', async (t) => {
  const app = await startNcip()
  const response = await app.inject({ method: 'POST', url: '/ncip', payload: Buffer.from(lookup) })
  t.equal(response.statusCode, 200, 'no Content-Type is needed')
  t.equal(response.headers['content-type'], 'application/xml; charset=utf-8')
  const { body, xml } = readAnswer(response.body)
  t.equal(textAt(body, 'ResponseHeader/FromAgencyId/AgencyId'), '01INST')
  t.equal(textAt(body, 'ResponseHeader/ToAgencyId/AgencyId'), 'PARTNER')
  t.ok(
    xml.startsWith('<?xml version="1.0" encoding="UTF-8"?><ns1:NCIPMessage xmlns:ns1="http://www.niso.org/2008/ncip" '),
  )
  t.ok(xml.includes(`ns1:version="${version202}"`), 'the version of the partner')
  t.notMatch(xml, />\s+</, 'compact')
})

t.test('any Content-Type carries a message', async (t) => {
  const app = await startNcip()
  for (const type of [
    'text/xml; charset=UTF-8',
    'application/x-www-form-urlencoded',
    'text/html',
    'nonsense',
    'application/json',
  ]) {
    t.equal(problemIn(await post(app, lookup, { headers: { 'content-type': type } })), undefined, type)
  }
})

t.test('GET tells people what this is', async (t) => {
  const response = await (await startNcip()).inject('/ncip')
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /text\/plain/)
  t.match(response.body, /NCIP/)
})

t.test('law 1: whatever is posted is answered with a Problem of four parts', async (t) => {
  const app = await startNcip({
    partner: { services: ['LookupItem'], key: 'key-canary' },
    limits: { bodyBytes: 20_000 },
  })
  const keyed = { authentication: 'key-canary' }
  const cases: readonly (readonly [name: string, body: string, type: string, element: string])[] = [
    ['empty', '', 'Invalid Message Syntax Error', 'Problem'],
    ['form field', 'xml=%3CNCIPMessage%2F%3E', 'Invalid Message Syntax Error', 'Problem'],
    ['prose', 'hello', 'Invalid Message Syntax Error', 'Problem'],
    ['malformed', '<NCIPMessage><LookupItem>', 'Invalid Message Syntax Error', 'Problem'],
    ['DOCTYPE', `<!DOCTYPE NCIPMessage>${lookup}`, 'Invalid Message Syntax Error', 'Problem'],
    ['two roots', lookup + lookup, 'Invalid Message Syntax Error', 'Problem'],
    ['another vocabulary', '<html><body/></html>', 'Invalid Message Syntax Error', 'Problem'],
    ['too large', `<a>${'x'.repeat(20_000)}</a>`, 'Invalid Message Syntax Error', 'Problem'],
    [
      'NCIP 1',
      '<NCIPMessage version="http://www.niso.org/ncip/v1_0/imp1/dtd/ncip_v1_0.dtd"><LookupUser/></NCIPMessage>',
      'Protocol Error',
      'Problem',
    ],
    ['unknown service', request('LookupVersion', '', keyed), 'Unknown Service', 'Problem'],
    ['unserved service', request('AcceptItem', '', keyed), 'Unsupported Service', 'AcceptItemResponse'],
    ['notification', request('ItemShipped', '', keyed), 'Unsupported Service', 'ItemShippedResponse'],
    [
      'forbidden service',
      request('CheckInItem', item(), keyed),
      'Unauthorized Service For Agency',
      'CheckInItemResponse',
    ],
    [
      'wrong key',
      request('LookupItem', item(), { authentication: 'other-canary' }),
      'Agency Authentication Failed',
      'LookupItemResponse',
    ],
    [
      'unknown agency',
      request('LookupItem', item(), { ...keyed, from: 'OTHER' }),
      'Unknown Agency',
      'LookupItemResponse',
    ],
    ['not for us', request('LookupItem', item(), { ...keyed, to: 'OTHER' }), 'Unknown Agency', 'LookupItemResponse'],
    ['incomplete', request('LookupItem', '', keyed), 'Needed Data Missing', 'LookupItemResponse'],
    [
      'no header',
      '<NCIPMessage><LookupItem><ItemId><ItemIdentifierValue>1</ItemIdentifierValue></ItemId></LookupItem></NCIPMessage>',
      'Needed Data Missing',
      'LookupItemResponse',
    ],
  ]
  for (const [name, body, type, element] of cases) {
    const answer = await post(app, body)
    t.equal(answer.status, 200, name)
    t.match(problemIn(answer), { in: element, type, scheme: /^http/, detail: /./, element: /^\/\//, value: /./ }, name)
    t.notMatch(answer.xml, /canary|node_modules|\bat \w+\.ts/, name)
  }
})

t.test('a key comes in a header, as a bearer or in the message', async (t) => {
  const app = await startNcip({ partner: { key: 'key-canary' } })
  t.equal(problemIn(await post(app, lookup, { headers: { 'x-circbridge-key': 'key-canary' } })), undefined)
  t.equal(problemIn(await post(app, lookup, { headers: { authorization: 'Bearer key-canary' } })), undefined)
  t.equal(problemIn(await post(app, request('LookupItem', item(), { authentication: 'key-canary' }))), undefined)
  t.match(problemIn(await post(app, lookup, { headers: { authorization: 'Basic key-canary' } })), {
    type: 'Agency Authentication Failed',
  })
})

t.test('charsets are read as the message names them', async (t) => {
  const app = await startNcip()
  const message = request('LookupItem', item('Bücher'))
  const latin = Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${message}`, 'latin1')
  const utf16 = Buffer.from(`\ufeff${message}`, 'utf16le')
  for (const body of [latin, utf16, Buffer.from(message, 'latin1'), Buffer.from(message)]) {
    t.match(problemIn(await post(app, body)), { type: 'Unknown Item', value: 'Bücher' })
  }
  const foreign = Buffer.from(`<?xml version="1.0" encoding="x-nothing"?>${message}`, 'latin1')
  t.match(problemIn(await post(app, foreign)), { type: 'Invalid Message Syntax Error', detail: /character set/ })
})

t.test('law 1: a bug becomes a Problem in the right answer, and law 5: its text stays here', async (t) => {
  const lines: string[] = []
  const log = makeLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } })
  const broken = async () => {
    throw new Error('P100 with PIN canary')
  }
  const app = await startNcip({
    log,
    answers: {
      patrons: { find: broken },
      items: { scanIn: broken, find: async () => done({ ...sampleItem, state: 'odd' as 'other' }) },
    },
  })
  const read = await post(app, request('LookupUser', user()))
  t.match(problemIn(read), {
    in: 'LookupUserResponse',
    type: 'Temporary Processing Failure',
    detail: /Nothing was changed/,
  })
  const changed = await post(app, request('CheckInItem', item()))
  t.match(problemIn(changed), {
    in: 'CheckInItemResponse',
    type: 'Temporary Processing Failure',
    detail: /not known whether/,
  })
  t.notMatch(read.xml + changed.xml + lines.join(''), 'canary')
  const told = lines.map((line) => JSON.parse(line))
  t.match(told, [
    { code: 'INTERNAL_ERROR', kind: 'LookupUser', result: 'error', error: { at: /plugin\.test\.ts/ } },
    { code: 'INTERNAL_ERROR', kind: 'CheckInItem', result: 'error' },
  ])
})

t.test('law 1: a service that outlives the deadline is answered for', async (t) => {
  const never = Promise.withResolvers<never>()
  const signals: AbortSignal[] = []
  const app = await startNcip({
    limits: { deadlineMs: 20 },
    answers: {
      items: {
        find: (_, call) => {
          signals.push(call.signal)
          return never.promise
        },
        scanIn: () => never.promise,
      },
    },
  })
  const [read, changed] = await Promise.all([post(app, lookup), post(app, request('CheckInItem', item()))])
  t.match(problemIn(read), { type: 'Temporary Processing Failure', detail: /did not answer in time/ })
  t.match(problemIn(changed), { type: 'Temporary Processing Failure', detail: /not known whether/ })
  t.ok(signals[0]?.aborted, 'the ports were told')
})

t.test('more messages than may be in flight are refused at once', async (t) => {
  const gate = Promise.withResolvers<void>()
  const app = await startNcip({
    limits: { inFlight: 1 },
    answers: {
      items: {
        find: async () => {
          await gate.promise
          return done(sampleItem)
        },
      },
    },
  })
  const first = post(app, lookup)
  const second = await post(app, request('CheckOutItem', user() + item()))
  t.match(problemIn(second), { in: 'CheckOutItemResponse', type: 'Temporary Processing Failure', detail: /Too much/ })
  gate.resolve()
  t.equal(problemIn(await first), undefined)
  t.equal(problemIn(await post(app, lookup)), undefined, 'and there is room again')
})

t.test('every message is told to whoever listens, without a word of its content', async (t) => {
  const events: MessageEvent[] = []
  const warnings: unknown[] = []
  const onMessage = (event: unknown) => void events.push(event as MessageEvent)
  const onWarning = (event: unknown) => void warnings.push(event)
  messageChannel.subscribe(onMessage)
  protocolWarningChannel.subscribe(onWarning)
  t.teardown(() => {
    messageChannel.unsubscribe(onMessage)
    protocolWarningChannel.unsubscribe(onWarning)
  })
  const app = await startNcip({ partner: { name: 'broker' } })
  await post(app, lookup)
  await post(app, request('LookupUser', user('nobody-canary')))
  await post(app, request('RecallItem', ''))
  await post(app, request('LookupItem', item(), { from: 'agency-canary' }))
  await post(app, '<canary')
  const broker = { protocol: 'ncip', machine: 'broker', institution: 'INST', id: /^[\da-f-]{36}$/ }
  t.match(events, [
    { ...broker, kind: 'LookupItem', result: 'done', reason: undefined },
    { ...broker, kind: 'LookupUser', result: 'refused', reason: 'patron-unknown' },
    { ...broker, kind: 'other', result: 'invalid' },
    { machine: '', kind: 'LookupItem', result: 'invalid' },
    { machine: '', kind: 'other', result: 'invalid' },
  ])
  t.equal(new Set(events.map((event) => event.id)).size, events.length, 'each with an id of its own')
  t.match(warnings, [
    { code: 'ncip-unserved', machine: 'broker' },
    { code: 'ncip-agency-unknown' },
    { code: 'ncip-malformed' },
  ])
  t.notMatch(JSON.stringify([events, warnings]), /canary|B0071/)
})

t.test('over real HTTP', async (t) => {
  const app = await startNcip({ limits: { bodyBytes: 5000 } })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())

  const answer = await fetch(`${address}/ncip`, { method: 'POST', body: lookup })
  t.equal(answer.status, 200)
  t.equal(elementsAt(readAnswer(await answer.text()).body, 'ItemId').length, 1)

  const tooLarge = await fetch(`${address}/ncip`, { method: 'POST', body: 'x'.repeat(6000) })
  t.equal(tooLarge.status, 200)
  t.match(readAnswer(await tooLarge.text()).xml, 'too large')

  const head = `POST /ncip HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${lookup.length}\r\n\r\n`
  const old = await exchange(Number(new URL(address).port), head + lookup)
  t.match(old, /^HTTP\/1\.[01] 200/)
  t.match(old, 'LookupItemResponse', 'HTTP/1.0 without a Host')
})

function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.on('end', () => resolve(received))
    socket.on('error', reject)
  })
}

t.test('hostile messages cost little and leak nothing', async (t) => {
  const app = await startNcip()
  const laughs = `<!DOCTYPE x [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, n) => `<!ENTITY b${n} "${'&a;'.repeat(10)}">`).join('')}]>`
  const hostile = [
    laughs + lookup,
    `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${request('LookupItem', item('&a;'))}`,
    `<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">${lookup}`,
    '<a>'.repeat(20_000) + '</a>'.repeat(20_000),
    `<NCIPMessage>${'<b>'.repeat(80)}${'</b>'.repeat(80)}</NCIPMessage>`,
    '<NCIPMessage><LookupUser><__proto__><polluted>1</polluted></__proto__></LookupUser></NCIPMessage>',
    '<NCIPMessage><__proto__/></NCIPMessage>',
    '<NCIPMessage><constructor/></NCIPMessage>',
    '<NCIPMessage><toString/></NCIPMessage>',
    `<NCIPMessage version="${'9'.repeat(5000)}"><LookupItem/></NCIPMessage>`,
    `<NCIPMessage ${Array.from({ length: 5000 }, (_, n) => `a${n}="1"`).join(' ')}/>`,
    request('LookupItem', item('\u0000\u0001'), { from: 'A\u0007B' }),
    request('LookupItem', item(), { from: '__proto__' }),
    request('LookupItem', item(), { from: 'x'.repeat(10_000) }),
    '\u0000\u0000\u0000',
    '\ufffe',
  ]
  for (const message of hostile) {
    const answer = await post(app, message)
    t.equal(answer.status, 200)
    t.ok(problemIn(answer), message.slice(0, 60))
    t.notMatch(answer.xml, /root:|passwd/)
  }
  t.notOk('polluted' in {})
})

t.test('what the library system says cannot break the answer', async (t) => {
  const nasty = ']]></ns1:Title><script>&\u0000\u000b\ud800"\''
  const app = await startNcip({ answers: { items: { find: async () => done({ ...sampleItem, title: nasty }) } } })
  const { body } = await post(
    app,
    request('LookupItem', `${item()}<ItemElementType>Bibliographic Description</ItemElementType>`),
  )
  t.equal(textAt(body, 'ItemOptionalFields/BibliographicDescription/Title'), ']]></ns1:Title><script>&"\'')
})

t.test('a password never comes back', async (t) => {
  const app = await startNcip({ answers: { patrons: { find: async () => ({ kind: 'unknown', evidence: '' }) } } })
  const answer = await post(app, request('LookupUser', typed('Username', 'P100') + typed('PIN', rightPassword)))
  t.notMatch(answer.xml, rightPassword)
})
