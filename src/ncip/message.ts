/** NCIP requests as plain values: what the services see, whatever version and spelling they came in. */
import type { SchemedValue } from './spec/elements.ts'
import type { ItemElementType, UserElementType } from './spec/schemes.ts'

export interface InitiationHeader {
  readonly fromSystem: string
  readonly fromAgency: string
  readonly fromAgencyAuthentication: string
  readonly onBehalfOf: string
  readonly toSystem: string
  readonly toAgency: string
  readonly applicationProfile: string
}

/** A user, item or request id: who gave it, of which type, and what it is. Empty where the message said nothing. */
export interface Identifier {
  readonly agency: string
  readonly type: string
  readonly value: string
}

/** Who the request is about, by id or by what the user typed. */
export interface UserInput {
  readonly identifier: string
  /** The element that held the identifier, for a Problem. */
  readonly element: 'UserId' | 'AuthenticationInput'
  /** A password or PIN to be checked; undefined when none was sent. */
  readonly secret: { readonly kind: 'plain' | 'digest'; readonly value: string } | undefined
}

interface ChangeRequest {
  /** When it happened, as the partner wrote it; tells an event from an equal one that came later. */
  readonly occurredAt: string
}

export interface LookupUserRequest {
  readonly service: 'LookupUser'
  readonly user: UserInput
  readonly userElements: ReadonlySet<UserElementType>
  readonly loanedItems: boolean
  readonly requestedItems: boolean
  readonly fiscalAccount: boolean
}

export interface LookupItemRequest {
  readonly service: 'LookupItem'
  readonly item: Identifier | undefined
  readonly request: Identifier | undefined
  readonly itemElements: ReadonlySet<ItemElementType>
}

export interface CheckOutItemRequest extends ChangeRequest {
  readonly service: 'CheckOutItem'
  /** Undefined only from a storage system, which lends to nobody. */
  readonly user: UserInput | undefined
  readonly item: Identifier
  readonly request: Identifier | undefined
  readonly desiredDateDue: string
  readonly userElements: ReadonlySet<UserElementType>
  readonly itemElements: ReadonlySet<ItemElementType>
}

export interface CheckInItemRequest extends ChangeRequest {
  readonly service: 'CheckInItem'
  readonly item: Identifier
  readonly userElements: ReadonlySet<UserElementType>
  readonly itemElements: ReadonlySet<ItemElementType>
}

export interface RenewItemRequest extends ChangeRequest {
  readonly service: 'RenewItem'
  readonly user: UserInput
  readonly item: Identifier
  readonly userElements: ReadonlySet<UserElementType>
  readonly itemElements: ReadonlySet<ItemElementType>
}

export interface RequestItemRequest extends ChangeRequest {
  readonly service: 'RequestItem'
  readonly user: UserInput
  readonly items: readonly Identifier[]
  /** Record numbers of titles. */
  readonly titles: readonly string[]
  readonly request: Identifier | undefined
  readonly requestType: SchemedValue
  readonly requestScopeType: SchemedValue
  readonly needBeforeDate: string
  readonly pickupLocation: string
}

export interface CancelRequestItemRequest extends ChangeRequest {
  readonly service: 'CancelRequestItem'
  readonly user: UserInput
  readonly item: Identifier | undefined
  readonly request: Identifier | undefined
}

export type NcipRequest =
  | LookupUserRequest
  | LookupItemRequest
  | CheckOutItemRequest
  | CheckInItemRequest
  | RenewItemRequest
  | RequestItemRequest
  | CancelRequestItemRequest
