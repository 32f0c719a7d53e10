/** A terminal of a few lines on a real socket, so that the product's own client is not its own judge. */
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Test } from 'tap'

export class LineClient {
  readonly #socket: Socket
  readonly #chunks: AsyncIterator<string>
  #received = ''

  private constructor(t: Test, socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    this.#chunks = socket[Symbol.asyncIterator]()
    t.teardown(() => socket.destroy())
  }

  static async tcp(t: Test, port: number): Promise<LineClient> {
    const socket = connectTcp({ host: '127.0.0.1', port })
    await once(socket, 'connect')
    return new LineClient(t, socket)
  }

  /** @param ca PEM of the one certificate that is trusted */
  static async tls(t: Test, port: number, ca: string): Promise<LineClient> {
    const socket = connectTls({ host: '127.0.0.1', port, ca })
    await once(socket, 'secureConnect')
    return new LineClient(t, socket)
  }

  send(line: string): void {
    this.#socket.write(`${line}\r`)
  }

  /** The next line, empty when the other side has ended the connection. */
  async receive(): Promise<string> {
    while (!this.#received.includes('\r')) {
      const { done, value } = await this.#chunks.next()
      if (done) return ''
      this.#received += value
    }
    const [line = '', ...rest] = this.#received.split('\r')
    this.#received = rest.join('\r')
    return line
  }

  ask(line: string): Promise<string> {
    this.send(line)
    return this.receive()
  }
}
