import type { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Circulation } from '../circulation/circulation.ts'
import { type Outcome, done, refused } from '../circulation/outcome.ts'
import type { Clock } from '../circulation/ports.ts'
import { Visit } from '../circulation/visit.ts'
import type { LogCode } from '../runtime/codes.ts'
import { tellStep } from '../runtime/diagnostics.ts'
import type { Log } from '../runtime/log.ts'
import { type Decoded, decode, encode } from './codec.ts'
import { type Dispatched, type Manner, dispatch, isChanging, isOperation } from './dispatch.ts'
import { type FrameEvent, FrameSplitter } from './frame.ts'
import { isGarbled, type LoginReader } from './login-reader.ts'
import { type ChecksumState, type Message, type Reply, reply } from './message.ts'
import { Repeats } from './repeats.ts'
import { fitReply } from './reply-size.ts'
import type { SessionLimits } from './session-limits.ts'
import { type SessionLines, SessionLog } from './session-log.ts'
import type { StrangerTurns } from './stranger-turns.ts'
import type { MessageCode } from './spec/messages.ts'
import type { Profile, Terminal } from './terminal.ts'
import type { LoginResult, Origin, Terminals } from './terminals.ts'

export interface SessionParts {
  readonly terminals: Terminals
  /** Stands for a machine that has not logged in. */
  readonly stranger: Terminal
  /** Reads what machines send before they have logged in. */
  readonly loginReader: LoginReader
  readonly strangerTurns: StrangerTurns
  circulationOf(institution: string): Circulation
  readonly clock: Clock
  readonly log: Log
  readonly lines: SessionLines
  newId(): string
  readonly limits: SessionLimits
}

/** Bytes handed to the splitter at once, so that a flood of tiny messages waits as bytes and not as objects. */
const sliceBytes = 1024
const nothing = Buffer.alloc(0)

/**
 * One connection of one machine: requests one after the other and in order, one reply each, the last one kept for 97
 * and for a request that comes again.
 */
export class Session {
  readonly #stream: Duplex
  readonly #origin: Origin
  readonly #parts: SessionParts
  readonly #splitter: FrameSplitter
  readonly #repeats: Repeats
  readonly #told: SessionLog
  readonly #closed = Promise.withResolvers<void>()
  #terminal: Terminal | undefined
  #visit: Visit | undefined
  #manner: Manner = {}
  #unread: Buffer = nothing
  #frames: FrameEvent[] = []
  #working = false
  #draining = false
  #ended = false
  #timer: NodeJS.Timeout | undefined
  /** The timer is for a request that has begun. */
  #timesRequest = false
  #loginDeadline = 0
  /** Log-ins that were wrong, and what else came of a stranger that was no log-in. */
  #failedLogins = 0
  /** Bytes that came after the end. */
  #late = 0

  constructor(stream: Duplex, origin: Origin, parts: SessionParts) {
    this.#stream = stream
    this.#origin = origin
    this.#parts = parts
    this.#repeats = new Repeats(parts.limits.repeatWindowMs)
    this.#told = new SessionLog(origin, parts.newId(), parts)
    this.#splitter = new FrameSplitter({ maximumLength: parts.limits.maxFrameBytes })
  }

  /** Whether it is known which terminal this is. */
  get isKnown(): boolean {
    return this.#terminal !== undefined
  }

  /** Resolves when the connection has ended, however it ended. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  start(): void {
    this.#recognise(this.#parts.terminals.byOrigin(this.#origin))
    this.#loginDeadline = this.#parts.clock.monotonic() + this.#parts.limits.loginTimeoutMs
    const stream = this.#stream
    stream.on('data', (chunk: Buffer) => this.#take(chunk))
    stream.on('end', () => this.#drainAndEnd())
    stream.on('error', () => this.#close())
    stream.on('close', () => this.#close())
    this.#armTimer()
  }

  /** Answers what has been received, then ends the connection. */
  async drain(): Promise<void> {
    this.#drainAndEnd()
    await this.#closed.promise
  }

  destroy(): void {
    this.#stream.destroy()
  }

  #take(chunk: Buffer): void {
    if (this.#ended) {
      this.#late += chunk.length
      // Who goes on sending would not see the end for long.
      if (this.#late > this.#parts.limits.maxFrameBytes) this.#stream.destroy()
      return
    }
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk])
    if (!this.#working) void this.#work()
    // While a request is served the rest of a flood waits with its sender.
    else if (this.#unread.length > this.#parts.limits.maxFrameBytes) this.#stream.pause()
  }

  /** Moves bytes into frames until enough wait; stops reading while bytes are left over. */
  #fill(): void {
    const { maxPipelined } = this.#parts.limits
    while (this.#frames.length < maxPipelined && this.#unread.length > 0) {
      const slice = this.#unread.subarray(0, sliceBytes)
      this.#unread = this.#unread.length > sliceBytes ? this.#unread.subarray(sliceBytes) : nothing
      this.#frames.push(...this.#splitter.push(slice))
    }
    if (this.#unread.length > 0) this.#stream.pause()
    else if (this.#stream.isPaused() && !this.#draining) this.#stream.resume()
  }

  async #work(): Promise<void> {
    this.#fill()
    if (this.#frames.length === 0) {
      if (this.#splitter.isWithinFrame && !this.#timesRequest) this.#armTimer()
      return
    }
    this.#working = true
    clearTimeout(this.#timer)
    let early = false
    let served = 0
    try {
      for (; this.#frames.length > 0 && !this.#ended; this.#fill()) {
        if (!this.#terminal) await this.#parts.strangerTurns.take(this.#told.source, () => !this.#ended)
        const frame = this.#frames.shift()
        if (frame) await this.#answer(frame, early)
        if (this.#failedLogins >= this.#parts.limits.loginAttempts) this.#showOut()
        // What came meanwhile was sent by a machine that had not seen this answer.
        early = true
        served += 1
        // Answers that wait for nothing would keep all other machines waiting.
        if (served % this.#parts.limits.maxPipelined === 0) await nextTurn()
      }
    } catch (error) {
      this.#told.write('INTERNAL_ERROR', {}, error)
      this.#stream.destroy()
    } finally {
      this.#working = false
      this.#armTimer()
      if (this.#draining) this.#end()
    }
  }

  async #answer(frame: FrameEvent, early: boolean): Promise<void> {
    if (frame.overlong) return this.#askAgain('SIP2_FRAME_TOO_LONG', 'absent')
    const { bytes } = frame
    const { limits, loginReader } = this.#parts
    if (!this.#terminal && bytes.length > limits.maxLoginFrameBytes) {
      return this.#askAgain('SIP2_FRAME_TOO_LONG', 'absent')
    }
    const decoded = this.#terminal ? this.#decode(bytes, this.#terminal.profile) : loginReader.read(bytes)
    if (decoded.kind === 'too-short') return this.#askAgain('SIP2_MESSAGE_MALFORMED', 'absent')
    if (decoded.kind === 'unknown-command') return this.#askAgain('SIP2_MESSAGE_UNKNOWN', decoded.checksum)

    const { message, warnings } = decoded
    for (const warning of warnings) this.#told.warn('SIP2_FIELD_TOLERATED', warning)
    if (isGarbled(message.checksum, this.#terminal?.profile ?? loginReader.errorDetection)) {
      // A garbled 97 must not take the place of the reply that it asks for.
      return this.#askAgain('SIP2_CHECKSUM_WRONG', message.checksum, message.code !== '97')
    }
    if (message.code === '97') return this.#repeatLast(message)

    const unseen = early && isChanging(message.code)
    const repeated = this.#repeats.takeRepeated(bytes, this.#parts.clock.monotonic(), unseen)
    if (repeated) return this.#sendAgain(message.code, repeated)

    const started = performance.now()
    const id = this.#parts.newId()
    const answered = message.code === '93' ? await this.#login(message) : await this.#execute(message, id, bytes, early)
    tellStep('reply-writing', id)
    const sent = await this.#reply(message, answered.reply)
    tellStep('reply-written', id)
    this.#repeats.rememberRequest(bytes, sent, this.#parts.clock.monotonic())
    this.#told.tellAnswered(message.code, answered.outcome, id, performance.now() - started)
  }

  #decode(bytes: Buffer, { charset, delimiter }: Profile): Decoded<'request'> {
    return decode(bytes, { charset, delimiter, direction: 'request' })
  }

  async #execute(
    message: Message,
    id: string,
    frame: Buffer,
    early: boolean,
  ): Promise<Pick<Dispatched, 'reply' | 'outcome' | 'error'>> {
    if (!isOperation(message)) throw new Error('a request without an operation')
    const terminal = this.#terminal
    if (!terminal && message.code !== '99') {
      this.#failedLogins += 1
      this.#told.write('LOGIN_MISSING', { kind: message.code })
    }
    const dispatched = await dispatch({
      request: message,
      terminal: terminal ?? this.#parts.stranger,
      circulation: terminal && this.#parts.circulationOf(terminal.institution),
      visit: (this.#visit ??= new Visit(() => this.#parts.clock.monotonic())),
      clock: this.#parts.clock,
      messageId: id,
      occurrence: isChanging(message.code)
        ? this.#repeats.countOccurrence(frame, early, this.#parts.clock.monotonic())
        : 0,
      manner: this.#manner,
    })
    this.#manner = dispatched.manner
    if (dispatched.error !== undefined) {
      this.#told.write('INTERNAL_ERROR', { messageId: id, kind: message.code }, dispatched.error)
    }
    return dispatched
  }

  /** 93 to 94. Encrypted log-ins are not defined by the standard and are refused. [SIP2 2.00 login] */
  async #login(message: Message<'93'>): Promise<{ reply: Reply; outcome: Outcome<true>; error: undefined }> {
    const { CN = '', CO = '', CP = '' } = message.fields
    const { terminals } = this.#parts
    const plain = message.fixed.uidAlgorithm === '0' && message.fixed.pwdAlgorithm === '0'
    const result: LoginResult = plain
      ? await terminals.byLogin({ user: CN, password: CO, location: CP }, this.#origin, () => !this.#ended)
      : { terminal: terminals.byOrigin(this.#origin), reason: 'encrypted' }
    const { terminal } = result
    if (!terminal) {
      const { reason } = result
      // A terminal that is logged in stays so, but may guess no more often than a stranger.
      if (reason !== 'busy') this.#failedLogins += 1
      this.#told.write('LOGIN_REFUSED', { reason })
      return { reply: reply('94', { ok: false }, {}), outcome: refused('not-permitted'), error: undefined }
    }
    this.#recognise(terminal)
    this.#visit = undefined
    this.#manner = { ...this.#manner, language: undefined }
    this.#told.write('LOGIN_ACCEPTED')
    return { reply: reply('94', { ok: true }, {}), outcome: done(true), error: undefined }
  }

  /** 96, which asks the terminal to send its request again. */
  async #askAgain(code: LogCode, checksum: ChecksumState, remember = true): Promise<void> {
    this.#countUnlessKnown()
    this.#told.warn(code)
    const bytes = this.#encode(reply('96', {}, {}), undefined, checksum !== 'absent')
    if (remember) this.#repeats.rememberReply(bytes)
    await this.#write(bytes)
  }

  /** 97: the last reply byte for byte, whatever it was. */
  async #repeatLast(message: Message<'97'>): Promise<void> {
    const { lastReply } = this.#repeats
    if (lastReply === undefined) return this.#askAgain('SIP2_MESSAGE_REPEATED', message.checksum)
    await this.#sendAgain('97', lastReply)
  }

  async #sendAgain(kind: MessageCode, bytes: Buffer): Promise<void> {
    if (kind !== '99') this.#countUnlessKnown()
    this.#told.tellResent(kind, this.#parts.newId())
    await this.#write(bytes)
  }

  async #reply(request: Message, answer: Reply): Promise<Buffer> {
    const { errorDetection, maxReplyBytes } = this.#profile()
    const detect = errorDetection === 'always' || (errorDetection === 'auto' && request.checksum !== 'absent')
    const fitted = fitReply(answer, maxReplyBytes, (one) => this.#encode(one, request.sequence, detect))
    if (fitted.cut) this.#told.write('SIP2_REPLY_CUT', { kind: answer.code })
    this.#repeats.rememberReply(fitted.bytes)
    await this.#write(fitted.bytes)
    return fitted.bytes
  }

  #encode(message: Message, sequence: string | undefined, detect: boolean): Buffer {
    const { charset, delimiter, terminator, errorDetection } = this.#profile()
    const checksum = errorDetection !== 'never' && (detect || errorDetection === 'always')
    return encode(message, {
      charset,
      delimiter,
      terminator: terminator === 'crlf' ? '\r\n' : '\r',
      errorDetection: { sequence: checksum ? sequence : undefined, checksum },
    })
  }

  /** One write a reply; a machine that does not read is let go after a while. */
  #write(bytes: Buffer): Promise<void> | undefined {
    return this.#ended || this.#stream.write(bytes) ? undefined : this.#awaitReader()
  }

  async #awaitReader(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      this.#told.write('SESSION_WRITE_TIMEOUT')
      this.#stream.destroy()
    }, this.#parts.limits.writeTimeoutMs)
    this.#stream.once('drain', resolve)
    this.#stream.once('close', resolve)
    await promise
    clearTimeout(timer)
    this.#stream.off('drain', resolve)
    this.#stream.off('close', resolve)
  }

  /** Only a complete request counts as life, and one that has begun must end soon: who trickles bytes is let go. */
  #armTimer(): void {
    clearTimeout(this.#timer)
    if (this.#ended) return
    const { idleTimeoutMs, requestTimeoutMs } = this.#parts.limits
    const loggedIn = this.#terminal !== undefined
    const waitMs = loggedIn ? idleTimeoutMs : Math.max(0, this.#loginDeadline - this.#parts.clock.monotonic())
    this.#timesRequest = this.#splitter.isWithinFrame
    const slow = this.#timesRequest && requestTimeoutMs < waitMs
    this.#timer = setTimeout(
      () => {
        if (slow) this.#told.write('SESSION_REQUEST_TIMEOUT')
        else this.#told.write(loggedIn ? 'SESSION_IDLE' : 'LOGIN_TIMEOUT')
        this.#stream.destroy()
      },
      slow ? requestTimeoutMs : waitMs,
    )
  }

  #recognise(terminal: Terminal | undefined): void {
    this.#terminal = terminal
    this.#told.terminal = terminal
  }

  /** Whatever a stranger sends but a log-in and the question for the status. */
  #countUnlessKnown(): void {
    if (!this.#terminal) this.#failedLogins += 1
  }

  #showOut(): void {
    if (this.#ended) return
    this.#told.write('LOGIN_ATTEMPTS_EXCEEDED')
    this.#end()
  }

  #drainAndEnd(): void {
    this.#draining = true
    this.#stream.pause()
    if (!this.#working) this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#timer)
    this.#stream.end()
    // A peer that never closes its side would keep the connection for ever.
    this.#timer = setTimeout(() => this.#stream.destroy(), this.#parts.limits.writeTimeoutMs)
    this.#stream.resume()
  }

  #close(): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#frames = []
    this.#unread = nothing
    this.#visit?.end()
    this.#closed.resolve()
  }

  #profile(): Profile {
    return (this.#terminal ?? this.#parts.stranger).profile
  }
}
