import type { Clock } from '../circulation/ports.ts'
import type { Config, InstitutionConfig, Sip2ListenerConfig } from '../runtime/config/schema.ts'
import type { Log } from '../runtime/log.ts'
import { newId } from '../runtime/new-id.ts'
import type { Passwords } from '../runtime/password.ts'
import { Sip2Listener } from '../sip2/listener.ts'
import { LoginReader } from '../sip2/login-reader.ts'
import { LoginThrottle } from '../sip2/login-throttle.ts'
import { RightPasswords } from '../sip2/right-passwords.ts'
import type { SessionLimits } from '../sip2/session-limits.ts'
import { makeSessionLines, type SessionLines } from '../sip2/session-log.ts'
import { StrangerTurns } from '../sip2/stranger-turns.ts'
import type { Profile, Terminal } from '../sip2/terminal.ts'
import { Terminals } from '../sip2/terminals.ts'
import { ScreenTexts } from '../sip2/texts/screen-texts.ts'
import type { Institutions } from './institutions.ts'

/** Longer than a kiosk's retries last: after this an equal sequence number and checksum are a new request's. */
const repeatWindowMs = 120_000

interface Sip2Parts {
  readonly institutions: Institutions
  readonly passwords: Passwords
  readonly clock: Clock
  readonly log: Log
}

/** The machines of one configuration. */
interface Roster {
  readonly terminals: Terminals
  readonly stranger: Terminal
  readonly loginReader: LoginReader
}

/**
 * The SIP2 listeners of the configuration, not yet started, and the machines that they serve. A machine that has logged
 * in keeps the terminal that it was given, with its profile; whoever logs in finds the machines of now.
 */
export class Sip2Side {
  readonly listeners: readonly Sip2Listener[]
  readonly #parts: Sip2Parts
  readonly #throttle: LoginThrottle
  readonly #right: RightPasswords
  readonly #strangerTurns = new StrangerTurns()
  readonly #lines: SessionLines
  #roster: Roster

  constructor(config: Config, parts: Sip2Parts) {
    this.#parts = parts
    this.#throttle = new LoginThrottle(config.limits.loginThrottle, () => parts.clock.monotonic())
    this.#right = new RightPasswords(config.limits.loginThrottle.remembered)
    this.#lines = makeSessionLines(() => parts.clock.monotonic())
    this.#roster = this.#makeRoster(config)
    this.listeners = config.listeners.sip2.map((listener) => this.#makeListener(listener, config))
  }

  /** Makes the machines of another configuration. @returns lets those be found from now on who log in */
  prepare(config: Config): () => void {
    const roster = this.#makeRoster(config)
    return () => {
      this.#roster = roster
    }
  }

  #makeRoster(config: Config): Roster {
    const stranger = makeStranger(config)
    return {
      terminals: makeTerminals(config, this.#throttle, this.#right, this.#parts),
      stranger,
      loginReader: new LoginReader(stranger.profile, loginsOf(config)),
    }
  }

  #makeListener(listener: Sip2ListenerConfig, config: Config): Sip2Listener {
    const { institutions, clock, log } = this.#parts
    const roster = () => this.#roster
    return new Sip2Listener(listener, {
      get terminals() {
        return roster().terminals
      },
      get stranger() {
        return roster().stranger
      },
      get loginReader() {
        return roster().loginReader
      },
      strangerTurns: this.#strangerTurns,
      circulationOf: (institution) => institutions.get(institution).circulation,
      clock,
      log,
      lines: this.#lines,
      newId,
      limits: limitsOf(listener, config),
    })
  }
}

function makeTerminals(
  config: Config,
  throttle: LoginThrottle,
  right: RightPasswords,
  { passwords, log }: Pick<Sip2Parts, 'passwords' | 'log'>,
): Terminals {
  const institutions = new Map(config.institutions.map((institution) => [institution.id, institution]))
  const texts = new ScreenTexts(config.texts)
  const entries = config.terminals.map((terminal) => ({
    config: terminal,
    terminal: makeTerminal(
      terminal.name,
      get(institutions, terminal.institution),
      { library: terminal.library, circulationDesk: terminal.circulationDesk },
      profileOf(terminal.profile, config),
      texts,
    ),
  }))
  const verify = async (password: string, hash: string, from: string) => {
    const check = await passwords.verify(password, hash, from)
    if (check === 'invalid-hash') log.error('PASSWORD_HASH_INVALID')
    return check === 'busy' ? undefined : check === 'right'
  }
  return new Terminals(entries, verify, throttle, right)
}

function makeTerminal(
  name: string,
  of: InstitutionConfig,
  place: Terminal['place'],
  profile: Profile,
  texts: ScreenTexts,
): Terminal {
  return { name, institution: of.id, agency: of.agency, libraryName: of.name, place, profile, texts }
}

/** A machine that has not logged in speaks the plain profile and belongs nowhere. */
function makeStranger(config: Config): Terminal {
  const place = { library: '', circulationDesk: '' }
  const texts = new ScreenTexts(config.texts)
  return { name: '', institution: '', agency: '', libraryName: '', place, profile: profileOf('plain', config), texts }
}

const loginsOf = (config: Config) =>
  config.terminals.flatMap(({ login, profile }) =>
    login ? [{ user: login.user, profile: profileOf(profile, config) }] : [],
  )

function limitsOf(listener: Sip2ListenerConfig, config: Config): SessionLimits {
  const { maxFrameBytes, maxLoginFrameBytes, maxPipelined } = listener
  const { loginTimeoutMs, idleTimeoutMs, requestTimeoutMs, writeTimeoutMs } = listener
  const { loginAttempts } = config.limits
  return {
    maxFrameBytes,
    maxLoginFrameBytes,
    maxPipelined,
    loginTimeoutMs,
    idleTimeoutMs,
    requestTimeoutMs,
    writeTimeoutMs,
    loginAttempts,
    repeatWindowMs,
  }
}

function profileOf(name: string, config: Config): Profile {
  const profile = (config.profiles as Readonly<Record<string, Profile>>)[name]
  if (!profile) throw new Error(`the configuration names a profile that it does not have: ${name}`)
  return profile
}

function get<T>(map: ReadonlyMap<string, T>, id: string): T {
  const value = map.get(id)
  if (value === undefined) throw new Error(`the configuration names an institution that it does not have: ${id}`)
  return value
}
