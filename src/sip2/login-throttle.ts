import { createHmac, randomBytes } from 'node:crypto'
import type { LoginThrottleConfig } from '../runtime/config/schema.ts'
import { sourceOf } from '../runtime/networks.ts'
import { TokenBuckets } from '../runtime/token-buckets.ts'

/** A log-in that was let through to be checked. It has been counted as wrong already. */
export interface LoginAttempt {
  /** How long it must wait before it is checked, in milliseconds. */
  readonly delayMs: number
  /** It was right, or could not be checked: it does not count. */
  forgive(): void
}

/** So much faster than a user at an address is a whole address forgiven. */
const addressFactor = 5

/**
 * Slows down who tries passwords. Wrong log-ins are counted three ways: of a user at an address, of an address, and of
 * a user from anywhere. The first count refuses when it is full; the others only delay, since a branch may stand behind
 * one address and many kiosks may share a user.
 *
 * Each attempt counts from its beginning, so that many at once are no way around.
 */
export class LoginThrottle {
  readonly #maxDelayMs: number
  readonly #pairs: TokenBuckets
  readonly #addresses: TokenBuckets
  readonly #users: TokenBuckets
  /** Pairs that a right log-in has come from, the latest last. */
  readonly #atHome = new Set<string>()
  readonly #remembered: number
  /** Users are kept as digests: one may be a person's own, and none may be as long as its sender likes. */
  readonly #key = randomBytes(32)

  constructor(config: LoginThrottleConfig, now: () => number) {
    const { wrongPerUser, wrongPerAddress, forgiveEveryMs, maxDelayMs, remembered } = config
    this.#maxDelayMs = maxDelayMs
    this.#remembered = remembered
    const wide = { capacity: wrongPerAddress, refillMs: forgiveEveryMs / addressFactor, most: remembered, now }
    this.#pairs = new TokenBuckets({ capacity: wrongPerUser, refillMs: forgiveEveryMs, most: remembered, now })
    this.#addresses = new TokenBuckets(wide)
    this.#users = new TokenBuckets(wide)
  }

  /** Whether a log-in of this user from this address was right before. */
  isAtHome(user: string, address: string): boolean {
    return this.#atHome.has(this.#keysOf(user, address).pair)
  }

  /**
   * Undefined when too many were wrong: the password is not to be looked at.
   * @param known the terminal belongs there: it is delayed and never refused
   */
  begin(user: string, address: string, known: boolean): LoginAttempt | undefined {
    const keys = this.#keysOf(user, address)
    const allowed = this.#pairs.take(keys.pair)
    if (!allowed && !known) return undefined
    const owed = Math.max(this.#addresses.owe(keys.source), this.#users.owe(keys.user))
    return {
      delayMs: allowed ? Math.min(owed, this.#maxDelayMs) : this.#maxDelayMs,
      forgive: () => {
        if (allowed) this.#pairs.giveBack(keys.pair)
        this.#addresses.giveBack(keys.source)
        this.#users.giveBack(keys.user)
      },
    }
  }

  /** A right log-in of this user came from this address. */
  settleIn(user: string, address: string): void {
    const { pair } = this.#keysOf(user, address)
    this.#atHome.delete(pair)
    this.#atHome.add(pair)
    const [oldest] = this.#atHome
    if (this.#atHome.size > this.#remembered && oldest !== undefined) this.#atHome.delete(oldest)
  }

  #keysOf(user: string, address: string) {
    const source = sourceOf(address)
    const digest = createHmac('sha256', this.#key).update(user).digest('base64')
    return { source, user: digest, pair: `${source} ${digest}` }
  }
}
