/**
 * Profiles that need not be written: a terminal names one, or a profile of the file extends one. They are beginnings.
 * Two machines of one vendor can be set up differently, and what the machine says itself goes first.
 *
 * docs/terminals.md tells of every setting where it comes from, or that it is assumed. What is assumed is chosen so that
 * a machine that wants it otherwise still works, or fails closed.
 */
import type { ProfileInput } from './sections/profile.ts'

/** The fields of patron information that stations for computers read, as Koha and Evergreen send them. */
const stationFields: NonNullable<NonNullable<ProfileInput['fields']>['add']> = [
  { field: 'PA', value: '{cardExpires}', in: ['64'] },
  { field: 'PB', value: '{birthDate}', in: ['64'] },
  { field: 'PC', value: '{patronGroup}', in: ['64'] },
]

/** Sorting rules are written on the fields of a checkin's reply, so those that tell items apart are always there. */
const sorting = {
  destinationAlways: true,
  alertTypeOnSuccess: true,
  fields: {
    add: [
      { field: 'CR', value: '{location}', in: ['10'] },
      { field: 'CH', value: '{materialTypeName}', in: ['10'] },
    ],
  },
} as const satisfies ProfileInput

export const readyMadeProfiles = {
  /** Every default. */
  plain: {},
  bibliotheca: {
    alertTypeOnSuccess: true,
    sendMediaType: true,
    sendMagnetic: true,
    fields: { add: [{ field: 'CR', value: '{location}', in: ['10', '18'] }] },
  },
  envisionware: {
    pinPolicy: 'alma',
    sendMediaType: true,
    homeLibrary: ['AQ'],
    fields: { add: stationFields },
  },
  /** Nothing that is known asks for more than the standard. */
  'd-tech': {},
  lyngsoe: sorting,
  'pv-supa': sorting,
  meescan: { pinPolicy: 'alma' },
  /** An empty PIN is not refused: Libki deletes its user when the reply says that the card is not valid. */
  'pc-reservation': {
    pinPolicy: 'alma',
    maxReplyBytes: 1024,
    messages: { checkout: false, checkin: false, renew: false, renewAll: false, itemInformation: false, hold: false },
    fields: { hide: ['AS', 'CD'], add: stationFields },
  },
} as const satisfies Readonly<Record<string, ProfileInput>>

export type ReadyMadeName = keyof typeof readyMadeProfiles
export const readyMadeNames = Object.keys(readyMadeProfiles) as readonly ReadyMadeName[]
