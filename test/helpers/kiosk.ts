/** A terminal on the other end of a duplex pair: raw lines in, raw lines out. */
import { type Duplex, duplexPair } from 'node:stream'
import type { Test } from 'tap'
import type { Circulation } from '../../src/circulation/circulation.ts'
import { configSchema, type ProfileConfig } from '../../src/runtime/config/schema.ts'
import { type Log, silentLog } from '../../src/runtime/log.ts'
import { appendChecksum } from './checksum.ts'
import { LoginReader } from '../../src/sip2/login-reader.ts'
import { Session } from '../../src/sip2/session.ts'
import type { SessionLimits } from '../../src/sip2/session-limits.ts'
import { makeSessionLines } from '../../src/sip2/session-log.ts'
import { StrangerTurns } from '../../src/sip2/stranger-turns.ts'
import type { Terminal } from '../../src/sip2/terminal.ts'
import { Terminals } from '../../src/sip2/terminals.ts'
import { fakeCirculation } from './fake-library-system.ts'

export interface KioskOptions {
  readonly circulation?: Circulation
  readonly profile?: Partial<ProfileConfig>
  readonly limits?: Partial<SessionLimits>
  /** The terminal is known by its origin alone. */
  readonly known?: boolean
  /** Location codes that the terminal may send with its log-in. */
  readonly location?: readonly string[]
  readonly log?: Log
  readonly address?: string
  /** Shared by those that compete for them. */
  readonly strangerTurns?: StrangerTurns
}

const limits: SessionLimits = {
  maxFrameBytes: 8192,
  maxLoginFrameBytes: 1024,
  maxPipelined: 16,
  loginTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
  writeTimeoutMs: 60_000,
  loginAttempts: 5,
  repeatWindowMs: 60_000,
}

export const plainProfile: ProfileConfig = configSchema.shape.profiles.parse({}).plain

/** The user and password that the session under test takes. */
export const login = '9300CNkiosk|COsecret|'

export class Kiosk {
  readonly #stream: Duplex
  readonly session: Session
  #received = Buffer.alloc(0)
  #waiting: (() => void) | undefined

  constructor(t: Test, options: KioskOptions = {}) {
    const [mine, theirs] = duplexPair()
    this.#stream = mine
    const circulation = options.circulation ?? fakeCirculation()
    const profile = { ...plainProfile, ...options.profile }
    const terminal: Terminal = {
      name: 'kiosk',
      institution: 'inst',
      agency: '01INST',
      libraryName: 'Main Library',
      place: { library: 'MAIN', circulationDesk: 'SELFCHECK' },
      profile,
    }
    const config = {
      name: 'kiosk',
      institution: 'inst',
      library: 'MAIN',
      circulationDesk: 'SELFCHECK',
      profile: 'plain',
      ...(options.location && { location: options.location }),
    }
    const entry = options.known
      ? { ...config, from: { listener: ['test'] } }
      : { ...config, login: { user: 'kiosk', passwordHash: { reveal: () => 'hash of secret' } } }
    const terminals = new Terminals(
      [{ config: entry as never, terminal }],
      async (password, hash) => hash === `hash of ${password}`,
    )
    this.session = new Session(
      theirs,
      { listener: 'test', address: options.address ?? '127.0.0.1' },
      {
        terminals,
        stranger: { ...terminal, name: '', institution: '', agency: '', libraryName: '', profile: plainProfile },
        loginReader: new LoginReader(plainProfile, [{ user: 'kiosk', profile }]),
        strangerTurns: options.strangerTurns ?? new StrangerTurns(),
        circulationOf: () => circulation,
        clock: circulation.clock,
        log: options.log ?? silentLog,
        lines: makeSessionLines(() => circulation.clock.monotonic()),
        newId: () => `message-${crypto.randomUUID()}`,
        limits: { ...limits, ...options.limits },
      },
    )
    mine.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#waiting?.()
    })
    mine.on('close', () => this.#waiting?.())
    mine.on('end', () => this.#waiting?.())
    this.session.start()
    t.teardown(() => {
      mine.destroy()
      this.session.destroy()
    })
  }

  get stream(): Duplex {
    return this.#stream
  }

  write(bytes: string | Buffer): void {
    this.#stream.write(bytes)
  }

  /** The next reply, terminator and all; undefined when the connection ended. */
  async reply(): Promise<string | undefined> {
    for (;;) {
      const end = this.#received.indexOf('\r')
      if (end >= 0) {
        const line = this.#received.subarray(0, end + 1).toString('latin1')
        this.#received = this.#received.subarray(end + 1)
        return line
      }
      if (this.#stream.readableEnded || this.#stream.destroyed) return undefined
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }

  /** Sends one request and gives its reply without the terminator. */
  async ask(line: string): Promise<string> {
    this.write(`${line}\r`)
    return ((await this.reply()) ?? '').replace(/\r$/, '')
  }

  /** With sequence number and checksum. */
  askChecked(line: string, sequence: number): Promise<string> {
    return this.ask(appendChecksum(line, sequence))
  }

  async logIn(): Promise<this> {
    const answer = await this.ask(login)
    if (answer !== '941') throw new Error(`log-in was answered with ${answer}`)
    return this
  }
}

export const connect = (t: Test, options?: KioskOptions): Promise<Kiosk> => new Kiosk(t, options).logIn()

/** The values of a variable field in a reply, in order. */
export const fieldsOf = (line: string, id: string): string[] =>
  line
    .slice(2)
    .split('|')
    .map((part, at) => (at === 0 ? part.slice(part.search(/A[OB]/)) : part))
    .filter((part) => part.startsWith(id))
    .map((part) => part.slice(2))
