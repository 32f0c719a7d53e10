/**
 * What Alma's and the gateway's error codes mean, by code and never by text: texts change with the language. A code
 * that means different things in different places has an entry `operation:code`.
 */
import type { RefusalReason, UnavailableCause } from '../circulation/outcome.ts'

/** What a call is for; it tells apart the meanings of overloaded codes. */
export type Operation =
  | 'patron'
  | 'password'
  | 'patron-record'
  | 'loans'
  | 'loan'
  | 'renew'
  | 'due-date'
  | 'item'
  | 'item-record'
  | 'scan'
  | 'holds'
  | 'hold'
  | 'change-hold'
  | 'cancel-hold'
  | 'hold-options'
  | 'fees'
  | 'pay'
  | 'waive'
  | 'configuration'

export type Meaning =
  | { readonly refuse: RefusalReason; readonly block?: true }
  | { readonly unavailable: UnavailableCause }
  /** Something went wrong inside Alma: a change may have been made. */
  | 'failed-inside'

/** A parameter that Alma does not accept: ids of an item that are no longer true, or a library or desk. */
export const invalidParameter = '40166411'

/** No copy can fill a request: the terms of use say so, or the index has not caught up with the last loan. */
export const noItemFulfils = '401129'

/** An amount, a payment method or a reason that Alma does not accept. */
export const parameterNotValid = '401666'

/** Ids of an item that name no title. */
export const titleIdInvalid = '402203'

/** Codes with which Alma answers ids of an item that are no longer true. */
export const staleIdCodes: ReadonlySet<string> = new Set([invalidParameter, '60328', titleIdInvalid])

const meanings: Readonly<Record<string, Meaning>> = {
  // Gateway: the request did not reach Alma.
  GENERAL_ERROR: { unavailable: 'key-refused' },
  UNAUTHORIZED: { unavailable: 'key-refused' },
  INVALID_REQUEST: { unavailable: 'key-refused' },
  FORBIDDEN: { unavailable: 'key-refused' },
  REQUEST_TOO_LARGE: { refuse: 'request-invalid' },
  PER_SECOND_THRESHOLD: { unavailable: 'quota' },
  DAILY_THRESHOLD: { unavailable: 'quota' },
  ROUTING_ERROR: { unavailable: 'offline' },
  INTERNAL_SERVER_ERROR: 'failed-inside',

  // General errors tell nothing about what was done.
  '60101': 'failed-inside',
  '401652': 'failed-inside',
  '402119': 'failed-inside',

  // Rights.
  '60258': { refuse: 'not-configured' },
  '60340': { refuse: 'not-permitted' },

  // Users.
  '401861': { refuse: 'patron-unknown' },
  '401866': { refuse: 'patron-pin-wrong' },
  '401890': { refuse: 'patron-unknown' },
  '4019998': { refuse: 'patron-unknown' },
  'fees:401651': { refuse: 'patron-unknown' },
  'pay:401651': { refuse: 'patron-unknown' },
  'waive:401651': { refuse: 'patron-unknown' },
  'patron-record:401664': { refuse: 'request-invalid' },
  'patron-record:401676': { refuse: 'request-invalid' },
  'patron-record:401855': { refuse: 'not-permitted' },
  'patron-record:401858': { refuse: 'not-permitted' },
  'patron-record:401859': { refuse: 'not-permitted' },
  'patron-record:401860': { refuse: 'not-permitted' },
  // What is new in the record is the block: its type or its description.
  'patron-record:401863': { refuse: 'not-configured' },
  'patron-record:401864': { refuse: 'not-configured' },
  'patron-record:40166404': { refuse: 'not-configured' },

  // Loans.
  '400042': { refuse: 'item-on-loan-to-patron' },
  '401119': { refuse: 'patron-not-eligible' },
  '401151': { refuse: 'patron-not-eligible' },
  '401153': { refuse: 'item-not-loanable-here' },
  '401161': { refuse: 'loan-limit-reached' },
  '401163': { refuse: 'patron-blocked', block: true },
  '401168': { refuse: 'patron-expired' },
  '401198': { refuse: 'title-on-loan-to-patron' },
  '401201': { refuse: 'patron-blocked', block: true },
  '401651': { refuse: 'item-not-loanable' },
  '401664': { refuse: 'not-configured' },
  '401672': { refuse: 'item-unknown' },
  '401689': { refuse: 'item-unknown' },
  '401690': { refuse: 'item-unknown' },
  '401822': { refuse: 'renewal-refused' },
  '401823': { refuse: 'loan-unknown' },
  '401681': { refuse: 'due-date-invalid' },
  '401824': { refuse: 'due-date-invalid' },
  '60211': { refuse: 'request-invalid' },

  // Items and scan-in.
  '401688': { unavailable: 'internal' },
  [titleIdInvalid]: { refuse: 'item-unknown' },
  '402204': { refuse: 'item-unknown' },
  // The library whose copies are asked for.
  '402469': { refuse: 'not-configured' },
  '402502': { refuse: 'request-invalid' },
  '402504': 'failed-inside',
  '4800090': { refuse: 'not-permitted' },
  [invalidParameter]: { refuse: 'item-unknown' },
  '40166415': { refuse: 'not-configured' },
  'item-record:401676': { refuse: 'request-invalid' },
  'item-record:401885': { refuse: 'not-permitted' },
  'item-record:40166404': { refuse: 'request-invalid' },

  // Requests.
  [noItemFulfils]: { refuse: 'hold-not-possible' },
  '401136': { refuse: 'hold-duplicate' },
  '401684': { refuse: 'hold-not-possible' },
  '401694': { refuse: 'hold-unknown' },
  '401907': { refuse: 'hold-unknown' },
  '401891': { refuse: 'pickup-location-unknown' },
  '401895': { refuse: 'pickup-location-unknown' },
  '402362': { refuse: 'hold-duplicate' },
  '60308': { refuse: 'hold-not-possible' },
  '60309': { refuse: 'hold-not-possible' },
  '60310': { refuse: 'hold-not-possible' },
  '60324': { refuse: 'not-configured' },
  '60325': { refuse: 'pickup-location-unknown' },
  '60326': { refuse: 'pickup-location-unknown' },
  '60327': { refuse: 'pickup-location-unknown' },
  '60328': { refuse: 'item-unknown' },
  '60330': { refuse: 'request-invalid' },
  '60331': { refuse: 'hold-not-possible' },
  'hold:401873': { refuse: 'hold-not-possible' },
  'change-hold:401873': { refuse: 'hold-not-possible' },

  // Fees.
  '401665': { refuse: 'fee-unknown' },
  'pay:401666': { refuse: 'fee-amount-invalid' },
  'waive:401666': { refuse: 'fee-amount-invalid' },
  'pay:401664': { refuse: 'request-invalid' },
}

/** The meaning of a code, or undefined when the table does not know it. */
export function meaningOf(code: string, operation: Operation): Meaning | undefined {
  const key = `${operation}:${code}`
  if (Object.hasOwn(meanings, key)) return meanings[key]
  return Object.hasOwn(meanings, code) ? meanings[code] : undefined
}

/** Every key of the table, for documentation and tests. */
export const knownCodes: readonly string[] = Object.keys(meanings)

/**
 * The description in the message of a block, which has the form `TYPE  -   DESCRIPTION. NOTE Scope: SCOPE`. The note
 * is staff's own text and may name a person, so nothing else is taken; empty when the form differs.
 */
export function readBlockDescription(message: string): string {
  return /^\S.*?\s-\s+(.+?)\.\s(?:.*\s)?Scope:/s.exec(message)?.[1]?.trim() ?? ''
}
