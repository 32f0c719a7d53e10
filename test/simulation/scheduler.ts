/**
 * Virtual time. Everything that takes time is an event in one queue; the clock jumps from event to event, and an event
 * is over when every promise that it woke has come to rest.
 */
import { createHash } from 'node:crypto'
import { EventQueue, type QueuedEvent } from './event-queue.ts'

/** Taken before anything replaces it. */
const realSetImmediate = setImmediate

const rest = (): Promise<void> => new Promise((resolve) => void realSetImmediate(resolve))

/** Time of the wall clock when a simulation begins, in milliseconds since 1970. */
export const wallEpoch = Date.UTC(2026, 2, 3, 9)

export class Scheduler {
  /** Milliseconds since the beginning. */
  now = 0
  /** How far the wall clock was put forward. */
  wallOffset = 0
  steps = 0
  /** Every line so far when they are kept. */
  readonly lines: string[] | undefined
  readonly #digest = createHash('sha256')
  readonly #queue = new EventQueue()
  #owner = 'world'
  #afterStep: (label: string) => void = () => {}

  constructor(options: { readonly keepLines: boolean }) {
    this.lines = options.keepLines ? [] : undefined
  }

  /** Called when an event has come to rest. */
  onStep(listener: (label: string) => void): void {
    this.#afterStep = listener
  }

  /** Whose event is under way: what it schedules is its owner's, unless said otherwise. */
  get owner(): string {
    return this.#owner
  }

  after(ms: number, label: string, run: () => void, owner = this.#owner): QueuedEvent {
    return this.#queue.add({ at: this.now + Math.max(0, ms), owner, label, run, cancelled: false })
  }

  sleep(ms: number, label = 'pause'): Promise<void> {
    return new Promise((resolve) => void this.after(ms, label, resolve))
  }

  /** Whoever owned these events is gone: nothing of it runs again. */
  drop(owner: string): void {
    this.#queue.cancelAll(owner)
  }

  /** Runs until the queue is empty, the time is over, or it is told to stop. @returns whether it was told. */
  async run(untilMs: number, isOver: () => boolean): Promise<boolean> {
    for (;;) {
      if (isOver()) return true
      const event = this.#queue.take(untilMs)
      if (event === undefined) {
        this.now = Math.max(this.now, untilMs)
        return false
      }
      this.now = Math.max(this.now, event.at)
      this.#owner = event.owner
      this.steps += 1
      this.note(event.label)
      event.run()
      await rest()
      this.#afterStep(event.label)
      this.#owner = 'world'
    }
  }

  /** Writes a line to the trace. It must name nothing that differs between two runs of a seed. */
  note(text: string): void {
    const line = `${this.now.toFixed(3)} ${this.#owner} ${text}`
    this.#digest.update(line).update('\n')
    this.lines?.push(line)
  }

  /** Equal for two runs that went the same way. */
  get hash(): string {
    return this.#digest.copy().digest('hex').slice(0, 16)
  }
}
