export interface TokenBucketOptions {
  /** Tokens of a full bucket. */
  readonly capacity: number
  /** Time in which one token comes back. */
  readonly refillMs: number
  /** Most tokens that can be owed, the capacity when left out. */
  readonly debt?: number
  /** Buckets that are kept; of those that were longest not used the fullest goes first. */
  readonly most: number
  /** Monotonic, in milliseconds. */
  readonly now: () => number
}

interface Bucket {
  /** Below zero when tokens were owed. */
  tokens: number
  at: number
}

/** Buckets among which the fullest is looked for. */
const mostLooked = 64

/** One bucket of tokens for each key. A key that nobody has used has a full one. */
export class TokenBuckets {
  readonly #options: TokenBucketOptions
  readonly #buckets = new Map<string, Bucket>()

  constructor(options: TokenBucketOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes a token, or says that there is none. */
  take(key: string): boolean {
    const bucket = this.#bucketOf(key)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  /** Takes a token that may not be there yet; milliseconds until it is. */
  owe(key: string): number {
    const { capacity, refillMs, debt = capacity } = this.#options
    const bucket = this.#bucketOf(key)
    bucket.tokens = Math.max(bucket.tokens - 1, -debt)
    return Math.max(0, -bucket.tokens * refillMs)
  }

  giveBack(key: string): void {
    const bucket = this.#bucketOf(key)
    bucket.tokens = Math.min(bucket.tokens + 1, this.#options.capacity)
  }

  #bucketOf(key: string): Bucket {
    const { capacity, refillMs, most, now } = this.#options
    const at = now()
    const known = this.#buckets.get(key)
    const tokens = known === undefined ? capacity : Math.min(known.tokens + (at - known.at) / refillMs, capacity)
    const bucket = { tokens, at }
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > most) this.#forgetOne(bucket)
    return bucket
  }

  /** Never the emptiest: whoever has used up a bucket cannot fill it again by making others. */
  #forgetOne(newest: Bucket): void {
    const { refillMs } = this.#options
    let fullest: { readonly key: string; readonly tokens: number } | undefined
    let looked = 0
    for (const [key, bucket] of this.#buckets) {
      if (bucket === newest) break
      const tokens = bucket.tokens + (newest.at - bucket.at) / refillMs
      if (fullest === undefined || tokens > fullest.tokens) fullest = { key, tokens }
      looked += 1
      if (looked >= mostLooked) break
    }
    if (fullest !== undefined) this.#buckets.delete(fullest.key)
  }
}
