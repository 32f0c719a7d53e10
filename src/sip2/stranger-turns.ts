/** A request of somebody unknown that waits to be read. */
interface Waiting {
  isAwaited(): boolean
  begin(): void
}

/**
 * Turns of machines that have not logged in: in each turn of the event loop one request of one of them is read, and the
 * sources follow one another, however many connections each has. So strangers share what is left over by those who are
 * known, who wait for no turn.
 */
export class StrangerTurns {
  /** By source, in the order in which they are served. */
  readonly #waiting = new Map<string, Waiting[]>()
  #isTaken = false

  /**
   * Resolves when a request of this source may be read.
   * @param isAwaited false once the connection has ended: it then takes nobody's turn
   */
  take(source: string, isAwaited: () => boolean): Promise<void> {
    const { promise, resolve: begin } = Promise.withResolvers<void>()
    if (this.#isTaken) {
      const mine = this.#waiting.get(source) ?? []
      mine.push({ isAwaited, begin })
      this.#waiting.set(source, mine)
    } else {
      this.#give(begin)
    }
    return promise
  }

  #give(begin: () => void): void {
    this.#isTaken = true
    setImmediate(() => this.#next())
    begin()
  }

  #next(): void {
    this.#isTaken = false
    for (const [source, mine] of this.#waiting) {
      // Behind all others, if there is more of it.
      this.#waiting.delete(source)
      for (let one = mine.shift(); one; one = mine.shift()) {
        if (!one.isAwaited()) {
          one.begin()
          continue
        }
        if (mine.length > 0) this.#waiting.set(source, mine)
        return this.#give(one.begin)
      }
    }
  }
}
