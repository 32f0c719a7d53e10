/** A note on an item (19), which says nothing about who has it; the rest of its record must stay. */
import { renderItem } from '../../simulators/alma/render/item.ts'
import type { Store } from '../../simulators/alma/state/store.ts'
import { itemStatusUpdate } from '../helpers/raw-sip2.ts'
import {
  type Chance,
  type Errand,
  type Finding,
  Subject,
  compareRest,
  compareState,
  statesAfter,
  unsent,
} from './errand.ts'

interface NoteErrand extends Errand {
  /** Empty clears it. */
  readonly value: string
}

const member = 'internal_note_3'
/** What lending and returning change of it. */
const moving = new Set([
  member,
  'base_status',
  'process_type',
  'modification_date',
  'awaiting_reshelving',
  'reshelving_time',
])

export class NoteSubject extends Subject<NoteErrand> {
  readonly card = ''
  readonly #barcode: string
  readonly #restBefore: unknown

  constructor(barcode: string, store: Store) {
    super()
    this.#barcode = barcode
    const item = store.itemByBarcode(barcode)
    if (item) item.data = { ...item.data, internal_note_1: 'gift', public_note: 'with map', pages: '304' }
    this.#restBefore = this.#read(store).rest
  }

  protected next(chance: Chance): NoteErrand {
    const value = chance.chance(0.15) ? '' : `shelf check ${this.errands.length + 1}`
    const write = (stamp: string): string => itemStatusUpdate(this.#barcode, value, stamp)
    return { ...unsent, kind: 'update-item', patron: undefined, item: this.#barcode, minor: undefined, value, write }
  }

  protected compare(store: Store, errands: readonly NoteErrand[]): Finding[] {
    const { note, rest } = this.#read(store)
    const may = statesAfter(errands, '', (_, { value }) => value)
    return [
      ...compareState(`the note on ${this.#barcode}`, note, may, errands),
      ...compareRest(`what else is known of ${this.#barcode}`, this.#restBefore, rest),
    ]
  }

  #read(store: Store): { readonly note: string; readonly rest: unknown } {
    const item = store.itemByBarcode(this.#barcode)
    if (!item) throw new Error('Alma has no such item')
    const { item_data: data, holding_data: place } = renderItem(item, store, { link: () => '' })
    const members = Object.entries(data as object)
    return {
      note: String(members.find(([name]) => name === member)?.[1] ?? ''),
      rest: { place, data: Object.fromEntries(members.filter(([name]) => !moving.has(name))) },
    }
  }
}
