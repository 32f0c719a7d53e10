/** Where a machine can push, and how far; and how the bridge ends without losing an answer. */
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { type BaseConfig, cards, copy, passwords, startBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

type ListenerLimits = Partial<
  Record<
    | 'maxConnections'
    | 'maxConnectionsPerAddress'
    | 'maxFrameBytes'
    | 'maxHandshakesPerSecond'
    | 'maxPipelined'
    | 'idleTimeoutMs'
    | 'loginTimeoutMs'
    | 'writeTimeoutMs',
    number
  >
>

const startWith = (t: Test, limits: ListenerLimits, more: (base: BaseConfig) => Partial<BaseConfig> = () => ({})) =>
  startBridge(t, {
    config: (base) => ({
      ...base,
      listeners: { ...base.listeners, sip2: base.listeners.sip2.map((listener) => ({ ...listener, ...limits })) },
      ...more(base),
    }),
  })

for (const listener of ['tcp', 'tls']) {
  t.test(`most connections over ${listener}: one more is closed, and a place that is freed is free`, async (t) => {
    const bridge = await startWith(t, { maxConnections: 2 })
    const first = await bridge.logIn('kiosk', { listener })
    await bridge.logIn('kiosk-2', { listener })
    const third = bridge.dial({ listener })
    await third.end()
    t.equal((await first.ask(sip2.status)).code, '98', 'the others are served')
    first.socket.end()
    await first.end()
    await once(first.socket, 'close')
    t.ok(await bridge.logIn('kiosk', { listener }))
    t.match((await bridge.get('/metrics')).text, new RegExp(`change="refused",reason="limit"} 1`))
  })
}

t.test('most connections from one address: another address still gets in', async (t) => {
  const bridge = await startWith(t, { maxConnectionsPerAddress: 1 })
  const first = await bridge.logIn('kiosk', { listener: 'tcp' })
  await bridge.dial({ listener: 'tcp' }).end()
  t.ok(await bridge.logIn('kiosk-2', { listener: 'tcp', localAddress: '127.0.0.2' }))
  t.equal((await first.ask(sip2.status)).code, '98')
})

t.test('most connections from one address: a handshake that is never finished gives way to the next one', async (t) => {
  const bridge = await startWith(t, { maxConnectionsPerAddress: 1 })
  const { port = 0 } = bridge.bridge.addresses.sip2.find(({ name }) => name === 'tls')?.address ?? {}
  const silent = connect({ host: '127.0.0.1', port })
  silent.on('error', () => {})
  silent.resume()
  await once(silent, 'connect')
  const gone = once(silent, 'close')
  t.ok(await bridge.logIn('kiosk'), 'who has nothing to show yet makes room')
  await gone
  await bridge.dial().end()
  t.ok(
    await bridge.logIn('kiosk-2', { localAddress: '127.0.0.2' }),
    'who has logged in does not; another address is free',
  )
})

t.test("handshakes that are only begun take nobody's turn", async (t) => {
  const bridge = await startWith(t, { maxHandshakesPerSecond: 1 })
  const { port = 0 } = bridge.bridge.addresses.sip2.find(({ name }) => name === 'tls')?.address ?? {}
  const halfOpen = Array.from({ length: 30 }, () => connect({ host: '127.0.0.1', port }))
  t.teardown(() => halfOpen.map((socket) => socket.destroy()))
  for (const socket of halfOpen) {
    socket.on('error', () => {}).resume()
    await once(socket, 'connect')
    socket.write('\x16')
  }
  t.ok(await bridge.logIn(), 'who has sent all that begins one is next')
})

t.test('a handshake that is never finished is cut off', async (t) => {
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      listeners: {
        ...base.listeners,
        sip2: base.listeners.sip2.map((listener) =>
          'tls' in listener ? { ...listener, tls: { ...listener.tls, handshakeTimeoutMs: 300 } } : listener,
        ),
      },
    }),
  })
  const { port = 0 } = bridge.bridge.addresses.sip2.find(({ name }) => name === 'tls')?.address ?? {}
  const silent = connect({ host: '127.0.0.1', port })
  silent.on('error', () => {})
  silent.resume()
  await once(silent, 'close')
  t.match((await bridge.get('/metrics')).text, /change="refused",reason="handshake-timeout"} 1/)
})

t.test('a line that is too long draws 96, whatever its length, and the next one is served', async (t) => {
  const bridge = await startWith(t, { maxFrameBytes: 512 })
  const kiosk = await bridge.logIn()
  for (const length of [513, 100_000]) {
    kiosk.write(`11${'x'.repeat(length)}\r`)
    t.match(await kiosk.line(), /^96/)
  }
  t.equal((await kiosk.ask(sip2.status)).code, '98')
})

t.test('a flood of requests is answered in order, while another kiosk is served', async (t) => {
  const bridge = await startWith(t, { maxPipelined: 4 })
  const flooder = await bridge.logIn('kiosk', { listener: 'tcp' })
  const calm = await bridge.logIn('kiosk-2')
  const count = 10_000
  for (let number = 0; number < count; number += 1) flooder.write(`${sip2.endSession(`P${number}`)}\r`)
  for (const number of [1, 2, 3]) t.match((await calm.ask(sip2.checkout(cards.jonas, copy(number)))).fixed, /^1/)
  const told: (string | undefined)[] = []
  for (let number = 0; number < count; number += 1) told.push(sip2.readReply((await flooder.line()) ?? '').get('AA'))
  t.same(
    told,
    Array.from({ length: count }, (_, number) => `P${number}`),
    'law 1: one answer each, in order',
  )
  t.equal(flooder.unread, '')
})

t.test('a machine that does not read is let go, and holds nobody up', async (t) => {
  const bridge = await startWith(t, { writeTimeoutMs: 200 })
  const deaf = await bridge.logIn('kiosk', { listener: 'tcp' })
  const calm = await bridge.logIn('kiosk-2')
  t.equal((await deaf.ask(sip2.patronInformation(cards.anna, '  Y       '))).code, '64')
  deaf.socket.pause()
  const gone = new Promise((resolve) => deaf.socket.once('close', resolve))
  const flood = setInterval(() => deaf.write('97\r'.repeat(2000)), 10)
  t.teardown(() => clearInterval(flood))
  t.match((await calm.ask(sip2.checkout(cards.jonas, copy(1)))).fixed, /^1/)
  await gone
  t.pass('the connection was cut')
})

t.test('a machine that is silent, or does not log in, is let go', async (t) => {
  const bridge = await startWith(t, { idleTimeoutMs: 1000, loginTimeoutMs: 300 })
  const stranger = await bridge.connect()
  const trickler = await bridge.connect({ listener: 'tcp' })
  trickler.write('93')
  const silent = await bridge.logIn()
  await Promise.all([stranger.end(), trickler.end()])
  t.equal(silent.ended, false, 'who has logged in has longer')
  await silent.end()
  t.pass('all are gone')
})

t.test('wrong log-ins of one connection come to an end', async (t) => {
  const bridge = await startWith(t, {}, () => ({ limits: { loginAttempts: 3 } }) as object)
  const kiosk = await bridge.connect()
  for (const user of ['kiosk', 'nobody', 'kiosk']) t.equal((await kiosk.ask(sip2.login(user, 'wrong'))).fixed, '0')
  await kiosk.end()
  t.ok(await bridge.logIn(), 'the next connection may try again')
})

t.test('nor may one that is logged in guess the password of another', async (t) => {
  const bridge = await startWith(t, {}, () => ({ limits: { loginAttempts: 3 } }) as object)
  const kiosk = await bridge.logIn()
  for (const guess of ['a', 'b', 'c']) t.equal((await kiosk.ask(sip2.login('kiosk-2', guess))).fixed, '0')
  await kiosk.end()
})

t.test('nothing is told and nothing is done before the log-in', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.connect()
  const calls = await bridge.callsOf(async () => {
    for (const line of [
      sip2.patronInformation(cards.anna),
      sip2.checkout(cards.jonas, copy(1)),
      sip2.checkin(copy(15)),
      sip2.feePaid(cards.emma, '1.00'),
    ]) {
      const reply = await kiosk.ask(line)
      t.match(reply.all('AF').join(), /not logged in/)
      t.notMatch(reply.line, /Becker/)
    }
  })
  t.same(calls, [])
})

t.test('told to stop, the bridge answers what is under way, then ends', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.logIn()
  const idle = await bridge.logIn('kiosk-2')
  bridge.alma.control.setFaults({ kind: 'delay-after', ms: 500, match: { operation: 'createLoan' } })
  const asked = kiosk.ask(sip2.checkout(cards.jonas, copy(1)))
  while (bridge.executed('createLoan').length === 0) await new Promise((resolve) => setTimeout(resolve, 5))

  const stopped = bridge.bridge.stop()
  t.equal(bridge.bridge.stopping, true)
  t.match((await asked).fixed, /^1/, 'the loan that Alma made is told')
  await Promise.all([kiosk.end(), idle.end()])
  t.equal(await stopped, 0, 'everything drained')
  t.equal(bridge.user(cards.jonas).loans.size, 1)
})

t.test('what does not end in time is cut off', async (t) => {
  const bridge = await startWith(t, {}, () => ({ limits: { drainMs: 100 } }) as object)
  const kiosk = await bridge.logIn()
  bridge.alma.control.setFaults({ kind: 'delay-before', ms: 1500 })
  const asked = kiosk.ask(sip2.patronStatus(cards.anna))
  asked.catch(() => {})
  while (bridge.alma.control.callCount() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await bridge.bridge.stop()
  await kiosk.end()
  t.pass('the process can end')
})

t.test('a peer that leaves in the middle of its handshake, as a health check does, holds up no stop', async (t) => {
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      listeners: {
        ...base.listeners,
        sip2: base.listeners.sip2.map((listener) =>
          'tls' in listener ? { ...listener, tls: { ...listener.tls, handshakeTimeoutMs: 100_000 } } : listener,
        ),
      },
      limits: { drainMs: 100_000 },
    }),
  })
  const { port = 0 } = bridge.bridge.addresses.sip2.find(({ name }) => name === 'tls')?.address ?? {}
  const check = connect({ host: '127.0.0.1', port })
  await once(check, 'connect')
  check.end()
  await bridge.logIn()
  t.equal(await bridge.bridge.stop(), 0, 'everything drained')
  check.destroy()
})

t.test('a half-closed connection still gets its replies', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.connect({ listener: 'tcp' })
  kiosk.write(`${sip2.login('kiosk', passwords.kiosk)}\r${sip2.checkout(cards.jonas, copy(1))}\r`)
  kiosk.socket.end()
  t.equal(await kiosk.line(), '941')
  t.match(await kiosk.line(), /^121/)
  await kiosk.end()
})
