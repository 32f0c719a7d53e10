/**
 * The part of the NCIP 2.02 schema that is written here: each element's children in schema order, or the kind of
 * its content. Order of writing and the types of what may be written both come from this table.
 */
export const elements = {
  ResponseHeader: ['FromSystemId', 'FromAgencyId', 'ToSystemId', 'ToAgencyId'],
  FromSystemId: 'scheme',
  FromAgencyId: ['AgencyId'],
  ToSystemId: 'scheme',
  ToAgencyId: ['AgencyId'],
  AgencyId: 'scheme',

  Problem: ['ProblemType', 'ProblemDetail', 'ProblemElement', 'ProblemValue'],
  ProblemType: 'scheme',
  ProblemDetail: 'text',
  ProblemElement: 'text',
  ProblemValue: 'text',

  LookupUserResponse: [
    'ResponseHeader',
    'Problem',
    'UserId',
    'UserFiscalAccount',
    'LoanedItemsCount',
    'LoanedItem',
    'RequestedItemsCount',
    'RequestedItem',
    'UserOptionalFields',
  ],
  LookupItemResponse: [
    'ResponseHeader',
    'Problem',
    'RequestId',
    'ItemId',
    'HoldPickupDate',
    'DateRecalled',
    'ItemOptionalFields',
  ],
  CheckOutItemResponse: [
    'ResponseHeader',
    'Problem',
    'ItemId',
    'UserId',
    'DateDue',
    'IndeterminateLoanPeriodFlag',
    'NonReturnableFlag',
    'RenewalCount',
    'ItemOptionalFields',
    'UserOptionalFields',
  ],
  CheckInItemResponse: [
    'ResponseHeader',
    'Problem',
    'ItemId',
    'UserId',
    'RoutingInformation',
    'ItemOptionalFields',
    'UserOptionalFields',
  ],
  RenewItemResponse: [
    'ResponseHeader',
    'Problem',
    'Pending',
    'ItemId',
    'UserId',
    'DateDue',
    'DateForReturn',
    'RenewalCount',
    'ItemOptionalFields',
    'UserOptionalFields',
  ],
  RequestItemResponse: [
    'ResponseHeader',
    'Problem',
    'RequestId',
    'ItemId',
    'UserId',
    'RequestType',
    'RequestScopeType',
    'DateAvailable',
    'HoldPickupDate',
    'ItemOptionalFields',
    'UserOptionalFields',
  ],
  CancelRequestItemResponse: [
    'ResponseHeader',
    'Problem',
    'RequestId',
    'ItemId',
    'UserId',
    'ItemOptionalFields',
    'UserOptionalFields',
  ],

  Pending: ['DateOfExpectedReply'],
  DateOfExpectedReply: 'date',

  UserId: ['AgencyId', 'UserIdentifierType', 'UserIdentifierValue'],
  UserIdentifierType: 'scheme',
  UserIdentifierValue: 'text',
  ItemId: ['AgencyId', 'ItemIdentifierType', 'ItemIdentifierValue'],
  ItemIdentifierType: 'scheme',
  ItemIdentifierValue: 'text',
  RequestId: ['AgencyId', 'RequestIdentifierType', 'RequestIdentifierValue'],
  RequestIdentifierType: 'scheme',
  RequestIdentifierValue: 'text',
  BibliographicId: ['BibliographicRecordId'],
  BibliographicRecordId: ['BibliographicRecordIdentifier', 'AgencyId'],
  BibliographicRecordIdentifier: 'text',
  RequestType: 'scheme',
  RequestScopeType: 'scheme',
  RequestStatusType: 'scheme',

  UserOptionalFields: [
    'NameInformation',
    'UserAddressInformation',
    'DateOfBirth',
    'UserLanguage',
    'UserPrivilege',
    'BlockOrTrap',
    'UserId',
  ],
  NameInformation: ['PersonalNameInformation'],
  PersonalNameInformation: ['StructuredPersonalUserName', 'UnstructuredPersonalUserName'],
  StructuredPersonalUserName: ['GivenName', 'Initials', 'Surname'],
  GivenName: 'text',
  Initials: 'text',
  Surname: 'text',
  UnstructuredPersonalUserName: 'text',
  UserAddressInformation: ['UserAddressRoleType', 'PhysicalAddress', 'ElectronicAddress'],
  UserAddressRoleType: 'scheme',
  PhysicalAddress: ['StructuredAddress', 'PhysicalAddressType'],
  PhysicalAddressType: 'scheme',
  StructuredAddress: ['Line1', 'Line2', 'Locality', 'Region', 'Country', 'PostalCode'],
  Line1: 'text',
  Line2: 'text',
  Locality: 'text',
  Region: 'text',
  Country: 'text',
  PostalCode: 'text',
  ElectronicAddress: ['ElectronicAddressType', 'ElectronicAddressData'],
  ElectronicAddressType: 'scheme',
  ElectronicAddressData: 'text',
  DateOfBirth: 'date',
  UserLanguage: 'scheme',
  UserPrivilege: [
    'AgencyId',
    'AgencyUserPrivilegeType',
    'ValidToDate',
    'UserPrivilegeStatus',
    'UserPrivilegeDescription',
  ],
  AgencyUserPrivilegeType: 'scheme',
  ValidToDate: 'date',
  UserPrivilegeStatus: ['UserPrivilegeStatusType'],
  UserPrivilegeStatusType: 'scheme',
  UserPrivilegeDescription: 'text',
  BlockOrTrap: ['AgencyId', 'BlockOrTrapType', 'ValidToDate'],
  BlockOrTrapType: 'scheme',

  UserFiscalAccount: ['AccountBalance', 'AccountDetails'],
  AccountBalance: ['CurrencyCode', 'MonetaryValue'],
  AccountDetails: ['AccrualDate', 'FiscalTransactionInformation'],
  AccrualDate: 'date',
  FiscalTransactionInformation: [
    'FiscalActionType',
    'FiscalTransactionReferenceId',
    'FiscalTransactionType',
    'Amount',
    'FiscalTransactionDescription',
    'ItemDetails',
  ],
  FiscalActionType: 'scheme',
  FiscalTransactionReferenceId: ['AgencyId', 'FiscalTransactionIdentifierValue'],
  FiscalTransactionIdentifierValue: 'text',
  FiscalTransactionType: 'scheme',
  FiscalTransactionDescription: 'text',
  ItemDetails: ['ItemId', 'BibliographicDescription'],
  Amount: ['CurrencyCode', 'MonetaryValue'],
  CurrencyCode: 'scheme',
  MonetaryValue: 'count',

  LoanedItemsCount: ['CirculationStatus', 'LoanedItemCountValue'],
  LoanedItemCountValue: 'count',
  LoanedItem: [
    'ItemId',
    'BibliographicId',
    'ReminderLevel',
    'DateDue',
    'IndeterminateLoanPeriodFlag',
    'Amount',
    'Title',
  ],
  ReminderLevel: 'count',
  RequestedItemsCount: ['RequestType', 'RequestedItemCountValue'],
  RequestedItemCountValue: 'count',
  RequestedItem: [
    'RequestId',
    'ItemId',
    'BibliographicId',
    'RequestType',
    'RequestStatusType',
    'DatePlaced',
    'PickupLocation',
    'PickupExpiryDate',
    'HoldQueuePosition',
    'Title',
  ],
  DatePlaced: 'date',
  PickupLocation: 'scheme',
  PickupExpiryDate: 'date',
  HoldQueuePosition: 'count',

  ItemOptionalFields: [
    'BibliographicDescription',
    'ItemUseRestrictionType',
    'CirculationStatus',
    'HoldQueueLength',
    'ItemDescription',
    'Location',
    'SensitizationFlag',
    'DateDue',
  ],
  BibliographicDescription: ['Author', 'BibliographicRecordId', 'Title', 'MediumType'],
  Author: 'text',
  Title: 'text',
  MediumType: 'scheme',
  ItemUseRestrictionType: 'scheme',
  CirculationStatus: 'scheme',
  HoldQueueLength: 'count',
  ItemDescription: ['CallNumber', 'HoldingsInformation'],
  CallNumber: 'text',
  HoldingsInformation: ['UnstructuredHoldingsData'],
  UnstructuredHoldingsData: 'text',
  Location: ['LocationType', 'LocationName'],
  LocationType: 'scheme',
  LocationName: ['LocationNameInstance'],
  LocationNameInstance: ['LocationNameLevel', 'LocationNameValue'],
  LocationNameLevel: 'count',
  LocationNameValue: 'text',
  SensitizationFlag: 'flag',

  RoutingInformation: ['RoutingInstructions', 'Destination', 'RequestType'],
  RoutingInstructions: 'text',
  Destination: ['Location'],

  DateDue: 'date',
  DateForReturn: 'date',
  DateRecalled: 'date',
  DateAvailable: 'date',
  HoldPickupDate: 'date',
  RenewalCount: 'count',
  IndeterminateLoanPeriodFlag: 'flag',
  NonReturnableFlag: 'flag',
} as const

type Elements = typeof elements
export type ElementName = keyof Elements

/** A value of a vocabulary, with the URI of its scheme where the partner can know it. */
export interface SchemedValue {
  readonly value: string
  readonly scheme: string | undefined
}

interface LeafContent {
  readonly text: string
  readonly scheme: SchemedValue | string
  /** An instant, or a date-time already written, for dates that have no zone. */
  readonly date: Date | string
  readonly count: number
  readonly flag: true
}

type Child<N extends ElementName> = Elements[N] extends readonly (infer C extends ElementName)[] ? C : never

/** What an element may hold. Several of a kind are an array; what is undefined or empty is not written. */
export type Content<N extends ElementName> = Elements[N] extends keyof LeafContent
  ? LeafContent[Elements[N]]
  : { readonly [C in Child<N>]?: Content<C> | readonly Content<C>[] | undefined }

type ByParent = ReadonlyMap<ElementName, ReadonlySet<ElementName>>

/** Elements that a reader of an older 2.x does not know, by parent. */
export const since202: ByParent = new Map([
  ['ItemOptionalFields', new Set<ElementName>(['DateDue'])],
  ['LoanedItem', new Set<ElementName>(['BibliographicId'])],
  ['RequestedItem', new Set<ElementName>(['BibliographicId'])],
])

/** Elements that older versions require and that tell nothing here, by parent. */
export const until202: ByParent = new Map([['LoanedItem', new Set<ElementName>(['ReminderLevel', 'Amount'])]])
