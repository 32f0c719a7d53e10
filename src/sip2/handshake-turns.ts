import { randomInt } from 'node:crypto'
import { TokenBuckets } from '../runtime/token-buckets.ts'

interface Lot {
  /** Begins each handshake that waits. */
  readonly all: Set<() => void>
  readonly timer: NodeJS.Timeout
}

export interface HandshakeTurnOptions {
  /** Of one source. */
  readonly perSecond: number
  /** Sources of which it is known how many turns they took. */
  readonly mostSources: number
  /** Monotonic, in milliseconds. */
  readonly now: () => number
}

/**
 * So many handshakes a second of each source. Who comes beyond waits, and whenever there is a turn one of those that
 * still wait is drawn by lot: to be first is worth nothing, and who has left takes no turn.
 */
export class HandshakeTurns {
  readonly #refillMs: number
  readonly #tokens: TokenBuckets
  readonly #lots = new Map<string, Lot>()

  constructor({ perSecond, mostSources, now }: HandshakeTurnOptions) {
    this.#refillMs = 1000 / perSecond
    this.#tokens = new TokenBuckets({ capacity: perSecond, refillMs: this.#refillMs, most: mostSources, now })
  }

  /** @returns leaves those that wait; without effect once it has begun */
  take(source: string, begin: () => void): () => void {
    if (!this.#lots.has(source) && this.#tokens.take(source)) {
      begin()
      return () => {}
    }
    const lot = this.#lots.get(source) ?? this.#beginLot(source)
    lot.all.add(begin)
    return () => this.#leave(source, begin)
  }

  #beginLot(source: string): Lot {
    const timer = setInterval(() => this.#draw(source), this.#refillMs)
    const lot = { all: new Set<() => void>(), timer }
    this.#lots.set(source, lot)
    return lot
  }

  #draw(source: string): void {
    const all = [...(this.#lots.get(source)?.all ?? [])]
    const drawn = all[randomInt(Math.max(1, all.length))]
    if (!drawn || !this.#tokens.take(source)) return
    this.#leave(source, drawn)
    drawn()
  }

  #leave(source: string, begin: () => void): void {
    const lot = this.#lots.get(source)
    if (!lot?.all.delete(begin) || lot.all.size > 0) return
    clearInterval(lot.timer)
    this.#lots.delete(source)
  }
}
