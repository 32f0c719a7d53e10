/** The network between one process of the bridge and Alma, as an undici dispatcher. */
import { Dispatcher } from 'undici'
import { AlmaError } from '../../simulators/alma/alma-error.ts'
import { errorBody } from '../../simulators/alma/transport/bodies.ts'
import { perSecondThreshold } from '../../simulators/alma/transport/quota.ts'
import type { QueuedEvent } from './event-queue.ts'
import type { FaultCount } from './fault-count.ts'
import type { HttpAnswer, HttpRequest, Institution } from './institution.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import { isWithin, type OutageKind, type Weather } from './weather.ts'

export interface GatewayParts {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly faults: FaultCount
  readonly institution: Institution
  /** Of now: when everything has healed it is another. */
  weather(): Weather
  /** Whose events those of the bridge's side are. */
  readonly bridge: string
}

/** A call that was given up arrives no later than this. */
const latestArrivalMs = 1500

/** What becomes of a call on its way. */
type Fate =
  | 'served'
  | 'request lost'
  | 'answer lost'
  | 'answer cut'
  | '500'
  | '500 after executing'
  | '429'
  | 'maintenance page'
  | 'scan told failed'

/** Of a call that Alma carries out, whatever it then answers. */
const carriedOut: ReadonlySet<Fate> = new Set([
  'served',
  'answer lost',
  'answer cut',
  '500 after executing',
  'scan told failed',
])

export class SimulatedGateway extends Dispatcher {
  readonly #parts: GatewayParts
  readonly #calls = new Set<CallOnTheWay>()

  constructor(parts: GatewayParts) {
    super()
    this.#parts = parts
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { scheduler, random, faults, bridge } = this.#parts
    const weather = this.#parts.weather()
    const outage = this.#outageOf(weather)
    if (outage === 'refused' || random.chance(weather.calls.refused)) {
      faults.add('connection to Alma refused')
      const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      const controller = idleController()
      const fail = (): void => handler.onResponseError?.(controller, error)
      scheduler.after(random.between(1, 40), 'connection refused', fail, bridge)
      return true
    }
    const fate = outage ? this.#fateOf(outage) : this.#drawFate(weather, options)
    if (fate !== 'served') faults.add(`Alma: ${fate}`)
    const call = new CallOnTheWay(this.#parts, requestOf(options), priorityOf(options), fate, handler, (one) => {
      this.#calls.delete(one)
    })
    this.#calls.add(call)
    scheduler.after(random.between(0.5, 5), 'call leaves', () => call.leave(), bridge)
    return true
  }

  /** The process is gone; what it had sent may still arrive. */
  lose(): void {
    for (const call of this.#calls) call.giveUp()
  }

  override async close(): Promise<void> {}

  override async destroy(): Promise<void> {}

  #outageOf({ outages }: Weather): OutageKind | undefined {
    return outages.find((outage) => isWithin([outage], this.#parts.scheduler.now))?.kind
  }

  #fateOf(outage: OutageKind): Fate {
    if (outage === 'maintenance') return 'maintenance page'
    if (outage === 'silent') return 'request lost'
    return this.#parts.random.chance(0.2) ? '500 after executing' : '500'
  }

  #drawFate({ calls }: Weather, { path }: Dispatcher.DispatchOptions): Fate {
    const { random } = this.#parts
    if (random.chance(calls.requestLost)) return 'request lost'
    if (random.chance(calls.answerLost)) return random.chance(0.2) ? 'answer cut' : 'answer lost'
    if (random.chance(calls.status500)) return random.chance(0.5) ? '500' : '500 after executing'
    if (random.chance(calls.threshold)) return '429'
    if (random.chance(calls.maintenance)) return 'maintenance page'
    if (path.includes('op=scan') && random.chance(calls.scanError)) return 'scan told failed'
    return 'served'
  }
}

class CallOnTheWay {
  readonly #parts: GatewayParts
  readonly #request: HttpRequest
  readonly #priority: string
  readonly #fate: Fate
  readonly #handler: Dispatcher.DispatchHandler
  readonly #ended: (call: CallOnTheWay) => void
  readonly #controller: Dispatcher.DispatchController & { aborted: boolean; reason: Error | null }
  #arrival: QueuedEvent | undefined
  #over = false

  constructor(
    parts: GatewayParts,
    request: HttpRequest,
    priority: string,
    fate: Fate,
    handler: Dispatcher.DispatchHandler,
    ended: (call: CallOnTheWay) => void,
  ) {
    this.#parts = parts
    this.#request = request
    this.#priority = priority
    this.#fate = fate
    this.#handler = handler
    this.#ended = ended
    this.#controller = { ...idleController(), abort: (reason: Error) => this.#abort(reason) }
  }

  /** On a connection of its own, and on its way to Alma. */
  leave(): void {
    this.#handler.onRequestStart?.(this.#controller, {})
    if (this.#controller.aborted) return
    const { scheduler, random, faults } = this.#parts
    if (this.#fate === 'request lost') {
      if (random.chance(0.5)) this.#failIn(random.between(1, 3000))
      return
    }
    const { slow } = this.#parts.weather().calls
    const isSlow = random.chance(slow)
    if (isSlow) faults.add('Alma: slow')
    const ms = isSlow ? random.between(1000, 9000) : random.delay(120, 900, 0.05)
    this.#arrival = scheduler.after(ms, 'alma executes', () => this.#arrive(isSlow), 'world')
  }

  /** Nobody waits for it any more: it never arrives, or within some time. */
  giveUp(): void {
    const { scheduler, random, faults } = this.#parts
    const arrival = this.#arrival
    this.#end()
    if (arrival === undefined || arrival.cancelled) return
    arrival.cancelled = true
    if (!carriedOut.has(this.#fate) || random.chance(0.5)) return
    faults.add('Alma: late arrival')
    const ms = Math.min(arrival.at - scheduler.now, random.between(0, latestArrivalMs))
    scheduler.after(ms, 'alma executes', () => this.#execute(), 'world')
  }

  #abort(reason: Error): void {
    if (this.#over || this.#controller.aborted) return
    this.#controller.aborted = true
    this.#controller.reason = reason
    this.giveUp()
    this.#handler.onResponseError?.(this.#controller, reason)
  }

  #arrive(isSlow: boolean): void {
    const { scheduler, random, bridge } = this.#parts
    const answer = this.#answer()
    this.#arrival = undefined
    if (this.#fate === 'answer lost') {
      if (random.chance(0.6)) this.#failIn(random.between(1, 2000))
      return
    }
    const ms = isSlow ? random.between(100, 3000) : random.delay(20, 200, 0.05)
    scheduler.after(ms, 'alma answers', () => this.#tell(answer), bridge)
  }

  #answer(): HttpAnswer {
    const { institution } = this.#parts
    switch (this.#fate) {
      case 'maintenance page':
        return { status: 503, headers: { 'content-type': 'text/html' }, body: '<html><body>Maintenance</body></html>' }
      case '429':
        return this.#fault(perSecondThreshold())
      case '500':
        return this.#fault(new AlmaError('INTERNAL_SERVER_ERROR', 'Internal error', 500))
      case '500 after executing':
        this.#execute()
        return this.#fault(new AlmaError('INTERNAL_SERVER_ERROR', 'Internal error', 500))
      case 'scan told failed':
        this.#execute()
        return this.#fault(new AlmaError('402504', 'Scan in has failed due to item retrieve issue.'))
      default:
        return institution.answer(this.#request, this.#priority)
    }
  }

  #execute(): void {
    this.#parts.institution.answer(this.#request, this.#priority)
  }

  #fault(error: AlmaError): HttpAnswer {
    const { status, contentType, text } = errorBody(error, 'json', this.#parts.institution.control.switches())
    return { status, headers: { 'content-type': contentType }, body: text }
  }

  #tell({ status, headers, body }: HttpAnswer): void {
    if (this.#over) return
    const { onResponseStart, onResponseData, onResponseEnd } = this.#handler
    onResponseStart?.call(this.#handler, this.#controller, status, headers, '')
    const bytes = Buffer.from(body)
    if (this.#fate === 'answer cut') {
      onResponseData?.call(this.#handler, this.#controller, bytes.subarray(0, bytes.length / 2))
      this.#fail()
      return
    }
    if (bytes.length > 0) onResponseData?.call(this.#handler, this.#controller, bytes)
    this.#end()
    onResponseEnd?.call(this.#handler, this.#controller, {})
  }

  #failIn(ms: number): void {
    const { scheduler, bridge } = this.#parts
    scheduler.after(ms, 'connection to Alma breaks', () => this.#fail(), bridge)
  }

  #fail(): void {
    if (this.#over) return
    this.#end()
    const error = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
    this.#handler.onResponseError?.(this.#controller, error)
  }

  #end(): void {
    this.#over = true
    this.#ended(this)
  }
}

function requestOf({ method, path, headers, body }: Dispatcher.DispatchOptions): HttpRequest {
  const given = Object.entries((headers ?? {}) as Record<string, string>)
  return {
    method,
    path,
    headers: Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), value])),
    body: typeof body === 'string' ? body : '',
  }
}

const priorityOf = (options: Dispatcher.DispatchOptions): string =>
  (options as { exchange?: { call: { priority: string } } }).exchange?.call.priority ?? ''

const idleController = (): Dispatcher.DispatchController & { aborted: boolean; reason: Error | null } => ({
  aborted: false,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
})
