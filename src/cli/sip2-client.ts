/**
 * The terminal's side of SIP2: one request at a time, each with sequence number and checksum, each reply verified.
 */
import type { Socket } from 'node:net'
import { type Charset, decodeText, encodeText, fitText } from '../sip2/charset.ts'
import { checksumOf } from '../sip2/checksum.ts'
import { decode, encode } from '../sip2/codec.ts'
import { type FrameEvent, FrameSplitter } from '../sip2/frame.ts'
import { type Reply, type Request, request } from '../sip2/message.ts'
import { messages, type ReplyCode } from '../sip2/spec/messages.ts'
import { explainConnectionError } from './connection-error.ts'
import { type Exchange, type ExchangeWarning, type exchangeWarnings, Sip2ClientError } from './sip2-exchange.ts'
import { maskLine } from './sip2-mask.ts'
import { defaultTimeoutMs, openSocket, type Sip2Address } from './sip2-socket.ts'

export { type Exchange, type ExchangeWarning, exchangeWarnings, Sip2ClientError } from './sip2-exchange.ts'
export type { Sip2ClientTls } from './sip2-socket.ts'

export interface Sip2ClientOptions extends Sip2Address {
  /** `cp850` when left out. */
  readonly charset?: Charset | undefined
  readonly delimiter?: string | undefined
  /** Whether requests carry AY and AZ and replies must answer them; true when left out. */
  readonly errorDetection?: boolean | undefined
}

/** A request on its way. */
interface Outgoing {
  readonly request: Request | undefined
  readonly bytes: Buffer
  /** Digits that the reply must repeat, undefined when any reply is taken. */
  readonly sequence: string | undefined
  readonly checksum: boolean
  /** Undefined when any reply is taken. */
  readonly expected: string | undefined
  readonly resends: number
  readonly warnings: ExchangeWarning[]
}

const maximumReplyLength = 65_536
const terminator = '\r'
const sequenceNumbers = 10
const completeTrailer = /AZ[0-9A-Fa-f]{4}$/

export class Sip2Client {
  readonly #socket: Socket
  readonly #charset: Charset
  readonly #delimiter: string
  readonly #errorDetection: boolean
  readonly #timeoutMs: number
  readonly #splitter = new FrameSplitter({ maximumLength: maximumReplyLength })
  /** Frames that came and that nobody has taken yet. */
  #arrived: FrameEvent[] = []
  #wake: (() => void) | undefined
  #ended: Sip2ClientError | undefined
  #sequence = 0
  /** Ends when the exchanges that were asked for so far have ended. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(socket: Socket, options: Sip2ClientOptions) {
    this.#socket = socket
    this.#charset = options.charset ?? 'cp850'
    this.#delimiter = options.delimiter ?? '|'
    this.#errorDetection = options.errorDetection ?? true
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (error) => this.#end(explainConnectionError(error)))
    socket.on('close', () => this.#end(this.#explainClose(options)))
  }

  /** Rejects with a `Sip2ClientError` when there is no connection in time, or the certificate is not trusted. */
  static async connect(options: Sip2ClientOptions): Promise<Sip2Client> {
    return new Sip2Client(await openSocket(options), options)
  }

  /**
   * Sends a request and gives its reply. After a time-out or a 96 the same bytes are sent once more, as a terminal does,
   * so that the other side can tell a repetition from a new request. [SIP2 2.00 error detection]
   */
  exchange(message: Request): Promise<Exchange> {
    return this.#inTurn(() => {
      const spec = messages[message.code]
      const sequence = this.#errorDetection && spec.sequenced ? this.#nextSequence() : undefined
      const warnings: ExchangeWarning[] = []
      const bytes = encode(message, {
        charset: this.#charset,
        delimiter: this.#delimiter,
        terminator,
        errorDetection: { sequence, checksum: this.#errorDetection },
        onWarning: (code, field) => warnings.push({ about: 'request', code, field }),
      })
      const expected = 'reply' in spec ? spec.reply : undefined
      return this.#converse({
        request: message,
        bytes,
        sequence,
        checksum: this.#errorDetection,
        expected,
        resends: 1,
        warnings,
      })
    })
  }

  /** Sends a line as it stands, once; `complete` adds sequence number and checksum to a line that has none. */
  exchangeLine(line: string, { complete }: { readonly complete: boolean }): Promise<Exchange> {
    return this.#inTurn(() => {
      const adds = complete && this.#errorDetection && !completeTrailer.test(line)
      const text = adds ? `${line}AY${this.#nextSequence()}AZ` : line
      const body = encodeText(fitText(text, this.#charset).text, this.#charset)
      const trailer = (adds ? checksumOf(body) : '') + terminator
      const bytes = Buffer.concat([body, Buffer.from(trailer)])
      return this.#converse({
        request: this.#readRequest(bytes.subarray(0, -terminator.length)),
        bytes,
        sequence: /AY(\d+)AZ/.exec(text)?.[1],
        checksum: adds,
        expected: undefined,
        resends: 0,
        warnings: [],
      })
    })
  }

  /** 93: the reply's `ok` says whether the log-in was taken. */
  login(user: string, password: string, location?: string): Promise<Exchange> {
    const fields = { CN: user, CO: password, CP: location }
    return this.exchange(request('93', { uidAlgorithm: '0', pwdAlgorithm: '0' }, fields))
  }

  async close(): Promise<void> {
    this.#end('the connection was closed here')
    if (this.#socket.destroyed) return
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
    this.#socket.destroySoon()
    await closed
  }

  async #inTurn(work: () => Promise<Exchange>): Promise<Exchange> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #converse(outgoing: Outgoing): Promise<Exchange> {
    const warnings = [...outgoing.warnings]
    const warn = (code: keyof typeof exchangeWarnings) => warnings.push({ about: 'exchange', code })
    if (this.#arrived.length > 0) warn('reply-unasked')
    this.#arrived = []
    const startedAt = performance.now()
    let resends = outgoing.resends
    let mayAskAgain = true
    let deadline = this.#send(outgoing.bytes)
    for (;;) {
      const frame = await this.#nextFrame(deadline)
      if (frame === undefined) {
        if (resends-- <= 0) throw this.#giveUp()
        warn('resent-after-timeout')
        deadline = this.#send(outgoing.bytes)
        continue
      }
      const received = this.#read(frame)
      const { reply } = received
      if (reply.checksum === 'wrong') {
        if (!mayAskAgain) throw protocolError('the checksum of the reply is wrong', received.line)
        mayAskAgain = false
        warn('asked-again')
        deadline = this.#send(askAgain)
      } else if (reply.code === '96' && resends-- > 0) {
        warn('resent-after-96')
        deadline = this.#send(outgoing.bytes)
      } else if (isToAnother(reply, outgoing.sequence)) {
        warn('reply-to-another')
      } else {
        if (!isAnswer(reply.code, outgoing.expected)) {
          throw protocolError(`a reply ${reply.code} came, not a ${outgoing.expected}`, received.line)
        }
        if (outgoing.checksum && reply.checksum === 'absent') warn('error-detection-missing')
        else if (outgoing.sequence !== undefined && reply.sequence === undefined && reply.code !== '96') {
          warn('sequence-missing')
        }
        return {
          request: outgoing.request,
          reply,
          sentLine: this.#show(outgoing.bytes.subarray(0, -terminator.length)),
          receivedLine: received.line,
          durationMs: performance.now() - startedAt,
          warnings: [...warnings, ...received.warnings.map((code) => ({ about: 'reply', code }) as const)],
        }
      }
    }
  }

  /** Writes and gives the time by which a reply must have come. */
  #send(bytes: Buffer): number {
    this.#socket.write(bytes)
    return performance.now() + this.#timeoutMs
  }

  #read(frame: FrameEvent) {
    if (frame.overlong) throw protocolError(`the reply is longer than ${maximumReplyLength} bytes`, '')
    const line = this.#show(frame.bytes)
    const options = { charset: this.#charset, delimiter: this.#delimiter, direction: 'reply' } as const
    const decoded = decode(frame.bytes, options)
    if (decoded.kind !== 'message') throw protocolError('the reply is no message of SIP2', line)
    return { reply: decoded.message, warnings: decoded.warnings, line }
  }

  #readRequest(line: Buffer): Request | undefined {
    const options = { charset: this.#charset, delimiter: this.#delimiter, direction: 'request' } as const
    const decoded = decode(line, options)
    return decoded.kind === 'message' ? decoded.message : undefined
  }

  #show(bytes: Buffer): string {
    return maskLine(decodeText(bytes, this.#charset), this.#delimiter)
  }

  /** The next frame, undefined when none has come by the deadline. */
  async #nextFrame(deadline: number): Promise<FrameEvent | undefined> {
    for (;;) {
      const frame = this.#arrived.shift()
      if (frame !== undefined) return frame
      if (this.#ended !== undefined) throw this.#ended
      const left = deadline - performance.now()
      if (left <= 0) return undefined
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#wake = undefined
    }
  }

  #take(chunk: Buffer): void {
    this.#arrived.push(...this.#splitter.push(chunk))
    this.#wake?.()
  }

  #explainClose({ tls }: Sip2ClientOptions): string {
    const sentence = 'the other side has closed the connection'
    return tls === undefined && this.#socket.bytesRead === 0 ? `${sentence}; if it speaks TLS, add --tls` : sentence
  }

  /** The first reason stays: what follows is its consequence. */
  #end(sentence: string): void {
    this.#ended ??= new Sip2ClientError('closed', sentence)
    this.#wake?.()
  }

  #giveUp(): Sip2ClientError {
    const error = new Sip2ClientError('timeout', `no reply came within ${this.#timeoutMs / 1000} s`)
    this.#ended ??= error
    this.#socket.destroy()
    return error
  }

  /** 0 to 9 and from the start. [SIP2 2.00 sequence number] */
  #nextSequence(): string {
    const sequence = this.#sequence
    this.#sequence = (sequence + 1) % sequenceNumbers
    return String(sequence)
  }
}

const askAgain = Buffer.from(`97AZ${checksumOf(Buffer.from('97AZ'))}${terminator}`)

/** Any request may be answered with a 98 that says what the library system can do now, or with a 96. */
function isAnswer(code: ReplyCode, expected: string | undefined): boolean {
  return expected === undefined || code === expected || code === '98' || code === '96'
}

function isToAnother(reply: Reply, sequence: string | undefined): boolean {
  return sequence !== undefined && reply.sequence !== undefined && reply.sequence !== sequence
}

function protocolError(sentence: string, line: string): Sip2ClientError {
  return new Sip2ClientError('protocol', sentence, line)
}
