import type { Patron } from './model.ts'
import type { RefusalReason } from './outcome.ts'

interface Seen {
  /** The same for every identifier of one patron. */
  readonly id: string
  readonly keys: readonly string[]
  readonly at: number
  /** Why they may not borrow; undefined when nothing forbids it. */
  readonly barrier: RefusalReason | undefined
}

const mostIdentifiers = 100_000

/**
 * When the patrons of one institution were last read from the library system or refused by it, and why they may not
 * borrow, if so: what a loan is judged by while the library system is away. Gone with the process.
 */
export class SeenPatrons {
  readonly #monotonic: () => number
  readonly #seen = new Map<string, Seen>()

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic
  }

  /** @param barrier why the patron may not borrow; undefined when nothing forbids it */
  remember(identifier: string, patron: Patron, barrier: RefusalReason | undefined): void {
    const cards = patron.identifiers.filter(({ active }) => active).map(({ value }) => value)
    const keys = [...new Set([identifier, patron.id, ...cards])]
    const seen = { id: patron.id, keys, at: this.#monotonic(), barrier }
    for (const key of keys) this.#put(key, seen)
  }

  /** The library system said no to this patron. */
  refuse(identifier: string, barrier: RefusalReason): void {
    const { id, keys } = this.#seen.get(identifier) ?? { id: identifier, keys: [identifier] }
    const seen = { id, keys, at: this.#monotonic(), barrier }
    for (const key of keys) this.#put(key, seen)
  }

  /** What was read holds no longer. */
  forget(identifier: string): void {
    for (const key of this.#seen.get(identifier)?.keys ?? []) this.#seen.delete(key)
  }

  isClear(identifier: string, withinMs: number): boolean {
    const seen = this.#find(identifier, withinMs)
    return seen !== undefined && seen.barrier === undefined
  }

  /** Why a patron may not borrow; undefined also of one who was not seen in that time. */
  barrierOf(identifier: string, withinMs: number): RefusalReason | undefined {
    return this.#find(identifier, withinMs)?.barrier
  }

  /** The same for every identifier of one patron, once the patron was seen; else what is given. */
  canonical(identifier: string): string {
    return this.#seen.get(identifier)?.id ?? identifier
  }

  /** Whether two identifiers are known to be one patron's. */
  isSame(identifier: string, other: string | undefined): boolean {
    if (identifier === other) return true
    const id = this.#seen.get(identifier)?.id
    return id !== undefined && other !== undefined && this.#seen.get(other)?.id === id
  }

  #find(identifier: string, withinMs: number): Seen | undefined {
    const seen = this.#seen.get(identifier)
    return seen !== undefined && this.#monotonic() - seen.at <= withinMs ? seen : undefined
  }

  #put(key: string, seen: Seen): void {
    this.#seen.delete(key)
    this.#seen.set(key, seen)
    const [oldest] = this.#seen.keys()
    if (this.#seen.size > mostIdentifiers && oldest !== undefined) this.#seen.delete(oldest)
  }
}
