/** The second door over HTTP, under `/control`. No key is needed. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { objectOf } from '../state/shape.ts'
import { readSwitches } from '../switches.ts'
import { readFaults } from '../transport/faults.ts'
import type { QuotaSettings } from '../transport/quota.ts'
import type { Control } from './control.ts'

export function registerControlRoutes(server: FastifyInstance, control: Control): void {
  const door = { ...reading(control), ...changing(control) }
  for (const [place, action] of Object.entries(door)) {
    const [method = 'GET', url = ''] = place.split(' ', 2)
    server.route({
      method,
      url: `/control${url}`,
      handler: (request, reply) => answer(reply, () => action(request.body)),
    })
  }
}

type Action = (body: unknown) => unknown

/** What the door does, by method and path. Bodies are JSON, those of `/data` also YAML. */
function reading(control: Control): Readonly<Record<string, Action>> {
  return {
    'GET /state': () => control.dump(),
    'GET /calls': () => ({ total: control.callCount(), calls: control.calls() }),
    'GET /faults': () => control.faults(),
    'GET /switches': () => control.switches(),
  }
}

function changing(control: Control): Readonly<Record<string, Action>> {
  return {
    'PUT /data': (body) => control.load(String(body)),
    'POST /reset': (body) => control.reset(readJson(body).everything === true),
    'DELETE /calls': () => control.clearCalls(),
    'PUT /faults': (body) => control.setFaults(readFaults(JSON.parse(String(body)))),
    'POST /faults': (body) => control.addFaults(readFaults(JSON.parse(String(body)))),
    'DELETE /faults': () => control.clearFaults(),
    'PATCH /switches': (body) => control.setSwitches(readSwitches(readJson(body))),
    'PUT /clock': (body) => control.setClockOffset(readNumber(readJson(body), 'offsetMs')),
    'PATCH /quota': (body) => control.setQuota(readQuota(readJson(body))),
  }
}

function answer(reply: FastifyReply, action: () => unknown): FastifyReply {
  try {
    const result = action()
    if (result === undefined) return reply.code(204).send()
    return reply.header('Content-Type', 'application/json').send(JSON.stringify(result))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return reply
      .code(422)
      .header('Content-Type', 'application/json')
      .send(JSON.stringify({ error: message }))
  }
}

function readJson(body: unknown): Record<string, unknown> {
  return typeof body === 'string' && body.trim() !== '' ? objectOf(JSON.parse(body)) : {}
}

function readNumber(body: Record<string, unknown>, name: string): number {
  const value = body[name]
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`${name} must be a number`)
  return value
}

function readQuota(body: Record<string, unknown>): Partial<QuotaSettings> {
  return {
    ...(body.perSecond === 'none' ? { perSecond: 'none' as const } : {}),
    ...(typeof body.perSecond === 'number' ? { perSecond: body.perSecond } : {}),
    ...(typeof body.remaining === 'number' ? { remaining: body.remaining } : {}),
  }
}
