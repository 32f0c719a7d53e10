/** Filters and order of lists of items [Alma bibs: items]. */
import { refusals } from '../alma-error.ts'
import type { Item } from '../state/entities.ts'
import { endOfDate, startOfDate } from '../state/local-time.ts'
import { codeOf } from '../state/shape.ts'
import { placeOf } from '../state/store.ts'
import type { AlmaRequest } from '../transport/route.ts'

/** Members in which `q` searches. */
const searched = ['enumeration_a', 'enumeration_b', 'chronology_i', 'chronology_j', 'description'] as const

const instants: Readonly<Record<string, (item: Item) => number>> = {
  create_date: (item) => item.createdAt,
  modify_date: (item) => item.modifiedAt,
  receive_date: (item) => Date.parse(codeOf(item.data.arrival_date).slice(0, 10)),
  expected_receive_date: (item) => Date.parse(codeOf(item.data.expected_arrival_date).slice(0, 10)),
}

export function filterItems(items: readonly Item[], { query, store }: AlmaRequest): readonly Item[] {
  const { current_library: library, current_location: location, q } = query
  const { institution } = store
  if (library && !institution.libraries.has(library)) throw refusals.libraryInvalid()
  if (location && ![...institution.libraries.values()].some((one) => one.locations.has(location))) {
    throw refusals.locationInvalid()
  }
  const words = q ? readWords(q) : undefined
  const spans = Object.entries(instants).map(([name, instantOf]) => {
    const from = boundary(query[`${name}_from`], (date) => startOfDate(date, institution.zone))
    const to = boundary(query[`${name}_to`], (date) => endOfDate(date, institution.zone))
    return { instantOf, from, to }
  })
  return items.filter((item) => {
    const place = placeOf(item)
    if (library && place.library !== library) return false
    if (location && place.location !== location) return false
    if (words && !searched.some((name) => codeOf(item.data[name]).toLowerCase().includes(words))) return false
    return spans.every(
      ({ instantOf, from, to }) =>
        (from === undefined || instantOf(item) >= from) && (to === undefined || instantOf(item) <= to),
    )
  })
}

function boundary(date: string | undefined, instantOf: (date: string) => number): number | undefined {
  if (date === undefined || date === '') return undefined
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw refusals.dateFilterInvalid()
  return instantOf(date)
}

/** `description~v.2`, or the words alone. */
function readWords(q: string): string {
  const parts = q.split('~')
  if (parts.length > 2) throw refusals.queryInvalid()
  return (parts.at(-1) ?? '').replaceAll('_', ' ').toLowerCase()
}

const keys: Readonly<Record<string, (item: Item) => string>> = {
  none: () => '',
  chron_i: (item) => codeOf(item.data.chronology_i),
  description: (item) => codeOf(item.data.description),
  enum_a: (item) => codeOf(item.data.enumeration_a),
  enum_b: (item) => codeOf(item.data.enumeration_b),
  enum_c: (item) => codeOf(item.data.enumeration_c),
  library: (item) => item.holding.library,
  location: (item) => item.holding.location,
  temporary_location: (item) => item.temporary?.location ?? '',
  receive_date: (item) => codeOf(item.data.arrival_date),
  expected_receive_date: (item) => codeOf(item.data.expected_arrival_date),
}

export function sortItems(items: readonly Item[], query: Readonly<Record<string, string>>): readonly Item[] {
  const key = keys[query.order_by ?? 'none']
  const direction = (query.direction ?? 'desc').toLowerCase()
  if (!key || (direction !== 'asc' && direction !== 'desc')) throw refusals.orderingInvalid()
  const sign = direction === 'asc' ? 1 : -1
  return items.toSorted((one, other) => sign * key(one).localeCompare(key(other)))
}
