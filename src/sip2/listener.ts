import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { type TlsOptions, createServer as createTlsServer } from 'node:tls'
import type { Sip2ListenerConfig } from '../runtime/config/schema.ts'
import { connectionChannel } from '../runtime/diagnostics.ts'
import type { Log } from '../runtime/log.ts'
import { Session, type SessionParts } from './session.ts'
import { plainAddress } from './terminals.ts'

/** One port at which machines speak SIP2, over TCP or TLS. */
export class Sip2Listener {
  readonly #config: Sip2ListenerConfig
  readonly #parts: SessionParts
  readonly #log: Log
  readonly #sessions = new Set<Session>()
  readonly #sockets = new Set<Socket>()
  readonly #perAddress = new Map<string, number>()
  readonly #server: Server

  constructor(config: Sip2ListenerConfig, parts: SessionParts) {
    this.#config = config
    this.#parts = parts
    this.#log = parts.log.child({ listener: config.name, protocol: 'sip2' })
    const options = {
      keepAlive: config.keepAliveMs > 0,
      keepAliveInitialDelay: config.keepAliveMs,
      noDelay: true,
      // A machine may end its side as soon as it has sent its last request: it still gets its replies.
      allowHalfOpen: true,
    }
    this.#server = config.tls ? createTlsServer({ ...options, ...tlsOptions(config.tls) }) : createServer(options)
    this.#server.maxConnections = config.maxConnections
    this.#server.on('drop', (data) => this.#refuse('limit', plainAddress(data?.remoteAddress)))
    this.#server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      this.#log.warn('TLS_HANDSHAKE_FAILED', { peer: plainAddress(socket.remoteAddress) }, error)
      // A handshake that ran out of time is only told of: the connection would stay.
      socket.destroy()
    })
    this.#server.on('connection', (socket: Socket) => this.#admit(socket))
    this.#server.on(config.tls ? 'secureConnection' : 'connection', (socket: Socket) => this.#serve(socket))
  }

  get name(): string {
    return this.#config.name
  }

  get secure(): boolean {
    return this.#config.tls !== undefined
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
    this.#log.info('LISTENER_STARTED', { port: this.address.port })
  }

  /** Takes no more connections, lets every request under way finish, then ends; cuts off what is left at the signal. */
  async drain(signal: AbortSignal): Promise<void> {
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

  /** Under TLS a connection is here before its handshake is done, when no session knows of it. */
  #admit(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress)
    const open = this.#perAddress.get(address) ?? 0
    if (open >= this.#config.maxConnectionsPerAddress) {
      this.#refuse('address-limit', address)
      socket.destroy()
      return
    }
    this.#perAddress.set(address, open + 1)
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      const left = (this.#perAddress.get(address) ?? 1) - 1
      if (left > 0) this.#perAddress.set(address, left)
      else this.#perAddress.delete(address)
    })
  }

  #serve(socket: Socket): void {
    if (socket.destroyed) return
    // Its handshake ended after the drain had begun.
    if (!this.#server.listening) {
      socket.destroy()
      return
    }
    const address = plainAddress(socket.remoteAddress)
    const session = new Session(socket, { listener: this.#config.name, address }, this.#parts)
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

  #refuse(reason: 'limit' | 'address-limit', peer: string): void {
    this.#log.warn('CONNECTION_REFUSED', { reason, peer })
    this.#publish('refused', reason)
  }

  #publish(change: 'opened' | 'closed' | 'refused', reason: string): void {
    if (!connectionChannel.hasSubscribers) return
    connectionChannel.publish({ listener: this.#config.name, change, reason })
  }
}

function tlsOptions(tls: NonNullable<Sip2ListenerConfig['tls']>): TlsOptions {
  return {
    cert: tls.certificate.reveal(),
    key: tls.key.reveal(),
    minVersion: tls.minVersion,
    handshakeTimeout: tls.handshakeTimeoutMs,
  }
}
