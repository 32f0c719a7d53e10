import type { TerminalConfig } from '../runtime/config/schema.ts'
import { makeNetworkTest, sourceOf } from '../runtime/networks.ts'
import { type ClientCertificate, makeCertificateTest } from './client-certificate.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { RightPasswords } from './right-passwords.ts'
import type { Terminal } from './terminal.ts'

/** Where a connection comes from. */
export interface Origin {
  readonly listener: string
  /** IP address of the machine, behind a proxy the one that the proxy tells. */
  readonly address: string
  /** Undefined when the machine showed none. */
  readonly certificate?: ClientCertificate | undefined
}

/** What a machine says of itself in its log-in: CN, CO and CP. [SIP2 2.00 login] */
export interface GivenLogin {
  readonly user: string
  readonly password: string
  readonly location: string
}

export type LoginRefusal = 'user-unknown' | 'origin-wrong' | 'password-wrong' | 'encrypted' | 'throttled' | 'busy'

/** A terminal, or why there is none. */
export interface LoginResult {
  readonly terminal: Terminal | undefined
  readonly reason?: LoginRefusal
}

/** `from` is whom the check is charged to: the peer's address or network. Undefined when the password could not be checked now. */
export type VerifyPassword = (password: string, hash: string, from: string) => Promise<boolean | undefined>

interface Rule {
  readonly terminal: Terminal
  readonly login: { readonly user: string; readonly hash: string } | undefined
  readonly locations: readonly string[] | undefined
  fits(origin: Origin): boolean
}

/** A rule that waits for a user and password. */
type LoginRule = Rule & { readonly login: NonNullable<Rule['login']> }

/**
 * The terminals of the configuration as rules in their order: the first that fits is taken. What can be decided when a
 * machine connects is decided then; a rule with a log-in or a location code waits for the log-in.
 */
export class Terminals {
  readonly #rules: readonly Rule[]
  readonly #verify: VerifyPassword
  readonly #throttle: LoginThrottle | undefined
  readonly #decoyHash: string | undefined
  readonly #right: RightPasswords

  /**
   * @param throttle slows down wrong log-ins; none are slowed down without
   * @param right what was found right before, under another configuration too
   */
  constructor(
    entries: readonly { readonly config: TerminalConfig; readonly terminal: Terminal }[],
    verify: VerifyPassword,
    throttle?: LoginThrottle,
    right = new RightPasswords(entries.length),
  ) {
    this.#verify = verify
    this.#throttle = throttle
    this.#right = right
    this.#rules = entries.map(({ config, terminal }) => makeRule(config, terminal))
    const withLogin = this.#rules.filter(hasLogin)
    this.#decoyHash = withLogin[0]?.login.hash
  }

  /** The terminal that is known by where it connects from alone. */
  byOrigin(origin: Origin): Terminal | undefined {
    return this.#rules.find((one) => one.login === undefined && one.locations === undefined && one.fits(origin))
      ?.terminal
  }

  /**
   * The terminal of a log-in. A user that does not exist takes as long as a wrong password.
   * @param isAwaited false once nobody waits for the answer: the password is then not looked at
   */
  async byLogin(given: GivenLogin, origin: Origin, isAwaited: () => boolean = () => true): Promise<LoginResult> {
    const fitting = this.#rules.filter(
      ({ login, locations, fits }) =>
        (login === undefined || login.user === given.user) &&
        (locations?.includes(given.location) ?? true) &&
        fits(origin),
    )
    // Behind a rule that needs no password none is ever reached.
    const open = fitting.findIndex(({ login }) => login === undefined)
    const withLogin = fitting.slice(0, open < 0 ? fitting.length : open).filter(hasLogin)
    const fallback = fitting[open]
    if (withLogin.length === 0 && fallback) return { terminal: fallback.terminal }

    const checked = await this.#check(given, withLogin, origin, isAwaited)
    return checked.terminal === undefined && fallback ? { terminal: fallback.terminal } : checked
  }

  async #check(
    { user, password }: GivenLogin,
    rules: readonly LoginRule[],
    origin: Origin,
    isAwaited: () => boolean,
  ): Promise<LoginResult> {
    const { address } = origin
    // Ahead of the throttle: somebody else's guesses at the same address hardly delay a machine.
    const remembered = this.#glance(user, password, rules, address)
    if (remembered) return { terminal: remembered.terminal }

    const attempt = await this.#throttle?.admit(user, address, isAwaited)
    if (!isAwaited()) return refuse('busy')
    if (this.#throttle && !attempt) {
      // When many log in at the same moment, one of them has been found right meanwhile.
      const settled = this.#glance(user, password, rules, address)
      return settled ? { terminal: settled.terminal } : refuse('throttled')
    }

    if (rules.length === 0) {
      if (this.#decoyHash !== undefined) await this.#verify(password, this.#decoyHash, sourceOf(address))
      return refuse(this.#rules.some(({ login }) => login?.user === user) ? 'origin-wrong' : 'user-unknown')
    }
    const found = await this.#findRight(password, rules, address)
    if (found === 'wrong') return refuse('password-wrong')
    attempt?.forgive()
    if (found === 'busy') return refuse('busy')
    this.#throttle?.settleIn(user, address)
    return { terminal: found.terminal }
  }

  /** The rule whose password this is, as far as that is known without the cost of a hash and may be looked at. */
  #glance(user: string, password: string, rules: readonly LoginRule[], address: string): LoginRule | undefined {
    if (!rules.some(({ login }) => this.#right.isKnown(login.hash))) return undefined
    const glance = this.#throttle?.glance(user, address)
    if (this.#throttle && !glance) return undefined
    // A rule before the right one whose password is not known might be the right one.
    const first = rules.find(({ login }) => this.#right.isRight(password, login.hash) ?? true)
    if (!first || !this.#right.isKnown(first.login.hash)) return undefined
    glance?.forgive()
    return first
  }

  async #findRight(
    password: string,
    rules: readonly LoginRule[],
    address: string,
  ): Promise<LoginRule | 'wrong' | 'busy'> {
    const tried = new Set<string>()
    for (const rule of rules) {
      const { hash } = rule.login
      // Two kiosks with one log-in and different addresses carry the same hash: it is costly, so it is tried once.
      if (tried.has(hash)) continue
      tried.add(hash)
      const right = await this.#verify(password, hash, sourceOf(address))
      if (right === undefined) return 'busy'
      if (!right) continue
      this.#right.remember(password, hash)
      return rule
    }
    return 'wrong'
  }
}

const refuse = (reason: LoginRefusal): LoginResult => ({ terminal: undefined, reason })

const hasLogin = (rule: Rule): rule is LoginRule => rule.login !== undefined

function makeRule({ login, from, location }: TerminalConfig, terminal: Terminal): Rule {
  const isAllowed = makeNetworkTest(from?.addresses ?? [])
  const isShown = makeCertificateTest(from?.certificate)
  return {
    terminal,
    login: login && { user: login.user, hash: login.passwordHash.reveal() },
    locations: location,
    fits: ({ listener, address, certificate }) =>
      (from?.listener?.includes(listener) ?? true) && isAllowed(address) && isShown(certificate),
  }
}
