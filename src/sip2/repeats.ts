import { hash } from 'node:crypto'

/** AY and AZ at the end of a frame. */
const errorDetection = /(AY\d+)?AZ[0-9A-Fa-f]{4}\s*$/
const longestErrorDetection = 32

const statusCode = '99'
const statusWindowMs = 20_000

/** What comes so soon after an answer was sent off before its machine could see it: the two crossed on the way. */
const crossingMs = 2000

/** Different changes that one connection remembers: those of a machine's last minute or more. */
const mostContents = 64

/**
 * What one connection remembers so that nothing is executed twice: its last reply for 97, the request that it answered
 * for one that comes again, and how often an equal one was meant anew. [SIP2 2.00 error detection]
 */
export class Repeats {
  readonly #windowMs: number
  #lastReply: Buffer | undefined
  #answered: (Mark & { readonly at: number; readonly reply: Buffer }) | undefined
  /** The request under way, so that it is worked through once. */
  #current: (Mark & { readonly frame: Buffer }) | undefined
  /** The last changes by digest, the latest last. */
  #occurrences: Map<string, Occurrence> | undefined

  /** @param windowMs after which an equal request with an equal sequence number is a new one */
  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** The last reply byte for byte, undefined before the first. */
  get lastReply(): Buffer | undefined {
    return this.#lastReply
  }

  rememberReply(reply: Buffer): void {
    this.#lastReply = reply
  }

  /**
   * A request was carried out. With AY and AZ the same bytes mean the same request. AY and AZ alone do not tell, since
   * many machines never change their AY, and barcodes with two digits swapped have the same sum.
   */
  rememberRequest(frame: Buffer, reply: Buffer, now: number): void {
    const { envelope, digest } = this.#markOf(frame)
    this.#answered = { envelope, digest, at: now, reply }
    const occurrence = this.#occurrences?.get(digest)
    if (occurrence) occurrence.answeredAt = now
    this.#current = undefined
  }

  /**
   * The reply to the last request when this is that request again. It becomes the last reply once more.
   * @param unseen the machine had not seen the reply when it sent this: it can only ask again, with or without AY
   */
  takeRepeated(frame: Buffer, now: number, unseen = false): Buffer | undefined {
    const answered = this.#answered
    // They differ nearly always, and are quickly compared.
    if (answered === undefined || answered.envelope !== envelopeOf(frame)) return undefined
    const isKnown = isComplete(answered.envelope) && now - answered.at < this.#windowFor(frame)
    if (!isKnown && !unseen) return undefined
    if (answered.digest !== this.#markOf(frame).digest) return undefined
    this.#current = undefined
    this.#lastReply = answered.reply
    return answered.reply
  }

  /**
   * How many equal requests came before this one and were meant: a machine that sends the same again after it saw the
   * answer means it, `early` before that it only asks again.
   */
  countOccurrence(frame: Buffer, early: boolean, now: number): number {
    const { digest } = this.#markOf(frame)
    const occurrences = (this.#occurrences ??= new Map())
    const last = occurrences.get(digest)
    const unseen = early || (last !== undefined && now - last.answeredAt < crossingMs)
    const count = last === undefined ? 0 : last.count + (unseen ? 0 : 1)
    occurrences.delete(digest)
    occurrences.set(digest, { count, answeredAt: Number.NEGATIVE_INFINITY })
    const [oldest] = occurrences.keys()
    if (occurrences.size > mostContents && oldest !== undefined) occurrences.delete(oldest)
    return count
  }

  /** A machine that asks for the status again and again with one AY must not be told an old one for long. */
  #windowFor(frame: Buffer): number {
    return frame.toString('latin1', 0, 2) === statusCode ? Math.min(this.#windowMs, statusWindowMs) : this.#windowMs
  }

  #markOf(frame: Buffer): Mark {
    if (this.#current?.frame === frame) return this.#current
    const envelope = envelopeOf(frame)
    const content = frame.subarray(0, frame.length - envelope.length)
    this.#current = { frame, envelope, digest: hash('sha256', content, 'base64') }
    return this.#current
  }
}

/** A change that was sent, maybe more than once. */
interface Occurrence {
  /** How often it was meant before. */
  readonly count: number
  answeredAt: number
}

/** What a request is known by. */
interface Mark {
  /** Its AY and AZ as they stand. */
  readonly envelope: string
  /** In place of the rest, which holds passwords. */
  readonly digest: string
}

const envelopeOf = (frame: Buffer): string =>
  errorDetection.exec(frame.toString('latin1', Math.max(0, frame.length - longestErrorDetection)))?.[0] ?? ''

/** Both must be there for a request to be known again. */
const isComplete = (envelope: string): boolean => envelope.startsWith('AY')
