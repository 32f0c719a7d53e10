import { createHash } from 'node:crypto'
import type { Circulation } from '../../circulation/circulation.ts'
import type { Accepted, NotDone } from '../../circulation/outcome.ts'
import type { Call } from '../../circulation/ports.ts'
import type { Visit } from '../../circulation/visit.ts'
import type { ResponseContent } from '../codec.ts'
import type { NcipRequest } from '../message.ts'
import type { ResolvedPartner } from '../partners.ts'
import { type NcipProblem, type Subject, problemOf } from '../problem.ts'
import type { Content } from '../spec/elements.ts'
import { schemes } from '../spec/schemes.ts'
import type { ServedService } from '../spec/services.ts'

/** What one message brings along besides its own elements. */
export interface ServiceContext extends ResolvedPartner {
  /** The agency id under which we answer. */
  readonly agency: string
  readonly circulation: Circulation
  readonly call: Call
  /** Lives as long as the message, so that its parts ask the library system once. */
  readonly visit: Visit
}

export type Answer<S extends ServedService = ServedService> =
  | { readonly kind: 'content'; readonly content: ResponseContent<S>; readonly result: 'done' | 'accepted' }
  /** `outcome` is undefined when the message itself was at fault. */
  | { readonly kind: 'problem'; readonly problem: NcipProblem; readonly outcome: NotDone | undefined }

export type Service<S extends ServedService> = (
  request: Extract<NcipRequest, { service: S }>,
  context: ServiceContext,
) => Promise<Answer<S>>

export const content = <S extends ServedService>(told: ResponseContent<S>): Answer<S> => ({
  kind: 'content',
  content: told,
  result: 'done',
})

/** For a partner who may be promised nothing any more, and asks after what was promised before. */
const defaultExpectedReplyMinutes = 60

/** It is promised and will be carried out later. No other service has an answer for that. [NCIP 2.02 Pending] */
export function pending({ partner, circulation }: ServiceContext): Answer<'RenewItem'> {
  const minutes = partner.offline?.expectedReplyMinutes ?? defaultExpectedReplyMinutes
  const expected = new Date(circulation.clock.now().getTime() + minutes * 60_000)
  return { kind: 'content', content: { Pending: { DateOfExpectedReply: expected } }, result: 'accepted' }
}

/** The message asks for something that it may not or cannot. */
export const wrong = (problem: NcipProblem): Answer<never> => ({ kind: 'problem', problem, outcome: undefined })

/** The use-case did not do it. */
export function notDone(outcome: NotDone | Accepted, service: ServedService, subject: Subject): Answer<never> {
  if (outcome.kind === 'accepted') throw new Error('a change was promised that the service cannot answer with')
  return { kind: 'problem', problem: problemOf(outcome, service, subject), outcome }
}

export const userId = (identifier: string, context: ServiceContext): Content<'UserId'> => ({
  AgencyId: context.agency,
  UserIdentifierValue: identifier,
})

export const itemId = (barcode: string, context: ServiceContext): Content<'ItemId'> => ({
  AgencyId: context.agency,
  ItemIdentifierType: { value: 'Barcode', scheme: schemes.itemIdentifierType },
  ItemIdentifierValue: barcode,
})

export const requestId = (id: string, context: ServiceContext): Content<'RequestId'> => ({
  AgencyId: context.agency,
  RequestIdentifierValue: id,
})

/**
 * Equal for two messages in which one agency asks for the same change: every value counts, no password does. Hashed,
 * because whoever reads it needs to know no barcode.
 */
export function identityOf(request: NcipRequest, context: ServiceContext): string {
  const { fromSystem, fromAgency, onBehalfOf, applicationProfile } = context.header
  const values = [fromSystem, fromAgency, onBehalfOf, applicationProfile, request]
  const text = JSON.stringify(values, (key, value) => {
    if (key === 'secret') return undefined
    return value instanceof Set ? undefined : value
  })
  return createHash('sha256').update(text).digest('base64url')
}
