import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { JournalError } from './fault.ts'
import type { Store, StoreOptions } from './store.ts'
import { type Answered, type Asked, type Method, openingId } from './store-messages.ts'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** What a journal needs of whatever runs its store. */
export type StoreLink = Pick<StoreThread, 'ask' | 'close'>

/** Rejects with a {@link JournalError}. */
export type OpenStore = (options: StoreOptions) => Promise<StoreLink>

/**
 * The store in a thread of its own, because a commit waits for the disk: some milliseconds as a rule, and whole seconds
 * when another program locks the file. Every method rejects with a {@link JournalError}.
 */
export class StoreThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #exited: Promise<void>
  #lastId = openingId
  #ended = false

  private constructor(options: StoreOptions) {
    this.#worker = new Worker(new URL(`./store-worker${extname(import.meta.url)}`, import.meta.url), {
      workerData: options,
      name: 'circbridge-journal',
      execArgv: [],
    })
    this.#worker.on('message', (answered: Answered) => this.#settle(answered))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#fail(undefined)
        resolve()
      })
    })
  }

  static async open(options: StoreOptions): Promise<StoreThread> {
    const thread = new StoreThread(options)
    try {
      await new Promise((resolve, reject) => thread.#waiting.set(openingId, { resolve, reject }))
    } catch (error) {
      await thread.#exited
      throw error
    }
    return thread
  }

  ask<M extends Method>(method: M, ...parameters: Parameters<Store[M]>): Promise<ReturnType<Store[M]>> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(new JournalError('JOURNAL_WRITE_FAILED'))
        return
      }
      this.#lastId += 1
      this.#waiting.set(this.#lastId, { resolve: resolve as (value: unknown) => void, reject })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker.postMessage({ id: this.#lastId, method, parameters } satisfies Asked)
    })
  }

  async close(): Promise<void> {
    if (this.#ended) return
    try {
      await this.ask('close')
    } finally {
      await this.#exited
    }
  }

  #settle({ id, fault, value }: Answered): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (fault === undefined) waiting?.resolve(value)
    else waiting?.reject(new JournalError(fault))
  }

  #fail(cause: unknown): void {
    this.#ended = true
    for (const { reject } of this.#waiting.values()) reject(new JournalError('JOURNAL_WRITE_FAILED', { cause }))
    this.#waiting.clear()
  }
}
