import { randomUUID } from 'node:crypto'
import type { Circulation } from '../circulation/circulation.ts'
import { Visit } from '../circulation/visit.ts'
import { codes } from '../runtime/codes.ts'
import { type MessageEvent, messageChannel, protocolWarningChannel } from '../runtime/diagnostics.ts'
import { type Log, silentLog } from '../runtime/log.ts'
import { decodeText } from './charset.ts'
import { type Decoded, type MessageFault, decodeMessage, unreadable } from './codec.ts'
import { plainDialect } from './dialect.ts'
import { type NcipPartner, type Origin, PartnerDirectory, type ResolvedPartner } from './partners.ts'
import { missingProblem, temporaryProblem, unavailableDetails, unknownEndDetail, unservedProblem } from './problem.ts'
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

/** What is kept of the time for one message, so that a service can notice that its time is over and say so itself. */
const graceMs = 500

export interface NcipOptions {
  /** A function is asked with every message: another list takes the place of the one before. */
  readonly partners: readonly NcipPartner[] | (() => readonly NcipPartner[])
  /** What serves an institution; undefined when it is not known, which is a fault of the configuration. */
  circulationOf(institution: string): Circulation | undefined
  readonly limits?: Partial<NcipLimits>
  /** Silent when left out. */
  readonly log?: Log
  readonly newId?: () => string
}

/** What came with the bytes of a message. */
export interface Arrival extends Origin {
  /** The charset that the transport names. */
  readonly charset: string | undefined
}

/**
 * Answers one message after another, whatever carried it: bytes in, the text of one well-formed message out, within
 * the deadline, never a rejection.
 */
export class NcipResponder {
  readonly limits: NcipLimits
  readonly #options: NcipOptions
  #partners: readonly NcipPartner[] | undefined
  #directory = new PartnerDirectory([])
  readonly #log: Log
  #inFlight = 0

  constructor(options: NcipOptions) {
    this.#options = options
    this.limits = { ...defaultNcipLimits, ...options.limits }
    this.#log = options.log ?? silentLog
  }

  async answer(body: Uint8Array, arrival: Arrival): Promise<string> {
    const started = performance.now()
    const id = this.#newId()
    let decoded: Decoded | undefined
    let reply: Reply
    try {
      decoded = this.#decode(body, arrival)
      reply = await this.#reply(decoded, arrival, id)
    } catch (error) {
      reply = replyToError(decoded, error)
    }
    this.#tell(id, reply, performance.now() - started)
    return reply.xml
  }

  /** The answer to a message that was not read to its end. */
  refuse(fault: MessageFault): string {
    const reply = replyToUnreadable(unreadable(plainDialect, fault, 'NCIPMessage', fault))
    warn(fault, undefined)
    this.#tell(this.#newId(), reply, 0)
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
      return replyToUnreadable(decoded)
    }
    const { header, service } = decoded
    const found = this.#currentDirectory().resolve(header, service, arrival)
    if (found.kind === 'refused') {
      warn(found.reason, found.partner)
      const code = found.reason === 'service-not-allowed' ? 'NCIP_SERVICE_NOT_SERVED' : 'NCIP_PARTNER_REFUSED'
      return replyWith(decoded, found.partner, found.problem, invalid(code))
    }
    const { partner } = found.resolved
    if (decoded.kind === 'refused') {
      warn(decoded.fault, partner)
      return decoded.fault === 'unserved'
        ? replyWith(decoded, partner, unservedProblem(service), invalid('NCIP_SERVICE_NOT_SERVED'))
        : replyWith(decoded, partner, missingProblem(service, decoded.element), invalid('NCIP_MESSAGE_MALFORMED'))
    }
    if (this.#inFlight >= this.limits.inFlight) {
      const problem = temporaryProblem(service, unavailableDetails.overload)
      const outcome = { result: 'unavailable', reason: 'overload', code: 'NCIP_OVERLOADED' } as const
      return replyWith(decoded, partner, problem, outcome)
    }
    const answer = await this.#serve(decoded, found.resolved, id)
    if (answer.kind === 'problem') return replyWith(decoded, partner, answer.problem, outcomeOf(answer))
    return replyWith(decoded, partner, answer.content, {
      result: answer.result,
      reason: undefined,
      code: 'NCIP_MESSAGE',
    })
  }

  async #serve(decoded: Extract<Decoded, { kind: 'request' }>, resolved: ResolvedPartner, id: string): Promise<Answer> {
    const { partner } = resolved
    const circulation = this.#options.circulationOf(partner.institution)
    if (circulation === undefined) throw new Error('a partner names an institution that does not exist')
    const { deadlineMs } = this.limits
    const workMs = Math.max(deadlineMs - graceMs, deadlineMs / 2)
    const deadline = new AbortController()
    const context: ServiceContext = {
      ...resolved,
      agency: partner.addressedAs[0],
      circulation,
      visit: new Visit(() => circulation.clock.monotonic()),
      call: {
        id,
        priority: 'partner',
        signal: deadline.signal,
        deadline: performance.now() + workMs,
        machine: machineOf(partner),
      },
    }
    const abort = setTimeout(() => deadline.abort(), workMs)
    const late = Promise.withResolvers<Answer>()
    const giveUp = setTimeout(() => late.resolve(lateAnswer(decoded.service)), deadlineMs)
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

  #currentDirectory(): PartnerDirectory {
    const { partners } = this.#options
    const current = typeof partners === 'function' ? partners() : partners
    if (current !== this.#partners) {
      this.#directory = new PartnerDirectory(current)
      this.#partners = current
    }
    return this.#directory
  }

  #newId(): string {
    return (this.#options.newId ?? randomUUID)()
  }

  #tell(id: string, { kind, partner, result, reason, code, error }: Reply, durationMs: number): void {
    const told = {
      protocol: 'ncip',
      kind,
      machine: partner ? machineOf(partner) : '',
      institution: partner?.institution ?? '',
      result,
      reason,
      durationMs,
    } as const
    if (messageChannel.hasSubscribers) messageChannel.publish({ id, ...told } satisfies MessageEvent)
    this.#log[codes[code].severity](code, { messageId: id, ...told }, error)
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
  protocolWarningChannel.publish({ protocol: 'ncip', code: `ncip-${code}`, machine: partner ? machineOf(partner) : '' })
}
