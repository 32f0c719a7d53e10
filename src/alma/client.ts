/**
 * Calls Alma: one pool of connections with the interceptors around it, one breaker, and shared reads. Answers with a
 * reply in every case; throws only on a bug.
 */
import { type Dispatcher, Pool } from 'undici'
import { unavailable } from '../circulation/outcome.ts'
import type { Call, Clock } from '../circulation/ports.ts'
import { AlmaClock } from './alma-clock.ts'
import { AlmaAvailability, type Observed } from './availability.ts'
import type { AlmaConfig, AlmaLimits } from './config.ts'
import { Flights } from './flights.ts'
import { deadlineInterceptor } from './interceptors/deadline.ts'
import { AnswerHandler, type Exchange, type ExchangeOptions, type RawAnswer } from './interceptors/exchange.ts'
import { keyInterceptor } from './interceptors/key.ts'
import { quotaInterceptor } from './interceptors/quota.ts'
import { retryInterceptor } from './interceptors/retry.ts'
import { traceInterceptor } from './interceptors/trace.ts'
import { buildPath, type Query } from './path.ts'
import { Quota } from './quota.ts'
import { badAnswer, judge, type NoAnswer, noAnswer, type Question, type Reach, reachOf, type Reply } from './verdict.ts'

export interface AlmaRequest extends Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path under `/almaws/v1` with its parameters named: `/users/{user_id}/loans`. */
  readonly template: string
  readonly segments: Readonly<Record<string, string>>
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A request that changes nothing. */
export function reading(request: Omit<AlmaRequest, 'changes' | 'method' | 'expects'>): AlmaRequest {
  return { method: 'GET', changes: false, expects: 'object', ...request }
}

/** A request that changes something and is answered with the changed object. */
export function changing(request: Omit<AlmaRequest, 'changes' | 'expects'>): AlmaRequest {
  return { changes: true, expects: 'object', ...request }
}

interface Line {
  readonly connections: Dispatcher
  readonly dispatch: Dispatcher['dispatch']
}

export class AlmaClient {
  readonly availability: AlmaAvailability
  readonly quota: Quota
  /** Alma's own clock. */
  readonly time: AlmaClock
  readonly #clock: Clock
  /** Sockets of their own for waiting patrons: slow answers to partners must not hold them up. */
  readonly #patrons: Line
  readonly #others: Line
  readonly #origin: string
  readonly #basePath: string
  readonly #flights: Flights
  #closed = false

  /** @param dispatcher takes the place of the connections to the gateway */
  constructor(config: AlmaConfig, clock: Clock, dispatcher?: Dispatcher) {
    const url = new URL(config.baseUrl)
    const { limits } = config
    this.#clock = clock
    this.#origin = url.origin
    this.#basePath = `${url.pathname.replace(/\/+$/, '').replace(/\/almaws\/v1$/, '')}/almaws/v1`
    this.time = new AlmaClock(clock)
    this.#flights = new Flights(clock)
    this.quota = new Quota(config.quota, clock)
    this.availability = new AlmaAvailability({ institution: config.institution, config: config.breaker, clock })
    this.availability.probeBy((signal) => this.#probe(signal))
    this.#patrons = this.#openLine(config, dispatcher ?? this.#connect(limits, limits.connections))
    this.#others = this.#openLine(config, dispatcher ?? this.#connect(limits, Math.ceil(limits.connections / 2)))
  }

  /** Sends a request and answers with its body, or with why there is none. Equal GETs in flight share one call. */
  send(request: AlmaRequest, call: Call): Promise<Reply> {
    const path = buildPath(request.template, request.segments, request.query ?? noQuery)
    if (path.kind !== 'done') return Promise.resolve(noAnswer(path.evidence, path))
    if (!this.availability.online() || this.#closed) return Promise.resolve(offline)
    if (request.method === 'GET') {
      const key = `${call.priority} ${path.value}`
      return this.#flights.join(key, call, (shared) => this.#observe(request, path.value, shared))
    }
    const reply = this.#observe(request, path.value, call)
    return request.changes ? this.#noteChange(reply) : reply
  }

  /** For an answer that came with success but lacks what makes it believable. */
  distrust(request: AlmaRequest): NoAnswer {
    if (request.changes) this.#flights.noteChange('unknown')
    return badAnswer(request)
  }

  #connect(limits: AlmaLimits, connections: number): Dispatcher {
    return new Pool(this.#origin, {
      connections,
      connect: { timeout: limits.connectTimeoutMs },
      maxResponseSize: limits.answerBytes,
      // The deadline interceptor limits every attempt as a whole.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  #openLine({ institution, apiKey, limits }: AlmaConfig, connections: Dispatcher): Line {
    // What `compose` gives is a proxy, which takes its time at every look at it.
    const { dispatch } = connections.compose(
      keyInterceptor(this.#origin, apiKey),
      deadlineInterceptor(limits.callTimeoutMs),
      traceInterceptor(institution),
      quotaInterceptor(this.quota),
      retryInterceptor({ attempts: limits.attempts, clock: this.#clock }),
    )
    return { connections, dispatch }
  }

  /** Ends: nobody new is served, calls in flight have until their own time limits. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.availability.close()
    this.quota.close()
    await Promise.all([this.#patrons.connections.close(), this.#others.connections.close()])
  }

  async #noteChange(sent: Promise<Reply>): Promise<Reply> {
    const reply = await sent
    this.#flights.noteChange(isUnknown(reply) ? 'unknown' : 'known')
    return reply
  }

  #observe(request: AlmaRequest, path: string, call: Call): Promise<Reply> {
    return this.availability.observe(this.#exchange(request, path, call))
  }

  async #exchange(request: AlmaRequest, path: string, call: Call): Promise<Observed<Reply>> {
    const exchange: Exchange = {
      call,
      template: request.template,
      repeatable: !request.changes,
      sent: false,
      queuedMs: 0,
      remaining: -1,
      status: 0,
      code: '',
    }
    const startedAt = this.#clock.monotonic()
    const raw = await new Promise<RawAnswer>((resolve) => {
      const line = call.priority === 'patron' ? this.#patrons : this.#others
      line.dispatch(this.#optionsOf(request, path, exchange), new AnswerHandler(resolve))
    })
    if (raw.date !== '') this.time.learn(raw.date)
    const reach = reachOf(raw, exchange.sent, this.#clock.monotonic() - startedAt - exchange.queuedMs)
    return { value: judge(request, raw, exchange.sent), reach }
  }

  #optionsOf(request: AlmaRequest, path: string, exchange: Exchange): ExchangeOptions {
    const body = request.body === undefined ? null : JSON.stringify(request.body)
    const common = body === null ? commonHeaders : bodyHeaders
    const headers = request.headers === undefined ? common : { ...common, ...request.headers }
    return { origin: this.#origin, path: this.#basePath + path, method: request.method, headers, body, exchange }
  }

  /** Asks whether Alma is back, in one attempt, by the cheapest read that the key of every installation may make. */
  async #probe(signal: AbortSignal): Promise<Reach> {
    const call: Call = {
      id: 'availability',
      priority: 'patron',
      signal,
      deadline: this.#clock.monotonic(),
      machine: '',
    }
    const request = reading({ operation: 'configuration', template: usersTest, segments: {} })
    const { reach } = await this.#exchange(request, request.template, call)
    return reach
  }
}

const noQuery: Query = {}

const commonHeaders = { accept: 'application/json', 'user-agent': 'circbridge' }
const bodyHeaders = { ...commonHeaders, 'content-type': 'application/json' }

/** Test endpoint of the Users area [Alma users: test]. */
const usersTest = '/users/operation/test'

const offline: NoAnswer = noAnswer('OFFLINE', unavailable('offline', 'OFFLINE'))

function isUnknown(reply: Reply): boolean {
  return reply.kind === 'no-answer' && reply.outcome.kind === 'unknown'
}
