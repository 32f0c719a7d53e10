/**
 * Sends a call again where that is safe: any call that Alma surely did not see or refused with a 429, and a call that
 * changes nothing after any failure. Never a change that may have been executed.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Clock } from '../../circulation/ports.ts'
import {
  type Controller,
  type Exchange,
  exchangeOf,
  ExchangeError,
  type Handler,
  type Interceptor,
  RelayHandler,
} from './exchange.ts'
import { dailyThreshold } from './quota.ts'

export interface RetryOptions {
  readonly attempts: number
  readonly clock: Clock
}

/** Pause before the second attempt; it doubles with every further one, and half of it is random. */
const firstPauseMs = 100

/** A further attempt needs at least this long before the message's deadline. */
const leastAttemptMs = 200

/** Errors of a pool that was closed on purpose. */
const finalErrors: ReadonlySet<unknown> = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED', 'UND_ERR_INVALID_ARG'])

export function retryInterceptor(options: RetryOptions): Interceptor {
  return (dispatch) =>
    function retry(request, handler) {
      return dispatch(request, new RetryHandler(request, dispatch, options, handler))
    }
}

class RetryHandler extends RelayHandler {
  readonly #request: Dispatcher.DispatchOptions
  readonly #dispatch: Dispatcher.Dispatch
  readonly #options: RetryOptions
  readonly #exchange: Exchange
  #attempt = 1
  /** Start of an answer that is held back until it is known whether it is the last one. */
  #heldStart: (() => void) | undefined
  #heldData: Buffer[] = []

  constructor(
    request: Dispatcher.DispatchOptions,
    dispatch: Dispatcher.Dispatch,
    options: RetryOptions,
    next: Handler,
  ) {
    super(next)
    this.#request = request
    this.#dispatch = dispatch
    this.#options = options
    this.#exchange = exchangeOf(request)
  }

  override onResponseStart(
    controller: Controller,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    if (status === 429 || status >= 500) {
      this.#heldStart = () => super.onResponseStart(controller, status, headers, message)
    } else {
      super.onResponseStart(controller, status, headers, message)
    }
  }

  override onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#heldStart === undefined) super.onResponseData(controller, chunk)
    else this.#heldData.push(chunk)
  }

  override onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    const start = this.#heldStart
    if (start !== undefined) {
      const data = this.#heldData
      this.#forget()
      const refusedUnseen = this.#exchange.status === 429 && this.#exchange.code !== dailyThreshold
      const failed = this.#exchange.status >= 500 && this.#exchange.repeatable
      if ((refusedUnseen || failed) && this.#sendAgain()) return
      start()
      for (const chunk of data) super.onResponseData(controller, chunk)
    }
    super.onResponseEnd(controller, trailers)
  }

  override onResponseError(controller: Controller, error: Error & { code?: unknown }): void {
    this.#forget()
    const ours = error instanceof ExchangeError && error.code !== 'CALL_TIMEOUT'
    const safe = !this.#exchange.sent || this.#exchange.repeatable
    if (!ours && safe && !finalErrors.has(error.code) && this.#sendAgain()) return
    super.onResponseError(controller, error)
  }

  #forget(): void {
    this.#heldStart = undefined
    this.#heldData = []
  }

  /** Starts another attempt after a pause, when there is one left and time for it. */
  #sendAgain(): boolean {
    const { clock, attempts } = this.#options
    const { call } = this.#exchange
    const pauseMs = firstPauseMs * 2 ** (this.#attempt - 1) * (0.5 + Math.random() / 2)
    if (this.#attempt >= attempts || call.signal.aborted) return false
    if (clock.monotonic() + pauseMs + leastAttemptMs > call.deadline) return false
    this.#attempt += 1
    void clock.sleep(pauseMs, call.signal).then(() => this.#dispatch(this.#request, this))
    return true
  }
}
