/**
 * Ends an attempt after its own time limit or when the message's signal aborts, wherever it stands: waiting for a
 * socket, sent, or half answered. Notes whether the attempt may have left for Alma.
 */
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
import type { IncomingHttpHeaders } from 'node:http'

export function deadlineInterceptor(callTimeoutMs: number): Interceptor {
  return (dispatch) =>
    function limitTime(options, handler) {
      const exchange = exchangeOf(options)
      exchange.sent = false
      if (exchange.call.signal.aborted) {
        failBeforeStart(handler, new ExchangeError('CALL_ABORTED'))
        return true
      }
      return dispatch(options, new DeadlineHandler(exchange, callTimeoutMs, handler))
    }
}

class DeadlineHandler extends RelayHandler {
  readonly #exchange: Exchange
  readonly #timer: NodeJS.Timeout
  readonly #abort = () => this.#cut(new ExchangeError('CALL_ABORTED'))
  #controller: Controller | undefined
  #cutBy: ExchangeError | undefined
  #ended = false

  constructor(exchange: Exchange, callTimeoutMs: number, next: Handler) {
    super(next)
    this.#exchange = exchange
    this.#timer = setTimeout(() => this.#cut(new ExchangeError('CALL_TIMEOUT')), callTimeoutMs)
    exchange.call.signal.addEventListener('abort', this.#abort, { once: true })
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    if (this.#cutBy !== undefined) {
      controller.abort(this.#cutBy)
      return
    }
    this.#exchange.sent = true
    this.#controller = controller
    super.onRequestStart(controller, context)
  }

  override onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    this.#end()
    super.onResponseEnd(controller, trailers)
  }

  override onResponseError(controller: Controller, error: Error): void {
    if (this.#ended) return
    this.#end()
    super.onResponseError(controller, error)
  }

  /** Without a socket yet the attempt ends at once; its turn on a socket, when it comes, is then refused. */
  #cut(error: ExchangeError): void {
    if (this.#ended) return
    this.#cutBy = error
    if (this.#controller !== undefined) {
      this.#controller.abort(error)
      return
    }
    this.#end()
    failBeforeStart(this.next, error)
  }

  #end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#exchange.call.signal.removeEventListener('abort', this.#abort)
  }
}
