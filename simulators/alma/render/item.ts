/** Renders an item [Alma rest_item]. */
import { requestsForItem } from '../circulation/item-requests.ts'
import type { Item } from '../state/entities.ts'
import {
  itemConditionMembers,
  itemHeadMembers,
  itemInventoryMembers,
  itemNoteMembers,
  itemTailMembers,
} from '../state/item-members.ts'
import { millisTime, secondsTime, zDate } from '../state/local-time.ts'
import { type Rendered, type RenderedObject, renderShape } from '../state/shape.ts'
import { placeOf, type Store } from '../state/store.ts'
import { code, type Link, libraryCode, locationName, tableCode } from './describe.ts'

export interface ItemView {
  readonly link: Link
  /** Says where the item goes; only a scan does. */
  readonly additionalInfo?: string
  readonly dueDate?: boolean
  /** Text about the due date, when it was asked for. */
  readonly dueDatePolicy?: string
  /** Adds the members that label printing needs. */
  readonly label?: boolean
}

export function renderItem(item: Item, store: Store, view: ItemView): RenderedObject {
  const { mmsId } = item.holding.bib
  const path = ['bibs', mmsId, 'holdings', item.holding.holdingId, 'items', item.pid]
  return {
    bib_data: renderBib(item, view.link),
    holding_data: renderHolding(item, store, view.link),
    item_data: renderItemData(item, store, view),
    ...(view.additionalInfo === undefined ? {} : { additional_info: view.additionalInfo }),
    link: view.link(...path),
  }
}

function renderBib({ holding: { bib } }: Item, link: Link): RenderedObject {
  return {
    mms_id: bib.mmsId,
    bib_suppress_from_publishing: 'false',
    title: bib.title,
    author: bib.author === '' ? null : bib.author,
    issn: bib.issn === '' ? null : bib.issn,
    isbn: bib.isbn === '' ? null : bib.isbn,
    complete_edition: bib.edition,
    network_number: bib.networkNumbers,
    place_of_publication: bib.place,
    date_of_publication: bib.year,
    publisher_const: bib.publisher,
    link: link('bibs', bib.mmsId),
  }
}

function renderHolding(item: Item, store: Store, link: Link): RenderedObject {
  const { holding, temporary } = item
  return {
    holding_id: holding.holdingId,
    holding_suppress_from_publishing: 'false',
    calculated_suppress_from_publishing: 'false',
    permanent_call_number_type: tableCode('CallNumberType', holding.callNumberType, store),
    permanent_call_number: holding.callNumber,
    call_number_type: tableCode('CallNumberType', holding.callNumberType, store),
    call_number: holding.callNumber,
    accession_number: '',
    copy_id: item.copyId,
    in_temp_location: temporary !== undefined,
    temp_library: temporary ? libraryCode(temporary.library, store) : code(null, null),
    temp_location: temporary
      ? code(temporary.location, locationName(temporary.library, temporary.location, store))
      : code(null, null),
    temp_call_number_type: tableCode('CallNumberType', temporary?.callNumberType ?? '', store),
    temp_call_number: temporary?.callNumber ?? '',
    temp_policy: tableCode('ItemPolicy', temporary?.policy ?? '', store),
    due_back_date: temporary?.dueBack || null,
    link: link('bibs', holding.bib.mmsId, 'holdings', holding.holdingId),
  }
}

function renderItemData(item: Item, store: Store, view: ItemView): RenderedObject {
  const { tables, zone } = store.institution
  const { data, holding } = item
  const isAway = item.process !== '' && item.process !== 'REQUESTED'
  const reshelving = item.reshelvedAt > store.now()
  return {
    pid: item.pid,
    barcode: item.barcode,
    creation_date: zDate(item.createdAt, zone),
    modification_date: zDate(item.modifiedAt, zone),
    base_status: tableCode('BaseStatus', isAway ? '0' : '1', store),
    awaiting_reshelving: reshelving,
    reshelving_time: reshelving ? millisTime(item.reshelvedAt) : null,
    ...renderShape(itemHeadMembers, data, tables),
    process_type: tableCode('PROCESSTYPE', item.process, store),
    ...(item.workOrder
      ? {
          work_order_type: tableCode('WorkOrderTypes', item.workOrder.type, store),
          work_order_at: tableCode('Departments', item.workOrder.department, store),
        }
      : {}),
    ...renderShape(itemInventoryMembers, data, tables),
    library: libraryCode(holding.library, store),
    location: code(holding.location, locationName(holding.library, holding.location, store)),
    ...renderShape(itemTailMembers, data, tables),
    ...(view.dueDate ? { due_date: item.loan ? secondsTime(item.loan.dueAt) : null } : {}),
    ...(view.dueDatePolicy === undefined ? {} : { due_date_policy: view.dueDatePolicy }),
    ...renderShape(itemNoteMembers, data, tables),
    requested: view.additionalInfo === undefined ? requestsForItem(item).length > 0 : null,
    ...renderLabel(item, store, view),
    ...renderShape(itemConditionMembers, data, tables),
  }
}

/** Members of `view=label`; they are null in every other answer. */
function renderLabel(item: Item, store: Store, view: ItemView): Record<string, Rendered> {
  if (view.label !== true) return { edition: null, imprint: null, language: null }
  const { bib, callNumber } = item.holding
  const place = placeOf(item)
  return {
    edition: bib.edition,
    imprint: `${bib.place} ${bib.publisher} ${bib.year}`.trim(),
    language: null,
    library_details: { address: { line1: store.library(place.library)?.name ?? place.library } },
    call_no: callNumber === '' ? [] : callNumber.split(' '),
    title_abcnph: bib.title,
  }
}
