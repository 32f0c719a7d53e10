import type { Clock } from '../circulation/ports.ts'

/** Answers tell whole seconds. */
const halfSecond = 500
const dayMs = 86_400_000

/**
 * Alma's clock, as its answers tell it. What Alma dates can then be compared with what was done here, however wrong the
 * clock of this computer is and whatever it is set to meanwhile.
 */
export class AlmaClock {
  readonly #clock: Clock
  /** Alma's time at the monotonic zero, in milliseconds since 1970; undefined before the first answer. */
  #base: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param date the Date header of an answer that has just come */
  learn(date: string): void {
    const told = Date.parse(date)
    if (!Number.isNaN(told)) this.#base = told + halfSecond - this.#clock.monotonic()
  }

  /** Before the first answer a day before ours: what is looked for since then is found, however wrong our clock is. */
  now(): Date {
    if (this.#base === undefined) return new Date(this.#clock.now().getTime() - dayMs)
    return new Date(this.#base + this.#clock.monotonic())
  }
}
