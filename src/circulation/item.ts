import type { Circulation } from './circulation.ts'
import type { Item } from './model.ts'
import { type Outcome, done, refused } from './outcome.ts'
import type { Call } from './ports.ts'

export interface ItemStatus {
  readonly item: Item
  /** How many wait for it; undefined when it could not be counted. */
  readonly queueLength: number | undefined
}

/** One item: one call when its keys are known, else two; one more for the queue of a requested item. */
export async function findItem(barcode: string, circulation: Circulation, call: Call): Promise<Outcome<ItemStatus>> {
  if (barcode === '') return refused('item-unknown')
  const { items } = circulation.system
  const found = await items.find(barcode, call)
  if (found.kind !== 'done') return found
  const item = found.value
  const asked = item.requested === true || item.state === 'on-hold-shelf'
  if (!asked || !item.ids) return done({ item, queueLength: 0 })
  const queue = await items.queueLength(item.ids, call)
  return done({ item, queueLength: queue.kind === 'done' ? queue.value : undefined })
}
