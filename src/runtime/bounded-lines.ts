import type { Facts } from './facts.ts'
import { TokenBuckets } from './token-buckets.ts'

/** So many lines at once, and then one more in so much time. */
export interface LineAllowance {
  readonly atOnce: number
  readonly everyMs: number
}

export interface LineBounds {
  /** Of one kind and key. */
  readonly each: LineAllowance
  /** Of one kind in all, since one peer may have many keys. */
  readonly all: LineAllowance
  /** Monotonic, in milliseconds. */
  readonly now: () => number
}

/** Keys of which it is known how much they wrote; kinds are far fewer. */
const remembered = 1000

/**
 * Lines of the log that somebody else can provoke, so that nobody fills a disk with them: whoever is meant by the key has
 * a few of a kind at once and then one now and then, which tells how many were left out.
 */
export class BoundedLines {
  readonly #each: TokenBuckets
  readonly #all: TokenBuckets
  readonly #leftOut = new Map<string, number>()

  constructor({ each, all, now }: LineBounds) {
    this.#each = new TokenBuckets({ capacity: each.atOnce, refillMs: each.everyMs, most: remembered, now })
    this.#all = new TokenBuckets({ capacity: all.atOnce, refillMs: all.everyMs, most: remembered, now })
  }

  /**
   * @param kind one of a fixed few
   * @param line writes it; `count` is how many were left out since the last one of this kind and key, missing when none were
   */
  write(kind: string, key: string, line: (leftOut: Pick<Facts, 'count'>) => void): void {
    const both = `${kind} ${key}`
    if (!this.#each.take(both) || !this.#all.take(kind)) return this.#leaveOut(both)
    const count = this.#leftOut.get(both)
    this.#leftOut.delete(both)
    line(count === undefined ? {} : { count })
  }

  #leaveOut(both: string): void {
    const count = (this.#leftOut.get(both) ?? 0) + 1
    this.#leftOut.delete(both)
    this.#leftOut.set(both, count)
    const [oldest] = this.#leftOut.keys()
    if (this.#leftOut.size > remembered && oldest !== undefined) this.#leftOut.delete(oldest)
  }
}
