import type { RefusalReason, UnavailableCause } from '../circulation/outcome.ts'
import type { MessageEvent } from '../runtime/diagnostics.ts'
import { type CommonContent, type Decoded, type ResponseContent, writeProblems, writeResponse } from './codec.ts'
import { type Dialect, plainDialect } from './dialect.ts'
import type { InitiationHeader } from './message.ts'
import type { NcipPartner } from './partners.ts'
import { type NcipProblem, temporaryProblem, unavailableDetails, unknownEndDetail, writeProblem } from './problem.ts'
import type { Answer } from './services/service.ts'
import { changesNothing, isServed } from './spec/services.ts'

/** An answer and what is told of it. */
export interface Reply {
  readonly xml: string
  readonly kind: string
  readonly partner: NcipPartner | undefined
  readonly result: MessageEvent['result']
  readonly reason: RefusalReason | UnavailableCause | undefined
}

type Addressed = Exclude<Decoded, { kind: 'unreadable' }>
type Outcome = Pick<Reply, 'result' | 'reason'>

export const invalid: Outcome = { result: 'invalid', reason: undefined }

/** What is told of an answer that is a Problem. */
export function outcomeOf({ outcome }: Extract<Answer, { kind: 'problem' }>): Outcome {
  switch (outcome?.kind) {
    case undefined:
      return invalid
    case 'refused':
      return { result: 'refused', reason: outcome.reason }
    case 'unavailable':
      return { result: 'unavailable', reason: outcome.cause }
    case 'unknown':
      return { result: 'unknown', reason: undefined }
  }
}

export function replyToUnreadable(dialect: Dialect, problem: NcipProblem): Reply {
  const xml = writeProblems([writeProblem(problem, undefined)], dialect)
  return { xml, kind: 'other', partner: undefined, ...invalid }
}

export function replyToError(decoded: Decoded | undefined): Reply {
  const error: Outcome = { result: 'error', reason: undefined }
  if (decoded === undefined || decoded.kind === 'unreadable') {
    const problem = temporaryProblem(undefined, unavailableDetails.internal)
    return { ...replyToUnreadable(decoded?.dialect ?? plainDialect, problem), ...error }
  }
  // A change may have been sent before the fault.
  const detail = changesNothing(decoded.service) ? unavailableDetails.internal : unknownEndDetail
  return replyWith(decoded, undefined, temporaryProblem(decoded.service, detail), error)
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
