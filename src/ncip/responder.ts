import { randomUUID } from 'node:crypto'
import type { Circulation } from '../circulation/circulation.ts'
import { Visit } from '../circulation/visit.ts'
import { type MessageEvent, messageChannel, protocolWarningChannel } from '../runtime/diagnostics.ts'
import { decodeText } from './charset.ts'
import { type Decoded, type MessageFault, decodeMessage, unreadable } from './codec.ts'
import { plainDialect } from './dialect.ts'
import type { InitiationHeader } from './message.ts'
import { type NcipPartner, PartnerDirectory, type ResolvedPartner } from './partners.ts'
import {
  faultProblem,
  missingProblem,
  temporaryProblem,
  unavailableDetails,
  unknownEndDetail,
  unservedProblem,
} from './problem.ts'
import { type Reply, invalid, outcomeOf, replyToError, replyToUnreadable, replyWith } from './reply.ts'
import { serve } from './services/serve.ts'
import type { Answer, ServiceContext } from './services/service.ts'
import { type ServedService, changesNothing } from './spec/services.ts'

export interface NcipLimits {
  /** Longest message, in bytes. */
  readonly bodyBytes: number
  readonly elements: number
  /** Nested elements, `NCIPMessage` counted. */
  readonly depth: number
  /** Messages served at the same time; one more is answered with a Problem at once. */
  readonly inFlight: number
  /** Time for one message, in milliseconds: below what the most impatient partner waits. */
  readonly deadlineMs: number
}

export const defaultNcipLimits: NcipLimits = {
  bodyBytes: 262_144,
  elements: 10_000,
  depth: 64,
  inFlight: 64,
  deadlineMs: 20_000,
}

/** How long a service may take to notice that its time is over before it is answered for. */
const graceMs = 500

/** As much of a pino logger as is used. */
export interface NcipLog {
  info(entry: object, message: string): void
  error(entry: object, message: string): void
}

export interface NcipOptions {
  readonly partners: readonly NcipPartner[]
  /** What serves an institution; undefined when it is not known, which is a fault of the configuration. */
  circulationOf(institution: string): Circulation | undefined
  readonly limits?: Partial<NcipLimits>
  readonly log?: NcipLog
  readonly newId?: () => string
}

/** What came with the bytes of a message. */
export interface Arrival {
  readonly charset: string | undefined
  /** Secrets in whatever place the transport has for them. */
  readonly keys: readonly string[]
}

/**
 * Answers one message after another, whatever carried it: bytes in, the text of one well-formed message out, within
 * the deadline, never a rejection.
 */
export class NcipResponder {
  readonly limits: NcipLimits
  readonly #options: NcipOptions
  readonly #directory: PartnerDirectory
  #inFlight = 0

  constructor(options: NcipOptions) {
    this.#options = options
    this.limits = { ...defaultNcipLimits, ...options.limits }
    this.#directory = new PartnerDirectory(options.partners)
  }

  async answer(body: Uint8Array, arrival: Arrival): Promise<string> {
    const started = performance.now()
    const id = (this.#options.newId ?? randomUUID)()
    let decoded: Decoded | undefined
    let reply: Reply
    try {
      decoded = this.#decode(body, arrival)
      reply = await this.#reply(decoded, arrival, id)
    } catch (error) {
      this.#options.log?.error({ id, error: nameOf(error), at: framesOf(error) }, 'ncip message failed')
      reply = replyToError(decoded)
    }
    this.#tell(id, reply, performance.now() - started)
    return reply.xml
  }

  /** The answer to a message that was not read to its end. */
  refuse(fault: MessageFault): string {
    const reply = replyToUnreadable(plainDialect, faultProblem(fault, 'NCIPMessage', fault))
    warn(fault, undefined)
    this.#tell((this.#options.newId ?? randomUUID)(), reply, 0)
    return reply.xml
  }

  #decode(body: Uint8Array, { charset }: Arrival): Decoded {
    const decoded = decodeText(body, charset)
    if (decoded.kind === 'unknown-charset') return unreadable(plainDialect, decoded.kind, 'NCIPMessage', 'charset')
    if (decoded.warning) warn(decoded.warning, undefined)
    const { elements, depth } = this.limits
    return decodeMessage(decoded.text, { maxElements: elements, maxDepth: depth })
  }

  async #reply(decoded: Decoded, arrival: Arrival, id: string): Promise<Reply> {
    if (decoded.kind === 'unreadable') {
      warn(decoded.fault, undefined)
      return replyToUnreadable(decoded.dialect, faultProblem(decoded.fault, decoded.element, decoded.value))
    }
    const { header, service } = decoded
    const found = this.#directory.resolve(header, service, arrival.keys)
    if (found.kind === 'refused' || header === undefined) {
      warn('partner-refused', undefined)
      const problem = found.kind === 'refused' ? found.problem : missingProblem(service, 'InitiationHeader')
      return replyWith(decoded, undefined, problem, invalid)
    }
    const { partner } = found.resolved
    if (decoded.kind === 'refused') {
      warn(decoded.fault, partner)
      const problem = decoded.fault === 'unserved' ? unservedProblem(service) : missingProblem(service, decoded.element)
      return replyWith(decoded, partner, problem, invalid)
    }
    if (this.#inFlight >= this.limits.inFlight) {
      const problem = temporaryProblem(service, unavailableDetails.overload)
      return replyWith(decoded, partner, problem, { result: 'unavailable', reason: 'overload' })
    }
    const answer = await this.#serve(decoded, header, found.resolved, id)
    if (answer.kind === 'problem') return replyWith(decoded, partner, answer.problem, outcomeOf(answer))
    return replyWith(decoded, partner, answer.content, { result: 'done', reason: undefined })
  }

  async #serve(
    decoded: Extract<Decoded, { kind: 'request' }>,
    header: InitiationHeader,
    resolved: ResolvedPartner,
    id: string,
  ): Promise<Answer> {
    const { partner } = resolved
    const circulation = this.#options.circulationOf(partner.institution)
    if (circulation === undefined) throw new Error('a partner names an institution that does not exist')
    const { deadlineMs } = this.limits
    const deadline = new AbortController()
    const context: ServiceContext = {
      ...resolved,
      header,
      agency: partner.addressedAs[0],
      circulation,
      visit: new Visit(() => circulation.clock.monotonic()),
      call: {
        id,
        priority: 'partner',
        signal: deadline.signal,
        deadline: performance.now() + deadlineMs,
        machine: machineOf(partner),
      },
    }
    const abort = setTimeout(() => deadline.abort(), deadlineMs)
    const late = Promise.withResolvers<Answer>()
    const giveUp = setTimeout(() => late.resolve(lateAnswer(decoded.service)), deadlineMs + graceMs)
    this.#inFlight += 1
    const served = serve(decoded.request, context).finally(() => {
      this.#inFlight -= 1
    })
    try {
      return await Promise.race([served, late.promise])
    } finally {
      clearTimeout(abort)
      clearTimeout(giveUp)
    }
  }

  #tell(id: string, { kind, partner, result, reason }: Reply, durationMs: number): void {
    const event: MessageEvent = {
      id,
      protocol: 'ncip',
      kind,
      machine: partner ? machineOf(partner) : '',
      institution: partner?.institution ?? '',
      result,
      reason,
      durationMs,
    }
    if (messageChannel.hasSubscribers) messageChannel.publish(event)
    this.#options.log?.info(event, 'ncip message')
  }
}

const machineOf = (partner: NcipPartner): string => partner.name ?? partner.agency

/** What a service that outlived its deadline is answered with: a change may still happen. */
function lateAnswer(service: ServedService): Answer {
  const reads = changesNothing(service)
  return {
    kind: 'problem',
    problem: temporaryProblem(service, reads ? unavailableDetails.timeout : unknownEndDetail),
    outcome: reads
      ? { kind: 'unavailable', cause: 'timeout', evidence: 'deadline' }
      : { kind: 'unknown', evidence: 'deadline' },
  }
}

function warn(code: string, partner: NcipPartner | undefined): void {
  if (!protocolWarningChannel.hasSubscribers) return
  protocolWarningChannel.publish({ protocol: 'ncip', code, machine: partner ? machineOf(partner) : '' })
}

/** An error's own text may hold anything: its kind and its place are enough to find the fault. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

const framesOf = (error: unknown): string[] =>
  error instanceof Error
    ? (error.stack ?? '')
        .split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 5)
    : []
