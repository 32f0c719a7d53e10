import { createHmac, randomBytes, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoginThrottleConfig } from '../runtime/config/schema.ts'
import { sourceOf } from '../runtime/networks.ts'
import { TokenBuckets } from '../runtime/token-buckets.ts'

/** A log-in whose password may be looked at now. It has been counted as wrong already. */
export interface LoginAttempt {
  /** It was right, or could not be checked: it does not count. */
  forgive(): void
}

/** A log-in that waits until one is drawn of those that wait with it. */
interface Waiting {
  isAwaited(): boolean
  settle(isDrawn: boolean): void
}

/** So much faster than a user at an address is a whole address forgiven. */
const addressFactor = 5

/**
 * Slows down who tries passwords. Wrong log-ins are counted three ways: of a user at an address, of an address, and of
 * a user from anywhere. Nothing is ever shut, since a branch may stand behind one address and many kiosks may share a
 * user. When the first count is full, all who come then wait together, and one of them, drawn by lot, is looked at: to
 * come more often is worth little, and whoever has the right password is in before long. The other counts delay.
 *
 * Each attempt counts from its beginning, so that many at once are no way around.
 */
export class LoginThrottle {
  readonly #maxDelayMs: number
  readonly #pairs: TokenBuckets
  readonly #addresses: TokenBuckets
  readonly #users: TokenBuckets
  readonly #waiting = new Map<string, Waiting[]>()
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
   * Resolves when the password may be looked at, after `maxDelayMs` at the latest; undefined when it may not, because
   * another was drawn.
   * @param isAwaited false once nobody waits for the answer: then it is not drawn
   */
  async admit(user: string, address: string, isAwaited: () => boolean = () => true): Promise<LoginAttempt | undefined> {
    const keys = this.#keysOf(user, address)
    const inTime = this.#pairs.take(keys.pair)
    if (!inTime && !(await this.#draw(keys.pair, isAwaited))) return undefined
    const owed = Math.max(this.#addresses.owe(keys.source), this.#users.owe(keys.user))
    if (inTime && owed > 0) await sleep(Math.min(owed, this.#maxDelayMs))
    return {
      forgive: () => {
        if (inTime) this.#pairs.giveBack(keys.pair)
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

  /** Waits with all who come meanwhile. @returns whether it is the one that was drawn */
  #draw(pair: string, isAwaited: () => boolean): Promise<boolean> {
    const { promise, resolve: settle } = Promise.withResolvers<boolean>()
    const waiting = this.#waiting.get(pair)
    if (waiting) waiting.push({ isAwaited, settle })
    else {
      this.#waiting.set(pair, [{ isAwaited, settle }])
      setTimeout(() => this.#settleDraw(pair), this.#maxDelayMs)
    }
    return promise
  }

  #settleDraw(pair: string): void {
    const all = this.#waiting.get(pair) ?? []
    this.#waiting.delete(pair)
    const present = all.filter((one) => one.isAwaited())
    const drawn = present.length > 0 ? present[randomInt(present.length)] : undefined
    for (const one of all) one.settle(one === drawn)
  }

  #keysOf(user: string, address: string) {
    const source = sourceOf(address)
    const digest = createHmac('sha256', this.#key).update(user).digest('base64')
    return { source, user: digest, pair: `${source} ${digest}` }
  }
}
