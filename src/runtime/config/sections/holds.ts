import { z } from 'zod'
import { pickupPlace, setting } from '../fields.ts'

export const holds = z.strictObject({
  pickupLocations: setting(
    z.record(z.string().min(1).max(255), pickupPlace).default({}),
    'Pickup locations',
    "Alma's place for the codes of pickup locations (BS) that the machine knows. LIBRARY and LIBRARY.DESK are understood without.",
  ),
  defaultPickup: setting(
    pickupPlace.optional(),
    'Default pickup location',
    'Where a requested item is fetched when the machine does not say; the library of the terminal when left out.',
  ),
})
