import type { Patron } from './model.ts'

interface Seen {
  /** The same for every identifier of one patron. */
  readonly id: string
  readonly keys: readonly string[]
  readonly at: number
  readonly clear: boolean
}

const mostIdentifiers = 100_000

/**
 * When the patrons of one institution were last read from the library system, and whether they were free to borrow
 * then: what a loan is judged by while the library system is away. Gone with the process.
 */
export class SeenPatrons {
  readonly #monotonic: () => number
  readonly #seen = new Map<string, Seen>()

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic
  }

  /** @param clear whether nothing forbids the patron to borrow */
  remember(identifier: string, patron: Patron, clear: boolean): void {
    const cards = patron.identifiers.filter(({ active }) => active).map(({ value }) => value)
    const keys = [...new Set([identifier, patron.id, ...cards])]
    const seen = { id: patron.id, keys, at: this.#monotonic(), clear }
    for (const key of keys) this.#put(key, seen)
  }

  /** The library system said no to this patron. */
  forget(identifier: string): void {
    for (const key of this.#seen.get(identifier)?.keys ?? []) this.#seen.delete(key)
  }

  isClear(identifier: string, withinMs: number): boolean {
    const seen = this.#seen.get(identifier)
    return seen !== undefined && seen.clear && this.#monotonic() - seen.at <= withinMs
  }

  /** Whether two identifiers are known to be one patron's. */
  isSame(identifier: string, other: string | undefined): boolean {
    if (identifier === other) return true
    const id = this.#seen.get(identifier)?.id
    return id !== undefined && other !== undefined && this.#seen.get(other)?.id === id
  }

  #put(key: string, seen: Seen): void {
    this.#seen.delete(key)
    this.#seen.set(key, seen)
    const [oldest] = this.#seen.keys()
    if (this.#seen.size > mostIdentifiers && oldest !== undefined) this.#seen.delete(oldest)
  }
}
