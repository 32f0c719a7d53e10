/**
 * Reads NCIP 2.x requests by name alone: order, namespaces, extra elements and the Scheme/Value children of 1.x do
 * not matter. What a service cannot do without is collected, so that one Problem can name it.
 */
import type { Identifier, InitiationHeader, NcipRequest, UserInput } from './message.ts'
import { type ItemElementType, type UserElementType, itemElementTypes, userElementTypes } from './spec/schemes.ts'
import type { SchemedValue } from './spec/elements.ts'
import type { ServedService } from './spec/services.ts'
import type { XmlElement } from './xml.ts'

export type ReadRequest =
  | { readonly kind: 'request'; readonly request: NcipRequest }
  | { readonly kind: 'incomplete'; readonly element: string }

/** The header, empty strings where the message has nothing. [NCIP 2.02 InitiationHeader] */
export function readHeader(service: XmlElement, message: XmlElement): InitiationHeader | undefined {
  const header = childOf(service, 'InitiationHeader') ?? childOf(message, 'InitiationHeader')
  if (header === undefined) return undefined
  const agencyIn = (name: string): string => {
    const wrapper = childOf(header, name)
    if (wrapper === undefined) return ''
    const inner = childOf(wrapper, 'AgencyId') ?? childOf(wrapper, 'UniqueAgencyId')
    return valueOf(inner ?? wrapper)
  }
  return {
    fromSystem: valueIn(header, 'FromSystemId'),
    fromAgency: agencyIn('FromAgencyId'),
    fromAgencyAuthentication: valueIn(header, 'FromAgencyAuthentication'),
    onBehalfOf: agencyIn('OnBehalfOfAgency'),
    toSystem: valueIn(header, 'ToSystemId'),
    toAgency: agencyIn('ToAgencyId'),
    applicationProfile: valueIn(header, 'ApplicationProfileType'),
  }
}

export function readRequest(service: ServedService, element: XmlElement): ReadRequest {
  const missing: string[] = []
  const need = <T>(value: T | undefined, name: string, stand: T): T => {
    if (value === undefined) missing.push(name)
    return value ?? stand
  }
  const request = readers[service](element, need)
  const [first] = missing
  return first === undefined ? { kind: 'request', request } : { kind: 'incomplete', element: first }
}

type Need = <T>(value: T | undefined, name: string, stand: T) => T

const noIdentifier: Identifier = { agency: '', type: '', value: '' }
const noUser: UserInput = { identifier: '', element: 'UserId', secret: undefined }

const readers: Record<ServedService, (element: XmlElement, need: Need) => NcipRequest> = {
  LookupUser: (element, need) => ({
    service: 'LookupUser',
    user: need(readUser(element), 'UserId', noUser),
    userElements: readUserElements(element),
    loanedItems: childOf(element, 'LoanedItemsDesired') !== undefined,
    requestedItems: childOf(element, 'RequestedItemsDesired') !== undefined,
    fiscalAccount: childOf(element, 'UserFiscalAccountDesired') !== undefined,
  }),
  LookupItem: (element, need) => {
    const item = readIdentifier(element, 'Item')
    const request = readIdentifier(element, 'Request')
    need(item ?? request, 'ItemId', noIdentifier)
    return { service: 'LookupItem', item, request, itemElements: readItemElements(element) }
  },
  CheckOutItem: (element, need) => ({
    service: 'CheckOutItem',
    occurredAt: occurredAt(element),
    user: readUser(element),
    item: need(readIdentifier(element, 'Item'), 'ItemId', noIdentifier),
    request: readIdentifier(element, 'Request'),
    desiredDateDue: valueIn(element, 'DesiredDateDue') || valueIn(element, 'DesiredDueDate'),
    userElements: readUserElements(element),
    itemElements: readItemElements(element),
  }),
  CheckInItem: (element, need) => ({
    service: 'CheckInItem',
    occurredAt: occurredAt(element),
    item: need(readIdentifier(element, 'Item'), 'ItemId', noIdentifier),
    userElements: readUserElements(element),
    itemElements: readItemElements(element),
  }),
  RenewItem: (element, need) => ({
    service: 'RenewItem',
    occurredAt: occurredAt(element),
    user: need(readUser(element), 'UserId', noUser),
    item: need(readIdentifier(element, 'Item'), 'ItemId', noIdentifier),
    userElements: readUserElements(element),
    itemElements: readItemElements(element),
  }),
  RequestItem: (element, need) => {
    const items = readIdentifiers(element, 'Item')
    const titles = readTitles(element)
    need(items[0]?.value ?? titles[0], 'ItemId', '')
    return {
      service: 'RequestItem',
      occurredAt: occurredAt(element),
      user: need(readUser(element), 'UserId', noUser),
      items,
      titles,
      request: readIdentifier(element, 'Request'),
      requestType: readSchemed(element, 'RequestType'),
      requestScopeType: readSchemed(element, 'RequestScopeType'),
      needBeforeDate: valueIn(element, 'NeedBeforeDate'),
      pickupLocation: valueIn(element, 'PickupLocation'),
    }
  },
  CancelRequestItem: (element, need) => {
    const item = readIdentifier(element, 'Item')
    const request = readIdentifier(element, 'Request')
    need(request ?? item, 'RequestId', noIdentifier)
    const user = need(readUser(element), 'UserId', noUser)
    return { service: 'CancelRequestItem', occurredAt: occurredAt(element), user, item, request }
  },
}

const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name)

const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name)

/** An element's value: its text, or that of a 1.x `Value` child. */
const valueOf = (element: XmlElement): string => (childOf(element, 'Value') ?? element).text.trim()

function valueIn(element: XmlElement, name: string): string {
  const child = childOf(element, name)
  return child === undefined ? '' : valueOf(child)
}

/** [NCIP 2.02 MandatedAction] */
function occurredAt(element: XmlElement): string {
  const action = childOf(element, 'MandatedAction')
  return action === undefined ? '' : valueIn(action, 'DateEventOccurred')
}

function readSchemed(element: XmlElement, name: string): SchemedValue {
  const child = childOf(element, name)
  if (child === undefined) return { value: '', scheme: undefined }
  const scheme = (child.attributes.get('Scheme') ?? valueIn(child, 'Scheme')).trim()
  return { value: valueOf(child), scheme: scheme === '' ? undefined : scheme }
}

type IdentifierKind = 'User' | 'Item' | 'Request'

/** `UserId`, `ItemId` or `RequestId`; one without a value counts as absent. */
function readIdentifiers(element: XmlElement, kind: IdentifierKind): Identifier[] {
  return childrenOf(element, `${kind}Id`)
    .map((id) => ({
      agency: valueIn(id, 'AgencyId'),
      type: valueIn(id, `${kind}IdentifierType`),
      value: valueIn(id, `${kind}IdentifierValue`),
    }))
    .filter((id) => id.value !== '')
}

const readIdentifier = (element: XmlElement, kind: IdentifierKind): Identifier | undefined =>
  readIdentifiers(element, kind)[0]

function readTitles(element: XmlElement): string[] {
  return childrenOf(element, 'BibliographicId')
    .flatMap((id) => childrenOf(id, 'BibliographicRecordId'))
    .map((id) => valueIn(id, 'BibliographicRecordIdentifier'))
    .filter((id) => id !== '')
}

const secretType = /passw|\bpin\b|secret|confirmation|digest|certificate/i
const digestType = /digest|certificate/i
/** Only what is surely an identifier is taken for one: identifiers are repeated in Problems, passwords never. */
const identifierType = /user|barcode|card|login|\bid\b|identif|number|mail/i

/** `UserId` names the user before any `AuthenticationInput`; a password may stand beside either. */
function readUser(element: XmlElement): UserInput | undefined {
  const inputs = childrenOf(element, 'AuthenticationInput').map((input) => ({
    type: valueIn(input, 'AuthenticationInputType'),
    // A password may begin or end with a blank.
    data: childOf(input, 'AuthenticationInputData')?.text ?? '',
  }))
  const secret = inputs.find((input) => secretType.test(input.type) && input.data !== '')
  const id = readIdentifier(element, 'User')?.value
  const typed = inputs.find(
    (input) => identifierType.test(input.type) && !secretType.test(input.type) && input.data.trim() !== '',
  )
  const identifier = id ?? typed?.data.trim()
  if (identifier === undefined) return undefined
  return {
    identifier,
    element: id === undefined ? 'AuthenticationInput' : 'UserId',
    secret: secret && { kind: digestType.test(secret.type) ? 'digest' : 'plain', value: secret.data },
  }
}

const readUserElements = (element: XmlElement): ReadonlySet<UserElementType> =>
  readElementTypes(element, 'UserElementType', userElementTypes)

const readItemElements = (element: XmlElement): ReadonlySet<ItemElementType> =>
  readElementTypes(element, 'ItemElementType', itemElementTypes)

/** Known values however they are written; what is not known cannot be answered and is passed over. */
function readElementTypes<T extends string>(element: XmlElement, name: string, known: readonly T[]): ReadonlySet<T> {
  const plain = (value: string) => value.replace(/\s+/g, '').toLowerCase()
  const asked = new Set(childrenOf(element, name).map((child) => plain(valueOf(child))))
  return new Set(known.filter((value) => asked.has(plain(value))))
}
