/**
 * What circulation needs from the outside. An adapter implements these; it answers every expected event with an
 * outcome and throws only on a bug.
 */
import type {
  Fee,
  FeePayment,
  Hold,
  Item,
  ItemIds,
  Loan,
  Money,
  Patron,
  PaymentMethod,
  Place,
  ScannedIn,
} from './model.ts'
import type { Outcome } from './outcome.ts'

/** Who comes first when calls are scarce: a waiting patron, then partners and staff, then background work. */
export type Priority = 'patron' | 'partner' | 'background'

/** Travels with one message through every port. */
export interface Call {
  /** One identifier for the message in logs, journal and calls. */
  readonly id: string
  readonly priority: Priority
  /** Aborts when the message's deadline passes. */
  readonly signal: AbortSignal
  /** The deadline as a time of `performance.now()`. */
  readonly deadline: number
  /** Name of the terminal or partner, for the log and the journal. */
  readonly machine: string
  /** When it happened by the machine's own clock; undefined when the machine did not say or cannot be believed. */
  readonly machineTime?: Date | undefined
}

export interface Page {
  /** First element, counted from 0. */
  readonly offset: number
  readonly limit: number
}

export interface Listed<T> {
  readonly entries: readonly T[]
  /** Length of the whole list, of which `entries` may be a page. */
  readonly total: number
}

export interface Patrons {
  /** By any identifier that is unique in the institution. Counts and balance are filled. */
  find(identifier: string, call: Call): Promise<Outcome<Patron>>
  /** Checks the password that the library system itself keeps. Refused with `patron-pin-wrong` when it differs. */
  verifyPassword(identifier: string, password: string, call: Call): Promise<Outcome<true>>
}

export interface Loans {
  /** Active loans, oldest due date first. */
  ofPatron(patronId: string, page: Page, call: Call): Promise<Outcome<Listed<Loan>>>
  /** The active loan of a copy, or undefined when it is not lent. */
  ofItem(barcode: string, call: Call): Promise<Outcome<Loan | undefined>>
  /** When a copy was last returned; undefined when it never was or the library system keeps no history. */
  lastReturn(barcode: string, call: Call): Promise<Outcome<Date | undefined>>
  /** Lends. Never repeated by the adapter once it may have reached the library system: then `unknown`. */
  create(loan: { patron: string; barcode: string; place: Place }, call: Call): Promise<Outcome<Loan>>
  renew(loan: { patronId: string; loanId: string }, call: Call): Promise<Outcome<Loan>>
  setDueDate(loan: { patronId: string; loanId: string; due: Date }, call: Call): Promise<Outcome<Loan>>
}

export interface Items {
  /** `queueLength` of the answer is undefined when nobody asked for the item. */
  find(barcode: string, call: Call): Promise<Outcome<Item>>
  /** The keys of a copy, from memory where possible. */
  identify(barcode: string, call: Call): Promise<Outcome<ItemIds>>
  /** How many requests wait for this copy. */
  queueLength(ids: ItemIds, call: Call): Promise<Outcome<number>>
  /** Scans a copy at a desk: ends its loan and says where it goes. */
  scanIn(barcode: string, place: Place, call: Call): Promise<Outcome<ScannedIn>>
}

export interface NewHold {
  readonly patronId: string
  readonly target: { readonly titleId: string } | { readonly barcode: string }
  readonly pickup: { readonly library: string; readonly circulationDesk: string | undefined }
  /** Last day on which the patron still wants it, as YYYY-MM-DD. */
  readonly lastInterest: string | undefined
  readonly comment: string
}

export interface Holds {
  ofPatron(patronId: string, page: Page, call: Call): Promise<Outcome<Listed<Hold>>>
  create(hold: NewHold, call: Call): Promise<Outcome<Hold>>
  cancel(hold: { patronId: string; holdId: string; note: string }, call: Call): Promise<Outcome<true>>
}

export interface Payment {
  readonly patronId: string
  /** One fee, or every open fee oldest first. */
  readonly feeId: string | undefined
  readonly amount: Money
  readonly method: PaymentMethod
  /** Always sent, so that a payment whose answer was lost can be found again. */
  readonly externalTransactionId: string
}

export interface Fees {
  /** Open fees, oldest first, and their sum. */
  ofPatron(patronId: string, call: Call): Promise<Outcome<{ readonly fees: readonly Fee[]; readonly total: Money }>>
  pay(payment: Payment, call: Call): Promise<Outcome<{ readonly remaining: Money | undefined }>>
  /** The part payments booked under an external transaction id since the day `since`, closed fees included. */
  findPayments(
    search: { patronId: string; externalTransactionId: string; since: Date },
    call: Call,
  ): Promise<Outcome<readonly FeePayment[]>>
}

/** Whether the library system can be reached, known without a call. */
export interface Availability {
  online(): boolean
}

/** One institution's library system: every port of it, and what the institution fixes. */
export interface LibrarySystem {
  readonly institution: string
  /** ISO 4217. */
  readonly currency: string
  /** IANA zone in which the libraries keep their dates. */
  readonly timeZone: string
  readonly patrons: Patrons
  readonly loans: Loans
  readonly items: Items
  readonly holds: Holds
  readonly fees: Fees
  readonly availability: Availability
}

export interface Clock {
  now(): Date
  /** Milliseconds that only grow. */
  monotonic(): number
  /** Resolves after `ms`, or earlier when the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The operations that change something and must happen once. */
export type ChangeKind = 'checkout' | 'checkin' | 'renew' | 'pay-fee' | 'place-hold' | 'cancel-hold'

/** What a change is about, for whoever reads the journal. What does not apply is undefined. */
export interface ChangeDetails {
  readonly patron?: string | undefined
  /** Barcode. */
  readonly item?: string | undefined
  readonly title?: string | undefined
  readonly hold?: string | undefined
  readonly fee?: string | undefined
  readonly amount?: Money | undefined
  readonly method?: PaymentMethod | undefined
  readonly externalTransactionId?: string | undefined
  /** Where it happened, or where a hold is to be picked up. */
  readonly place?: { readonly library: string; readonly circulationDesk: string | undefined } | undefined
  /** The due date that the machine asked for. */
  readonly due?: Date | undefined
}

export interface Change {
  readonly kind: ChangeKind
  readonly institution: string
  readonly machine: string
  readonly callId: string
  /** Equal for two requests that mean the same event, however they came. */
  readonly identity: string
  /**
   * The item whose state changes. A later change of the same item ends the memory of an earlier one: the same book lent,
   * returned and lent again is three events, even when a terminal's clock stands still. Undefined for what only adds up.
   */
  readonly subject: string | undefined
  readonly details: ChangeDetails
  /** See `Call.machineTime`. */
  readonly machineTime: Date | undefined
  /** When the machine stops waiting. */
  readonly deadline: Date
}

export type Begun =
  /** Nothing equal is known. */
  | { readonly state: 'new'; readonly entry: string; readonly since: Date }
  /** An equal change was sent and its end is not known; `since` is its beginning. */
  | { readonly state: 'unsettled'; readonly entry: string; readonly since: Date }
  /**
   * Nothing may be sent: an equal change is done, or under way and will be; or this one could not be written, and the
   * outcome is `unavailable` because of the journal.
   */
  | { readonly state: 'ended'; readonly outcome: Promise<Outcome<unknown>> }

/** A change of which nobody knows whether the library system carried it out. */
export interface UnsettledChange extends Omit<Change, 'identity' | 'subject' | 'details'> {
  readonly entry: string
  /** When it was first begun. */
  readonly since: Date
  /** How often it was begun. */
  readonly attempts: number
  /** Undefined when they can no longer be read. */
  readonly details: ChangeDetails | undefined
}

/**
 * Remembers every change before it is sent, so that a request that was resent on a new connection executes nothing.
 *
 * A done change answers for an equal one. A change that ended unknown, or was under way when the process died, is
 * unsettled: it is read back before it is sent again, and stays so until that gave an answer. Refused and unavailable
 * ends of a new change changed nothing and are not held against an equal change that comes later.
 */
export interface Journal {
  /** Resolves when the change is safe where the journal keeps it; never rejects for want of space or access. */
  begin(change: Change): Promise<Begun>
  /** Resolves when the end is safe; also when it could not be written, since what happened has happened. */
  end(entry: string, outcome: Outcome<unknown>): Promise<void>
  /** The unsettled changes, oldest first, at most `limit` of them. */
  unsettled(limit: number): Promise<Listed<UnsettledChange>>
  close(): Promise<void>
}
