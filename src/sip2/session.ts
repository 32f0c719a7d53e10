import type { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Circulation } from '../circulation/circulation.ts'
import { type ChangeOutcome, type Outcome, done, refused } from '../circulation/outcome.ts'
import type { Clock } from '../circulation/ports.ts'
import { Visit } from '../circulation/visit.ts'
import type { LogCode } from '../runtime/codes.ts'
import { type MessageEvent, messageChannel, protocolWarningChannel, tellStep } from '../runtime/diagnostics.ts'
import type { Facts, Log } from '../runtime/log.ts'
import { decode, encode } from './codec.ts'
import { type Dispatched, type Manner, dispatch, isChanging, isOperation } from './dispatch.ts'
import { type FrameEvent, FrameSplitter } from './frame.ts'
import { type ChecksumState, type Message, type Reply, reply } from './message.ts'
import { Repeats } from './repeats.ts'
import { fitReply } from './reply-size.ts'
import type { SessionLimits } from './session-limits.ts'
import type { Profile, Terminal } from './terminal.ts'
import type { LoginResult, Origin, Terminals } from './terminals.ts'

export interface SessionParts {
  readonly terminals: Terminals
  /** Stands for a machine that has not logged in. */
  readonly stranger: Terminal
  circulationOf(institution: string): Circulation
  readonly clock: Clock
  readonly log: Log
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
  #wrongLogins = 0

  constructor(stream: Duplex, origin: Origin, parts: SessionParts) {
    this.#stream = stream
    this.#origin = origin
    this.#parts = parts
    this.#repeats = new Repeats(parts.limits.repeatWindowMs)
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
    this.#terminal = this.#parts.terminals.byOrigin(this.#origin)
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
        const frame = this.#frames.shift()
        if (frame) await this.#answer(frame, early)
        // What came meanwhile was sent by a machine that had not seen this answer.
        early = true
        served += 1
        // Answers that wait for nothing would keep all other machines waiting.
        if (served % this.#parts.limits.maxPipelined === 0) await nextTurn()
      }
    } catch (error) {
      this.#parts.log.error('INTERNAL_ERROR', this.#facts(), error)
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
    const { terminals } = this.#parts
    const profile = (this.#terminal ? undefined : terminals.profileOfLogin(bytes)) ?? this.#profile()
    const decoded = decode(bytes, { charset: profile.charset, delimiter: profile.delimiter, direction: 'request' })
    if (decoded.kind === 'too-short') return this.#askAgain('SIP2_MESSAGE_MALFORMED', 'absent')
    if (decoded.kind === 'unknown-command') return this.#askAgain('SIP2_MESSAGE_UNKNOWN', decoded.checksum)

    const { message, warnings } = decoded
    for (const warning of warnings) this.#warn('SIP2_FIELD_TOLERATED', warning)
    const checksum = profile.checksumLenient || message.checksum !== 'code-points' ? message.checksum : 'wrong'
    if (checksum === 'wrong' && profile.errorDetection !== 'never') {
      // A garbled 97 must not take the place of the reply that it asks for.
      return this.#askAgain('SIP2_CHECKSUM_WRONG', checksum, message.code !== '97')
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
    this.#report(message, answered, id, performance.now() - started)
    if (this.#wrongLogins >= this.#parts.limits.loginAttempts) {
      this.#parts.log.warn('LOGIN_ATTEMPTS_EXCEEDED', this.#facts())
      this.#end()
    }
  }

  async #execute(
    message: Message,
    id: string,
    frame: Buffer,
    early: boolean,
  ): Promise<Pick<Dispatched, 'reply' | 'outcome' | 'error'>> {
    if (!isOperation(message)) throw new Error('a request without an operation')
    const terminal = this.#terminal
    if (!terminal && message.code !== '99')
      this.#parts.log.warn('LOGIN_MISSING', { ...this.#facts(), kind: message.code })
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
      this.#parts.log.error('INTERNAL_ERROR', { ...this.#facts(), messageId: id, kind: message.code }, dispatched.error)
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
      // A terminal that is logged in stays so; only a stranger is shown the door.
      if (!this.#terminal && reason !== 'busy') this.#wrongLogins += 1
      this.#parts.log.warn('LOGIN_REFUSED', { ...this.#facts(), reason })
      return { reply: reply('94', { ok: false }, {}), outcome: refused('not-permitted'), error: undefined }
    }
    this.#wrongLogins = 0
    this.#terminal = terminal
    this.#visit = undefined
    this.#manner = { ...this.#manner, language: undefined }
    this.#parts.log.info('LOGIN_ACCEPTED', this.#facts())
    return { reply: reply('94', { ok: true }, {}), outcome: done(true), error: undefined }
  }

  /** 96, which asks the terminal to send its request again. */
  async #askAgain(code: LogCode, checksum: ChecksumState, remember = true): Promise<void> {
    this.#warn(code, code)
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

  async #sendAgain(kind: string, bytes: Buffer): Promise<void> {
    this.#parts.log.info('SIP2_MESSAGE_REPEATED', { ...this.#facts(), kind })
    this.#publish(kind, 'resent', undefined, this.#parts.newId(), 0)
    await this.#write(bytes)
  }

  async #reply(request: Message, answer: Reply): Promise<Buffer> {
    const { errorDetection, maxReplyBytes } = this.#profile()
    const detect = errorDetection === 'always' || (errorDetection === 'auto' && request.checksum !== 'absent')
    const fitted = fitReply(answer, maxReplyBytes, (one) => this.#encode(one, request.sequence, detect))
    if (fitted.cut) this.#parts.log.info('SIP2_REPLY_CUT', { ...this.#facts(), kind: answer.code })
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
      this.#parts.log.warn('SESSION_WRITE_TIMEOUT', this.#facts())
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
        if (slow) this.#parts.log.warn('SESSION_REQUEST_TIMEOUT', this.#facts())
        else if (loggedIn) this.#parts.log.info('SESSION_IDLE', this.#facts())
        else this.#parts.log.warn('LOGIN_TIMEOUT', this.#facts())
        this.#stream.destroy()
      },
      slow ? requestTimeoutMs : waitMs,
    )
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

  #facts(): Facts {
    const { listener, address } = this.#origin
    return { listener, peer: address, ...(this.#terminal && { machine: this.#terminal.name }), protocol: 'sip2' }
  }

  #warn(code: LogCode, warning: string): void {
    const machine = this.#terminal?.name ?? ''
    if (code !== 'SIP2_FIELD_TOLERATED') this.#parts.log.warn(code, this.#facts())
    else this.#parts.log.debug(code, { ...this.#facts(), warning })
    if (protocolWarningChannel.hasSubscribers) {
      protocolWarningChannel.publish({ protocol: 'sip2', code: warning, machine })
    }
  }

  #report(message: Message, { outcome }: Pick<Dispatched, 'outcome'>, id: string, durationMs: number): void {
    const reason = reasonOf(outcome)
    this.#publish(message.code, outcome.kind, reason, id, durationMs)
    this.#parts.log.info('SIP2_MESSAGE', () => ({
      ...this.#facts(),
      messageId: id,
      kind: message.code,
      result: outcome.kind,
      ...(reason !== undefined && { reason }),
      durationMs,
    }))
  }

  #publish(
    kind: string,
    result: MessageEvent['result'],
    reason: MessageEvent['reason'],
    id: string,
    durationMs: number,
  ): void {
    if (!messageChannel.hasSubscribers) return
    const machine = this.#terminal?.name ?? ''
    const institution = this.#terminal?.institution ?? ''
    const event: MessageEvent = { id, protocol: 'sip2', kind, machine, institution, result, reason, durationMs }
    messageChannel.publish(event)
  }
}

/** Why not, also of a change that was taken all the same. */
function reasonOf(outcome: ChangeOutcome<unknown>): MessageEvent['reason'] {
  if (outcome.kind === 'refused') return outcome.reason
  if (outcome.kind === 'unavailable') return outcome.cause
  return outcome.kind === 'accepted' ? outcome.refusal : undefined
}
