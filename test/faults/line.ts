import { connect, type Socket } from 'node:net'

/** One connection: a line out, a line in. */
export class Line {
  readonly #socket: Socket
  #received = ''
  #closed = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1')
      this.#wake()
    })
    for (const event of ['error', 'end', 'close']) {
      socket.on(event, () => {
        this.#closed = true
        this.#wake()
      })
    }
  }

  static async open(port: number): Promise<Line | undefined> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const line = new Line(socket)
    await new Promise<void>((resolve) => {
      for (const event of ['connect', 'error']) socket.once(event, () => resolve())
    })
    return line.open ? line : undefined
  }

  get open(): boolean {
    return !this.#closed
  }

  /** The next line without its end, undefined when none came in time. */
  async ask(request: string, patienceMs: number): Promise<string | undefined> {
    this.#socket.write(request, 'latin1')
    const giveUpAt = performance.now() + patienceMs
    for (;;) {
      const end = this.#received.indexOf('\r')
      if (end >= 0) {
        const line = this.#received.slice(0, end)
        this.#received = this.#received.slice(end + 1)
        return line
      }
      const leftMs = giveUpAt - performance.now()
      if (this.#closed || leftMs <= 0) return undefined
      const timer = Promise.withResolvers<void>()
      const timeout = setTimeout(() => timer.resolve(), leftMs)
      this.#wake = timer.resolve
      await timer.promise
      clearTimeout(timeout)
    }
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
