/** The way of one call: key, quota, faults, operation, answer. */
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AlmaError } from '../alma-error.ts'
import type { Store } from '../state/store.ts'
import type { Switches } from '../switches.ts'
import { type ApiKeys, keyOf } from './api-keys.ts'
import { type Body, errorBody, type Format, objectBody, oddBody, textType, xmlType } from './bodies.ts'
import type { CallLog, CallRecord } from './call-log.ts'
import type { Fault, Faults } from './faults.ts'
import { dailyThreshold, perSecondThreshold, type Quota } from './quota.ts'
import { readBody } from './request-body.ts'
import type { AlmaRequest, Route } from './route.ts'

export const basePath = '/almaws/v1'

export interface Gateway {
  readonly store: () => Store
  readonly switches: Switches
  readonly keys: ApiKeys
  readonly quota: Quota
  readonly faults: Faults
  readonly calls: CallLog
}

interface Exchange {
  readonly route: Route
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly query: Readonly<Record<string, string>>
  readonly format: Format
  readonly call: CallRecord
  readonly startedAt: number
}

/** Waits without keeping a process alive whose simulator was closed. */
const sleep = (ms: number): Promise<void> => wait(ms, undefined, { ref: false })

const hiddenParameters = new Set(['apikey', 'password'])

/** Answers a call. Without faults it never waits, so that a call costs little. */
export function serve(gateway: Gateway, route: Route, request: FastifyRequest, reply: FastifyReply) {
  const exchange = openExchange(gateway, route, request, reply)
  const { call, format } = exchange
  let faults: readonly Fault[] = []
  try {
    const needed = route.needs(call.operation)
    gateway.keys.check(
      keyOf(request.headers.authorization, exchange.query.apikey),
      route.area,
      needed,
      gateway.switches,
    )
    faults = gateway.faults.take(call)
    for (const fault of faults) {
      if (fault.kind === 'threshold') throw fault.which === 'day' ? dailyThreshold() : perSecondThreshold()
    }
    gateway.quota.take()
  } catch (error) {
    return send(gateway, exchange, failureBody(error, gateway, format, call), undefined)
  }
  if (faults.length > 0) return serveWithFaults(gateway, exchange, faults)
  const { body, location } = execute(gateway, exchange)
  return send(gateway, exchange, body, location)
}

function openExchange(gateway: Gateway, route: Route, request: FastifyRequest, reply: FastifyReply): Exchange {
  const query = singleValues(request.query as Record<string, string | string[]>)
  const operation = typeof route.operation === 'string' ? route.operation : route.operation(query)
  const [path = ''] = request.url.split('?', 1)
  const call = gateway.calls.add({
    time: new Date(gateway.store().now()).toISOString(),
    method: route.method,
    operation,
    template: route.template,
    path,
    query: shownQuery(query),
  })
  return { route, request, reply, query, format: formatOf(request, query), call, startedAt: performance.now() }
}

function singleValues(query: Record<string, string | string[]>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const name of Object.keys(query)) {
    const value = query[name]
    single[name] = (Array.isArray(value) ? value[0] : value) ?? ''
  }
  return single
}

function shownQuery(query: Readonly<Record<string, string>>): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(query)) if (!hiddenParameters.has(name)) shown[name] = value
  return shown
}

/** XML unless JSON is asked for, by the query or else by the header. */
function formatOf(request: FastifyRequest, query: Readonly<Record<string, string>>): Format {
  if (query.format === 'json' || query.format === 'xml') return query.format
  return request.headers.accept?.includes('json') ? 'json' : 'xml'
}

interface Executed {
  readonly body: Body
  readonly location: string | undefined
}

function execute(gateway: Gateway, exchange: Exchange): Executed {
  const { route, format, call } = exchange
  try {
    call.executed = true
    const answer = route.handle(almaRequest(gateway, exchange))
    switch (answer.kind) {
      case 'object':
        return { body: objectBody(answer.root, answer.value, format, gateway.switches), location: undefined }
      case 'empty':
        return { body: { status: answer.status, contentType: '', text: '' }, location: undefined }
      case 'redirect':
        return { body: { status: 302, contentType: '', text: '' }, location: answer.location }
      case 'xml':
        return { body: { status: 200, contentType: xmlType, text: answer.text }, location: undefined }
    }
  } catch (error) {
    // A refusal changed nothing.
    call.executed = false
    return { body: failureBody(error, gateway, format, call), location: undefined }
  }
}

function almaRequest(gateway: Gateway, { request, query }: Exchange): AlmaRequest {
  const base = `http://${request.headers.host ?? 'localhost'}${basePath}`
  return {
    store: gateway.store(),
    switches: gateway.switches,
    params: request.params as Record<string, string>,
    query,
    headers: request.headers,
    body: () => readBody(typeof request.body === 'string' ? request.body : ''),
    link: (...parts) => parts.reduce((path, part) => `${path}/${encodeURIComponent(part)}`, base),
  }
}

/** A refusal becomes an error body; anything else is a fault of the simulator and says so. */
function failureBody(error: unknown, { switches }: Gateway, format: Format, call: CallRecord): Body {
  if (error instanceof AlmaError) {
    call.code = error.code
    return errorBody(error, format, switches)
  }
  call.code = 'SIMULATOR_ERROR'
  const trace = error instanceof Error ? error.stack : String(error)
  return { status: 500, contentType: textType, text: `The simulator has a fault: ${trace}` }
}

async function serveWithFaults(gateway: Gateway, exchange: Exchange, faults: readonly Fault[]) {
  const { call, format } = exchange
  for (const fault of faults) {
    if (fault.kind === 'refuse' || fault.kind === 'drop-before') return hangUp(exchange, fault.kind === 'refuse')
    if (fault.kind === 'delay-before') await sleep(fault.ms)
    if (fault.kind === 'answer' && fault.executed !== true) return answerOddly(gateway, exchange, fault)
  }
  let { body, location } = execute(gateway, exchange)
  for (const fault of faults) {
    if (fault.kind === 'drop-after') return hangUp(exchange, false)
    if (fault.kind === 'delay-after') await sleep(fault.ms)
    if (fault.kind === 'answer') return answerOddly(gateway, exchange, fault)
    if (fault.kind === 'execute-then-402504') {
      const failure = new AlmaError('402504', 'Scan in has failed due to item retrieve issue.')
      call.code = failure.code
      body = errorBody(failure, format, gateway.switches)
      location = undefined
    }
  }
  const slow = faults.find((fault) => fault.kind === 'slow')
  return slow ? sendSlowly(gateway, exchange, body, slow) : send(gateway, exchange, body, location)
}

function answerOddly(gateway: Gateway, exchange: Exchange, fault: Fault & { kind: 'answer' }) {
  exchange.call.code = fault.code ?? fault.form
  return send(gateway, exchange, oddBody(fault, exchange.format), undefined)
}

function hangUp({ request, reply, call, startedAt }: Exchange, reset: boolean): FastifyReply {
  call.durationMs = performance.now() - startedAt
  reply.hijack()
  if (reset) request.raw.socket.resetAndDestroy()
  else request.raw.socket.destroy()
  return reply
}

function writeHead(gateway: Gateway, { reply, call, startedAt }: Exchange, body: Body): void {
  call.status = body.status
  call.durationMs = performance.now() - startedAt
  reply.code(body.status).header('X-Exl-Api-Remaining', String(gateway.quota.remaining))
  reply.header('Date', new Date(gateway.store().now()).toUTCString())
  if (body.contentType !== '') reply.header('Content-Type', body.contentType)
}

function send(gateway: Gateway, exchange: Exchange, body: Body, location: string | undefined): FastifyReply {
  writeHead(gateway, exchange, body)
  if (location !== undefined) exchange.reply.header('Location', location)
  return exchange.reply.send(body.text)
}

/** The same bytes in small pieces, without a length, so that only the end of the connection's chunk tells the end. */
async function sendSlowly(gateway: Gateway, exchange: Exchange, body: Body, fault: Fault & { kind: 'slow' }) {
  writeHead(gateway, exchange, body)
  const { reply } = exchange
  const bytes = Buffer.from(body.text)
  reply.hijack()
  reply.raw.writeHead(body.status, reply.getHeaders() as Record<string, string>)
  for (let from = 0; from < bytes.length && !reply.raw.destroyed; from += fault.bytes) {
    reply.raw.write(bytes.subarray(from, from + fault.bytes))
    await sleep(fault.ms)
  }
  reply.raw.end()
  return reply
}
