/** Lets an attempt start when the quota grants it, and tells the quota what the answer says about it. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Quota } from '../quota.ts'
import {
  type Controller,
  type Exchange,
  exchangeOf,
  ExchangeError,
  failBeforeStart,
  type Handler,
  type Interceptor,
  RelayHandler,
} from './exchange.ts'

export const dailyThreshold = 'DAILY_THRESHOLD'

export function quotaInterceptor(quota: Quota): Interceptor {
  return (dispatch) =>
    function awaitTurn(options, handler) {
      const exchange = exchangeOf(options)
      exchange.sent = false
      void quota.acquire(exchange.call.priority, exchange.call.signal).then((grant) => {
        if (grant.granted) {
          exchange.queuedMs = grant.queuedMs
          dispatch(options, new QuotaHandler(exchange, quota, handler))
        } else {
          failBeforeStart(handler, new ExchangeError(grant.why === 'aborted' ? 'CALL_ABORTED' : 'QUOTA'))
        }
      })
      return true
    }
}

class QuotaHandler extends RelayHandler {
  readonly #exchange: Exchange
  readonly #quota: Quota

  constructor(exchange: Exchange, quota: Quota, next: Handler) {
    super(next)
    this.#exchange = exchange
    this.#quota = quota
  }

  override onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    const { status, code, remaining } = this.#exchange
    if (code === dailyThreshold) this.#quota.learnRemaining(0)
    else if (remaining >= 0) this.#quota.learnRemaining(remaining)
    if (status === 429 && code !== dailyThreshold) this.#quota.slowDown()
    super.onResponseEnd(controller, trailers)
  }
}
