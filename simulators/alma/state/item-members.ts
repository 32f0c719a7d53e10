/** The members of `item_data` in the order in which Alma sends them [Alma rest_item]. */
import { coded, flag, type Member, number, text } from './shape.ts'

const letters = (prefix: string, from: string): Member[] => [...from].map((letter) => text(`${prefix}_${letter}`, ''))

/** Members that a body may set, between the computed ones. */
export const itemHeadMembers: readonly Member[] = [
  coded('physical_material_type', 'PhysicalMaterialType', 'BOOK'),
  coded('policy', 'ItemPolicy', ''),
  coded('provenance', 'ProvenanceCodes', ''),
  text('po_line', ''),
  flag('is_magnetic'),
  text('arrival_date'),
  text('expected_arrival_date'),
  text('year_of_issue', ''),
  ...letters('enumeration', 'abcdefgh'),
  ...letters('chronology', 'ijklm'),
  text('description', ''),
  number('replacement_cost'),
  text('receiving_operator', ''),
]

export const itemTailMembers: readonly Member[] = [
  text('alternative_call_number', ''),
  coded('alternative_call_number_type', 'CallNumberType', ''),
  text('alt_number_source', ''),
  text('storage_location_id', ''),
  text('pages', ''),
  text('pieces', ''),
  text('public_note', ''),
  text('fulfillment_note', ''),
]

export const itemInventoryMembers: readonly Member[] = [
  text('inventory_number', ''),
  text('inventory_date'),
  text('inventory_price', ''),
  text('receive_number', ''),
  text('weeding_number', ''),
  text('weeding_date'),
]

export const itemNoteMembers: readonly Member[] = [
  text('internal_note_1', ''),
  text('internal_note_2', ''),
  text('internal_note_3', ''),
  text('statistics_note_1', ''),
  text('statistics_note_2', ''),
  text('statistics_note_3', ''),
]

export const itemConditionMembers: readonly Member[] = [
  coded('physical_condition', 'PhysicalCondition'),
  coded('committed_to_retain'),
  coded('retention_reason'),
  text('retention_note', ''),
]

/** Everything descriptive that sample data or a body may say about an item. */
export const itemMembers: readonly Member[] = [
  ...itemHeadMembers,
  ...itemInventoryMembers,
  ...itemTailMembers,
  ...itemNoteMembers,
  ...itemConditionMembers,
]
