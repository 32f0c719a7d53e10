/** Tells of every attempt on the diagnostics channel, and reads the error code that the outer interceptors act on. */
import type { IncomingHttpHeaders } from 'node:http'
import { almaCallChannel, tellStep } from '../../runtime/diagnostics.ts'
import { readFault } from '../envelope.ts'
import { type Controller, type Exchange, exchangeOf, type Handler, type Interceptor, RelayHandler } from './exchange.ts'

/** An error envelope is small; of a larger body no more is kept for its code. */
const faultBytes = 16 * 1024

export function traceInterceptor(institution: string): Interceptor {
  return (dispatch) =>
    function trace(options, handler) {
      const exchange = exchangeOf(options)
      exchange.status = 0
      exchange.code = ''
      exchange.remaining = -1
      return dispatch(options, new TraceHandler(exchange, institution, options.method, handler))
    }
}

class TraceHandler extends RelayHandler {
  readonly #exchange: Exchange
  readonly #institution: string
  readonly #method: string
  readonly #startedAt = performance.now()
  readonly #faultChunks: Buffer[] = []
  #faultLength = 0

  constructor(exchange: Exchange, institution: string, method: string, next: Handler) {
    super(next)
    this.#exchange = exchange
    this.#institution = institution
    this.#method = method
  }

  override onRequestStart(controller: Controller, context: unknown): void {
    this.#tellStep('call-sending')
    super.onRequestStart(controller, context)
  }

  override onResponseStart(
    controller: Controller,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    this.#exchange.status = status
    const remaining = Number(headers['x-exl-api-remaining'] || Number.NaN)
    if (Number.isSafeInteger(remaining) && remaining >= 0) this.#exchange.remaining = remaining
    super.onResponseStart(controller, status, headers, message)
  }

  override onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#exchange.status >= 400 && this.#faultLength < faultBytes) {
      this.#faultLength += chunk.length
      this.#faultChunks.push(chunk)
    }
    super.onResponseData(controller, chunk)
  }

  override onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    this.#tellStep('call-answered')
    if (this.#faultChunks.length > 0) {
      this.#exchange.code = readFault(Buffer.concat(this.#faultChunks).toString('utf8')).code
    }
    this.#publish(this.#exchange.code)
    super.onResponseEnd(controller, trailers)
  }

  override onResponseError(controller: Controller, error: Error & { code?: unknown }): void {
    this.#publish(typeof error.code === 'string' ? error.code : 'ERROR')
    super.onResponseError(controller, error)
  }

  #tellStep(step: 'call-sending' | 'call-answered'): void {
    const { call, repeatable } = this.#exchange
    if (!repeatable) tellStep(step, call.id, call.priority)
  }

  #publish(code: string): void {
    if (!almaCallChannel.hasSubscribers) return
    const { call, template, queuedMs, remaining, status } = this.#exchange
    almaCallChannel.publish({
      id: call.id,
      institution: this.#institution,
      method: this.#method,
      template,
      priority: call.priority,
      status,
      code,
      durationMs: performance.now() - this.#startedAt,
      queuedMs,
      remaining,
    })
  }
}
