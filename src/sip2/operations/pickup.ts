/** BS: where a requested item is fetched, in the terminal's codes and in the library system's. */
import type { Hold } from '../../circulation/model.ts'
import type { NewHold } from '../../circulation/ports.ts'
import type { ReplyContext } from './operation.ts'
import { identifier } from './values.ts'

type Pickup = NewHold['pickup']

/** By the terminal's own table, else as `LIBRARY.DESK` or `LIBRARY`; undefined when the request names none. */
export function namedPickup(asked: string | undefined, { terminal }: ReplyContext): Pickup | undefined {
  const named = identifier(asked)
  if (named === '') return undefined
  const { pickupLocations } = terminal.profile.holds
  return readPlace(Object.hasOwn(pickupLocations, named) ? (pickupLocations[named] ?? named) : named)
}

/** Where an item is fetched when nobody says. The terminal's own desk need not have a hold shelf, its library has one. */
export function defaultPickup({ terminal }: ReplyContext): Pickup {
  const { defaultPickup: place } = terminal.profile.holds
  return place === undefined ? { library: terminal.place.library, circulationDesk: undefined } : readPlace(place)
}

/** The place of a hold as the terminal calls it. */
export function pickupCode({ pickup }: Hold, { terminal }: ReplyContext): string {
  const place = pickup.circulationDesk === '' ? pickup.library : `${pickup.library}.${pickup.circulationDesk}`
  const own = Object.entries(terminal.profile.holds.pickupLocations).find(([, meant]) => meant === place)
  return own?.[0] ?? place
}

function readPlace(text: string): Pickup {
  const [, library = text, circulationDesk] = /^([^.]+)\.(.+)$/.exec(text) ?? []
  return { library, circulationDesk }
}
