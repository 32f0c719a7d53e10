import t, { type Test } from 'tap'
import { Sip2Client, type Sip2ClientOptions } from '../../src/cli/sip2-client.ts'
import { isCode, request } from '../../src/sip2/message.ts'
import { answerTo, type Answer, failureOf, hangUp, seal, startScriptedServer } from './scripted-sip2-server.ts'

const status = request('99', { statusCode: '0', maxPrintWidth: 40, protocolVersion: '2.00' }, {})
const online = '98YYYYNN15000320261122    1200002.00AOINST|BXYYYNYYYYYYYNNNYY|'

async function start(
  test: Test,
  script: (line: string, index: number) => Answer,
  options: Partial<Sip2ClientOptions> = {},
) {
  const server = await startScriptedServer(script)
  const client = await Sip2Client.connect({ host: '127.0.0.1', port: server.port, timeoutMs: 5000, ...options })
  test.teardown(async () => {
    await client.close()
    await server.close()
  })
  return { server, client }
}

t.test('a request carries sequence number and checksum, and its reply is given decoded', async (t) => {
  const { server, client } = await start(t, (line) => answerTo(line, online))
  const exchange = await client.exchange(status)
  t.equal(server.lines[0], '9900402.00AY0AZFCA5')
  t.ok(isCode(exchange.reply, '98') && exchange.reply.fixed.onlineStatus)
  t.equal(exchange.reply.checksum, 'bytes')
  t.equal(exchange.sentLine, '9900402.00AY0AZFCA5')
  t.match(exchange.receivedLine, /^98YYYYNN.*AY0AZ[0-9A-F]{4}$/)
  t.same(exchange.warnings, [])
})

t.test('sequence numbers go from 0 to 9 and begin again', async (t) => {
  const { server, client } = await start(t, (line) => answerTo(line, online))
  for (let count = 0; count < 11; count++) await client.exchange(status)
  const sequences = server.lines.map((line) => /AY(\d)AZ/.exec(line)?.[1])
  t.equal(sequences.join(''), '01234567890')
})

t.test('after a time-out the same bytes are sent once more', async (t) => {
  const { server, client } = await start(t, (line, index) => (index === 0 ? undefined : answerTo(line, online)), {
    timeoutMs: 400,
  })
  const exchange = await client.exchange(status)
  t.equal(server.lines.length, 2)
  t.equal(server.lines[0], server.lines[1])
  t.match(exchange.warnings, [{ about: 'exchange', code: 'resent-after-timeout' }])
})

t.test('no reply at all ends with an error after the second attempt, and the connection with it', async (t) => {
  const { server, client } = await start(t, () => undefined, { timeoutMs: 50 })
  t.match(await failureOf(client.exchange(status)), { name: 'Sip2ClientError', kind: 'timeout' })
  t.equal(server.lines.length, 2)
  t.match(await failureOf(client.exchange(status)), { kind: 'timeout' }, 'the reason stays')
})

t.test('a 96 draws the same bytes once more, a second one is given to the caller', async (t) => {
  const first = await start(t, (line, index) => (index === 0 ? seal('96') : answerTo(line, online)))
  const resent = await first.client.exchange(status)
  t.equal(first.server.lines[0], first.server.lines[1])
  t.equal(resent.reply.code, '98')
  t.match(resent.warnings, [{ code: 'resent-after-96' }])

  const second = await start(t, () => seal('96'))
  t.equal((await second.client.exchange(status)).reply.code, '96')
  t.equal(second.server.lines.length, 2)
})

t.test('a reply with a wrong checksum is asked for again with a 97', async (t) => {
  const right = answerTo('AY0AZ', online)
  const { server, client } = await start(t, (line) => (line.startsWith('97') ? right : right.replace('YYYY', 'YYYN')))
  const exchange = await client.exchange(status)
  t.same(server.lines, ['9900402.00AY0AZFCA5', '97AZFEF5'])
  t.match(exchange.warnings, [{ code: 'asked-again' }])
})

t.test('a reply whose checksum stays wrong is not believed', async (t) => {
  const { client } = await start(t, () => '941AY0AZ0000\r')
  t.match(await failureOf(client.exchange(status)), { kind: 'protocol', receivedLine: '941AY0AZ0000' })
})

t.test('a reply with another sequence number is dropped', async (t) => {
  const { client } = await start(t, (line) => [seal('940AY7'), answerTo(line, online)])
  const exchange = await client.exchange(status)
  t.equal(exchange.reply.code, '98')
  t.match(exchange.warnings, [{ code: 'reply-to-another' }])
})

t.test('a reply that came late is not taken for the next one', async (t) => {
  const { client } = await start(t, (line) => [answerTo(line, online), answerTo(line, online)])
  await client.exchange(status)
  const next = await client.exchange(status)
  t.equal(next.reply.sequence, '1')
  t.ok(next.warnings.some(({ code }) => code === 'reply-unasked' || code === 'reply-to-another'))
})

t.test('replies without error detection are taken with a warning', async (t) => {
  const { client } = await start(t, (_line, index) => (index === 0 ? `${online}\r` : seal(online)))
  t.match((await client.exchange(status)).warnings, [{ code: 'error-detection-missing' }])
  t.match((await client.exchange(status)).warnings, [{ code: 'sequence-missing' }])
})

t.test('without error detection nothing is added and nothing is missed', async (t) => {
  const { server, client } = await start(t, () => `${online}\r`, { errorDetection: false })
  t.same((await client.exchange(status)).warnings, [])
  t.equal(server.lines[0], '9900402.00')
})

t.test('a reply of another kind or of none breaks the protocol, but a 98 may come at any time', async (t) => {
  const item = request('17', { transactionDate: '' }, { AB: '1' })
  const { client } = await start(t, (line, index) => {
    if (index === 0) return answerTo(line, '941')
    return index === 1 ? 'Internal server error\r' : answerTo(line, online.replace('98Y', '98N'))
  })
  t.match(await failureOf(client.exchange(item)), { kind: 'protocol', message: 'a reply 94 came, not a 18' })
  t.match(await failureOf(client.exchange(item)), { kind: 'protocol', receivedLine: 'Internal server error' })
  t.equal((await client.exchange(item)).reply.code, '98')
})

t.test('a reply in pieces, and CRLF at its end', async (t) => {
  const { client } = await start(t, (line) => [...`${answerTo(line, online)}\n`])
  t.same((await client.exchange(status)).warnings, [])
  t.same((await client.exchange(status)).warnings, [], 'the left-over LF is no frame')
})

t.test('exchanges that are asked for at once go one after the other', async (t) => {
  const { server, client } = await start(t, (line) => answerTo(line, online))
  const exchanges = await Promise.all([client.exchange(status), client.exchange(status), client.exchange(status)])
  t.same(
    exchanges.map(({ reply }) => reply.sequence),
    ['0', '1', '2'],
  )
  t.equal(server.lines.length, 3)
})

t.test('log-in: passwords and PINs go out but are shown to nobody', async (t) => {
  const { server, client } = await start(t, (line) => answerTo(line, '941'))
  const { reply, sentLine } = await client.login('kiosk', 'canary-word', 'HALL')
  t.equal(server.lines[0]?.slice(0, -6), '9300CNkiosk|COcanary-word|CPHALL|AY0')
  t.notMatch(sentLine, /canary/)
  t.match(sentLine, /CO\*\*\*\*\|CPHALL/)
  t.ok(isCode(reply, '94') && reply.fixed.ok)
})

t.test('characters go over the wire in the character set, the checksum over bytes', async (t) => {
  const reply = `1803010120261122    120000ABx|AJ\x84\x94\x81|`
  const { server, client } = await start(t, (line) => answerTo(line, reply))
  const { reply: item, warnings } = await client.exchange(request('17', { transactionDate: '' }, { AB: 'é☃' }))
  t.match(server.lines[0], /AB\x82\?\|/)
  t.ok(isCode(item, '18') && item.fields.AJ === 'äöü')
  t.same(warnings, [{ about: 'request', code: 'character-replaced', field: 'AB' }])
})

t.test('a line is completed, or sent as it is', async (t) => {
  const { server, client } = await start(t, (line) => answerTo(line, online))
  await client.exchangeLine('9900402.00', { complete: true })
  await client.exchangeLine('9900402.00', { complete: false })
  const { request: decoded } = await client.exchangeLine('9900402.00AY5AZFCA0', { complete: true })
  t.same(server.lines, ['9900402.00AY0AZFCA5', '9900402.00', '9900402.00AY5AZFCA0'])
  t.equal(decoded?.code, '99')
})

t.test('a connection that breaks is an error of its own', async (t) => {
  const { client } = await start(t, () => hangUp)
  t.match(await failureOf(client.exchange(status)), { kind: 'closed' })
  const closedHere = await start(t, (line) => answerTo(line, online))
  await closedHere.client.close()
  t.match(await failureOf(closedHere.client.exchange(status)), {
    kind: 'closed',
    message: 'the connection was closed here',
  })
})

t.test('nobody listens, or nobody of that name is there', async (t) => {
  const server = await startScriptedServer(() => undefined)
  await server.close()
  const refused = Sip2Client.connect({ host: '127.0.0.1', port: server.port })
  t.match(await failureOf(refused), { kind: 'unreachable', message: 'nothing listens there' })
})
