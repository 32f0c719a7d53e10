/** A connection between a kiosk and the bridge: bytes arrive late, in pieces, in order, or not at all. */
import { Duplex } from 'node:stream'
import type { FaultCount } from './fault-count.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'

export interface WireParts {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly faults: FaultCount
  /** Whose events those of the bridge's end are. */
  readonly bridge: string
}

export interface WireListener {
  received(bytes: Buffer): void
  closed(): void
}

/** When the bridge had a request, and when it wrote the answer. */
export interface Exchange {
  readonly deliveredAt: number
  answeredAt: number | undefined
}

const terminator = 13

export class Wire {
  /** The bridge's end. */
  readonly socket: Duplex
  readonly exchanges: Exchange[] = []
  readonly #parts: WireParts
  #listener: WireListener | undefined
  #toBridgeAt = 0
  #toKioskAt = 0
  #ended = false
  /** The connection broke: what was not answered is owed nothing. */
  #broken = false

  constructor(parts: WireParts) {
    this.#parts = parts
    this.socket = new Duplex({
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        this.#carryToKiosk(chunk)
        done()
      },
      final: (done) => {
        this.#closeAtKiosk()
        done()
      },
      destroy: (_error, done) => {
        this.#closeAtKiosk()
        done(null)
      },
    })
  }

  get ended(): boolean {
    return this.#ended
  }

  get broken(): boolean {
    return this.#broken
  }

  listen(listener: WireListener): void {
    this.#listener = listener
  }

  /** From the kiosk. */
  send(bytes: Buffer): void {
    const { random, scheduler, bridge } = this.#parts
    for (const piece of this.#cutUp(bytes)) {
      this.#toBridgeAt = Math.max(this.#toBridgeAt, scheduler.now + random.delay(8, 400, 0.03))
      scheduler.after(this.#toBridgeAt - scheduler.now, 'bytes to the bridge', () => this.#deliver(piece), bridge)
    }
  }

  /** The kiosk ends its side, and still reads. */
  end(): void {
    const { scheduler, bridge } = this.#parts
    const wait = Math.max(0, this.#toBridgeAt - scheduler.now)
    scheduler.after(wait, 'end of the kiosk', () => this.socket.destroyed || this.socket.push(null), bridge)
  }

  /** Breaks the connection; both ends learn of it, each in its own time. */
  cut(): void {
    if (this.#broken) return
    this.#broken = true
    const { scheduler, random, bridge } = this.#parts
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    scheduler.after(random.delay(5, 3000, 0.2), 'cut seen by the bridge', () => this.socket.destroy(error), bridge)
    this.#closeAtKiosk()
  }

  /** The process of the bridge is gone, with the last bytes that it had not yet sent. */
  lose(): void {
    this.#broken = true
    this.#closeAtKiosk()
  }

  #cutUp(bytes: Buffer): Buffer[] {
    const { random, faults } = this.#parts
    if (!random.chance(0.2)) return [bytes]
    faults.add('split bytes')
    const at = random.integer(1, Math.max(1, bytes.length - 1))
    return [bytes.subarray(0, at), bytes.subarray(at)].filter((piece) => piece.length > 0)
  }

  #deliver(piece: Buffer): void {
    if (this.socket.destroyed || this.#broken) return
    for (const byte of piece) {
      if (byte === terminator) {
        this.exchanges.push({ deliveredAt: this.#parts.scheduler.now, answeredAt: undefined })
      }
    }
    this.socket.push(piece)
  }

  #carryToKiosk(bytes: Buffer): void {
    const { scheduler, random } = this.#parts
    const open = this.exchanges.find(({ answeredAt }) => answeredAt === undefined)
    if (open) open.answeredAt = scheduler.now
    for (const piece of this.#cutUp(bytes)) {
      this.#toKioskAt = Math.max(this.#toKioskAt, scheduler.now + random.delay(8, 400, 0.03))
      const arrive = (): void => {
        if (!this.#ended) this.#listener?.received(piece)
      }
      scheduler.after(this.#toKioskAt - scheduler.now, 'bytes to the kiosk', arrive, 'world')
    }
  }

  #closeAtKiosk(): void {
    const { scheduler, random } = this.#parts
    const inOrder = Math.max(0, this.#toKioskAt - scheduler.now) + random.between(0, 5)
    // A broken connection takes with it what was still on the way.
    const wait = this.#broken ? random.between(0, 20) : inOrder
    const close = (): void => {
      if (this.#ended) return
      this.#ended = true
      this.#listener?.closed()
    }
    scheduler.after(wait, 'close seen by the kiosk', close, 'world')
  }
}
