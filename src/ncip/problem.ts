/** Everything that can go wrong, in the standard's own values. [NCIP 2.02 Problem] */
import type { NotDone, RefusalReason, UnavailableCause } from '../circulation/outcome.ts'
import type { MessageFault } from './codec.ts'
import type { Content } from './spec/elements.ts'
import {
  type CommonProblem,
  type ProblemOf,
  generalProblems,
  messagingProblems,
  schemeOfProblem,
  serviceProblems,
} from './spec/problems.ts'
import { type KnownService, type ServedService, isServed } from './spec/services.ts'

/** All four parts are always written, because each is the only one that some client shows. */
export interface NcipProblem {
  readonly type: string
  /** For people. Never a password or PIN. */
  readonly detail: string
  /** Path of the element in the request. */
  readonly element: string
  /** What stood there. Never a password or PIN. */
  readonly value: string
}

/** The values of a request that a Problem may point at. */
export interface Subject {
  readonly user?: { readonly identifier: string; readonly element: string } | undefined
  readonly item?: string | undefined
  readonly request?: string | undefined
  readonly pickup?: string | undefined
  readonly date?: string | undefined
  readonly needBefore?: string | undefined
}

export function writeProblem(problem: NcipProblem, service: KnownService | undefined): Content<'Problem'> {
  return {
    ProblemType: { value: problem.type, scheme: schemeOfProblem(problem.type, service) },
    ProblemDetail: problem.detail || problem.type,
    ProblemElement: problem.element || '//NCIPMessage',
    ProblemValue: problem.value.slice(0, maxValueLength) || 'not given',
  }
}

/** A value is repeated so that people recognise it, not to mirror whatever was sent. */
const maxValueLength = 200

/** A Problem at an element of a service: `ItemId`, or a path below it. */
export const problemAt = <S extends ServedService>(
  service: S,
  type: ProblemOf<S>,
  detail: string,
  element: string,
  value: string,
): NcipProblem => ({ type, detail, element: `//${service}/${element}`, value })

/** A Problem in the header of a message. */
export const headerProblem = (
  service: KnownService,
  type: CommonProblem,
  detail: string,
  element: string,
  value: string,
): NcipProblem => ({ type, detail, element: `//${service}/InitiationHeader/${element}`, value })

export const missingProblem = (service: KnownService, element: string): NcipProblem => ({
  type: 'Needed Data Missing' satisfies CommonProblem,
  detail: `${service} needs ${element}.`,
  element: `//${service}/${element}`,
  value: '',
})

export const unservedProblem = (service: KnownService): NcipProblem => ({
  type: 'Unsupported Service' satisfies CommonProblem,
  detail: `${service} is not served here.`,
  element: `//${service}`,
  value: service,
})

export const temporaryProblem = (service: KnownService | undefined, detail: string): NcipProblem => ({
  type: 'Temporary Processing Failure' satisfies CommonProblem,
  detail,
  element: service === undefined ? '//NCIPMessage' : `//${service}`,
  value: service ?? 'NCIPMessage',
})

const faults: Record<MessageFault, { readonly type: CommonProblem; readonly detail: string }> = {
  empty: { type: 'Invalid Message Syntax Error', detail: 'The body is empty. POST one NCIP message as the body.' },
  'not-xml': {
    type: 'Invalid Message Syntax Error',
    detail: 'The body is not XML. POST one NCIP message as the body, not as a form field.',
  },
  doctype: { type: 'Invalid Message Syntax Error', detail: 'A document type declaration is not accepted.' },
  'too-many-elements': { type: 'Invalid Message Syntax Error', detail: 'The message has too many elements.' },
  'too-deep': { type: 'Invalid Message Syntax Error', detail: 'The message is nested too deeply.' },
  malformed: { type: 'Invalid Message Syntax Error', detail: 'The message is not well-formed XML.' },
  'not-ncip': { type: 'Invalid Message Syntax Error', detail: 'The root element is not NCIPMessage.' },
  version: { type: 'Protocol Error', detail: 'NCIP 2.0 to 2.02 is served here.' },
  'no-service': { type: 'Unknown Service', detail: 'The message holds no service.' },
  'several-services': { type: 'Invalid Message Syntax Error', detail: 'The message holds more than one service.' },
  'too-large': { type: 'Invalid Message Syntax Error', detail: 'The message is too large.' },
  'unknown-charset': { type: 'Invalid Message Syntax Error', detail: 'The character set is not known. Use UTF-8.' },
  'unknown-service': { type: 'Unknown Service', detail: 'The service is not known to NCIP 2.02.' },
}

export const faultProblem = (fault: MessageFault, element: string, value: string): NcipProblem => ({
  ...faults[fault],
  element: `//${element}`,
  value,
})

type Where = 'user' | 'item' | 'request' | 'pickup' | 'date' | 'need-before' | 'service'

interface Rule {
  /** The first that the service has in its vocabulary is used; a general one ends the list where none may fit. */
  readonly types: readonly string[]
  readonly where: Where
  readonly detail: string
}

const elsewhere: CommonProblem = 'Unauthorized Combination Of Element Values For Agency'
const ineligible = [
  'User Ineligible To Check Out This Item',
  'User Ineligible To Renew This Item',
  'User Ineligible To Request This Item',
  'User Access Denied',
]
const blocked = ['User Blocked', 'User Access Denied']

const rules: Record<RefusalReason, Rule> = {
  'patron-unknown': { types: ['Unknown User'], where: 'user', detail: 'No user has this identifier.' },
  'patron-pin-wrong': {
    types: ['User Authentication Failed'],
    where: 'user',
    detail: 'The user could not be authenticated.',
  },
  'patron-pin-throttled': {
    types: ['User Authentication Failed'],
    where: 'user',
    detail: 'Too many wrong passwords were given for this user. Try again later.',
  },
  'patron-inactive': { types: blocked, where: 'user', detail: 'The account of the user is not active.' },
  'patron-expired': { types: blocked, where: 'user', detail: 'The account of the user has expired.' },
  'patron-blocked': { types: blocked, where: 'user', detail: 'The user is blocked.' },
  'patron-not-eligible': { types: ineligible, where: 'user', detail: 'The user may not have this item.' },
  'item-unknown': { types: ['Unknown Item'], where: 'item', detail: 'No item has this identifier.' },
  'item-not-loanable': {
    types: ['Item Does Not Circulate', 'Item Not Renewable'],
    where: 'item',
    detail: 'The item is not for loan.',
  },
  'item-not-loanable-here': {
    types: ['Item Does Not Circulate', 'Item Not Renewable'],
    where: 'item',
    detail: 'The item is not for loan at this desk.',
  },
  'item-on-loan-to-patron': {
    types: ['Resource Cannot Be Provided', ...ineligible],
    where: 'item',
    detail: 'The user has the item already.',
  },
  'item-on-loan-to-other': {
    types: ['Resource Cannot Be Provided', ...ineligible],
    where: 'item',
    detail: 'Somebody else has the item.',
  },
  'item-not-on-loan': {
    types: ['Item Not Checked Out'],
    where: 'item',
    detail: 'The item is not checked out to this user.',
  },
  'item-held-for-other': {
    types: ['Resource Cannot Be Provided', 'Renewal Not Allowed - Item Has Outstanding Requests', ...ineligible],
    where: 'item',
    detail: 'The item is kept for somebody else.',
  },
  'item-requested': {
    types: ['Resource Cannot Be Provided', 'Renewal Not Allowed - Item Has Outstanding Requests', ...ineligible],
    where: 'item',
    detail: 'The item is requested by somebody else.',
  },
  'title-on-loan-to-patron': { types: ineligible, where: 'item', detail: 'The user has another copy already.' },
  'loan-limit-reached': {
    types: ['Maximum Check Outs Exceeded', ...blocked],
    where: 'user',
    detail: 'The user has as many loans as allowed.',
  },
  'loan-unknown': { types: ['Item Not Checked Out'], where: 'item', detail: 'The loan is not known.' },
  'renewal-refused': { types: ['Item Not Renewable'], where: 'item', detail: 'The loan cannot be renewed.' },
  'due-date-invalid': { types: ['Invalid Date'], where: 'date', detail: 'The due date is not possible.' },
  'hold-not-possible': {
    types: ['User Ineligible To Request This Item'],
    where: 'item',
    detail: 'The item cannot be requested.',
  },
  'hold-duplicate': { types: ['Duplicate Request'], where: 'item', detail: 'The user has requested this already.' },
  'hold-unknown': { types: ['Unknown Request'], where: 'request', detail: 'The user has no such request.' },
  'hold-ambiguous': {
    types: ['Unknown Request'],
    where: 'request',
    detail: 'The user has more than one such request. Name it by its id.',
  },
  'hold-day-over': { types: ['Invalid Date'], where: 'need-before', detail: 'The day is over.' },
  'pickup-location-unknown': {
    types: ['Unknown Value From Known Scheme'],
    where: 'pickup',
    detail: 'The pickup location is not known, or not possible for this item.',
  },
  'fee-unknown': { types: ['Invalid Amount'], where: 'service', detail: 'The fee is not known.' },
  'fee-amount-invalid': { types: ['Invalid Amount'], where: 'service', detail: 'The amount is not possible.' },
  'fee-overpaid': { types: ['Invalid Amount'], where: 'service', detail: 'The amount is more than is owed.' },
  'fee-not-accepted': {
    types: ['Invalid Amount'],
    where: 'service',
    detail: 'The user has not agreed to the fee.',
  },
  'currency-wrong': {
    types: ['Invalid Amount'],
    where: 'service',
    detail: 'The currency is not the one of the library.',
  },
  'not-permitted': {
    types: ['Unauthorized Service For Agency'],
    where: 'service',
    detail: 'The library system does not permit this.',
  },
  'not-configured': {
    types: ['Unauthorized Service For Agency'],
    where: 'service',
    detail: 'The library has not set this up.',
  },
  'not-supported': { types: ['Unsupported Service'], where: 'service', detail: 'This is not supported here.' },
  'request-invalid': {
    types: ['Element Rule Violated', 'Protocol Error'],
    where: 'service',
    detail: 'The library system could not use the values of the message.',
  },
}

export const unavailableDetails: Readonly<Record<UnavailableCause, string>> = {
  offline: 'The library system cannot be reached. Nothing was changed; try again later.',
  timeout: 'The library system did not answer in time. Nothing was changed; try again later.',
  quota: 'The library system accepts no more calls for now. Nothing was changed; try again later.',
  overload: 'Too much is under way. Nothing was changed; try again later.',
  'key-refused': 'The library system does not let us in. Nothing was changed; tell the library.',
  journal: 'The change could not be written down here. Nothing was changed; try again later.',
  'not-carried-out': 'It was not carried out. Nothing was changed; try again.',
  internal: 'Something went wrong here. Nothing was changed; try again later.',
}

/** What to do when a change may or may not have happened. */
export const unknownEndDetail =
  'It is not known whether this was done. Look up the item or the user before sending it again.'

/** An outcome of circulation as this service's Problem. */
export function problemOf(outcome: NotDone, service: ServedService, subject: Subject): NcipProblem {
  if (outcome.kind === 'unknown') return temporaryProblem(service, unknownEndDetail)
  if (outcome.kind === 'unavailable') return temporaryProblem(service, unavailableDetails[outcome.cause])
  const rule = rules[outcome.reason]
  return {
    type: rule.types.find((type) => isInVocabulary(type, service)) ?? elsewhere,
    detail: outcome.text || rule.detail,
    ...pointAt(rule.where, service, subject),
  }
}

const common: ReadonlySet<string> = new Set([...messagingProblems, ...generalProblems])

/** Whether the standard lets this service answer with a type. */
export function isInVocabulary(type: string, service: KnownService): boolean {
  if (common.has(type)) return true
  return isServed(service) && (serviceProblems[service] as readonly string[]).includes(type)
}

function pointAt(where: Where, service: ServedService, subject: Subject): Pick<NcipProblem, 'element' | 'value'> {
  const at = (element: string, value: string | undefined) => ({
    element: `//${service}/${element}`,
    value: value ?? '',
  })
  switch (where) {
    case 'user':
      return at(subject.user?.element ?? 'UserId', subject.user?.identifier)
    case 'item':
      return at('ItemId', subject.item)
    case 'request':
      return subject.request === undefined ? at('ItemId', subject.item) : at('RequestId', subject.request)
    case 'pickup':
      return at('PickupLocation', subject.pickup)
    case 'date':
      return at('DesiredDateDue', subject.date)
    case 'need-before':
      return at('NeedBeforeDate', subject.needBefore)
    case 'service':
      return { element: `//${service}`, value: service }
  }
}
