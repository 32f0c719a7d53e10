/**
 * Every use-case and every port answers with one of four outcomes. A refusal is a value, never an exception; an
 * outcome that is not known is never taken for a failure.
 */

/** The closed list of reasons for which a library says no. */
export const refusalReasons = [
  'patron-unknown',
  'patron-pin-wrong',
  'patron-pin-throttled',
  'patron-inactive',
  'patron-expired',
  'patron-blocked',
  'patron-not-eligible',
  'item-unknown',
  'item-not-loanable',
  'item-not-loanable-here',
  'item-on-loan-to-patron',
  'item-on-loan-to-other',
  'item-not-on-loan',
  'item-held-for-other',
  'item-requested',
  'title-on-loan-to-patron',
  'loan-limit-reached',
  'loan-unknown',
  'renewal-refused',
  'due-date-invalid',
  'hold-not-possible',
  'hold-duplicate',
  'hold-unknown',
  'hold-ambiguous',
  'hold-day-over',
  'pickup-location-unknown',
  'fee-unknown',
  'fee-amount-invalid',
  'fee-overpaid',
  'fee-not-accepted',
  'currency-wrong',
  'not-permitted',
  'not-configured',
  'not-supported',
  'request-invalid',
] as const

export type RefusalReason = (typeof refusalReasons)[number]

export interface Done<T> {
  readonly kind: 'done'
  readonly value: T
}

/** The library system answered, and the answer is no. Nothing was changed. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: RefusalReason
  /** The library system's own words for the patron, empty when it gave none. May name a block, never a person. */
  readonly text: string
  /** The library system's own code and tracking id, for the log and for support. */
  readonly evidence: string
}

/** A change was sent and its end is not known: it may or may not have happened. */
export interface Unknown {
  readonly kind: 'unknown'
  readonly evidence: string
}

/**
 * `journal`: the change could not be written down, and was therefore not sent. `not-carried-out`: a change of unknown end
 * was looked for, and is not there.
 */
export const unavailableCauses = [
  'offline',
  'timeout',
  'quota',
  'overload',
  'key-refused',
  'journal',
  'not-carried-out',
  'internal',
] as const
export type UnavailableCause = (typeof unavailableCauses)[number]

/** Nothing was changed and nothing could be learnt; trying again later is safe. */
export interface Unavailable {
  readonly kind: 'unavailable'
  readonly cause: UnavailableCause
  readonly evidence: string
}

/**
 * The library system has not carried it out, and the machine is told yes all the same: the change is written down, and
 * will be carried out or settled by a person.
 */
export interface Accepted {
  readonly kind: 'accepted'
  /** The due date that the patron is told, of a checkout. */
  readonly due: Date | undefined
  /** Why the library system refused what had happened already: a person settles it. */
  readonly refusal?: RefusalReason
}

export type Outcome<T> = Done<T> | Refused | Unknown | Unavailable
export type NotDone = Refused | Unknown | Unavailable
/** The end of a change that may be promised while the library system is away. */
export type ChangeOutcome<T> = Outcome<T> | Accepted

export const done = <T>(value: T): Done<T> => ({ kind: 'done', value })
export const refused = (reason: RefusalReason, text = '', evidence = ''): Refused => ({
  kind: 'refused',
  reason,
  text,
  evidence,
})
export const unknown = (evidence = ''): Unknown => ({ kind: 'unknown', evidence })
export const unavailable = (cause: UnavailableCause, evidence = ''): Unavailable => ({
  kind: 'unavailable',
  cause,
  evidence,
})
export const accepted = (due?: Date, refusal?: RefusalReason): Accepted => ({
  kind: 'accepted',
  due,
  ...(refusal && { refusal }),
})
