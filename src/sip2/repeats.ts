import { createHash } from 'node:crypto'

/** AY and AZ at the end of a frame. */
const errorDetection = /(AY\d+)?AZ[0-9A-Fa-f]{4}\s*$/
const longestErrorDetection = 24

/**
 * What one connection remembers so that nothing is executed twice: its last reply for 97, the request that it answered
 * for one that comes again, and how often an equal one was meant anew. [SIP2 2.00 error detection]
 */
export class Repeats {
  readonly #windowMs: number
  #lastReply: Buffer | undefined
  #answered: { readonly key: string; readonly at: number; readonly reply: Buffer } | undefined
  #content: { readonly digest: string; readonly occurrence: number } | undefined

  /** @param windowMs after which an equal sequence number and checksum are a new request's */
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

  /** A request with AY and AZ was carried out: the same two letters and digits mean the same request. */
  rememberRequest(frame: Buffer, reply: Buffer, now: number): void {
    const key = keyOf(frame)
    if (key !== undefined) this.#answered = { key, at: now, reply }
  }

  /** The reply to the last request when this is that request again. It becomes the last reply once more. */
  takeRepeated(frame: Buffer, now: number): Buffer | undefined {
    const answered = this.#answered
    if (answered === undefined || answered.key !== keyOf(frame) || now - answered.at >= this.#windowMs) return undefined
    this.#lastReply = answered.reply
    return answered.reply
  }

  /**
   * How many equal requests came before this one and were meant: a machine that sends the same again after it saw the
   * answer means it, `early` before that it only asks again.
   */
  countOccurrence(frame: Buffer, early: boolean): number {
    const content = frame.toString('latin1').replace(errorDetection, '')
    // A digest, because the content has passwords.
    const digest = createHash('sha256').update(content).digest('base64')
    const last = this.#content
    const occurrence = last?.digest === digest ? last.occurrence + (early ? 0 : 1) : 0
    this.#content = { digest, occurrence }
    return occurrence
  }
}

/** Both must be there for a request to be known again. */
function keyOf(frame: Buffer): string | undefined {
  const match = errorDetection.exec(frame.subarray(-longestErrorDetection).toString('latin1'))
  return match?.[1] === undefined ? undefined : match[0]
}
