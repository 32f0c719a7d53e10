/** Lets equal reads that are in flight share one call, without letting one caller's end take the answer from others. */
import { unavailable } from '../circulation/outcome.ts'
import type { Call, Clock, Priority } from '../circulation/ports.ts'
import { noAnswer, type Reply } from './verdict.ts'

interface Flight {
  readonly startedAt: number
  readonly call: SharedCall
  readonly reply: Promise<Reply>
}

/**
 * After a change of unknown end no read is shared for this long: the change can still arrive late, and whoever reads
 * it back must not be given a picture taken before.
 */
const lateArrivalMs = 5_000

export class Flights {
  readonly #clock: Clock
  readonly #flights = new Map<string, Flight>()
  /** A read that started before this time is not shared with newcomers. */
  #sharedFrom = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A change ended: reads that started before it may be out of date. */
  noteChange(outcome: 'known' | 'unknown'): void {
    const from = this.#clock.monotonic() + (outcome === 'unknown' ? lateArrivalMs : 0)
    this.#sharedFrom = Math.max(this.#sharedFrom, from)
    this.#flights.clear()
  }

  /** Joins the read under this key or starts it. The answer is the caller's own until its signal aborts. */
  join(key: string, call: Call, start: (shared: Call) => Promise<Reply>): Promise<Reply> {
    if (call.signal.aborted) return Promise.resolve(abandoned)
    const current = this.#flights.get(key)
    const flight = current !== undefined && this.#isShared(current) ? current : this.#launch(key, call, start)
    flight.call.join(call)
    return new Promise((resolve, reject) => {
      const leave = () => {
        flight.call.leave(call)
        resolve(abandoned)
      }
      call.signal.addEventListener('abort', leave, { once: true })
      const land = () => call.signal.removeEventListener('abort', leave)
      flight.reply.then(
        (reply) => {
          land()
          resolve(reply)
        },
        (error: unknown) => {
          land()
          reject(error)
        },
      )
    })
  }

  #isShared(flight: Flight): boolean {
    return flight.startedAt >= this.#sharedFrom && !flight.call.signal.aborted
  }

  #launch(key: string, call: Call, start: (shared: Call) => Promise<Reply>): Flight {
    const shared = new SharedCall(call)
    const flight: Flight = { startedAt: this.#clock.monotonic(), call: shared, reply: start(shared) }
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    this.#flights.set(key, flight)
    // Before anyone who waits for the reply.
    flight.reply.then(land, land)
    return flight
  }
}

const abandoned: Reply = noAnswer('CALL_ABORTED', unavailable('timeout', 'CALL_ABORTED'))

/** The call of all who wait for one answer: it has the latest of their deadlines and ends with the last of them. */
class SharedCall implements Call {
  readonly id: string
  readonly priority: Priority
  readonly machine: string
  readonly #controller = new AbortController()
  readonly #callers = new Set<Call>()
  #deadline: number

  constructor(first: Call) {
    this.id = first.id
    this.priority = first.priority
    this.machine = first.machine
    this.#deadline = first.deadline
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get deadline(): number {
    return this.#deadline
  }

  join(caller: Call): void {
    this.#callers.add(caller)
    this.#deadline = Math.max(this.#deadline, caller.deadline)
  }

  leave(caller: Call): void {
    this.#callers.delete(caller)
    if (this.#callers.size === 0) this.#controller.abort()
  }
}
