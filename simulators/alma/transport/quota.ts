/** The institution's calls a second and a day, which all keys share. */
import { GatewayError } from './api-keys.ts'

export interface QuotaSettings {
  /** Calls a second, as the size and the refill of a bucket; `none` for no limit. */
  readonly perSecond: number | 'none'
  /** Calls left until midnight. */
  readonly remaining: number
}

export const perSecondThreshold = (): GatewayError =>
  new GatewayError(
    'PER_SECOND_THRESHOLD',
    'HTTP requests are more than allowed per second. See https://goo.gl/2x1c1M ',
    429,
  )

export const dailyThreshold = (): GatewayError =>
  new GatewayError('DAILY_THRESHOLD', 'HTTP requests are more than allowed per day.', 429)

export class Quota {
  #perSecond: number
  #tokens: number
  #filledAt: number
  readonly #monotonic: () => number
  #remaining: number

  /** `monotonic` gives milliseconds that only grow. */
  constructor({ perSecond, remaining }: QuotaSettings, monotonic = () => performance.now()) {
    this.#monotonic = monotonic
    this.#filledAt = monotonic()
    this.#perSecond = perSecond === 'none' ? Number.POSITIVE_INFINITY : perSecond
    this.#tokens = this.#perSecond
    this.#remaining = remaining
  }

  get remaining(): number {
    return Math.max(0, this.#remaining)
  }

  configure(settings: Partial<QuotaSettings>): void {
    if (settings.perSecond !== undefined) {
      this.#perSecond = settings.perSecond === 'none' ? Number.POSITIVE_INFINITY : settings.perSecond
      this.#tokens = this.#perSecond
    }
    if (settings.remaining !== undefined) this.#remaining = settings.remaining
  }

  /** Counts a call, or throws the threshold that it meets. A refused call is not counted. */
  take(): void {
    if (this.#remaining <= 0) throw dailyThreshold()
    if (Number.isFinite(this.#perSecond)) this.#takeToken()
    this.#remaining -= 1
  }

  #takeToken(): void {
    const now = this.#monotonic()
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond)
    this.#filledAt = now
    if (this.#tokens < 1) throw perSecondThreshold()
    this.#tokens -= 1
  }
}
