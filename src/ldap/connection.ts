/**
 * One connection to a directory. The socket is ours, and is handed to the library once: a connection that broke is never
 * replaced behind our back, where a password would be sent before the connection is encrypted again.
 */
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { BusyError, Client, ResultCodeError, UnavailableError } from 'ldapts'
import type { LdapConfig } from './config.ts'
import { type LdapHost, TransportError, codeOf } from './host.ts'

export type ConnectionConfig = Pick<
  LdapConfig,
  'startTls' | 'ca' | 'serverName' | 'connectTimeoutMs' | 'answerTimeoutMs'
>

export class LdapConnection {
  readonly host: LdapHost
  readonly #socket: Socket
  readonly #client: Client
  readonly #answerTimeoutMs: number
  #closed = false

  private constructor(host: LdapHost, socket: Socket, answerTimeoutMs: number) {
    this.host = host
    this.#socket = socket
    this.#answerTimeoutMs = answerTimeoutMs
    socket.once('close', () => {
      this.#closed = true
    })
    const sockets = [socket]
    this.#client = new Client({
      url: 'ldap://directory',
      createConnection: () => {
        const next = sockets.pop()
        if (next === undefined) throw new TransportError('ECONNRESET')
        return next
      },
    })
  }

  /** Connects, and encrypts where that is asked for. Rejects with a `TransportError`. */
  static async open(host: LdapHost, config: ConnectionConfig, signal: AbortSignal): Promise<LdapConnection> {
    const tls = tlsOptionsOf(host, config)
    const socket = host.secure
      ? connectTls({ ...tls, host: host.name, port: host.port })
      : connect({ host: host.name, port: host.port })
    socket.setKeepAlive(true, keepAliveMs).setNoDelay(true)
    await whileOpen(socket, limitOf(signal, config.connectTimeoutMs), connected(socket, host.secure))
    const connection = new LdapConnection(host, socket, config.answerTimeoutMs)
    if (config.startTls && !host.secure) await connection.#upgrade(tls, signal)
    return connection
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * One request and its answer. Rejects with the library's `ResultCodeError` when the directory says no, and with a
   * `TransportError` when it did not answer or has no time; the connection is then of no more use.
   */
  async ask<T>(request: (client: Client) => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await whileOpen(this.#socket, limitOf(signal, this.#answerTimeoutMs), request(this.#client))
    } catch (error) {
      throw error instanceof BusyError || error instanceof UnavailableError ? new TransportError('HOST_BUSY') : error
    }
  }

  close(): void {
    this.#closed = true
    this.#socket.destroy()
  }

  /** [RFC 4511 4.14] A directory that refuses is treated as one that is away: nothing is said in clear. */
  async #upgrade(tls: ConnectionOptions, signal: AbortSignal): Promise<void> {
    try {
      await this.ask((client) => client.startTLS(tls), signal)
    } catch (error) {
      this.close()
      throw error instanceof ResultCodeError ? new TransportError('STARTTLS_REFUSED') : error
    }
  }
}

const keepAliveMs = 30_000

function tlsOptionsOf({ name }: LdapHost, { ca, serverName }: ConnectionConfig): ConnectionOptions {
  const expected = serverName ?? name
  return {
    // Beside the name in the handshake, this is the name that the certificate is compared with.
    host: expected,
    ...(isIP(expected) === 0 && { servername: expected }),
    ...(ca !== undefined && { ca }),
    minVersion: 'TLSv1.2',
  }
}

const connected = (socket: Socket, secure: boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once(secure ? 'secureConnect' : 'connect', resolve)
    socket.once('error', reject)
  })

const limitOf = (signal: AbortSignal, ms: number): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ms)])

/** Ends the socket when the time is over: the protocol knows no way to take a bind back. */
async function whileOpen<T>(socket: Socket, limit: AbortSignal, work: Promise<T>): Promise<T> {
  const giveUp = () => socket.destroy(new TransportError('ETIMEDOUT'))
  if (limit.aborted) giveUp()
  limit.addEventListener('abort', giveUp, { once: true })
  try {
    return await work
  } catch (error) {
    if (error instanceof ResultCodeError) throw error
    socket.destroy()
    throw new TransportError(limit.aborted ? 'ETIMEDOUT' : codeOf(error))
  } finally {
    limit.removeEventListener('abort', giveUp)
  }
}
