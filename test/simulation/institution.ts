/** Alma in this process: the simulator's own pipeline without a network, and a ledger of what it changed. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Control } from '../../simulators/alma/control/control.ts'
import { routes } from '../../simulators/alma/routes/routes.ts'
import type { SampleData } from '../../simulators/alma/state/sample-data.ts'
import { defaultSwitches } from '../../simulators/alma/switches.ts'
import { ApiKeys, defaultApiKeys } from '../../simulators/alma/transport/api-keys.ts'
import { CallLog } from '../../simulators/alma/transport/call-log.ts'
import { Faults } from '../../simulators/alma/transport/faults.ts'
import { basePath, type Gateway, serve } from '../../simulators/alma/transport/pipeline.ts'
import { Quota } from '../../simulators/alma/transport/quota.ts'
import type { Route } from '../../simulators/alma/transport/route.ts'
import { type Scheduler, wallEpoch } from './scheduler.ts'

export interface HttpRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

export type EffectKind = 'checkout' | 'checkin' | 'renew' | 'pay-fee'

/** A change that Alma made. */
export interface Effect {
  readonly kind: EffectKind
  readonly atMs: number
  /** Primary id. */
  readonly patron: string
  readonly item: string
  readonly minor: number
  readonly externalId: string
  /** Primary id of the patron whose loan a scan ended, empty when the item was not lent. */
  readonly endedLoanOf: string
  readonly priority: string
}

const kinds: Readonly<Record<string, EffectKind>> = {
  createLoan: 'checkout',
  scanItem: 'checkin',
  renewLoan: 'renew',
  payAllFees: 'pay-fee',
  payFee: 'pay-fee',
}

interface Matcher {
  readonly route: Route
  readonly pattern: RegExp
  readonly names: readonly string[]
}

/** A path without parameters goes before one with. */
const matchers: readonly Matcher[] = routes
  .map((route) => ({
    route,
    pattern: new RegExp(`^${basePath}${route.template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
    names: [...route.template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
  }))
  .toSorted((a, b) => a.names.length - b.names.length)

export class Institution {
  readonly control: Control
  readonly effects: Effect[] = []
  readonly #scheduler: Scheduler
  readonly #gateway: Gateway

  constructor(data: SampleData, perSecond: number, scheduler: Scheduler) {
    this.#scheduler = scheduler
    this.control = new Control({
      data,
      generate: 0,
      clock: () => new Date(wallEpoch + scheduler.now),
      calls: new CallLog(),
      faults: new Faults(),
      quota: new Quota({ perSecond, remaining: 1_000_000 }, () => scheduler.now),
      switches: { ...defaultSwitches },
    })
    this.#gateway = {
      ...this.control.parts,
      store: () => this.control.store,
      keys: new ApiKeys(defaultApiKeys),
    }
  }

  answer(request: HttpRequest, priority: string): HttpAnswer {
    const url = new URL(request.path, 'http://alma')
    for (const { route, pattern, names } of matchers) {
      const match = route.method === request.method ? pattern.exec(url.pathname) : null
      if (!match) continue
      const params = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? '')]))
      const query = Object.fromEntries(url.searchParams)
      const lentTo = route.area === 'bibs' ? this.#borrowerOf(params['item_pid']) : ''
      const reply = new Reply()
      const taken = { url: request.path, headers: request.headers, query, params, body: request.body }
      void serve(this.#gateway, route, taken as unknown as FastifyRequest, reply as unknown as FastifyReply)
      const call = this.control.calls().at(-1)
      const kind = call?.executed === true && reply.status < 300 ? kinds[call.operation] : undefined
      if (kind) this.#record(kind, { params, query, body: reply.body, lentTo, priority })
      return reply
    }
    throw new Error(`the simulated Alma has no ${request.method} ${url.pathname}`)
  }

  #record(
    kind: EffectKind,
    from: {
      params: Readonly<Record<string, string>>
      query: Readonly<Record<string, string>>
      body: string
      lentTo: string
      priority: string
    },
  ): void {
    const answer = JSON.parse(from.body) as { item_barcode?: string; item_data?: { barcode?: string } }
    const { params, query, priority, lentTo } = from
    const { store } = this.control
    const given = params['user_id'] ?? ''
    const user = store.userByPrimaryId(given) ?? store.userByIdentifier(given, undefined, true)
    const effect: Effect = {
      kind,
      atMs: this.#scheduler.now,
      patron: user?.primaryId ?? given,
      item: answer.item_barcode ?? answer.item_data?.barcode ?? '',
      minor: Math.round(Number(query['amount'] ?? 0) * 100),
      externalId: query['external_transaction_id'] ?? '',
      endedLoanOf: kind === 'checkin' ? lentTo : '',
      priority,
    }
    this.effects.push(effect)
    this.#scheduler.note(`effect ${kind} ${effect.patron} ${effect.item} ${effect.minor} ${effect.endedLoanOf}`)
  }

  #borrowerOf(pid: string | undefined): string {
    return (pid && this.control.store.itemByPid(pid)?.loan?.user.primaryId) || ''
  }
}

/** As much of fastify's reply as the pipeline uses. */
class Reply implements HttpAnswer {
  status = 200
  body = ''
  readonly headers: Record<string, string> = {}

  code(status: number): this {
    this.status = status
    return this
  }

  header(name: string, value: string): this {
    this.headers[name.toLowerCase()] = value
    return this
  }

  send(text: string): this {
    this.body = text
    return this
  }
}
