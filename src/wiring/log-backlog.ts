import { type BacklogChannelEvent, backlogChannel } from '../runtime/diagnostics.ts'
import type { Part } from '../runtime/lifecycle.ts'
import type { Log } from '../runtime/log.ts'

/** Thousands may be carried out in a minute: the first of a while are told one by one, the others are counted. */
const toldOneByOne = 10
const summaryMs = 1000

interface Progress {
  /** Of any result, since the last summary. */
  told: number
  /** Carried out since the last summary. */
  done: number
  /** Since nothing waited. */
  total: number
  exceptions: number
  left: number
}

/** Writes to the log what becomes of the changes that waited for the library system. */
export class BacklogLog implements Part {
  readonly name = 'backlog-log'
  readonly #log: Log
  readonly #progress = new Map<string, Progress>()
  readonly #onResult = (message: unknown): void => this.#take(message as BacklogChannelEvent)
  #timer: NodeJS.Timeout | undefined

  constructor(log: Log) {
    this.#log = log
  }

  start(): void {
    backlogChannel.subscribe(this.#onResult)
  }

  stop(): void {
    backlogChannel.unsubscribe(this.#onResult)
    clearTimeout(this.#timer)
    if (this.#timer) this.#summarise()
  }

  #take({ id, institution, machine, kind, result, reason, left }: BacklogChannelEvent): void {
    if (result === 'waits') return
    const facts = () => ({ messageId: id, institution, machine, change: kind, ...(reason !== undefined && { reason }) })
    const progress = this.#progress.get(institution) ?? { told: 0, done: 0, total: 0, exceptions: 0, left }
    this.#progress.set(institution, progress)
    progress.told += 1
    if (result === 'done') {
      progress.done += 1
      progress.total += 1
    }
    if (result === 'exception') progress.exceptions += 1
    progress.left = left
    if (result === 'exception') this.#log.error('CHANGE_EXCEPTION', facts)
    else if (progress.told <= toldOneByOne) {
      this.#log.info(result === 'done' ? 'CHANGE_CARRIED_OUT' : 'CHANGE_NOT_CARRIED_OUT', facts)
    }
    this.#timer ??= setTimeout(() => this.#summarise(), summaryMs).unref()
  }

  #summarise(): void {
    this.#timer = undefined
    for (const [institution, progress] of this.#progress) {
      const { told, done, total, exceptions, left } = progress
      if (left === 0) {
        this.#log.info('BACKLOG_DRAINED', { institution, count: total, exceptions })
        this.#progress.delete(institution)
      } else if (told > 0) {
        this.#log.info('BACKLOG_PROGRESS', { institution, count: done, remaining: left, exceptions })
        progress.told = 0
        progress.done = 0
      }
    }
  }
}
