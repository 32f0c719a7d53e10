/**
 * Bytes into frames: one message each, without its terminator.
 */

/** Longer than any request of the specification with every field filled. */
export const defaultMaximumFrameLength = 8192

/** A complete message, or the news that one was too long and was thrown away. */
export type FrameEvent = { readonly overlong: false; readonly bytes: Buffer } | { readonly overlong: true }

const carriageReturn = 0x0d
const lineFeed = 0x0a
const nul = 0x00

/** Telnet's "interpret as command" and the commands that have something behind them. [RFC 854, RFC 855] */
const iac = 0xff
const subnegotiationBegin = 0xfa
const subnegotiationEnd = 0xf0
const firstNegotiation = 0xfb
const longestSubnegotiation = 256

const overlong: FrameEvent = { overlong: true }
const nothing = Buffer.alloc(0)

type State =
  | 'start'
  | 'data'
  | 'discard'
  | 'telnet-command'
  | 'telnet-option'
  | 'telnet-subnegotiation'
  | 'telnet-subnegotiation-iac'

/**
 * Splits a byte stream into frames; any chunking gives the same ones. A frame ends at CR, LF or CRLF; empty ones and NUL
 * bytes are dropped. Telnet negotiation is skipped in front of a frame only: inside, FF is a character of most sets.
 * Holds at most `maximumLength` bytes between two chunks.
 */
export class FrameSplitter {
  readonly #maximumLength: number
  #state: State = 'start'
  /** The beginning of a frame whose end has not come yet. */
  #held = nothing
  #heldLength = 0
  #subnegotiationLength = 0

  constructor(options: { readonly maximumLength?: number } = {}) {
    this.#maximumLength = options.maximumLength ?? defaultMaximumFrameLength
  }

  /** Whether a frame has begun whose end has not come yet. */
  get isWithinFrame(): boolean {
    return this.#state === 'data' || this.#state === 'discard'
  }

  /**
   * Takes the next bytes and gives the frames that they complete. A frame may share its memory with the chunk.
   */
  push(chunk: Buffer): FrameEvent[] {
    const events: FrameEvent[] = []
    /** Where the part of the present frame that lies in this chunk begins. */
    let begin = 0
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number
      if (this.#state === 'data') {
        if (byte === carriageReturn || byte === lineFeed) {
          this.#finish(chunk.subarray(begin, index), events)
        } else if (byte === nul) {
          this.#hold(chunk.subarray(begin, index), events)
          begin = index + 1
        }
        continue
      }
      if (this.#state === 'discard') {
        if (byte === carriageReturn || byte === lineFeed) this.#state = 'start'
        continue
      }
      if (this.#skip(byte, events)) continue
      this.#state = 'data'
      begin = index
    }
    if (this.#state === 'data') this.#hold(chunk.subarray(begin), events)
    return events
  }

  /** Whether a byte in front of a frame is to be passed over. */
  #skip(byte: number, events: FrameEvent[]): boolean {
    switch (this.#state) {
      case 'telnet-command':
        this.#state = 'start'
        if (byte === subnegotiationBegin) {
          this.#state = 'telnet-subnegotiation'
          this.#subnegotiationLength = 0
        } else if (byte >= firstNegotiation && byte !== iac) {
          this.#state = 'telnet-option'
        } else if (byte < subnegotiationEnd) {
          // Not telnet after all. A message never begins with FF, so only the FF itself is lost.
          return this.#skip(byte, events)
        }
        return true
      case 'telnet-option':
        this.#state = 'start'
        return true
      case 'telnet-subnegotiation':
      case 'telnet-subnegotiation-iac':
        this.#skipSubnegotiation(byte, events)
        return true
      default:
        if (byte === iac) {
          this.#state = 'telnet-command'
          return true
        }
        return byte === carriageReturn || byte === lineFeed || byte === nul
    }
  }

  #skipSubnegotiation(byte: number, events: FrameEvent[]): void {
    if (this.#state === 'telnet-subnegotiation-iac') {
      this.#state = byte === subnegotiationEnd ? 'start' : 'telnet-subnegotiation'
    } else if (byte === iac) {
      this.#state = 'telnet-subnegotiation-iac'
    }
    if (this.#state !== 'start' && ++this.#subnegotiationLength > longestSubnegotiation) this.#discard(events)
  }

  #finish(part: Buffer, events: FrameEvent[]): void {
    const length = this.#heldLength + part.length
    if (length > this.#maximumLength) {
      events.push(overlong)
    } else if (this.#heldLength === 0) {
      events.push({ overlong: false, bytes: part })
    } else {
      this.#append(part)
      events.push({ overlong: false, bytes: this.#held.subarray(0, length) })
    }
    this.#release('start')
  }

  #hold(part: Buffer, events: FrameEvent[]): void {
    if (this.#heldLength + part.length > this.#maximumLength) this.#discard(events)
    else this.#append(part)
  }

  #append(part: Buffer): void {
    const length = this.#heldLength + part.length
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(Math.max(length, this.#held.length * 2, 256), this.#maximumLength))
      this.#held.copy(grown, 0, 0, this.#heldLength)
      this.#held = grown
    }
    part.copy(this.#held, this.#heldLength)
    this.#heldLength = length
  }

  #discard(events: FrameEvent[]): void {
    events.push(overlong)
    this.#release('discard')
  }

  #release(state: State): void {
    this.#state = state
    this.#held = nothing
    this.#heldLength = 0
  }
}
