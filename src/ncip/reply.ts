import type { RefusalReason, UnavailableCause } from '../circulation/outcome.ts'
import type { LogCode } from '../runtime/codes.ts'
import type { MessageEvent } from '../runtime/diagnostics.ts'
import {
  type CommonContent,
  type Decoded,
  type MessageFault,
  type ResponseContent,
  type Unreadable,
  writeProblems,
  writeResponse,
} from './codec.ts'
import { type Dialect, plainDialect } from './dialect.ts'
import type { InitiationHeader } from './message.ts'
import type { NcipPartner } from './partners.ts'
import {
  type NcipProblem,
  faultProblem,
  temporaryProblem,
  unavailableDetails,
  unknownEndDetail,
  writeProblem,
} from './problem.ts'
import type { Answer } from './services/service.ts'
import { changesNothing, isServed } from './spec/services.ts'

/** An answer and what is told of it. */
export interface Reply {
  readonly xml: string
  readonly kind: string
  readonly partner: NcipPartner | undefined
  readonly result: MessageEvent['result']
  readonly reason: RefusalReason | UnavailableCause | undefined
  readonly code: LogCode
  /** A fault of the bridge, for the log alone. */
  readonly error?: unknown
}

type Addressed = Exclude<Decoded, Unreadable>
type Outcome = Pick<Reply, 'result' | 'reason' | 'code' | 'error'>

/** The message was at fault, in the way that the code says. */
export const invalid = (code: LogCode): Outcome => ({ result: 'invalid', reason: undefined, code })

/** What is told of an answer that is a Problem. */
export function outcomeOf({ outcome }: Extract<Answer, { kind: 'problem' }>): Outcome {
  switch (outcome?.kind) {
    case undefined:
      return invalid('NCIP_MESSAGE')
    case 'refused':
      return { result: 'refused', reason: outcome.reason, code: 'NCIP_MESSAGE' }
    case 'unavailable':
      return { result: 'unavailable', reason: outcome.cause, code: 'NCIP_MESSAGE' }
    case 'unknown':
      return { result: 'unknown', reason: undefined, code: 'NCIP_MESSAGE' }
  }
}

/** Codes of the faults that have one of their own. */
const faultCodes: Partial<Record<MessageFault, LogCode>> = {
  doctype: 'NCIP_DOCTYPE_REFUSED',
  'too-large': 'NCIP_BODY_TOO_LARGE',
  'unknown-service': 'NCIP_SERVICE_NOT_SERVED',
}

export function replyToUnreadable({ dialect, fault, element, value }: Unreadable): Reply {
  const problem = faultProblem(fault, element, value)
  return { ...bareProblem(dialect, problem), ...invalid(faultCodes[fault] ?? 'NCIP_MESSAGE_MALFORMED') }
}

/** `decoded` is undefined when reading the message was what failed. */
export function replyToError(decoded: Decoded | undefined, error: unknown): Reply {
  const outcome: Outcome = { result: 'error', reason: undefined, code: 'INTERNAL_ERROR', error }
  if (decoded === undefined || decoded.kind === 'unreadable') {
    const problem = temporaryProblem(undefined, unavailableDetails.internal)
    return { ...bareProblem(decoded?.dialect ?? plainDialect, problem), ...outcome }
  }
  // A change may have been sent before the fault.
  const detail = changesNothing(decoded.service) ? unavailableDetails.internal : unknownEndDetail
  return replyWith(decoded, undefined, temporaryProblem(decoded.service, detail), outcome)
}

function bareProblem(dialect: Dialect, problem: NcipProblem): Pick<Reply, 'xml' | 'kind' | 'partner'> {
  return { xml: writeProblems([writeProblem(problem, undefined)], dialect), kind: 'other', partner: undefined }
}

export function replyWith(
  decoded: Addressed,
  partner: NcipPartner | undefined,
  answer: NcipProblem | ResponseContent,
  outcome: Outcome,
): Reply {
  const { service, header, dialect } = decoded
  const content: CommonContent | ResponseContent = isProblem(answer)
    ? { Problem: [writeProblem(answer, service)] }
    : answer
  const xml = writeResponse(
    `${service}Response`,
    { ResponseHeader: responseHeader(header, partner), ...content },
    partner?.version === undefined ? dialect : { ...dialect, minor: partner.version },
  )
  return { xml, kind: isServed(service) ? service : 'other', partner, ...outcome }
}

const isProblem = (answer: object): answer is NcipProblem => 'detail' in answer && 'type' in answer

/** From and To change places. Without an id for both sides there is no valid header. */
function responseHeader(
  header: InitiationHeader | undefined,
  partner: NcipPartner | undefined,
): CommonContent['ResponseHeader'] {
  const from = header?.toAgency || partner?.addressedAs[0]
  if (header === undefined || header.fromAgency === '' || from === undefined) return undefined
  return {
    FromSystemId: header.toSystem,
    FromAgencyId: { AgencyId: from },
    ToSystemId: header.fromSystem,
    ToAgencyId: { AgencyId: header.fromAgency },
  }
}
