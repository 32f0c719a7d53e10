/** Lets one piece of work at a time run under a key, in the order in which they were asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Waits no longer than until the signal aborts; `work` sees to it that it does nothing then. */
  async take<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const mine = this.#wait(before, signal).then(work)
    const turn = Promise.allSettled([before, mine])
    this.#last.set(key, turn)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }

  async #wait(before: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
    if (before === undefined || signal.aborted) return
    const aborted = Promise.withResolvers<void>()
    const abort = (): void => aborted.resolve()
    signal.addEventListener('abort', abort, { once: true })
    await Promise.race([before, aborted.promise])
    signal.removeEventListener('abort', abort)
  }
}
