/** Where a copy would go if it were scanned at a desk now, worked out of what Alma shows. Nothing is scanned. */
import type { CodedName, Item, Place, Routing, ScannedIn } from '../circulation/model.ts'
import { done, type Outcome } from '../circulation/outcome.ts'
import type { Call, Items } from '../circulation/ports.ts'
import { type AlmaClient, reading } from './client.ts'
import type { AlmaConfiguration, CirculationDesk } from './configuration.ts'
import { itemSegments, itemTemplate } from './item-ids.ts'
import { readCount, readList, readText } from './json.ts'
import type { Libraries } from './libraries.ts'

interface Pickup {
  readonly library: string
  /** Empty where any desk of the library with a hold shelf will do. */
  readonly circulationDesk: string
}

/** Two calls; one more when the copy is not known, and one when somebody asked for it. */
export type RouteForecast = (barcode: string, place: Place, call: Call) => Promise<Outcome<ScannedIn>>

export function createRouteForecast(parts: {
  client: AlmaClient
  items: Pick<Items, 'find'>
  configuration: Pick<AlmaConfiguration, 'desk'>
  libraries: Libraries
}): RouteForecast {
  const { client, items, configuration, libraries } = parts

  /** Of the request that is served next [Alma bibs: item requests]. */
  async function nextPickup({ ids, requested }: Item, call: Call): Promise<Outcome<Pickup | undefined>> {
    if (ids === undefined || requested === false) return done(undefined)
    const reply = await client.send(
      reading({
        operation: 'item',
        template: `${itemTemplate}/requests`,
        segments: itemSegments(ids),
        query: { request_type: 'HOLD' },
      }),
      call,
    )
    if (reply.kind !== 'done') return reply.outcome
    const [next] = readList(reply.value.body['user_request'])
      .map((request) => ({ request, position: readCount(request['place_in_queue']) ?? Number.POSITIVE_INFINITY }))
      .toSorted((one, other) => one.position - other.position)
    if (next === undefined) return done(undefined)
    return done({
      library: readText(next.request['pickup_location_library']),
      circulationDesk: readText(next.request['pickup_location_circulation_desk']),
    })
  }

  return async (barcode, place, call) => {
    const found = await items.find(barcode, call)
    if (found.kind !== 'done') return found
    const item = found.value
    const pickup = await nextPickup(item, call)
    if (pickup.kind !== 'done') return pickup
    // A key that may not read the configuration tells nothing of the desk, which then counts as one that has it all.
    const asked = await configuration.desk(place, call)
    const desk = asked.kind === 'done' ? asked.value : undefined
    const way = pickup.value ? wayToPatron(pickup.value, place, desk) : wayHome(item, place, desk)
    const code = pickup.value?.library ?? item.owningLibrary.code
    const library = code === item.owningLibrary.code ? item.owningLibrary : await libraries.withCode(code, call)
    return done({ item, routing: { ...way, ...named(way, library ?? { code, name: '' }), requester: undefined } })
  }
}

type Way = Pick<Routing, 'to' | 'reason'>

function wayToPatron(pickup: Pickup, place: Place, desk: CirculationDesk | undefined): Way {
  const isHere =
    pickup.library === place.library &&
    ['', place.circulationDesk].includes(pickup.circulationDesk) &&
    desk?.hasHoldShelf !== false
  return { to: isHere ? 'hold-shelf' : 'transit', reason: 'hold' }
}

function wayHome(item: Item, place: Place, desk: CirculationDesk | undefined): Way {
  const reshelves = desk?.locations.some(
    ({ location, reshelve }) => reshelve && location.code === item.currentLocation.code,
  )
  const isHome = item.owningLibrary.code === place.library && reshelves !== false
  return isHome ? { to: 'shelf', reason: 'none' } : { to: 'transit', reason: 'reshelving' }
}

const named = ({ to }: Way, library: CodedName): Pick<Routing, 'destination' | 'library'> => ({
  destination: to === 'transit' ? library.name : '',
  library,
})
