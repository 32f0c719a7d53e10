/**
 * What circulation needs from the outside. An adapter implements these; it answers every expected event with an
 * outcome and throws only on a bug.
 */
import type {
  Fee,
  FeeOrder,
  FeePayment,
  Hold,
  HoldCopies,
  Item,
  ItemIds,
  ItemMember,
  Loan,
  Money,
  Overpayment,
  Patron,
  PaymentMethod,
  Place,
  ScannedIn,
} from './model.ts'
import type { Accepted, ChangeOutcome, NotDone, Outcome } from './outcome.ts'

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
  /** Adds a block, unless this bridge placed an equal one before, and answers with the patron as they are then. */
  block(block: NewBlock, call: Call): Promise<Outcome<Patron>>
  /** Takes away the blocks that this bridge placed, and no other. `lifted` tells whether there were any. */
  unblock(identifier: string, call: Call): Promise<Outcome<{ readonly patron: Patron; readonly lifted: boolean }>>
}

export interface NewBlock {
  /** Any identifier. */
  readonly patron: string
  /** The library system's own codes. */
  readonly type: string
  readonly description: string
  /** For staff; may be empty. */
  readonly note: string
}

/** Who keeps the passwords of patrons: the library system itself, or a directory of the house it belongs to. */
export type PasswordKeeper = 'library-system' | 'directory'

/** A directory that checks passwords. */
export interface PasswordVerifier {
  /** Kind of identifier by which it knows a patron, `primary` for the canonical one; undefined for the one that was given. */
  readonly identifierKind: string | undefined
  /** Refused with `patron-pin-wrong` when it differs or nobody has this identifier. */
  verify(identifier: string, password: string, call: Call): Promise<Outcome<true>>
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

/** Where a copy is scanned, and what becomes of one that somebody waits for. */
export interface ScanPlace extends Place {
  /** Whether it counts as on the hold shelf at once; as the institution has it when left out. */
  readonly onHoldShelf?: boolean | undefined
}

export interface Items {
  /** `queueLength` of the answer is undefined when nobody asked for the item. */
  find(barcode: string, call: Call): Promise<Outcome<Item>>
  /** The keys of a copy, from memory where possible. */
  identify(barcode: string, call: Call): Promise<Outcome<ItemIds>>
  /** How many requests wait for this copy. */
  queueLength(ids: ItemIds, call: Call): Promise<Outcome<number>>
  /** Scans a copy at a desk: ends its loan and says where it goes. */
  scanIn(barcode: string, place: ScanPlace, call: Call): Promise<Outcome<ScannedIn>>
  /** Copies of a title that stand in one library now; of a very long list only the first. */
  copies(title: { titleId: string; library: string }, call: Call): Promise<Outcome<readonly Item[]>>
  readMember(
    of: { barcode: string; member: ItemMember },
    call: Call,
  ): Promise<Outcome<{ readonly item: Item; readonly value: string }>>
  /** Changes one member and nothing else of the item; nothing is sent when it has the value already. */
  writeMember(change: { barcode: string; member: ItemMember; value: string }, call: Call): Promise<Outcome<Item>>
}

export interface NewHold {
  readonly patronId: string
  readonly target: { readonly titleId: string } | { readonly barcode: string }
  readonly pickup: { readonly library: string; readonly circulationDesk: string | undefined }
  /** Last day on which the patron still wants it, as YYYY-MM-DD. */
  readonly lastInterest: string | undefined
  readonly comment: string
}

export interface HoldChange {
  readonly patronId: string
  readonly holdId: string
  /** What is undefined stays as it is. */
  readonly pickup: NewHold['pickup'] | undefined
  readonly lastInterest: string | undefined
}

export interface Holds {
  ofPatron(patronId: string, page: Page, call: Call): Promise<Outcome<Listed<Hold>>>
  create(hold: NewHold, call: Call): Promise<Outcome<Hold>>
  find(hold: { patronId: string; holdId: string }, call: Call): Promise<Outcome<Hold>>
  change(change: HoldChange, call: Call): Promise<Outcome<Hold>>
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
  /** For staff. */
  readonly comment?: string | undefined
}

export interface Waiver {
  readonly patronId: string
  readonly feeId: string
  readonly amount: Money
  /** The library system's own code. */
  readonly reason: string
  /** For staff; may be empty. */
  readonly comment: string
  /** Kept with the waiver, so that one whose answer was lost can be found again. No other waiver has the same. */
  readonly reference: string
}

/** What was booked on fees. */
export interface Booked {
  /** Still owed; undefined when the library system did not say. */
  readonly remaining: Money | undefined
  /** The library system's own, one a fee; empty when it did not say. */
  readonly transactionIds: readonly string[]
}

export interface Fees {
  /** Open fees, oldest first, and their sum. */
  ofPatron(patronId: string, call: Call): Promise<Outcome<{ readonly fees: readonly Fee[]; readonly total: Money }>>
  /** What remains is told of the fee when one was named, of the account otherwise. */
  pay(payment: Payment, call: Call): Promise<Outcome<Booked>>
  /** The part payments booked under an external transaction id since the day `since`, closed fees included. */
  findPayments(
    search: { patronId: string; externalTransactionId: string; since: Date },
    call: Call,
  ): Promise<Outcome<readonly FeePayment[]>>
  /** Writes off a fee or a part of it. */
  waive(waiver: Waiver, call: Call): Promise<Outcome<Booked>>
  /** What was written off under a reference since the day `since`, closed fees included. */
  findWaivers(
    search: { patronId: string; reference: string; since: Date },
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
  /** The library system's own clock, by which it dates what it does; an earlier time as long as it is not known. */
  now(): Date
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
export type ChangeKind =
  | 'checkout'
  | 'checkin'
  | 'renew'
  | 'pay-fee'
  | 'waive-fee'
  | 'place-hold'
  | 'change-hold'
  | 'cancel-hold'
  | 'block-patron'
  | 'enable-patron'
  | 'update-item'

/** What a change is about, for whoever reads the journal. What does not apply is undefined. */
export interface ChangeDetails {
  readonly patron?: string | undefined
  /** Barcode. */
  readonly item?: string | undefined
  readonly title?: string | undefined
  readonly hold?: string | undefined
  readonly copies?: HoldCopies | undefined
  /** As YYYY-MM-DD. */
  readonly lastInterest?: string | undefined
  readonly fee?: string | undefined
  /** Where there are several. */
  readonly fees?: readonly string[] | undefined
  readonly amount?: Money | undefined
  readonly method?: PaymentMethod | undefined
  readonly externalTransactionId?: string | undefined
  readonly overpayment?: Overpayment | undefined
  readonly feeOrder?: FeeOrder | undefined
  /** Of a waiver: see `Waiver`. */
  readonly reason?: string | undefined
  readonly reference?: string | undefined
  /** The library system's own codes. */
  readonly block?: { readonly type: string; readonly description: string } | undefined
  /** For staff. */
  readonly note?: string | undefined
  readonly member?: ItemMember | undefined
  readonly value?: string | undefined
  /** Where it happened, or where a hold is to be picked up. */
  readonly place?: { readonly library: string; readonly circulationDesk: string | undefined } | undefined
  /** The due date that the machine asked for, or that the patron was told. */
  readonly due?: Date | undefined
  /** It happened before it was sent: the machine worked off line. */
  readonly reported?: boolean | undefined
  /** When an item came back, where that was before it was taken back. */
  readonly returned?: Date | undefined
  /** See `ScanPlace.onHoldShelf`. */
  readonly onHoldShelf?: boolean | undefined
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
  /** When it is begun, by the library system's clock: what that shows from before is not ours. */
  readonly begunAt: Date
  /** When it happened, by which pending changes are ordered: the machine's time of what it did while it was off line, else now. */
  readonly happenedAt: Date
  /** When the machine stops waiting. */
  readonly deadline: Date
}

export type Begun =
  /** Nothing equal is known. */
  | { readonly state: 'new'; readonly entry: string; readonly since: Date }
  /** An equal change was sent and its end is not known; `since` is its beginning. */
  | { readonly state: 'unsettled'; readonly entry: string; readonly since: Date }
  /**
   * Nothing may be sent: an equal change is done or accepted, or under way and will be; or this one could not be written,
   * and the outcome is `unavailable` because of the journal.
   */
  | { readonly state: 'ended'; readonly outcome: Promise<ChangeOutcome<unknown>> }

/** A change that waits: to be carried out, or for somebody to look whether it was. */
export interface PendingChange extends Omit<Change, 'identity' | 'subject' | 'details' | 'begunAt'> {
  readonly entry: string
  /** `queued`: it is not at the library system. `unsettled`: nobody knows whether it is. */
  readonly state: 'queued' | 'unsettled'
  /** What the machine was promised, so that it must be carried out; undefined when it is only looked for. */
  readonly told: Accepted | undefined
  /** When it was first begun: the first `begunAt`. */
  readonly since: Date
  /** How often it was begun or resumed. */
  readonly attempts: number
  /** A person gave it back, who may know more of it than the journal. */
  readonly retried?: true
  /** Undefined when they can no longer be read. */
  readonly details: ChangeDetails | undefined
}

/** `details` need only hold by what such changes are found: the external transaction id, or the item of a loan. */
export interface DoneSearch extends Pick<Change, 'institution' | 'kind' | 'details'> {
  readonly since: Date
}

/** How many changes wait, and how many wait for a person. */
export interface JournalCounts {
  readonly queued: number
  readonly unsettled: number
  readonly exceptions: number
}

/**
 * Remembers every change before it is sent, so that a request that was resent on a new connection executes nothing.
 *
 * A done or accepted change answers for an equal one. A change that ended unknown, or was under way when the process
 * died, is unsettled: it is read back before it is sent again, and stays so until that gave an answer. Refused and
 * unavailable ends of a new change changed nothing and are not held against an equal change that comes later.
 */
export interface Journal {
  /** Whether a change can be promised to a machine now: the promise would outlive the process, and there is room. */
  mayAccept(machine: string): boolean
  /** Resolves when the change is safe where the journal keeps it; never rejects for want of space or access. */
  begin(change: Change): Promise<Begun>
  /**
   * The machine is to be told yes although the library system's answer was not yes. `outcome` tells what waits: after
   * `unavailable` it is queued, after `unknown` unsettled, after `refused` an exception.
   * @param since when it was begun, which is known better now than when it was
   * @returns false when it could not be written: nothing may be promised, and the change is still under way.
   */
  accept(entry: string, outcome: NotDone, told: Accepted, since?: Date): Promise<boolean>
  /**
   * Resolves when the end is safe; also when it could not be written, since what happened has happened. A resumed change
   * that ended `unavailable` waits as it did before; only after `not-carried-out` is it settled.
   */
  end(entry: string, outcome: Outcome<unknown>, since?: Date): Promise<void>
  /** Ends a change that was resumed as an exception, which a person settles. */
  setAside(entry: string, outcome: NotDone): Promise<void>
  /** What waits in one institution, by the time when it happened. What is under way is not in it. */
  pending(institution: string): readonly PendingChange[]
  /**
   * Takes a pending change under way again. False when it is no longer pending or that could not be written.
   * @param since when it is begun, where nothing of it was sent before
   */
  resume(entry: string, since?: Date): Promise<boolean>
  /**
   * The outcomes of like changes that are done and ended at or after `since`: payments under the same external
   * transaction id, since machines use one id for several and what one of them left is no proof of another; or loans of
   * the same item, to tell our own from those that were made elsewhere.
   */
  doneSince(search: DoneSearch): Promise<readonly Outcome<unknown>[]>
  counts(institution: string): JournalCounts
  /** In which something waits, whether or not anybody works for them. */
  institutions(): readonly string[]
  close(): Promise<void>
}
