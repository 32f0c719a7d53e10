import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type AlmaRequest, AlmaClient, changing, reading } from '../../src/alma/client.ts'
import { type AlmaConfig, almaDefaults } from '../../src/alma/config.ts'
import type { Call } from '../../src/circulation/ports.ts'
import { type AlmaCallEvent, almaCallChannel, availabilityChannel } from '../../src/runtime/diagnostics.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { makeCall, makeConfig } from './sample-config.ts'
import { type Script, type ScriptedAlma, sendError, sendJson, startScriptedAlma } from './scripted-alma.ts'

const loansOf = (id: string): AlmaRequest =>
  reading({ operation: 'loans', template: '/users/{user_id}/loans', segments: { user_id: id } })
const lend: AlmaRequest = changing({
  operation: 'loan',
  method: 'POST',
  template: '/users/{user_id}/loans',
  segments: { user_id: 'jdoe' },
  query: { item_barcode: '39001' },
  body: { library: { value: 'MAIN' } },
})

async function start(
  t: Test,
  script: Script,
  changes: Partial<AlmaConfig> = {},
): Promise<{ alma: ScriptedAlma; client: AlmaClient }> {
  const alma = await startScriptedAlma(script)
  const client = new AlmaClient(makeConfig(alma.url, changes), systemClock)
  t.teardown(async () => {
    await client.close()
    await alma.close()
  })
  return { alma, client }
}

t.test('sends the key in a header, asks for JSON and reads the answer', async (t) => {
  const { alma, client } = await start(t, (_request, response) => sendJson(response, { total_record_count: 0 }))
  t.match(await client.send(loansOf('j doe'), makeCall()), { kind: 'done', value: { body: { total_record_count: 0 } } })
  t.match(await client.send(lend, makeCall()), { kind: 'done' })
  const [get, post] = alma.seen
  t.equal(get?.url, '/almaws/v1/users/j%20doe/loans')
  t.equal(get?.headers.authorization, 'apikey l8xxTESTKEY')
  t.equal(get?.headers.accept, 'application/json')
  t.equal(post?.headers['content-type'], 'application/json')
  t.equal(post?.body, '{"library":{"value":"MAIN"}}')
  t.notMatch(post?.url, /apikey|KEY/)
  t.equal(client.quota.remaining, 4_999)
})

t.test('law 4: a change is never sent twice once it may have arrived', async (t) => {
  const endings: Record<string, Script> = {
    'dropped connection': (_request, response) => response.destroy(),
    'no answer in time': () => {},
    'internal error in plain text': (_request, response) => response.writeHead(500).end('Internal error'),
    'proxy error': (_request, response) => response.writeHead(502).end('<html>Bad gateway</html>'),
    'empty 503': (_request, response) => response.writeHead(503).end(),
    'half an answer': (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"loan_id"')
      setImmediate(() => response.destroy())
    },
    'HTML with success': (_request, response) => response.end('<html>Welcome</html>'),
  }
  for (const [name, ending] of Object.entries(endings)) {
    const limits = { ...almaDefaults.limits, callTimeoutMs: 150 }
    const { alma, client } = await start(t, ending, { limits })
    t.match(await client.send(lend, makeCall()), { kind: 'no-answer', outcome: { kind: 'unknown' } }, name)
    t.equal(alma.seen.length, 1, `${name}: one request`)
  }
})

t.test('law 4: a change that the gateway turned away is sent again, one it cannot route is not', async (t) => {
  const { alma, client } = await start(t, (_request, response, attempt) => {
    if (attempt < 2) response.writeHead(429).end('<error><errorCode>PER_SECOND_THRESHOLD</errorCode></error>')
    else sendJson(response, { loan_id: '1' })
  })
  const slow = client.quota.ratePerSecond
  t.match(await client.send(lend, makeCall()), { kind: 'done' })
  t.equal(alma.seen.length, 2)
  t.ok(client.quota.ratePerSecond < slow, 'and the rate is lower now')

  alma.answer((_request, response) => sendError(response, 'ROUTING_ERROR', 503))
  t.match(await client.send(lend, makeCall()), { outcome: { kind: 'unavailable', cause: 'offline' } })
  t.equal(alma.seen.length, 3)
})

t.test('the end of the day is not asked again', async (t) => {
  const { alma, client } = await start(t, (_request, response) => sendError(response, 'DAILY_THRESHOLD', 429))
  t.match(await client.send(lend, makeCall()), { outcome: { kind: 'unavailable', cause: 'quota' } })
  t.equal(alma.seen.length, 1)
  t.equal(client.quota.remaining, 0)
})

t.test('a change that finds nobody listening is tried again, and is known not to have happened', async (t) => {
  const alma = await startScriptedAlma((_request, response) => sendJson(response, {}))
  await alma.close()
  const client = new AlmaClient(makeConfig(alma.url), systemClock)
  t.teardown(() => client.close())
  const attempts: string[] = []
  const note = (event: unknown) => attempts.push((event as AlmaCallEvent).code)
  almaCallChannel.subscribe(note)
  t.teardown(() => almaCallChannel.unsubscribe(note))
  t.match(await client.send(lend, makeCall()), { outcome: { kind: 'unavailable', cause: 'offline' } })
  t.same(attempts, ['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED'])
})

t.test('a read is repeated after every failure, within the deadline', async (t) => {
  const { alma, client } = await start(t, (_request, response, attempt) => {
    if (attempt === 1) response.destroy()
    else if (attempt === 2) response.writeHead(500).end('Internal error')
    else sendJson(response, { total_record_count: 0 })
  })
  t.match(await client.send(loansOf('jdoe'), makeCall()), { kind: 'done' })
  t.equal(alma.seen.length, 3)

  alma.answer((_request, response) => response.writeHead(500).end('Internal error'))
  const short = makeCall({ deadline: performance.now() + 100 })
  t.match(await client.send(loansOf('jdoe'), short), { outcome: { kind: 'unavailable', cause: 'internal' } })
  t.equal(alma.seen.length, 4, 'no time for another attempt')
})

t.test('half an answer of the first attempt does not spoil the second', async (t) => {
  const { client } = await start(t, (_request, response, attempt) => {
    if (attempt > 1) {
      sendJson(response, { total_record_count: 7 })
      return
    }
    response.writeHead(200, { 'content-length': '100' }).write('{"total_record')
    setImmediate(() => response.destroy())
  })
  t.match(await client.send(loansOf('jdoe'), makeCall()), { value: { body: { total_record_count: 7 } } })
})

t.test('an answer that is too large is no answer', async (t) => {
  const limits = { ...almaDefaults.limits, answerBytes: 1_000, attempts: 1 }
  const { client } = await start(t, (_request, response) => sendJson(response, { text: 'x'.repeat(2_000) }), { limits })
  t.match(await client.send(loansOf('jdoe'), makeCall()), { outcome: { kind: 'unavailable', cause: 'internal' } })
  t.match(await client.send(lend, makeCall()), { outcome: { kind: 'unknown' } })
})

t.test('the signal of the message ends a call wherever it stands', async (t) => {
  const { alma, client } = await start(t, () => {}, { limits: { ...almaDefaults.limits, connections: 1 } })
  const first = new AbortController()
  const second = new AbortController()
  const third = new AbortController()
  const sent = client.send(lend, makeCall({ signal: first.signal }))
  while (alma.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const waiting = client.send(lend, makeCall({ signal: second.signal }))
  setImmediate(() => second.abort())
  t.match(await waiting, { outcome: { kind: 'unavailable', cause: 'timeout' } }, 'it had no connection yet')
  first.abort()
  t.match(await sent, { outcome: { kind: 'unknown' } }, 'it was sent')
  third.abort()
  const late = makeCall({ signal: third.signal })
  t.match(await client.send(lend, late), { outcome: { kind: 'unavailable', cause: 'timeout' } }, 'it never began')
  t.match(await client.send(loansOf('jdoe'), late), { outcome: { kind: 'unavailable', cause: 'timeout' } })
  t.equal(alma.seen.length, 1)
})

t.test('equal reads in flight share one call', async (t) => {
  const held: (() => void)[] = []
  const { alma, client } = await start(t, (_request, response) => {
    held.push(() => sendJson(response, { total_record_count: 0 }))
  })
  const leaving = new AbortController()
  const replies = [
    client.send(loansOf('jdoe'), makeCall({ signal: leaving.signal })),
    client.send(loansOf('jdoe'), makeCall()),
    client.send(loansOf('jdoe'), makeCall()),
    client.send(loansOf('other'), makeCall()),
  ]
  while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  leaving.abort()
  t.match(await replies[0], { outcome: { kind: 'unavailable', cause: 'timeout' } }, 'who leaves has no answer')
  for (const release of held) release()
  t.match(await Promise.all(replies.slice(1)), [{ kind: 'done' }, { kind: 'done' }, { kind: 'done' }])
  t.equal(alma.seen.length, 2)
  const again = client.send(loansOf('jdoe'), makeCall())
  while (held.length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
  held[2]?.()
  await again
  t.equal(alma.seen.length, 3, 'an answer is not kept')
})

t.test('the call ends when the last of those who share it leaves', async (t) => {
  const ended: true[] = []
  const { alma, client } = await start(t, (_request, response) => {
    response.on('close', () => ended.push(true))
  })
  const leaving = new AbortController()
  const replies = [1, 2].map(() => client.send(loansOf('jdoe'), makeCall({ signal: leaving.signal })))
  while (alma.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  leaving.abort()
  await Promise.all(replies)
  while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  t.equal(alma.seen.length, 1)
})

t.test('law 4: no read is given an answer from before a change', async (t) => {
  const held: (() => void)[] = []
  const { alma, client } = await start(t, (request, response) => {
    if (request.method === 'POST') response.destroy()
    else held.push(() => sendJson(response, { total_record_count: 0 }))
  })
  const before = client.send(loansOf('jdoe'), makeCall())
  while (held.length < 1) await new Promise((resolve) => setTimeout(resolve, 5))
  t.match(await client.send(lend, makeCall()), { outcome: { kind: 'unknown' } })
  const after = [client.send(loansOf('jdoe'), makeCall()), client.send(loansOf('jdoe'), makeCall())]
  while (held.length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const release of held) release()
  await Promise.all([before, ...after])
  t.equal(alma.seen.length, 4, 'while the change may still arrive every read is made')
})

t.test('opens after failures in a row, refuses at once, and a probe finds Alma again', async (t) => {
  const changes: unknown[] = []
  const note = (event: unknown) => changes.push(event)
  availabilityChannel.subscribe(note)
  t.teardown(() => availabilityChannel.unsubscribe(note))
  const { alma, client } = await start(t, (_request, response) => response.writeHead(503).end(), {
    breaker: { failures: 3, probeEveryMs: 20 },
  })
  t.ok(client.availability.online())
  for (let failure = 0; failure < 3; failure++) await client.send(lend, makeCall())
  t.notOk(client.availability.online())
  t.same(changes, [{ institution: '01TEST_INST', online: false }])
  const refused = await client.send(lend, makeCall())
  t.match(refused, { outcome: { kind: 'unavailable', cause: 'offline' } })
  while (alma.seen.length < 5) await new Promise((resolve) => setTimeout(resolve, 5))
  t.notOk(client.availability.online(), 'probes that fail change nothing')
  t.same(alma.seen.filter((request) => request.method === 'POST').length, 3, 'the refused call was not sent')
  alma.answer((_request, response) => response.end('<test>GET - OK</test>'))
  while (!client.availability.online()) await new Promise((resolve) => setTimeout(resolve, 5))
  t.same(changes.at(-1), { institution: '01TEST_INST', online: true })
  t.equal(changes.length, 2)
  alma.answer((_request, response) => sendJson(response, { loan_id: '1' }))
  t.match(await client.send(lend, makeCall()), { kind: 'done' })
})

t.test('refusals and callers who leave do not open the breaker', async (t) => {
  const { client } = await start(t, (_request, response) => sendError(response, '401153'), {
    breaker: { failures: 2, probeEveryMs: 60_000 },
  })
  const gone = AbortSignal.abort()
  for (let call = 0; call < 5; call++) {
    await client.send(lend, makeCall())
    await client.send(lend, makeCall({ signal: gone }))
  }
  t.ok(client.availability.online())
})

t.test('closes while Alma is away, without waiting for the next probe', async (t) => {
  const { client } = await start(t, (_request, response) => response.writeHead(503).end(), {
    breaker: { failures: 1, probeEveryMs: 60_000 },
  })
  await client.send(lend, makeCall())
  t.notOk(client.availability.online())
  await client.close()
  await client.close()
  t.match(await client.send(lend, makeCall()), { outcome: { kind: 'unavailable', cause: 'offline' } })
})

t.test('lets calls in flight end when it closes', async (t) => {
  const held: (() => void)[] = []
  const { client } = await start(t, (_request, response) => {
    held.push(() => sendJson(response, { loan_id: '1' }))
  })
  const inFlight = client.send(lend, makeCall())
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const closed = client.close()
  t.match(await client.send(lend, makeCall()), { outcome: { kind: 'unavailable', cause: 'offline' } })
  held[0]?.()
  t.match(await inFlight, { kind: 'done' })
  await closed
})

t.test('law 5: tells of every attempt without naming anyone', async (t) => {
  const events: AlmaCallEvent[] = []
  const note = (event: unknown) => events.push(event as AlmaCallEvent)
  almaCallChannel.subscribe(note)
  t.teardown(() => almaCallChannel.unsubscribe(note))
  const { client } = await start(t, (_request, response, attempt) => {
    if (attempt === 1) response.destroy()
    else sendError(response, '401861')
  })
  const call: Call = makeCall({ id: 'message-9', priority: 'partner' })
  const reply = await client.send(loansOf('SECRET-BARCODE'), call)
  t.match(reply, { outcome: { kind: 'refused', reason: 'patron-unknown' } })
  t.match(events, [
    { id: 'message-9', institution: '01TEST_INST', method: 'GET', template: '/users/{user_id}/loans', status: 0 },
    { id: 'message-9', priority: 'partner', status: 400, code: '401861', remaining: 4_999, queuedMs: 0 },
  ])
  t.ok(events.every((event) => event.durationMs >= 0 && event.code !== ''))
  t.notMatch(JSON.stringify([events, reply]), /SECRET|TESTKEY/)
})

t.test('a quota that is used up is unavailable', async (t) => {
  const quota = {
    ...almaDefaults.quota,
    perSecond: 1,
    burst: 1,
    wait: { ...almaDefaults.quota.wait, patron: { maxMs: 20, queue: 5 } },
  }
  const { alma, client } = await start(t, (_request, response) => sendJson(response, {}), { quota })
  await client.send(lend, makeCall())
  t.match(await client.send(lend, makeCall()), { outcome: { kind: 'unavailable', cause: 'quota' } })
  t.equal(alma.seen.length, 1)
})

t.test('a peer that accepts and says nothing is not waited for longer than the limit', async (t) => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const limits = { ...almaDefaults.limits, callTimeoutMs: 100, attempts: 1 }
  const client = new AlmaClient(makeConfig(url, { limits }), systemClock)
  t.teardown(async () => {
    await client.close()
    server.close()
  })
  t.match(await client.send(loansOf('jdoe'), makeCall()), { outcome: { kind: 'unavailable', cause: 'timeout' } })
})

t.test('takes a base URL with a path and refuses a malformed key without repeating it', async (t) => {
  const { alma } = await start(t, (_request, response) => sendJson(response, {}))
  const client = new AlmaClient(makeConfig(`${alma.url}/proxy/almaws/v1/`), systemClock)
  t.teardown(() => client.close())
  await client.send(loansOf('jdoe'), makeCall())
  t.equal(alma.seen[0]?.url, '/proxy/almaws/v1/users/jdoe/loans')
  const malformed = makeConfig(alma.url, { apiKey: 'SECRET\r\nX: y' })
  t.throws(() => new AlmaClient(malformed, systemClock), { message: /^The Alma API key must be [\w ]+$/ })
})
