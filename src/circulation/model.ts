/**
 * The words of circulation: what a library lends, to whom, and what is owed.
 * Nothing here knows a protocol or a library system.
 */

/** A currency amount in integer minor units (cents), with its ISO 4217 code. */
export interface Money {
  readonly minor: number
  readonly currency: string
}

/** A code of the library system with the text that people read. */
export interface CodedName {
  readonly code: string
  readonly name: string
}

/** The circulation desk at which something happens. */
export interface Place {
  readonly library: string
  readonly circulationDesk: string
}

/** What a manual or automatic block forbids. */
export interface Block {
  readonly code: string
  readonly description: string
  readonly note: string
  readonly forbids: { readonly loan: boolean; readonly renew: boolean; readonly hold: boolean }
  readonly expires: Date | undefined
  /** True when this bridge placed it, so that it may lift it. */
  readonly own?: boolean | undefined
}

export interface PostalAddress {
  readonly lines: readonly string[]
  readonly city: string
  readonly region: string
  readonly postalCode: string
  readonly country: string
  readonly preferred: boolean
  readonly kind: string
}

export interface Contact {
  readonly addresses: readonly PostalAddress[]
  readonly emails: readonly { readonly address: string; readonly preferred: boolean; readonly kind: string }[]
  readonly phones: readonly { readonly number: string; readonly preferred: boolean; readonly kind: string }[]
}

/** A person who may borrow. `id` is the canonical identifier, whatever card was scanned. */
export interface Patron {
  readonly id: string
  readonly identifiers: readonly { readonly kind: string; readonly value: string; readonly active: boolean }[]
  readonly name: {
    readonly first: string
    readonly middle: string
    readonly last: string
    readonly preferredFirst: string
  }
  readonly group: CodedName
  /** BCP 47 language tag, empty when the record names none. */
  readonly language: string
  readonly birthDate: string
  readonly active: boolean
  /** End of the card's validity; undefined when it never ends. */
  readonly expires: Date | undefined
  /** False when the record has no valid patron role, so that every loan will be refused. */
  readonly mayBorrow: boolean
  readonly blocks: readonly Block[]
  readonly contact: Contact
  /** Counts as the library system keeps them; the lists cost a call each. */
  readonly counts: { readonly loans: number; readonly holds: number }
  /** What the patron owes now, credits taken off. */
  readonly balance: Money
  /** What the library keeps beside that; undefined when the library system was not asked or has nothing of it. */
  readonly members?: PatronMembers | undefined
}

/** Members of a patron's record that no use-case looks at, for machines that show them. Empty texts are left out. */
export interface PatronMembers {
  readonly title?: string
  readonly jobCategory?: CodedName
  readonly jobDescription?: string
  /** Where the patron is at home. */
  readonly campus?: CodedName
  /** Notes that the patron may read. */
  readonly notes?: readonly string[]
  readonly statistics?: readonly { readonly kind: string; readonly category: CodedName }[]
}

/** The three keys under which a library system keeps one copy. */
export interface ItemIds {
  readonly titleId: string
  readonly holdingId: string
  readonly itemId: string
}

export type ItemState =
  | 'available'
  | 'on-loan'
  | 'on-hold-shelf'
  | 'in-transit'
  | 'awaiting-reshelving'
  | 'on-order'
  | 'in-process'
  | 'missing'
  | 'lost'
  | 'claimed-returned'
  | 'other'

export type MediaKind =
  | 'other'
  | 'book'
  | 'magazine'
  | 'bound-journal'
  | 'audio-tape'
  | 'video-tape'
  | 'cd'
  | 'diskette'
  | 'book-with-diskette'
  | 'book-with-cd'
  | 'book-with-audio-tape'

/** One copy that can be lent. */
export interface Item {
  readonly barcode: string
  readonly ids: ItemIds | undefined
  readonly title: string
  readonly author: string
  readonly callNumber: string
  readonly description: string
  readonly media: MediaKind
  /** The library system's own material code, for rules that name it. */
  readonly materialType: string
  readonly magnetic: boolean
  readonly policy: CodedName
  readonly state: ItemState
  /** True when a patron asked for it; undefined when the answer did not say. */
  readonly requested: boolean | undefined
  readonly owningLibrary: CodedName
  readonly permanentLocation: CodedName
  readonly currentLocation: CodedName
  /** Text that staff should see when the item is lent or returned. */
  readonly fulfilmentNote: string
  readonly replacementCost: Money | undefined
  readonly due: Date | undefined
  /** What the library keeps beside that; undefined when the library system has nothing of it. */
  readonly members?: ItemMembers | undefined
}

/** Texts of an item's record that no use-case looks at, for machines that show them. Empty ones are left out. */
export type ItemMembers = Readonly<Partial<Record<ItemText, string>>>

export type ItemText =
  | 'materialTypeName'
  | 'publicNote'
  | 'internalNote1'
  | 'internalNote2'
  | 'internalNote3'
  | 'statisticsNote1'
  | 'statisticsNote2'
  | 'statisticsNote3'
  | 'storageLocation'
  | 'inventoryNumber'
  | 'pages'
  | 'pieces'
  | 'isbn'

export type LoanState = 'normal' | 'recalled' | 'lost' | 'claimed-returned' | 'returned'

export interface Loan {
  readonly id: string
  readonly patronId: string
  readonly itemBarcode: string
  readonly itemIds: ItemIds | undefined
  readonly title: string
  readonly author: string
  readonly callNumber: string
  readonly policy: CodedName
  readonly library: CodedName
  readonly location: CodedName
  readonly loanedAt: Date | undefined
  /** Time of the last successful renewal. */
  readonly renewedAt: Date | undefined
  readonly due: Date | undefined
  readonly state: LoanState
  /** Undefined when the library system was not asked. */
  readonly renewable: boolean | undefined
  readonly returnedAt: Date | undefined
}

export type HoldState = 'waiting' | 'in-process' | 'on-hold-shelf'

/** A patron's request that an item or any copy of a title be kept for them. */
export interface Hold {
  readonly id: string
  readonly patronId: string
  readonly titleId: string
  readonly itemBarcode: string
  readonly title: string
  readonly author: string
  readonly state: HoldState
  readonly queuePosition: number | undefined
  readonly pickup: { readonly library: string; readonly circulationDesk: string; readonly name: string }
  readonly placedAt: Date | undefined
  /** Last day of interest while waiting, last day on the shelf once there. */
  readonly expires: Date | undefined
  /** Last day on which the patron wants it, as YYYY-MM-DD, also once it is on the shelf; empty when none was given. */
  readonly lastInterest?: string | undefined
}

/** What a fee is for; the library system's own code stays beside it. */
export type FeeKind =
  | 'other'
  | 'administrative'
  | 'damage'
  | 'overdue'
  | 'processing'
  | 'rental'
  | 'replacement'
  | 'computer-access'
  | 'hold'

export interface Fee {
  readonly id: string
  readonly kind: FeeKind
  readonly type: CodedName
  readonly balance: Money
  readonly original: Money
  readonly createdAt: Date | undefined
  readonly title: string
  readonly itemBarcode: string
  readonly payments: readonly FeePayment[]
}

export interface FeePayment {
  /** The fee on which it stands. */
  readonly feeId?: string | undefined
  readonly transactionId: string
  readonly externalTransactionId: string
  readonly amount: Money
  readonly at: Date | undefined
}

/** Which fees a payment goes to when none is named. */
export type FeeOrder =
  /** As the library system spreads it: one call. */
  | 'as-system'
  | 'oldest-first'
  /** The fee that the amount pays exactly, else the oldest first. */
  | 'matching-amount'

/** What becomes of an amount that is more than what is owed. */
export type Overpayment =
  | 'refuse'
  /** What is owed is booked, and the machine is told of the rest. */
  | 'take-due'
  /** The same, and a comment tells staff of the rest. */
  | 'credit-note'

/** Which copies may fill a hold. */
export type HoldCopies = 'this' | 'any' | { readonly library: string }

/** Ways of paying that every library knows. */
export type CommonPaymentMethod = 'cash' | 'credit-card' | 'online'

/** `local:` stands before a code of the library system itself: `local:CHEQUE`. */
export type PaymentMethod = CommonPaymentMethod | `local:${string}`

/** What the owner of an item may fill freely. */
export const itemMembers = ['internal-note-1', 'internal-note-2', 'internal-note-3', 'storage-location'] as const

export type ItemMember = (typeof itemMembers)[number]

/** Where an item must go after it was scanned in. */
export interface Routing {
  readonly to: 'shelf' | 'hold-shelf' | 'transit' | 'department' | 'unknown'
  /** Name of the place as staff know it, empty when the library system gave none. */
  readonly destination: string
  /** The library where it must go; a code or a name that is not known is empty. */
  readonly library?: CodedName | undefined
  readonly reason: 'none' | 'hold' | 'reshelving' | 'other'
  readonly requester: { readonly patronId: string; readonly name: string } | undefined
}

/** What the library system says after an item was scanned at a desk. */
export interface ScannedIn {
  readonly item: Item
  readonly routing: Routing
}
