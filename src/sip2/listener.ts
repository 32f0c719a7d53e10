import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { BoundedLines } from '../runtime/bounded-lines.ts'
import type { LogCode } from '../runtime/codes.ts'
import type { Sip2ListenerConfig } from '../runtime/config/schema.ts'
import { connectionChannel } from '../runtime/diagnostics.ts'
import type { Log } from '../runtime/log.ts'
import { makeNetworkTest, plainAddress, sourceOf } from '../runtime/networks.ts'
import type { ClientCertificate } from './client-certificate.ts'
import { receiveClientHello } from './client-hello.ts'
import { ConnectionTable, type Guest } from './connection-table.ts'
import { HandshakeTurns } from './handshake-turns.ts'
import { receiveProxyHeader } from './proxy-header.ts'
import { Session, type SessionParts } from './session.ts'
import { type ReloadResult, TlsGate } from './tls-gate.ts'

/** Why a connection got no session: a word of the log and of the metrics. */
type RefusalReason =
  | 'limit'
  | 'address-limit'
  | 'address-not-allowed'
  | 'displaced'
  | 'proxy-header'
  | 'certificate'
  | 'handshake'
  | 'handshake-timeout'

/** Lines about refused connections for one reason, of one address and of all. */
const refusalLines = { each: { atOnce: 20, everyMs: 1000 }, all: { atOnce: 200, everyMs: 100 } }

/** One port at which machines speak SIP2, over TCP or TLS. */
export class Sip2Listener {
  readonly #config: Sip2ListenerConfig
  readonly #parts: SessionParts
  readonly #log: Log
  readonly #server: Server
  readonly #gate: TlsGate | undefined
  readonly #sessions = new Set<Session>()
  readonly #sockets = new Set<Socket>()
  /** Connections of proxies that have not said for whom they are, the oldest first. */
  readonly #headerless = new Set<Socket>()
  readonly #table: ConnectionTable
  readonly #handshakes: HandshakeTurns
  readonly #refusalLines: BoundedLines
  readonly #isAllowed: (address: string) => boolean
  readonly #isProxy: (address: string) => boolean

  /** Throws the TLS library's error when the certificates cannot be used. */
  constructor(config: Sip2ListenerConfig, parts: SessionParts) {
    this.#config = config
    this.#parts = parts
    this.#log = parts.log.child({ listener: config.name, protocol: 'sip2' })
    this.#gate = config.tls && new TlsGate(config.tls, this.#log)
    this.#table = new ConnectionTable(config)
    this.#isAllowed = makeNetworkTest(config.allowFrom)
    this.#isProxy = config.proxyProtocol ? makeNetworkTest(config.proxyProtocol.trustedProxies) : () => false
    const now = () => parts.clock.monotonic()
    const { maxHandshakesPerSecond: perSecond, maxConnections: mostSources } = config
    this.#handshakes = new HandshakeTurns({ perSecond, mostSources, now })
    this.#refusalLines = new BoundedLines({ ...refusalLines, now })
    this.#server = createServer(
      {
        keepAlive: config.keepAliveMs > 0,
        keepAliveInitialDelay: config.keepAliveMs,
        noDelay: true,
        // A machine may end its side as soon as it has sent its last request: it still gets its replies.
        allowHalfOpen: true,
      },
      (socket) => this.#take(socket),
    )
  }

  get name(): string {
    return this.#config.name
  }

  get secure(): boolean {
    return this.#gate !== undefined
  }

  get connections(): number {
    return this.#sessions.size
  }

  get listening(): boolean {
    return this.#server.listening
  }

  /** Where it listens; the port is the real one when the config says 0. */
  get address(): AddressInfo {
    return this.#server.address() as AddressInfo
  }

  /** Rejects with the system's error when the port is taken or denied. */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen(this.#config.port, this.#config.address, resolve)
    await promise
    this.#server.off('error', reject)
    this.#server.on('error', (error) => this.#log.error('LISTENER_FAILED', {}, error))
    this.#gate?.watch()
    this.#log.info('LISTENER_STARTED', { port: this.address.port })
  }

  /** Reads certificates, keys and revocation lists again; see {@link TlsGate.reload}. */
  reload(): Promise<ReloadResult> {
    return this.#gate?.reload() ?? Promise.resolve('unchanged')
  }

  /** Takes no more connections, lets every request under way finish, then ends; cuts off what is left at the signal. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#gate?.unwatch()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    const cutOff = () => {
      for (const socket of this.#sockets) socket.destroy()
    }
    signal.addEventListener('abort', cutOff, { once: true })
    if (signal.aborted) cutOff()
    await Promise.all([...this.#sessions].map((session) => session.drain()))
    // What is left is in the middle of its handshake, and may long be gone.
    cutOff()
    await closed
    signal.removeEventListener('abort', cutOff)
    this.#log.info('LISTENER_STOPPED')
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    const address = plainAddress(socket.remoteAddress)
    const { proxyProtocol } = this.#config
    if (proxyProtocol && this.#isProxy(address)) void this.#takeHeader(socket, address, proxyProtocol)
    else if (proxyProtocol?.direct === 'refused') this.#refuse(socket, 'address-not-allowed', address)
    else this.#admit(socket, address)
  }

  async #takeHeader(
    socket: Socket,
    proxy: string,
    limits: NonNullable<Sip2ListenerConfig['proxyProtocol']>,
  ): Promise<void> {
    const [oldest] = this.#headerless
    if (this.#headerless.size >= this.#config.maxHandshakes && oldest) this.#refuse(oldest, 'displaced', proxy)
    this.#headerless.add(socket)
    const received = await receiveProxyHeader(socket, limits)
    this.#headerless.delete(socket)
    if (socket.destroyed) return
    // What a proxy says of itself, when it looks whether we are there, has its own address.
    if (received.kind === 'address') this.#admit(socket, received.address ?? proxy)
    // A proxy that looks whether the port is open leaves without a word.
    else if (received.kind === 'closed') socket.destroy()
    else this.#refuse(socket, 'proxy-header', proxy, 'PROXY_HEADER_INVALID')
  }

  #admit(socket: Socket, address: string): void {
    if (!this.#isAllowed(address)) return this.#refuse(socket, 'address-not-allowed', address)
    const visitor = new Visitor(address, () => this.#refuse(socket, 'displaced', address))
    const reason = this.#table.add(visitor)
    if (reason) return this.#refuse(socket, reason, address)
    socket.on('close', () => this.#table.remove(visitor))
    if (!this.#gate) this.#serve(socket, visitor, undefined)
    else void this.#awaitHandshake(socket, visitor, this.#gate)
  }

  /**
   * One source begins so many handshakes a second and no more: they cost more than all that comes after them. Only who
   * has sent what begins one takes a turn, so that half-open connections take nobody's.
   */
  async #awaitHandshake(socket: Socket, visitor: Visitor, gate: TlsGate): Promise<void> {
    const { handshakeTimeoutMs = 0 } = this.#config.tls ?? {}
    const giveUp = setTimeout(
      () => this.#refuse(socket, 'handshake-timeout', visitor.address, 'TLS_HANDSHAKE_FAILED'),
      handshakeTimeoutMs,
    )
    socket.once('close', () => clearTimeout(giveUp))
    const shakeHands = () =>
      gate.admit(socket, (result) => {
        clearTimeout(giveUp)
        if (result.kind === 'secure') return this.#serve(result.socket, visitor, result.certificate)
        const code = result.kind === 'certificate' ? 'CERTIFICATE_REFUSED' : 'TLS_HANDSHAKE_FAILED'
        this.#refuse(socket, result.kind, visitor.address, code, result.error)
      })
    const isBegun = await receiveClientHello(socket)
    // A health check leaves without a word.
    if (!isBegun) socket.destroy()
    if (!socket.destroyed) socket.once('close', this.#handshakes.take(visitor.source, shakeHands))
  }

  #serve(socket: Socket, visitor: Visitor, certificate: ClientCertificate | undefined): void {
    if (socket.destroyed) return
    // Its handshake ended after the drain had begun.
    if (!this.#server.listening) {
      socket.destroy()
      return
    }
    this.#table.settle(visitor)
    const { address } = visitor
    const session = new Session(socket, { listener: this.#config.name, address, certificate }, this.#parts)
    visitor.session = session
    this.#sessions.add(session)
    session.start()
    this.#log.debug('CONNECTION_OPENED', { peer: address })
    this.#publish('opened', '')
    void session.closed.then(() => {
      this.#sessions.delete(session)
      this.#log.debug('CONNECTION_CLOSED', { peer: address })
      this.#publish('closed', '')
    })
  }

  #refuse(
    socket: Socket,
    reason: RefusalReason,
    peer: string,
    code: LogCode = 'CONNECTION_REFUSED',
    error?: unknown,
  ): void {
    socket.destroy()
    this.#publish('refused', reason)
    this.#refusalLines.write(reason, sourceOf(peer), (leftOut) =>
      this.#log.warn(code, { peer, reason, ...leftOut }, error),
    )
  }

  #publish(change: 'opened' | 'closed' | 'refused', reason: string): void {
    if (!connectionChannel.hasSubscribers) return
    connectionChannel.publish({ listener: this.#config.name, change, reason })
  }
}

/** A connection whose real address is known. */
class Visitor implements Guest {
  readonly address: string
  readonly source: string
  readonly displace: () => void
  session: Session | undefined

  constructor(address: string, displace: () => void) {
    this.address = address
    this.source = sourceOf(address)
    this.displace = displace
  }

  get isKnown(): boolean {
    return this.session?.isKnown ?? false
  }
}
