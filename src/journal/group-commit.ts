interface Waiting<W, R> {
  readonly write: W
  readonly settle: PromiseWithResolvers<R>
}

/**
 * Gathers the writes of one turn of the event loop, and all that come while the disk is busy, into one commit. A write's
 * promise settles with the commit that held it.
 *
 * @typeParam R what the commit tells of each write.
 */
export class GroupCommit<W, R> {
  readonly #commit: (writes: readonly W[]) => Promise<readonly R[]>
  #waiting: Waiting<W, R>[] = []
  #alone: (() => Promise<void>)[] = []
  #running: Promise<void> | undefined

  /** @param commit resolves with as many results as there are writes, in their order. */
  constructor(commit: (writes: readonly W[]) => Promise<readonly R[]>) {
    this.#commit = commit
  }

  add(write: W): Promise<R> {
    const settle = Promise.withResolvers<R>()
    this.#waiting.push({ write, settle })
    this.#running ??= this.#run()
    return settle.promise
  }

  /** Does something when all that was added before is written and told, and while nothing else is being written. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const settle = Promise.withResolvers<T>()
    this.#alone.push(() => work().then(settle.resolve, settle.reject))
    this.#running ??= this.#run()
    return settle.promise
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 || this.#alone.length > 0) {
      await new Promise(setImmediate)
      const alone = this.#alone.splice(0)
      await this.#commitAll(this.#waiting.splice(0))
      if (alone.length > 0) await new Promise(setImmediate)
      for (const work of alone) await work()
    }
    this.#running = undefined
  }

  async #commitAll(group: readonly Waiting<W, R>[]): Promise<void> {
    if (group.length === 0) return
    try {
      const results = await this.#commit(group.map(({ write }) => write))
      for (const [index, { settle }] of group.entries()) settle.resolve(results[index] as R)
    } catch (error) {
      for (const { settle } of group) settle.reject(error)
    }
  }
}
