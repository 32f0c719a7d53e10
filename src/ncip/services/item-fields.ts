import type { Item, ItemState, Loan, MediaKind } from '../../circulation/model.ts'
import type { Content, SchemedValue } from '../spec/elements.ts'
import { type ItemElementType, schemes } from '../spec/schemes.ts'
import type { ServiceContext } from './service.ts'

type Asked = ReadonlySet<ItemElementType>

/** [NCIP 2.02 CirculationStatus] */
export const circulationStatuses: Record<ItemState, string> = {
  available: 'Available On Shelf',
  'on-loan': 'On Loan',
  'on-hold-shelf': 'Available For Pickup',
  'in-transit': 'In Transit Between Library Locations',
  'awaiting-reshelving': 'Waiting To Be Reshelved',
  'on-order': 'On Order',
  'in-process': 'In Process',
  missing: 'Missing',
  lost: 'Lost',
  'claimed-returned': 'Claimed Returned Or Never Borrowed',
  other: 'Circulation Status Undefined',
}

/** [NCIP 2.02 MediumType]; what the list does not know is not told. */
const mediumTypes: Record<MediaKind, string> = {
  other: '',
  book: 'Book',
  magazine: 'Magazine',
  'bound-journal': 'Bound Journal',
  'audio-tape': 'Audio Tape',
  'video-tape': 'Video Tape',
  cd: 'Compact Disc (CD)',
  diskette: 'Diskette',
  'book-with-diskette': 'Book With Diskette',
  'book-with-cd': 'Book With Compact Disc (CD)',
  'book-with-audio-tape': 'Book With Audio Tape',
}

/** Levels of a location's name, as brokers read them. */
const libraryLevel = 3
const shelvingLevel = 4

/** What was asked of an item. [NCIP 2.02 ItemOptionalFields] */
export function itemFields(
  item: Item,
  queueLength: number | undefined,
  asked: Asked,
  context: ServiceContext,
): Content<'ItemOptionalFields'> {
  return {
    BibliographicDescription: asked.has('Bibliographic Description')
      ? {
          ...description(item, context),
          MediumType: { value: mediumTypes[item.media], scheme: schemes.mediumType },
        }
      : undefined,
    ...(asked.has('Circulation Status') && { CirculationStatus: circulationStatus(item.state) }),
    ...(asked.has('Hold Queue Length') && { HoldQueueLength: queueLength }),
    ItemDescription: asked.has('Item Description') ? itemDescription(item) : undefined,
    ...(asked.has('Location') && { Location: locations(item) }),
    ...(asked.has('Sensitization Flag') && item.magnetic && { SensitizationFlag: true as const }),
    ...dueDate(item.due, asked),
  }
}

const answeredByLoan: Asked = new Set(['Bibliographic Description', 'Circulation Status', 'Due Date'])

/** Whether a loan alone can tell what was asked, so that the item need not be read. */
export const needsItem = (asked: Asked): boolean => [...asked].some((type) => !answeredByLoan.has(type))

/** What was asked of an item, as far as its loan tells. */
export function loanFields(loan: Loan, asked: Asked, context: ServiceContext): Content<'ItemOptionalFields'> {
  return {
    BibliographicDescription: asked.has('Bibliographic Description') ? description(loan, context) : undefined,
    ...(asked.has('Circulation Status') && { CirculationStatus: circulationStatus('on-loan') }),
    ...dueDate(loan.due, asked),
  }
}

const circulationStatus = (state: ItemState): SchemedValue => ({
  value: circulationStatuses[state],
  scheme: schemes.circulationStatus,
})

/** Partners that know the element want it with the status, and some have no word of their own to ask for it. */
const dueDate = (due: Date | undefined, asked: Asked) =>
  due !== undefined && (asked.has('Due Date') || asked.has('Circulation Status')) ? { DateDue: due } : {}

function description(
  { author, title, ...rest }: Item | Loan,
  context: ServiceContext,
): Content<'BibliographicDescription'> {
  const titleId = 'ids' in rest ? rest.ids?.titleId : rest.itemIds?.titleId
  return { Author: author, Title: title, BibliographicRecordId: titleId ? recordId(titleId, context) : undefined }
}

export const recordId = (titleId: string, context: ServiceContext): Content<'BibliographicRecordId'> => ({
  BibliographicRecordIdentifier: titleId,
  AgencyId: context.agency,
})

const itemDescription = (item: Item): Content<'ItemDescription'> => ({
  CallNumber: item.callNumber,
  HoldingsInformation: { UnstructuredHoldingsData: item.description },
})

function locations(item: Item): Content<'Location'>[] {
  const { owningLibrary, permanentLocation, currentLocation } = item
  const at = (type: string, shelving: Item['currentLocation']): Content<'Location'> => ({
    LocationType: { value: type, scheme: schemes.locationType },
    LocationName: {
      LocationNameInstance: [
        locationName(libraryLevel, owningLibrary.name || owningLibrary.code),
        locationName(shelvingLevel, shelving.name || shelving.code),
      ].filter((name) => name !== undefined),
    },
  })
  const named = (place: Item['currentLocation']) => place.code !== '' || place.name !== ''
  return [
    ...(named(owningLibrary) || named(permanentLocation) ? [at('Permanent Location', permanentLocation)] : []),
    ...(named(currentLocation) ? [at('Current Location', currentLocation)] : []),
  ]
}

const locationName = (level: number, value: string): Content<'LocationNameInstance'> | undefined =>
  value === '' ? undefined : { LocationNameLevel: level, LocationNameValue: value }
