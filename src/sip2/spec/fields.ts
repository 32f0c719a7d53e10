/**
 * The variable fields of SIP2: two letters, a value, the delimiter.
 * [SIP2 2.00 variable-length fields], and the extensions that vendors added.
 */
import type { PrivacyClass } from './privacy.ts'

export interface VariableField {
  /** The specification's own words. */
  readonly name: string
  /** What people call it. */
  readonly label: string
  readonly privacy: PrivacyClass
  /** May come more than once in a message. */
  readonly repeatable?: true
  /** Width of a value that is not empty; `fill` says how a shorter one is widened. */
  readonly width?: number
  readonly fill?: 'zeros' | 'blanks'
  /** Not in the specification: taken from whoever sends it, sent only where a terminal is known to want it. */
  readonly extension?: true
}

/** The fields of the specification. The sequence number AY and the checksum AZ belong to the envelope and are not here. */
export const standardFields = {
  AA: { name: 'patronIdentifier', label: 'patron', privacy: 'identity' },
  AB: { name: 'itemIdentifier', label: 'item', privacy: 'identity' },
  AC: { name: 'terminalPassword', label: 'terminal password', privacy: 'secret' },
  AD: { name: 'patronPassword', label: 'patron password', privacy: 'secret' },
  AE: { name: 'personalName', label: 'name', privacy: 'identity' },
  AF: { name: 'screenMessage', label: 'screen message', privacy: 'identity', repeatable: true },
  AG: { name: 'printLine', label: 'print line', privacy: 'identity', repeatable: true },
  AH: { name: 'dueDate', label: 'due date', privacy: 'public' },
  AJ: { name: 'titleIdentifier', label: 'title', privacy: 'identity' },
  AL: { name: 'blockedCardMessage', label: 'blocked card message', privacy: 'identity' },
  AM: { name: 'libraryName', label: 'library', privacy: 'public' },
  AN: { name: 'terminalLocation', label: 'terminal location', privacy: 'public' },
  AO: { name: 'institutionId', label: 'institution', privacy: 'public' },
  AP: { name: 'currentLocation', label: 'current location', privacy: 'public' },
  AQ: { name: 'permanentLocation', label: 'permanent location', privacy: 'public' },
  AS: { name: 'holdItems', label: 'hold item', privacy: 'identity', repeatable: true },
  AT: { name: 'overdueItems', label: 'overdue item', privacy: 'identity', repeatable: true },
  AU: { name: 'chargedItems', label: 'charged item', privacy: 'identity', repeatable: true },
  AV: { name: 'fineItems', label: 'fine', privacy: 'identity', repeatable: true },
  BD: { name: 'homeAddress', label: 'home address', privacy: 'identity' },
  BE: { name: 'emailAddress', label: 'e-mail', privacy: 'identity' },
  BF: { name: 'homePhoneNumber', label: 'phone', privacy: 'identity' },
  BG: { name: 'owner', label: 'owner', privacy: 'public' },
  BH: { name: 'currencyType', label: 'currency', privacy: 'public', width: 3, fill: 'blanks' },
  BI: { name: 'cancel', label: 'cancel', privacy: 'public', width: 1, fill: 'blanks' },
  BK: { name: 'transactionId', label: 'transaction', privacy: 'identity' },
  BL: { name: 'validPatron', label: 'valid patron', privacy: 'public', width: 1, fill: 'blanks' },
  BM: { name: 'renewedItems', label: 'renewed item', privacy: 'identity', repeatable: true },
  BN: { name: 'unrenewedItems', label: 'item not renewed', privacy: 'identity', repeatable: true },
  BO: { name: 'feeAcknowledged', label: 'fee acknowledged', privacy: 'public', width: 1, fill: 'blanks' },
  BP: { name: 'startItem', label: 'first item of the list', privacy: 'public' },
  BQ: { name: 'endItem', label: 'last item of the list', privacy: 'public' },
  BR: { name: 'queuePosition', label: 'place in the queue', privacy: 'public' },
  BS: { name: 'pickupLocation', label: 'pickup location', privacy: 'public' },
  BT: { name: 'feeType', label: 'fee type', privacy: 'public', width: 2, fill: 'zeros' },
  BU: { name: 'recallItems', label: 'recalled item', privacy: 'identity', repeatable: true },
  BV: { name: 'feeAmount', label: 'fee amount', privacy: 'identity' },
  BW: { name: 'expirationDate', label: 'expiry date', privacy: 'public', width: 18, fill: 'blanks' },
  BX: { name: 'supportedMessages', label: 'supported messages', privacy: 'public', width: 16, fill: 'blanks' },
  BY: { name: 'holdType', label: 'hold type', privacy: 'public', width: 1, fill: 'blanks' },
  BZ: { name: 'holdItemsLimit', label: 'hold limit', privacy: 'public', width: 4, fill: 'zeros' },
  CA: { name: 'overdueItemsLimit', label: 'overdue limit', privacy: 'public', width: 4, fill: 'zeros' },
  CB: { name: 'chargedItemsLimit', label: 'loan limit', privacy: 'public', width: 4, fill: 'zeros' },
  CC: { name: 'feeLimit', label: 'fee limit', privacy: 'public' },
  CD: { name: 'unavailableHoldItems', label: 'unavailable hold', privacy: 'identity', repeatable: true },
  CF: { name: 'holdQueueLength', label: 'hold queue', privacy: 'public' },
  // One by the standard; some pay stations send one a fee, and so do fee details.
  CG: { name: 'feeIdentifier', label: 'fee', privacy: 'identity', repeatable: true },
  CH: { name: 'itemProperties', label: 'item properties', privacy: 'identity' },
  CI: { name: 'securityInhibit', label: 'security inhibit', privacy: 'public', width: 1, fill: 'blanks' },
  CJ: { name: 'recallDate', label: 'recall date', privacy: 'public', width: 18, fill: 'blanks' },
  CK: { name: 'mediaType', label: 'media type', privacy: 'public', width: 3, fill: 'zeros' },
  CL: { name: 'sortBin', label: 'sort bin', privacy: 'public' },
  CM: { name: 'holdPickupDate', label: 'hold pickup date', privacy: 'public', width: 18, fill: 'blanks' },
  CN: { name: 'loginUserId', label: 'log-in user', privacy: 'identity' },
  CO: { name: 'loginPassword', label: 'log-in password', privacy: 'secret' },
  CP: { name: 'locationCode', label: 'location code', privacy: 'public' },
  CQ: { name: 'validPatronPassword', label: 'valid patron password', privacy: 'public', width: 1, fill: 'blanks' },
} as const satisfies Record<string, VariableField>

/** Extensions seen in the field. One identifier can mean different things to two vendors; the label says so. */
export const extensionFields = {
  BC: { name: 'birthDate', label: 'birth date', privacy: 'identity', extension: true },
  CR: { name: 'collectionCode', label: 'collection code', privacy: 'public', extension: true },
  CS: { name: 'callNumber', label: 'call number', privacy: 'identity', extension: true },
  CT: { name: 'destinationLocation', label: 'destination', privacy: 'public', extension: true },
  CV: { name: 'alertType', label: 'alert type', privacy: 'public', width: 2, fill: 'zeros', extension: true },
  CY: { name: 'holdPatronId', label: 'hold patron', privacy: 'identity', extension: true },
  DA: { name: 'holdPatronName', label: 'hold patron name', privacy: 'identity', extension: true },
  DE: { name: 'description', label: 'description', privacy: 'identity', extension: true },
  EA: { name: 'contributor', label: 'contributor', privacy: 'identity', extension: true },
  FA: { name: 'feeRemaining', label: 'fee remaining', privacy: 'identity', repeatable: true, extension: true },
  FB: { name: 'feeItemIdentifier', label: 'fee item', privacy: 'identity', repeatable: true, extension: true },
  FC: { name: 'feeDate', label: 'fee date', privacy: 'identity', repeatable: true, extension: true },
  FD: { name: 'feeTitle', label: 'fee title', privacy: 'identity', repeatable: true, extension: true },
  FE: { name: 'feeId', label: 'fee id', privacy: 'identity', repeatable: true, extension: true },
  FF: { name: 'feeTypeName', label: 'fee type', privacy: 'identity', repeatable: true, extension: true },
  FG: { name: 'feePaid', label: 'fee paid', privacy: 'identity', repeatable: true, extension: true },
  FU: { name: 'patronGroupCode', label: 'patron group code', privacy: 'identity', extension: true },
  FV: { name: 'patronGroupName', label: 'patron group', privacy: 'identity', extension: true },
  GG: { name: 'wiseExtension', label: 'OCLC Wise extension', privacy: 'identity', extension: true },
  IN: { name: 'isbn', label: 'ISBN', privacy: 'identity', extension: true },
  MA: { name: 'bibliographicId', label: 'bibliographic id', privacy: 'identity', extension: true },
  MB: { name: 'bibliographicId2', label: 'bibliographic id 2', privacy: 'identity', extension: true },
  MC: { name: 'bibliographicId3', label: 'bibliographic id 3', privacy: 'identity', extension: true },
  NB: { name: 'universalProductCode', label: 'UPC', privacy: 'identity', extension: true },
  OR: { name: 'registerLogin', label: 'register log-in', privacy: 'identity', extension: true },
  PA: { name: 'patronExpiry', label: 'patron expiry or organisation', privacy: 'identity', extension: true },
  PB: { name: 'patronBirthDate', label: 'birth date', privacy: 'identity', extension: true },
  PC: { name: 'patronClass', label: 'patron class', privacy: 'identity', extension: true },
  PE: { name: 'patronExtensionE', label: 'Polaris PE', privacy: 'identity', extension: true },
  PI: { name: 'internetPrivilege', label: 'internet privilege', privacy: 'identity', extension: true },
  PS: { name: 'patronExtensionS', label: 'Polaris PS', privacy: 'identity', extension: true },
  PT: { name: 'patronType', label: 'patron type', privacy: 'identity', extension: true },
  PX: { name: 'patronExpiration', label: 'patron expiry', privacy: 'identity', extension: true },
  PY: { name: 'patronExpired', label: 'patron expired', privacy: 'identity', extension: true },
  PZ: { name: 'postalCode', label: 'postal code', privacy: 'identity', extension: true },
  RN: { name: 'checkNumber', label: 'check number', privacy: 'identity', extension: true },
  SV: { name: 'serverVersion', label: 'server version', privacy: 'public', extension: true },
  U1: { name: 'userField1', label: 'user field 1', privacy: 'identity', extension: true },
  U2: { name: 'userField2', label: 'user field 2', privacy: 'identity', extension: true },
  U3: { name: 'userField3', label: 'user field 3', privacy: 'identity', extension: true },
  U4: { name: 'userField4', label: 'user field 4', privacy: 'identity', extension: true },
  U5: { name: 'userField5', label: 'user field 5', privacy: 'identity', extension: true },
  XI: { name: 'internalId', label: 'internal id', privacy: 'identity', extension: true },
} as const satisfies Record<string, VariableField>

export const variableFields = { ...standardFields, ...extensionFields } as const

export type ExtensionFieldId = keyof typeof extensionFields
export type FieldId = keyof typeof variableFields

const byId = new Map<string, VariableField>(Object.entries(variableFields))

/** The description of a field, or undefined when no table knows the identifier. */
export function findField(id: string): VariableField | undefined {
  return byId.get(id)
}

/** The privacy class of any identifier. The envelope's AY and AZ are public; what nobody knows is identity. */
export function privacyOf(id: string): PrivacyClass {
  if (id === 'AY' || id === 'AZ') return 'public'
  return byId.get(id)?.privacy ?? 'identity'
}
