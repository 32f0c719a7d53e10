/**
 * Gathers the writes of one turn of the event loop, and all that come while the disk is busy, into one commit. A write's
 * promise settles with the commit that held it.
 */
export class GroupCommit<W> {
  readonly #commit: (writes: readonly W[]) => Promise<void>
  #waiting: { readonly write: W; readonly settle: PromiseWithResolvers<void> }[] = []
  #running: Promise<void> | undefined

  constructor(commit: (writes: readonly W[]) => Promise<void>) {
    this.#commit = commit
  }

  add(write: W): Promise<void> {
    const settle = Promise.withResolvers<void>()
    this.#waiting.push({ write, settle })
    this.#running ??= this.#run()
    return settle.promise
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise(setImmediate)
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#commit(group.map(({ write }) => write))
        for (const { settle } of group) settle.resolve()
      } catch (error) {
        for (const { settle } of group) settle.reject(error)
      }
    }
    this.#running = undefined
  }
}
