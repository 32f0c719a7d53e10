/** Replacing an item's data [Alma bibs: update item]: the whole `item_data` is swapped; its state is output only. */
import { refusals } from '../alma-error.ts'
import type { Holding, Item } from '../state/entities.ts'
import { itemMembers } from '../state/item-members.ts'
import { codeOf, flagOf, objectOf, readShape } from '../state/shape.ts'
import type { Store } from '../state/store.ts'

export function updateItem(item: Item, body: Readonly<Record<string, unknown>>, store: Store): void {
  const itemData = objectOf(body.item_data)
  if (body.item_data === undefined) throw refusals.noValidBody()
  const library = codeOf(itemData.library) || item.holding.library
  const location = codeOf(itemData.location) || item.holding.location
  assertPlace(library, location, store)
  const holdingData = objectOf(body.holding_data)
  const temporary = readTemporary(holdingData, item, store)
  const barcode = codeOf(itemData.barcode) || item.barcode
  if (barcode !== item.barcode) {
    if (store.itemByBarcode(barcode)) throw refusals.invalidField('barcode', barcode)
    store.itemsByBarcode.delete(item.barcode)
    item.barcode = barcode
    store.itemsByBarcode.set(barcode, item)
  }
  item.data = readShape(itemMembers, itemData)
  item.temporary = temporary
  item.copyId = codeOf(holdingData.copy_id)
  if (library !== item.holding.library || location !== item.holding.location) {
    item.holding = holdingAt(library, location, item, store)
  }
  item.modifiedAt = store.now()
}

function assertPlace(library: string, location: string, store: Store): void {
  const known = store.library(library)
  if (!known) throw refusals.invalidField('library', library)
  if (!known.locations.has(location)) throw refusals.invalidField('location', location)
}

function readTemporary(holdingData: Record<string, unknown>, item: Item, store: Store): Item['temporary'] {
  if (!flagOf(holdingData.in_temp_location)) return undefined
  const library = codeOf(holdingData.temp_library) || item.holding.library
  const location = codeOf(holdingData.temp_location)
  assertPlace(library, location, store)
  return {
    library,
    location,
    policy: codeOf(holdingData.temp_policy),
    dueBack: codeOf(holdingData.due_back_date),
    callNumberType: codeOf(holdingData.temp_call_number_type),
    callNumber: codeOf(holdingData.temp_call_number),
  }
}

/** The title's holding at a place, a new one when it has none there. */
function holdingAt(library: string, location: string, item: Item, store: Store): Holding {
  const { holding } = item
  const known = holding.bib.items.find((copy) => copy.holding.library === library && copy.holding.location === location)
  return known?.holding ?? { ...holding, holdingId: store.ids.next('holding'), library, location }
}
