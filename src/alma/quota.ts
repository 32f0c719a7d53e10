/**
 * Shares the institution's calls. A token bucket paces them; patrons come first, and lower classes leave some tokens
 * in the bucket and some calls of the day. A 429 halves the rate, which then recovers slowly.
 */
import type { Clock, Priority } from '../circulation/ports.ts'
import type { QuotaConfig } from './config.ts'

export type QuotaRefusal = 'daily-reserve' | 'queue-full' | 'waited-too-long' | 'aborted' | 'closed'
export type Grant =
  | { readonly granted: true; readonly queuedMs: number }
  | { readonly granted: false; readonly why: QuotaRefusal }

interface Waiter {
  readonly since: number
  readonly until: number
  settle(grant: Grant): void
}

const classes = ['patron', 'partner', 'background'] as const satisfies readonly Priority[]

/** After this time without an answer the count of calls left is too old to stop anyone: the day may have changed. */
const remainingStaysKnownMs = 10 * 60 * 1_000

export class Quota {
  readonly #config: QuotaConfig
  readonly #clock: Clock
  readonly #capacity: number
  readonly #waiting: Readonly<Record<Priority, Set<Waiter>>> = {
    patron: new Set(),
    partner: new Set(),
    background: new Set(),
  }
  #rate: number
  #tokens: number
  #filledAt: number
  #coolUntil = Number.NEGATIVE_INFINITY
  #remaining = -1
  #remainingAt = 0
  #wake: AbortController | undefined
  #closed = false

  constructor(config: QuotaConfig, clock: Clock) {
    this.#config = config
    this.#clock = clock
    this.#capacity = Math.max(1, config.burst)
    this.#rate = config.perSecond
    this.#tokens = this.#capacity
    this.#filledAt = clock.monotonic()
  }

  /** Calls that may start in a second as learnt so far. */
  get ratePerSecond(): number {
    return this.#rate
  }

  /** Calls left until midnight as Alma last said, -1 when it did not say. */
  get remaining(): number {
    return this.#remaining
  }

  /** Waits for the turn of a call. Never rejects. */
  async acquire(priority: Priority, signal: AbortSignal): Promise<Grant> {
    if (this.#closed) return { granted: false, why: 'closed' }
    if (signal.aborted) return { granted: false, why: 'aborted' }
    if (this.#dayIsSpent(priority)) return { granted: false, why: 'daily-reserve' }
    this.#fill()
    if (this.#nextClass(priority) === priority && this.#waiting[priority].size === 0 && this.#take(priority)) {
      return { granted: true, queuedMs: 0 }
    }
    if (this.#waiting[priority].size >= this.#config.wait[priority].queue) return { granted: false, why: 'queue-full' }
    return this.#enqueue(priority, signal)
  }

  /** Learns from `X-Exl-Api-Remaining`. */
  learnRemaining(remaining: number): void {
    this.#remaining = remaining
    this.#remainingAt = this.#clock.monotonic()
  }

  /** Learns from a 429: pauses and halves the rate, once for a volley of refusals. */
  slowDown(): void {
    const now = this.#clock.monotonic()
    this.#fill()
    if (now >= this.#coolUntil) this.#rate = Math.max(this.#config.lowestPerSecond, this.#rate / 2)
    this.#coolUntil = now + this.#config.coolDownMs
    this.#tokens = 0
  }

  /** Refuses all who wait and all who come. */
  close(): void {
    this.#closed = true
    for (const name of classes) {
      for (const waiter of this.#waiting[name]) waiter.settle({ granted: false, why: 'closed' })
      this.#waiting[name].clear()
    }
    this.#wake?.abort()
  }

  #enqueue(priority: Priority, signal: AbortSignal): Promise<Grant> {
    const since = this.#clock.monotonic()
    const queue = this.#waiting[priority]
    return new Promise((resolve) => {
      const leave = () => {
        queue.delete(waiter)
        waiter.settle({ granted: false, why: 'aborted' })
      }
      const waiter: Waiter = {
        since,
        until: since + this.#config.wait[priority].maxMs,
        settle: (grant) => {
          signal.removeEventListener('abort', leave)
          resolve(grant)
        },
      }
      queue.add(waiter)
      signal.addEventListener('abort', leave, { once: true })
      if (this.#wake === undefined) void this.#serve()
      else this.#wake.abort()
    })
  }

  /** Runs while someone waits; sleeps until the next token or the next expiry, and is woken by newcomers. */
  async #serve(): Promise<void> {
    for (;;) {
      this.#expire()
      this.#fill()
      this.#grant()
      const pause = this.#pauseMs()
      if (pause === undefined) break
      this.#wake = new AbortController()
      await this.#clock.sleep(pause, this.#wake.signal)
    }
    this.#wake = undefined
  }

  #grant(): void {
    for (let name = this.#nextClass(); name !== undefined && this.#take(name); name = this.#nextClass()) {
      const [waiter] = this.#waiting[name]
      if (waiter === undefined) return
      this.#waiting[name].delete(waiter)
      waiter.settle({ granted: true, queuedMs: this.#clock.monotonic() - waiter.since })
    }
  }

  #expire(): void {
    const now = this.#clock.monotonic()
    for (const name of classes) {
      const spent = this.#dayIsSpent(name)
      for (const waiter of this.#waiting[name]) {
        if (!spent && waiter.until > now) continue
        this.#waiting[name].delete(waiter)
        waiter.settle({ granted: false, why: spent ? 'daily-reserve' : 'waited-too-long' })
      }
    }
  }

  /** Time until a token or an expiry, undefined when nobody waits. */
  #pauseMs(): number | undefined {
    const name = this.#nextClass()
    if (name === undefined) return undefined
    const now = this.#clock.monotonic()
    const missing = this.#price(name) - this.#tokens
    const tokenIn = Math.max(0, this.#coolUntil - now) + (missing / this.#rate) * 1_000
    let expiryIn = Number.POSITIVE_INFINITY
    for (const each of classes) {
      const [first] = this.#waiting[each]
      if (first !== undefined) expiryIn = Math.min(expiryIn, first.until - now)
    }
    return Math.max(1, Math.ceil(Math.min(tokenIn, expiryIn)))
  }

  /** The highest class that waits, or that just came. */
  #nextClass(): Priority | undefined
  #nextClass(newcomer: Priority): Priority
  #nextClass(newcomer?: Priority): Priority | undefined {
    return classes.find((name) => name === newcomer || this.#waiting[name].size > 0)
  }

  #take(priority: Priority): boolean {
    if (this.#clock.monotonic() < this.#coolUntil || this.#tokens < this.#price(priority)) return false
    this.#tokens -= 1
    return true
  }

  /** Tokens that must lie in the bucket for a class to take one. */
  #price(priority: Priority): number {
    return priority === 'patron' ? 1 : Math.min(this.#capacity, 1 + this.#config.reserve[priority])
  }

  #fill(): void {
    const now = this.#clock.monotonic()
    const from = Math.max(this.#filledAt, this.#coolUntil)
    if (now <= from) return
    const seconds = (now - from) / 1_000
    this.#tokens = Math.min(this.#capacity, this.#tokens + seconds * this.#rate)
    this.#rate = Math.min(this.#config.perSecond, this.#rate + seconds * this.#config.recoveryPerSecond)
    this.#filledAt = now
  }

  #dayIsSpent(priority: Priority): boolean {
    if (priority === 'patron' || this.#remaining < 0) return false
    if (this.#clock.monotonic() - this.#remainingAt > remainingStaysKnownMs) return false
    return this.#remaining < this.#config.dailyFloor[priority]
  }
}
