/** Finds titles and items that a path or a query names. */
import { refusals } from '../alma-error.ts'
import type { Bib, Item } from '../state/entities.ts'
import type { Store } from '../state/store.ts'

export interface ItemPath {
  readonly mmsId: string
  readonly holdingId: string
  readonly pid: string
}

export function findBib(store: Store, mmsId: string): Bib {
  if (!/^\d+$/.test(mmsId)) throw refusals.mmsIdNotNumeric(mmsId)
  const bib = store.bib(mmsId)
  if (!bib) throw refusals.mmsIdInvalid(mmsId)
  return bib
}

/** Reading an item forgives a wrong holding. */
export function findItem(store: Store, path: ItemPath): Item {
  const item = store.itemByPid(path.pid)
  if (!item) {
    findBib(store, path.mmsId)
    throw refusals.parameterInvalid('item_pid', path.pid)
  }
  if (item.holding.bib.mmsId !== path.mmsId) throw refusals.mmsIdInvalid(path.mmsId)
  return item
}

/** Acting on an item needs the true title, holding and item together. */
export function findExactItem(store: Store, path: ItemPath): Item {
  const item = store.itemByPid(path.pid)
  if (!item || item.holding.bib.mmsId !== path.mmsId || item.holding.holdingId !== path.holdingId) {
    throw refusals.parameterInvalid('item_pid', path.pid)
  }
  return item
}

export function findItemByBarcode(store: Store, barcode: string): Item {
  if (barcode.trim() === '') throw refusals.illegalBarcode()
  const item = store.itemByBarcode(barcode)
  if (!item) throw refusals.noItemForBarcode(barcode)
  return item
}
