/** Alma's item object [Alma bibs: item] as a copy of the library. */
import type { CodedName, Item, ItemMembers, ItemState, ItemText, MediaKind } from '../circulation/model.ts'
import type { AlmaConfig } from './config.ts'
import { readItemIds } from './item-ids.ts'
import { type JsonObject, readCode, readCoded, readFlag, readObject, readStatus, readText } from './json.ts'
import { readMoney } from './money.ts'
import { readEnd } from './time.ts'

/** Why a copy is not in its place, by process type [Alma code table PROCESSTYPE]. */
const processStates: Readonly<Record<string, ItemState>> = {
  LOAN: 'on-loan',
  TRANSIT: 'in-transit',
  TRANSIT_TO_REMOTE_STORAGE: 'in-transit',
  HOLDSHELF: 'on-hold-shelf',
  MISSING: 'missing',
  LOST_LOAN: 'lost',
  LOST_LOAN_AND_PAID: 'lost',
  LOST_ILL: 'lost',
  CLAIM_RETURNED_LOAN: 'claimed-returned',
  WORK_ORDER_DEPARTMENT: 'in-process',
  TECHNICAL: 'in-process',
  ACQ: 'on-order',
}

/** Process types of a copy that may still stand on the shelf. */
const shelfProcesses: ReadonlySet<string> = new Set(['', 'REQUESTED'])

/** Kind of medium by material type [Alma code table PhysicalMaterialType]; the rest is `other`. */
const mediaKinds: Readonly<Record<string, MediaKind>> = {
  BOOK: 'book',
  ISSUE: 'magazine',
  ISSBD: 'bound-journal',
  AUDIOCASSETTE: 'audio-tape',
  VIDEOCASSETTE: 'video-tape',
  DVD: 'video-tape',
  BLURAY: 'video-tape',
  CD: 'cd',
  CDROM: 'cd',
  DVDRM: 'cd',
  FLOPPY_DISK: 'diskette',
}

const inPlace = '1'

export function readItem(answer: JsonObject, config: AlmaConfig): Item {
  const bib = readObject(answer['bib_data'])
  const holding = readObject(answer['holding_data'])
  const data = readObject(answer['item_data'])
  const materialType = readCode(data['physical_material_type'])
  const permanentLocation = readCoded(data['location'])
  const temporary = readFlag(holding['in_temp_location']) === true
  return {
    barcode: readText(data['barcode']),
    ids: readItemIds(answer),
    title: readText(bib['title']),
    author: readText(bib['author']),
    callNumber: readCallNumber(holding, data, temporary),
    description: readText(data['description']),
    media: mediaKindOf(materialType, config.options.materialTypes),
    materialType,
    magnetic: readFlag(data['is_magnetic']) ?? false,
    policy: (temporary ? given(readCoded(holding['temp_policy'])) : undefined) ?? readCoded(data['policy']),
    state: readItemState(data),
    requested: readFlag(data['requested']),
    owningLibrary: readCoded(data['library']),
    permanentLocation,
    currentLocation: (temporary ? given(readCoded(holding['temp_location'])) : undefined) ?? permanentLocation,
    fulfilmentNote: readText(data['fulfillment_note']),
    replacementCost: readMoney(data['replacement_cost'], config.currency),
    due: readEnd(data['due_date'], config.timeZone),
    members: readMembers(bib, data),
  }
}

const texts: readonly (readonly [ItemText, string])[] = [
  ['publicNote', 'public_note'],
  ['internalNote1', 'internal_note_1'],
  ['internalNote2', 'internal_note_2'],
  ['internalNote3', 'internal_note_3'],
  ['statisticsNote1', 'statistics_note_1'],
  ['statisticsNote2', 'statistics_note_2'],
  ['statisticsNote3', 'statistics_note_3'],
  ['storageLocation', 'storage_location_id'],
  ['inventoryNumber', 'inventory_number'],
  ['pages', 'pages'],
  ['pieces', 'pieces'],
]

function readMembers(bib: JsonObject, data: JsonObject): ItemMembers | undefined {
  const read = texts.map(([name, member]) => [name, readText(data[member])] as const)
  const materialTypeName = readCoded(data['physical_material_type']).name
  const all = [...read, ['materialTypeName', materialTypeName] as const, ['isbn', readText(bib['isbn'])] as const]
  const filled = all.filter(([, value]) => value !== '')
  return filled.length === 0 ? undefined : Object.fromEntries(filled)
}

export function readItemState(data: JsonObject): ItemState {
  const process = readStatus(data['process_type'])
  const known = processStates[process]
  if (known !== undefined) return known
  if (!shelfProcesses.has(process)) return 'other'
  if (readFlag(data['awaiting_reshelving']) === true) return 'awaiting-reshelving'
  return readCode(data['base_status']) === inPlace ? 'available' : 'other'
}

function mediaKindOf(materialType: string, own: Readonly<Record<string, MediaKind>>): MediaKind {
  if (Object.hasOwn(own, materialType)) return own[materialType] ?? 'other'
  return Object.hasOwn(mediaKinds, materialType) ? (mediaKinds[materialType] ?? 'other') : 'other'
}

function readCallNumber(holding: JsonObject, data: JsonObject, temporary: boolean): string {
  const temporaryNumber = temporary ? readText(holding['temp_call_number']) : ''
  return temporaryNumber || readText(data['alternative_call_number']) || readText(holding['call_number'])
}

function given(coded: CodedName): CodedName | undefined {
  return coded.code === '' ? undefined : coded
}
