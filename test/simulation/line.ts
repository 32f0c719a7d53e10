/** A kiosk's end of a connection: pairs replies with requests by their order, and holds the bridge to law 1. */
import { replyCodes } from '../errands/answer.ts'
import { hasRightChecksum } from '../helpers/checksum.ts'
import { type RawReply, readReply } from '../helpers/raw-sip2.ts'
import type { LawBook } from './laws.ts'
import { frame, garble } from './requests.ts'
import type { Scheduler } from './scheduler.ts'
import type { Wire } from './wire.ts'

export interface Asked {
  readonly line: string
  /** Undefined for a machine without error detection. */
  readonly sequence: number | undefined
  /** Whoever asked, so that a late reply finds its way. */
  readonly subject: object
}

interface Expected extends Asked {
  readonly garbled: boolean
  /** The request was a 97. */
  readonly again: boolean
}

export type Heard =
  | { readonly kind: 'reply'; readonly reply: RawReply; readonly subject: object }
  | { readonly kind: 'asked again' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'closed' }

export class Line {
  readonly wire: Wire
  readonly #scheduler: Scheduler
  readonly #laws: LawBook
  readonly #expected: Expected[] = []
  #received = Buffer.alloc(0)
  #last: string | undefined
  #wake: ((heard: Heard) => void) | undefined
  /** Called for every reply, in time or late. */
  #onReply: (reply: RawReply, subject: object) => void

  constructor(
    wire: Wire,
    parts: { scheduler: Scheduler; laws: LawBook; onReply: (reply: RawReply, subject: object) => void },
  ) {
    this.wire = wire
    this.#scheduler = parts.scheduler
    this.#laws = parts.laws
    this.#onReply = parts.onReply
    wire.listen({ received: (bytes) => this.#take(bytes), closed: () => this.#wake?.({ kind: 'closed' }) })
  }

  /** Replies that are still to come. */
  get owed(): number {
    return this.#expected.length
  }

  owes(subject: object): boolean {
    return this.#expected.some((one) => one.subject === subject)
  }

  send(asked: Asked, garbled = false): void {
    const bytes = frame(asked.line, asked.sequence)
    this.#expected.push({ ...asked, garbled, again: false })
    this.wire.send(garbled ? garble(bytes) : bytes)
  }

  /** 97, which asks for the last reply once more. */
  sendAgain(asked: Asked): void {
    this.#expected.push({ ...asked, garbled: false, again: true })
    this.wire.send(frame('97', asked.sequence))
  }

  /** The next thing that happens on this connection. */
  hear(timeoutMs: number): Promise<Heard> {
    if (this.wire.ended) return Promise.resolve({ kind: 'closed' })
    return new Promise((resolve) => {
      const timer = this.#scheduler.after(timeoutMs, 'kiosk loses patience', () => settle({ kind: 'timeout' }))
      const settle = (heard: Heard): void => {
        timer.cancelled = true
        this.#wake = undefined
        resolve(heard)
      }
      this.#wake = settle
    })
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    for (;;) {
      const end = this.#received.indexOf('\r')
      if (end < 0) return
      const line = this.#received.toString('latin1', 0, end).replace(/^\n/, '')
      this.#received = this.#received.subarray(end + 1)
      this.#hearLine(line)
    }
  }

  #hearLine(line: string): void {
    const expected = this.#expected.shift()
    const reply = this.#read(line)
    const fits = expected !== undefined && reply !== undefined && this.#fits(reply, expected)
    this.#laws.check(
      'one-answer',
      fits,
      () => `the reply ${line.slice(0, 2)} to ${expected?.line.slice(0, 2) ?? 'nothing'}`,
    )
    if (expected === undefined || reply === undefined) return
    this.#last = line
    this.#scheduler.note(`told ${line.slice(0, 3)}`)
    if (reply.code === '96') {
      this.#wake?.({ kind: 'asked again' })
      return
    }
    this.#onReply(reply, expected.subject)
    this.#wake?.({ kind: 'reply', reply, subject: expected.subject })
  }

  #read(line: string): RawReply | undefined {
    try {
      return readReply(line)
    } catch {
      return undefined
    }
  }

  #fits({ line, code }: RawReply, { line: request, sequence, garbled, again }: Expected): boolean {
    if (again) return line === this.#last || (code === '96' && this.#last === undefined)
    if (garbled) return code === '96'
    if (code !== replyCodes[request.slice(0, 2)]) return false
    return sequence === undefined || (hasRightChecksum(line) && line.includes(`AY${sequence}AZ`))
  }
}
