/** What travels with one call through the interceptors, and how its answer is gathered. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Call } from '../../circulation/ports.ts'

export type Interceptor = Dispatcher.DispatcherComposeInterceptor
export type Controller = Dispatcher.DispatchController
export type Handler = Dispatcher.DispatchHandler

/** One call. The attempt in progress, or the last one, is told by the members that change. */
export interface Exchange {
  readonly call: Call
  readonly template: string
  /** True when the call changes nothing, so that it may be sent again after any failure. */
  readonly repeatable: boolean
  /** True once the attempt may have left for Alma. */
  sent: boolean
  queuedMs: number
  /** Calls left until midnight as the answer says, -1 when it does not. */
  remaining: number
  /** HTTP status of the attempt, 0 while none came. */
  status: number
  /** Alma's or the gateway's error code in the answer, or empty. */
  code: string
}

export interface ExchangeOptions extends Dispatcher.DispatchOptions {
  readonly exchange: Exchange
}

export function exchangeOf(options: Dispatcher.DispatchOptions): Exchange {
  return (options as ExchangeOptions).exchange
}

export type ExchangeFault = 'CALL_TIMEOUT' | 'CALL_ABORTED' | 'QUOTA'

/** Why the bridge itself ended an attempt. */
export class ExchangeError extends Error {
  readonly code: ExchangeFault

  constructor(code: ExchangeFault) {
    super(code)
    this.code = code
  }
}

/** Passes every event on; an interceptor overrides those that concern it. */
export class RelayHandler implements Handler {
  protected readonly next: Handler

  constructor(next: Handler) {
    this.next = next
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.next.onRequestStart?.(controller, context)
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, message?: string): void {
    this.next.onResponseStart?.(controller, status, headers, message)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.next.onResponseData?.(controller, chunk)
  }

  onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    this.next.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: Controller, error: Error): void {
    this.next.onResponseError?.(controller, error)
  }
}

/** Tells a handler of an end that no connection knows of. */
export function failBeforeStart(handler: Handler, error: Error): void {
  handler.onResponseError?.(idleController, error)
}

const idleController: Controller = {
  aborted: true,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
}

/** What came back: a status and the whole body, or the error that took its place. */
export interface RawAnswer {
  readonly error: (Error & { readonly code?: unknown }) | undefined
  readonly status: number
  readonly location: string
  /** Alma's clock, as the answer tells it; empty when it does not. */
  readonly date: string
  readonly body: string
}

/** Gathers an answer; a further attempt starts it anew. Sizes are limited by the connection. */
export class AnswerHandler implements Handler {
  readonly #settle: (answer: RawAnswer) => void
  readonly #chunks: Buffer[] = []
  #status = 0
  #location = ''
  #date = ''

  constructor(settle: (answer: RawAnswer) => void) {
    this.#settle = settle
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    this.#chunks.length = 0
    this.#status = status
    this.#date = headers.date ?? ''
    this.#location = typeof headers.location === 'string' ? headers.location : ''
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [first] = this.#chunks
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks)
    this.#settle({
      error: undefined,
      status: this.#status,
      location: this.#location,
      date: this.#date,
      body: body.toString('utf8'),
    })
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#settle({ error, status: this.#status, location: '', date: '', body: '' })
  }
}
