/** A bounded memory: the entry that was not used for longest goes first, and none outlives its time. */
export class LruCache<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>()
  readonly #limit: number
  readonly #ttlMs: number
  readonly #now: () => number

  constructor(options: { entries: number; ttlMs: number; now: () => number }) {
    this.#limit = options.entries
    this.#ttlMs = options.ttlMs
    this.#now = options.now
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (entry.until <= this.#now()) return undefined
    this.#entries.set(key, entry)
    return entry.value
  }

  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: this.#now() + this.#ttlMs })
    if (this.#entries.size <= this.#limit) return
    const oldest = this.#entries.keys().next()
    if (!oldest.done) this.#entries.delete(oldest.value)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}
