/**
 * Profiles that need not be written: a terminal names one, or a profile of the file extends one. They are beginnings.
 * Two machines of one vendor can be set up differently, and what the machine says itself goes first.
 *
 * Where a setting comes from stands in docs/terminals.md; a setting without a source in the vendor's own or another
 * system's documents is a cautious guess, and said to be one there.
 */
import type { ProfileInput } from './sections/profile.ts'

const readOnly = {
  checkout: false,
  checkin: false,
  renew: false,
  renewAll: false,
  itemInformation: false,
} as const

/** The fields of patron information that pay and reservation stations read, as other systems send them. */
const stationFields: NonNullable<NonNullable<ProfileInput['fields']>['add']> = [
  { field: 'PA', value: '{cardExpires}', in: ['24', '64'] },
  { field: 'PB', value: '{birthDate}', in: ['24', '64'] },
  { field: 'PC', value: '{patronGroup}', in: ['24', '64'] },
]

const sorter = {
  messages: { checkout: false, renew: false, renewAll: false, feePaid: false },
  destinationAlways: true,
  alertTypeOnSuccess: true,
  sendMediaType: true,
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
    homeLibrary: ['AQ'],
    fields: { templates: { AV: '{feeId} {amount} {feeTypeName} {title}' }, add: stationFields },
  },
  'd-tech': { sendMediaType: true, alertTypeOnSuccess: true },
  lyngsoe: sorter,
  'pv-supa': sorter,
  meescan: { charset: 'utf-8', pinPolicy: 'alma', messages: { checkin: false } },
  'pc-reservation': {
    pinPolicy: 'alma',
    emptyPin: 'refuse',
    exactCounts: false,
    itemsPerPage: 5,
    maxReplyBytes: 1024,
    messages: readOnly,
    fields: { add: stationFields },
  },
} as const satisfies Readonly<Record<string, ProfileInput>>

export type ReadyMadeName = keyof typeof readyMadeProfiles
export const readyMadeNames = Object.keys(readyMadeProfiles) as readonly ReadyMadeName[]
