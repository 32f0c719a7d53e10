/** A kiosk on a real socket: lines out, lines in, every checksum added and checked by hand. */
import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { appendChecksum, hasRightChecksum } from './checksum.ts'
import { type RawReply, readReply } from './raw-sip2.ts'

export interface KioskAddress {
  readonly port: number
  /** PEM of the certificate to trust; the kiosk speaks TLS when it is given. */
  readonly certificate?: string | undefined
  /** Address of ours, such as 127.0.0.2. */
  readonly localAddress?: string
  /** Bytes ahead of everything else, the handshake too. */
  readonly preamble?: string | Uint8Array
  /** Further options of TLS, such as a certificate of the kiosk's own. */
  readonly tls?: ConnectionOptions
}

/** A machine that is told to wait 15 seconds does; a reply that comes later is none. */
const patienceMs = 15_000

export class SocketKiosk {
  readonly socket: Socket
  readonly #opened: Promise<void>
  #received = ''
  #sequence = 0
  #ended = false
  #wake: () => void = () => {}

  constructor({ port, certificate, localAddress, preamble, tls }: KioskAddress) {
    const socket = connectTcp({ host: '127.0.0.1', port, ...(localAddress !== undefined && { localAddress }) })
    if (preamble !== undefined) socket.write(typeof preamble === 'string' ? Buffer.from(preamble, 'latin1') : preamble)
    this.socket =
      certificate === undefined ? socket : connectTls({ socket, host: '127.0.0.1', ca: certificate, ...tls })
    if (this.socket !== socket) socket.on('error', (error) => this.socket.destroy(error))
    const opened = Promise.withResolvers<void>()
    this.#opened = opened.promise
    this.#opened.catch(() => {})
    this.socket.once(certificate === undefined ? 'connect' : 'secureConnect', () => opened.resolve())
    this.socket.on('error', (error) => opened.reject(error))
    this.socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1')
      this.#wake()
    })
    for (const event of ['end', 'close'])
      this.socket.on(event, () => {
        this.#ended = true
        this.#wake()
      })
  }

  /** Rejects when the connection could not be made. */
  async opened(): Promise<this> {
    await this.#opened
    return this
  }

  /** True once the other side has ended. */
  get ended(): boolean {
    return this.#ended
  }

  /** What came and was not read yet. */
  get unread(): string {
    return this.#received
  }

  /** Bytes as they are; a text is one byte a character. */
  write(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** The next line without its end, undefined when the connection ended first. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#received.indexOf('\r')
      if (end >= 0) {
        const line = this.#received.slice(0, end)
        this.#received = this.#received.slice(end + 1)
        return line
      }
      if (this.#ended) return undefined
      await this.#moreWithin(patienceMs)
    }
  }

  /** Sends a request with sequence number and checksum; its reply must carry both. */
  async ask(request: string): Promise<RawReply> {
    const sequence = this.#sequence
    this.#sequence = (sequence + 1) % 10
    this.write(`${appendChecksum(request, sequence)}\r`)
    return this.expectReply(sequence)
  }

  /** The next line as a reply to the request of a sequence number. */
  async expectReply(sequence: number): Promise<RawReply> {
    const line = await this.line()
    if (line === undefined) throw new Error('the connection ended without a reply')
    if (!hasRightChecksum(line)) throw new Error(`the checksum is wrong: ${line}`)
    if (!line.slice(0, -6).endsWith(`AY${sequence}`)) throw new Error(`the sequence number is not ${sequence}: ${line}`)
    return readReply(line)
  }

  /** Resolves when the other side has ended the connection. */
  async end(): Promise<void> {
    while (!this.#ended) await this.#moreWithin(patienceMs)
  }

  destroy(): void {
    this.socket.destroy()
  }

  async #moreWithin(ms: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error('nothing came within the time-out of the machine')), ms)
    this.#wake = resolve
    try {
      await promise
    } finally {
      clearTimeout(timer)
    }
  }
}
