/** The open requests that concern one copy. */
import type { HoldRequest, Item } from '../state/entities.ts'
import { canFill } from './requests.ts'

/** Requests for this copy and, as long as no other copy was chosen for them, for its title. */
export function requestsForItem(item: Item): readonly HoldRequest[] {
  const { queue } = item.holding.bib
  if (queue.length === 0) return queue
  return queue.filter((request) => canFill(item, request) && (request.item ?? item) === item)
}
