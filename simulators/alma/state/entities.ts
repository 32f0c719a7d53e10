/** What the simulated institution holds, as linked objects. Instants are epoch milliseconds, amounts minor units. */
import type { Stored } from './shape.ts'

export interface User {
  primaryId: string
  /** Descriptive members as the API names them, read by `userMembers`. */
  record: UserRecord
  /** Password of the identity service; undefined for people that another system authenticates. */
  password: string | undefined
  /** Accepted and kept, never shown. */
  pin: string | undefined
  modifiedAt: number
  readonly loans: Map<string, Loan>
  readonly pastLoans: Loan[]
  readonly requests: Map<string, HoldRequest>
  readonly pastRequests: HoldRequest[]
  readonly fees: Fee[]
}

export interface UserIdentifier extends Stored {
  readonly value?: string
  readonly id_type?: string
  readonly status?: string
}

export interface UserRole extends Stored {
  readonly role_type?: string
  readonly status?: string
  readonly scope?: string
  readonly expiry_date?: string
}

export interface UserBlock extends Stored {
  readonly block_type?: string
  readonly block_description?: string
  readonly block_status?: string
  readonly block_note?: string
  readonly expiry_date?: string
}

export interface UserRecord extends Stored {
  first_name?: string
  middle_name?: string
  last_name?: string
  status?: string
  expiry_date?: string
  user_group?: string
  account_type?: string
  user_identifier?: UserIdentifier[]
  user_role?: UserRole[]
  user_block?: UserBlock[]
}

export interface Bib {
  readonly mmsId: string
  title: string
  author: string
  isbn: string
  issn: string
  publisher: string
  place: string
  year: string
  edition: string
  networkNumbers: readonly string[]
  readonly items: Item[]
  /** Open requests, first come first. */
  readonly queue: HoldRequest[]
  /** Until then a request finds no item, as the index has not caught up with the last loan. */
  indexStaleUntil: number
}

export interface Holding {
  readonly holdingId: string
  readonly bib: Bib
  library: string
  location: string
  callNumber: string
  callNumberType: string
}

export interface TemporaryPlace {
  readonly library: string
  readonly location: string
  readonly policy: string
  readonly dueBack: string
  readonly callNumberType: string
  readonly callNumber: string
}

export interface Item {
  readonly pid: string
  barcode: string
  holding: Holding
  /** Descriptive members as the API names them, read by `itemMembers`; absent ones take their default. */
  data: Stored
  temporary: TemporaryPlace | undefined
  copyId: string
  createdAt: number
  modifiedAt: number
  /** Why the item is not in place; empty when it is, or when only a request waits for it. */
  process: string
  /** Library to which the item travels. */
  transitTo: string | undefined
  workOrder: { type: string; department: string; status: string } | undefined
  reshelvedAt: number
  loan: Loan | undefined
  /** The request for which this copy was chosen. */
  request: HoldRequest | undefined
  inHouseUses: number
}

export interface Loan {
  readonly loanId: string
  readonly user: User
  readonly item: Item
  readonly circDesk: string
  readonly deskLibrary: string
  readonly library: string
  readonly loanedAt: number
  dueAt: number
  returnedAt: number | undefined
  returnDesk: string
  returnLibrary: string
  processStatus: string
  renewals: number
  lastRenewAt: number | undefined
  lastRenewStatus: string
  readonly requestId: string
}

export type RequestStatus = 'NOT_STARTED' | 'IN_PROCESS' | 'ON_HOLD_SHELF' | 'HISTORY'

export interface HoldRequest {
  readonly requestId: string
  readonly user: User
  readonly bib: Bib
  /** The copy that was asked for; undefined when any copy of the title will do. */
  readonly itemAsked: Item | undefined
  /** The copy that was chosen. */
  item: Item | undefined
  type: 'HOLD' | 'DIGITIZATION' | 'BOOKING'
  status: RequestStatus
  task: string
  pickupType: string
  pickupLibrary: string
  pickupDesk: string
  comment: string
  description: string
  materialType: string
  lastInterest: string
  bookingStart: string
  bookingEnd: string
  readonly createdAt: number
  expiresAt: number | undefined
  printed: boolean
  reported: boolean
  cancelReason: string
}

export interface FeeTransaction {
  readonly id: string
  readonly type: 'PAYMENT' | 'WAIVE' | 'CREDIT' | 'DISPUTE' | 'RESTORE'
  readonly minor: number
  readonly reason: string
  readonly comment: string
  readonly externalId: string
  readonly method: string
  readonly at: number
}

export interface Fee {
  readonly id: string
  readonly user: User
  readonly type: string
  status: 'ACTIVE' | 'INDISPUTE' | 'EXPORTED' | 'CLOSED'
  readonly originalMinor: number
  balanceMinor: number
  readonly createdAt: number
  statusAt: number
  comment: string
  readonly owner: string
  readonly title: string
  readonly barcode: string
  readonly transactions: FeeTransaction[]
}
