import type { Socket } from 'node:net'
import { type Server, type TLSSocket, createServer } from 'node:tls'
import type { TlsConfig } from '../runtime/config/schema.ts'
import type { Log } from '../runtime/log.ts'
import { type ClientCertificate, describeCertificate, plainFingerprint } from './client-certificate.ts'
import { TlsMaterial } from './tls-material.ts'

/** A connection whose handshake is done. */
export interface SecureConnection {
  readonly kind: 'secure'
  readonly socket: TLSSocket
  /** Undefined when the machine showed none. */
  readonly certificate: ClientCertificate | undefined
}

export type HandshakeResult = SecureConnection | { readonly kind: 'certificate' | 'handshake'; readonly error: unknown }

/** What came of reading the files again. */
export type ReloadResult = 'changed' | 'unchanged' | 'invalid'

type Waiting = (result: HandshakeResult) => void

/** Turns connections of a listener into secure ones, and takes new certificates without ending those that are open. */
export class TlsGate {
  readonly #config: TlsConfig
  readonly #log: Log
  readonly #material: TlsMaterial
  /** It listens nowhere: it is handed the connections once their PROXY header is off. */
  readonly #server: Server
  readonly #waiting = new Map<string, Waiting>()
  readonly #revoked: ReadonlySet<string>
  #watch: NodeJS.Timeout | undefined
  #lastFault = ''

  /** Throws the TLS library's error when the certificates cannot be used. */
  constructor(config: TlsConfig, log: Log) {
    this.#config = config
    this.#log = log
    this.#material = new TlsMaterial(config)
    this.#revoked = new Set(config.clientCertificates?.revokedFingerprints.map(plainFingerprint))
    this.#server = createServer({ ...this.#material.options, allowHalfOpen: true })
    this.#server.on('secureConnection', (socket) => this.#settle(socket, this.#inspect(socket)))
    this.#server.on('tlsClientError', (error, socket) => {
      this.#settle(socket, { kind: 'handshake', error })
      // A handshake that ran out of time is only told of: the connection would stay.
      socket.destroy()
    })
  }

  /** Performs the handshake. Whatever fails, the caller is told once, or the connection closes without a word. */
  admit(socket: Socket, settled: Waiting): void {
    const key = keyOf(socket)
    this.#waiting.set(key, settled)
    socket.once('close', () => {
      if (this.#waiting.get(key) === settled) this.#waiting.delete(key)
    })
    this.#server.emit('connection', socket)
  }

  watch(): void {
    if (this.#config.watchMs === 0) return
    this.#watch = setInterval(() => void this.reload(), this.#config.watchMs).unref()
  }

  unwatch(): void {
    clearInterval(this.#watch)
  }

  /**
   * Reads the files again. New connections use what is there now, open ones go on. When something cannot be used the
   * old stays, and the log tells it once.
   */
  async reload(): Promise<ReloadResult> {
    try {
      const options = await this.#material.reread()
      this.#lastFault = ''
      if (options === undefined) return 'unchanged'
      this.#server.setSecureContext(options)
      this.#log.info('TLS_MATERIAL_RELOADED')
      return 'changed'
    } catch (error) {
      const fault = String((error as NodeJS.ErrnoException).code)
      if (fault !== this.#lastFault) this.#log.error('TLS_MATERIAL_INVALID', {}, error)
      this.#lastFault = fault
      return 'invalid'
    }
  }

  #settle(socket: TLSSocket, result: HandshakeResult): void {
    const key = keyOf(socket)
    const settled = this.#waiting.get(key)
    this.#waiting.delete(key)
    if (settled === undefined || result.kind !== 'secure') socket.destroy()
    settled?.(result)
  }

  #inspect(socket: TLSSocket): HandshakeResult {
    const { clientCertificates } = this.#config
    if (clientCertificates === undefined) return { kind: 'secure', socket, certificate: undefined }
    const shown = socket.getPeerX509Certificate()
    if (shown === undefined && clientCertificates.mode === 'optional') {
      return { kind: 'secure', socket, certificate: undefined }
    }
    if (shown === undefined || !socket.authorized) {
      return { kind: 'certificate', error: new CertificateError(String(socket.authorizationError)) }
    }
    const certificate = describeCertificate(shown)
    if (this.#revoked.has(certificate.fingerprint)) {
      return { kind: 'certificate', error: new CertificateError('CERT_REVOKED') }
    }
    return { kind: 'secure', socket, certificate }
  }
}

class CertificateError extends Error {
  /** OpenSSL's word for it, such as `CERT_HAS_EXPIRED`. */
  readonly code: string

  constructor(code: string) {
    super('the certificate of a machine was refused')
    this.code = code
  }
}

/** What a connection and the secure one on top of it have in common. */
const keyOf = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`
