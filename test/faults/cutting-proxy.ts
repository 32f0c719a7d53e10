import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Random } from './random.ts'

/** A network that breaks: passes bytes on, and now and then cuts a connection in the middle of a message. */
export class CuttingProxy {
  /** Chance that a connection is cut at a piece of data. */
  cutChance = 0
  /** Connections that were cut. */
  cuts = 0
  readonly #target: () => number | undefined
  readonly #random: Random
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()

  /** @param target port behind it now; undefined when there is none */
  constructor(target: () => number | undefined, random: Random) {
    this.#target = target
    this.#random = random
    this.#server = createServer({ noDelay: true }, (socket) => this.#join(socket))
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Cuts every connection that is open. */
  cutAll(): void {
    for (const pair of this.#pairs) this.#cut(pair)
  }

  async close(): Promise<void> {
    for (const [one, other] of this.#pairs) {
      one.destroy()
      other.destroy()
    }
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #join(near: Socket): void {
    const port = this.#target()
    if (port === undefined) {
      near.destroy()
      return
    }
    const far = connect({ host: '127.0.0.1', port, noDelay: true })
    const pair = [near, far] as const
    this.#pairs.add(pair)
    this.#pass(near, far, pair)
    this.#pass(far, near, pair)
  }

  #pass(from: Socket, to: Socket, pair: readonly [Socket, Socket]): void {
    from.on('data', (chunk: Buffer) => {
      if (!this.#random.chance(this.cutChance)) {
        to.write(chunk)
        return
      }
      // Some of it arrives, or all of it.
      to.write(chunk.subarray(0, this.#random.between(0, chunk.length)), () => this.#cut(pair))
    })
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => {
      to.destroy()
      this.#pairs.delete(pair)
    })
  }

  #cut([near, far]: readonly [Socket, Socket]): void {
    if (near.destroyed && far.destroyed) return
    this.cuts += 1
    const reset = this.#random.chance(0.5)
    for (const socket of [near, far]) {
      if (reset) socket.resetAndDestroy()
      else socket.destroy()
    }
  }
}
