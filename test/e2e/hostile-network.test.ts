/**
 * Everything that a hostile network can do at once, while well-behaved kiosks are served: one at an address of its own,
 * one at the address from which the attack comes, as in a branch behind one address.
 */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type BaseConfig, cards, copy, startBridge, type TestBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import type { SocketKiosk } from '../helpers/socket-kiosk.ts'

const attackAddress = '127.0.0.66'

const limits = {
  maxConnections: 150,
  maxConnectionsPerAddress: 60,
  maxHandshakes: 40,
  requestTimeoutMs: 200,
  writeTimeoutMs: 200,
  loginTimeoutMs: 2000,
  maxPipelined: 8,
}

const withLimits = (base: BaseConfig) => ({
  ...base,
  listeners: {
    ...base.listeners,
    sip2: base.listeners.sip2.map((listener) => ({
      ...listener,
      ...limits,
      ...('tls' in listener && { tls: { ...listener.tls, handshakeTimeoutMs: 1000 } }),
    })),
  },
  limits: { loginThrottle: { maxDelayMs: 100 } },
})

const attacks = ['slowSenders', 'slowReaders', 'connections', 'pipelined', 'handshakes', 'guesses', 'rubbish'] as const
type Attack = (typeof attacks)[number]

/** Attackers that go on until the test ends; `counts` tells what each of them has done so far. */
class Attackers {
  readonly counts: Record<Attack, number> = {
    slowSenders: 0,
    slowReaders: 0,
    connections: 0,
    pipelined: 0,
    handshakes: 0,
    guesses: 0,
    rubbish: 0,
  }
  readonly #bridge: TestBridge
  readonly #sockets = new Set<Socket>()
  readonly #loops: Promise<void>[] = []
  #over = false

  constructor(bridge: TestBridge) {
    this.#bridge = bridge
  }

  start(): void {
    for (let count = 0; count < 10; count += 1) this.#loops.push(this.#repeat(() => this.#sendSlowly()))
    for (let count = 0; count < 3; count += 1) this.#loops.push(this.#repeat(() => this.#readNothing()))
    this.#loops.push(this.#repeat(() => this.#connectAndStay()))
    this.#loops.push(this.#repeat(() => this.#beginHandshake('')))
    this.#loops.push(this.#repeat(() => this.#beginHandshake('\x16\x03\x01\x02\x00\x01')))
    this.#loops.push(this.#repeat(() => this.#pipeline()))
    for (let count = 0; count < 3; count += 1) this.#loops.push(this.#repeat(() => this.#guess()))
    for (let count = 0; count < 20; count += 1) this.#loops.push(this.#repeat(() => this.#sendRubbish()))
  }

  async stop(): Promise<void> {
    this.#over = true
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#loops)
  }

  async #repeat(attack: () => Promise<void>): Promise<void> {
    // A connection that is refused is part of the attack.
    while (!this.#over) await attack().catch(() => sleep(5))
  }

  #dial(listener: string, localAddress = attackAddress): Socket {
    const { port = 0 } = this.#bridge.bridge.addresses.sip2.find(({ name }) => name === listener)?.address ?? {}
    const socket = connect({ host: '127.0.0.1', port, localAddress })
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket))
    return socket
  }

  /** A byte now and then, never a whole request. */
  async #sendSlowly(): Promise<void> {
    const socket = this.#dial('tcp')
    socket.resume()
    while (!socket.destroyed && !this.#over) {
      socket.write('9')
      this.counts.slowSenders += 1
      await sleep(20)
    }
  }

  /** Asks and asks, and reads no answer until it is cut off. */
  async #readNothing(): Promise<void> {
    const socket = this.#dial('known', '127.0.0.67')
    while (!socket.destroyed && !this.#over) {
      if (socket.writableLength < 65_536) socket.write('9900802.00\r'.repeat(200))
      this.counts.slowReaders += 1
      await sleep(10)
    }
  }

  async #connectAndStay(): Promise<void> {
    for (let count = 0; count < 5; count += 1) this.#dial('tcp').resume()
    this.counts.connections += 5
    await sleep(5)
  }

  async #beginHandshake(bytes: string): Promise<void> {
    // What costs a turn comes from elsewhere: the turns of one address are shared by its kiosks.
    const socket = this.#dial('tls', bytes === '' ? attackAddress : '127.0.0.67')
    socket.resume()
    socket.write(Buffer.from(bytes, 'latin1'))
    this.counts.handshakes += 1
    await sleep(10)
  }

  /** Sends as fast as the bridge takes it, and reads the answers. */
  async #pipeline(): Promise<void> {
    const socket = this.#dial('known', '127.0.0.67')
    socket.on('data', (chunk: Buffer) => (this.counts.pipelined += chunk.toString('latin1').split('\r').length - 1))
    while (!socket.destroyed && !this.#over) {
      if (socket.writableLength < 65_536) socket.write(`${sip2.endSession('P')}\r`.repeat(100))
      await sleep(1)
    }
  }

  /** Log-ins that cost as much as possible to read, as fast as the bridge takes them. */
  async #sendRubbish(): Promise<void> {
    const socket = this.#dial('tcp')
    socket.resume()
    while (!socket.destroyed && !this.#over) {
      if (socket.writableLength < 65_536) socket.write(`9300${'AY1AZ|'.repeat(1300)}AY1AZFFFF\r`)
      this.counts.rubbish += 1
      await sleep(1)
    }
  }

  async #guess(): Promise<void> {
    const kiosk = await this.#bridge.connect({ listener: 'tcp', localAddress: attackAddress })
    this.#sockets.add(kiosk.socket)
    this.counts.guesses += 1
    await kiosk.ask(sip2.login('kiosk', `guess ${this.counts.guesses}`))
    kiosk.destroy()
  }
}

/** One visit after the other, each answer within the time-out of the machine, or the test fails. */
async function serveVisits(t: Test, kiosk: SocketKiosk, item: string, count: number): Promise<number> {
  let slowest = 0
  for (let visit = 0; visit < count; visit += 1) {
    for (const [request, answer] of [
      [sip2.status, /^98Y/],
      [sip2.checkout(cards.jonas, item), /^121/],
      [sip2.checkin(item), /^101/],
    ] as const) {
      const began = performance.now()
      const { line } = await kiosk.ask(request)
      slowest = Math.max(slowest, performance.now() - began)
      if (!answer.test(line)) t.fail(`the kiosk was answered ${line.slice(0, 3)}`)
    }
  }
  return slowest
}

/** As kiosks do, until it is let in: in the crowd of its own address it may be displaced before it has logged in. */
async function logInAnew(bridge: TestBridge): Promise<SocketKiosk> {
  for (;;) {
    const kiosk = await bridge.logIn('kiosk', { localAddress: attackAddress }).catch(() => undefined)
    if (kiosk) return kiosk
    await sleep(20)
  }
}

t.test('kiosks are served beside slow senders, slow readers and floods of every kind', async (t) => {
  const bridge = await startBridge(t, { config: withLimits })
  const away = await bridge.logIn('kiosk', { localAddress: '127.0.0.1' })
  const branch = await bridge.logIn('kiosk', { localAddress: attackAddress })
  const calm = await serveVisits(t, away, copy(1), 10)

  const attackers = new Attackers(bridge)
  t.teardown(() => attackers.stop())
  attackers.start()
  const underWay = () => attacks.every((attack) => attackers.counts[attack] > 5)
  while (!underWay()) await sleep(10)

  const before = { ...attackers.counts }
  const slowest = await Promise.all([
    serveVisits(t, away, copy(1), 30),
    serveVisits(t, branch, copy(3), 30),
    (async () => {
      for (let count = 0; count < 5; count += 1) {
        const again = await logInAnew(bridge)
        t.equal((await again.ask(sip2.status)).get('AN'), 'kiosk-1', 'who connects anew at the address of the attack')
        again.destroy()
      }
    })(),
  ])
  for (const attack of attacks) t.ok(attackers.counts[attack] > before[attack], `${attack} went on all the while`)
  t.comment(
    `slowest answer: calm ${Math.round(calm)} ms, under attack ${Math.round(Math.max(slowest[0], slowest[1]))} ms`,
  )
  t.notOk(away.ended)
  t.notOk(branch.ended)

  const { text } = await bridge.get('/metrics')
  t.match(text, /change="refused",reason="displaced"} [1-9]/, 'a flood makes room by itself')
  for (const listener of ['tcp', 'tls', 'known']) {
    const open = Number(new RegExp(`circbridge_connections{listener="${listener}"} (\\d+)`).exec(text)?.[1] ?? 0)
    t.ok(open <= limits.maxConnections, `${listener}: no more connections than its limit`)
  }
  await attackers.stop()
  t.equal((await away.ask(sip2.status)).code, '98')
  t.ok(await bridge.logIn('kiosk-2', { listener: 'tcp' }), 'and afterwards all is as before')
})
