import { createHmac, randomBytes, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoginThrottleConfig } from '../runtime/config/schema.ts'
import { sourceOf } from '../runtime/networks.ts'
import { TokenBuckets } from '../runtime/token-buckets.ts'

/** A password that may be looked at now. It has been counted as wrong already. */
export interface LoginAttempt {
  /** It was right, or could not be checked: it does not count. */
  forgive(): void
}

/** A log-in that waits until one is drawn of those that wait with it. */
interface Waiting {
  isAwaited(): boolean
  settle(isDrawn: boolean): void
}

interface Draw {
  readonly all: Waiting[]
  readonly timer: NodeJS.Timeout
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
  readonly #glances: TokenBuckets
  readonly #draws = new Map<string, Draw>()
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
    this.#glances = new TokenBuckets(wide)
  }

  /**
   * Where a log-in of this user was right before, the password may be compared with that one at once, ahead of all that
   * waits: undefined elsewhere, or when too many such comparisons have failed.
   */
  glance(user: string, address: string): LoginAttempt | undefined {
    const { pair } = this.#keysOf(user, address)
    if (!this.#atHome.has(pair) || !this.#glances.take(pair)) return undefined
    return { forgive: () => this.#glances.giveBack(pair) }
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

  /** A right log-in of this user came from this address. Who waits there need wait no longer, and may be glanced at. */
  settleIn(user: string, address: string): void {
    const { pair } = this.#keysOf(user, address)
    this.#atHome.delete(pair)
    this.#atHome.add(pair)
    const [oldest] = this.#atHome
    if (this.#atHome.size > this.#remembered && oldest !== undefined) this.#atHome.delete(oldest)
    for (const { settle } of this.#endDraw(pair)) settle(false)
  }

  /** Waits with all who come meanwhile. @returns whether it is the one that was drawn */
  #draw(pair: string, isAwaited: () => boolean): Promise<boolean> {
    const { promise, resolve: settle } = Promise.withResolvers<boolean>()
    const draw = this.#draws.get(pair) ?? this.#beginDraw(pair)
    draw.all.push({ isAwaited, settle })
    return promise
  }

  #beginDraw(pair: string): Draw {
    const timer = setTimeout(() => {
      const all = this.#endDraw(pair)
      const present = all.filter((one) => one.isAwaited())
      const drawn = present.length > 0 ? present[randomInt(present.length)] : undefined
      for (const one of all) one.settle(one === drawn)
    }, this.#maxDelayMs)
    const draw = { all: [], timer }
    this.#draws.set(pair, draw)
    return draw
  }

  #endDraw(pair: string): readonly Waiting[] {
    const draw = this.#draws.get(pair)
    if (!draw) return []
    clearTimeout(draw.timer)
    this.#draws.delete(pair)
    return draw.all
  }

  #keysOf(user: string, address: string) {
    const source = sourceOf(address)
    const digest = createHmac('sha256', this.#key).update(user).digest('base64')
    return { source, user: digest, pair: `${source} ${digest}` }
  }
}
