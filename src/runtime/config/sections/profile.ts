import { z } from 'zod'
import { code, count, isObjectPayload, milliseconds, name, oneOrMany, setting, text } from '../fields.ts'

export const sip2Charsets = ['cp850', 'iso-8859-1', 'windows-1252', 'utf-8'] as const
export const screenLanguages = ['en', 'de'] as const

const servedMessages = {
  patronStatus: 'Patron Status Request (23)',
  patronInformation: 'Patron Information (63)',
  checkout: 'Checkout (11)',
  checkin: 'Checkin (09)',
  renew: 'Renew (29)',
  renewAll: 'Renew All (65)',
  feePaid: 'Fee Paid (37)',
  itemInformation: 'Item Information (17)',
  endSession: 'End Patron Session (35)',
} as const

const served = (message: keyof typeof servedMessages) =>
  setting(
    z.boolean().default(true),
    servedMessages[message],
    `Whether the machine may send ${servedMessages[message]}; told in BX of the status reply.`,
  )

const messages = z.strictObject({
  patronStatus: served('patronStatus'),
  patronInformation: served('patronInformation'),
  checkout: served('checkout'),
  checkin: served('checkin'),
  renew: served('renew'),
  renewAll: served('renewAll'),
  feePaid: served('feePaid'),
  itemInformation: served('itemInformation'),
  endSession: served('endSession'),
})

const destinations = ['shelf', 'hold-shelf', 'transit', 'department', 'unknown'] as const

const sortRule = z.strictObject({
  bin: setting(text, 'Bin', 'What the machine is told in CL.'),
  when: setting(
    z.strictObject({
      destination: setting(
        oneOrMany(z.enum(destinations)).optional(),
        'Destination',
        'Where the item must go, one or a list.',
      ),
      library: setting(oneOrMany(code).optional(), 'Library', 'Code of the owning library, one or a list.'),
      location: setting(oneOrMany(code).optional(), 'Location', 'Code of the permanent location, one or a list.'),
      materialType: setting(oneOrMany(code).optional(), 'Material type', "Alma's material type code, one or a list."),
      policy: setting(oneOrMany(code).optional(), 'Item policy', 'Code of the item policy, one or a list.'),
    }),
    'Condition',
    'All that is named here must hold; an empty condition always holds.',
  ),
})

const sortBins = z.strictObject({
  rules: setting(z.array(sortRule).default([]), 'Rules', 'In order; the first whose condition holds is taken.'),
  default: setting(text.optional(), 'Default bin', 'Bin when no rule holds; without it CL is not sent.'),
})

export const alertCauses = [
  'hold-shelf',
  'transit',
  'department',
  'requested',
  'fulfilment-note',
  'unknown-destination',
  'refused',
] as const

export const profile = z
  .strictObject({
    charset: setting(
      z.enum(sip2Charsets).default('cp850'),
      'Character set',
      'Encoding of every text in both directions. The standard names cp850.',
    ),
    delimiter: setting(
      z
        .string()
        .regex(/^[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]$/, { error: 'must be one punctuation character' })
        .default('|'),
      'Delimiter',
      'Character that ends a variable field.',
    ),
    terminator: setting(z.enum(['cr', 'crlf']).default('cr'), 'Terminator', 'What ends a reply; any is accepted.'),
    errorDetection: setting(
      z.enum(['auto', 'always', 'never']).default('auto'),
      'Error detection',
      'Whether replies carry sequence number and checksum: when the request did, always or never.',
    ),
    checksumLenient: setting(
      z.boolean().default(true),
      'Lenient checksum',
      'Accepts a checksum over characters where the standard asks for bytes, and counts it.',
    ),
    dateZone: setting(
      z.enum(['blank', 'utc']).default('blank'),
      'Zone of dates',
      "Dates as the library's local time with a blank zone, or as UTC with zone Z.",
    ),
    dueDateForm: setting(
      z
        .string()
        .regex(/^(sip|(?=.*dd)(?=.*MM)(?=.*yyyy)(yyyy|MM|dd|HH|mm|[ ./:,-]){3,15})$/, {
          error: 'must be "sip" or a pattern of yyyy, MM, dd, HH and mm such as "dd.MM.yyyy HH:mm"',
        })
        .default('sip'),
      'Form of due dates',
      'Due dates in the 18 characters of the standard (sip), or by a pattern for people such as dd.MM.yyyy.',
    ),
    languages: setting(
      z
        .array(z.enum(screenLanguages))
        .min(1)
        .default([...screenLanguages]),
      'Languages',
      'Languages of screen texts among which the request chooses.',
    ),
    defaultLanguage: setting(
      z.enum(screenLanguages).default('en'),
      'Default language',
      'Language of screen texts when the request asks for none of these.',
    ),
    messages: setting(messages.prefault({}), 'Messages', 'Which requests are served; the others are refused.'),
    pinPolicy: setting(
      z.enum(['none', 'alma']).default('none'),
      'PIN policy',
      "Whether the patron's PIN is ignored or checked by Alma. CQ is sent only when it was checked.",
    ),
    renewOnCheckout: setting(
      z.enum(['as-asked', 'always', 'never']).default('as-asked'),
      'Renewal on checkout',
      "Whether a checkout of the patron's own loan renews it: as the request's renewal policy says, always or never.",
    ),
    exactCounts: setting(
      z.boolean().default(true),
      'Exact counts',
      'Counts overdue and fine items by asking for the lists; when off, one call serves and these counts are estimates.',
    ),
    itemsPerPage: setting(
      count(1, 100).default(20),
      'Items in a list',
      'Most entries of a list in one reply when the request names no range (BP, BQ).',
    ),
    itemLists: setting(
      z.enum(['barcode', 'title']).default('barcode'),
      'Form of lists',
      'What stands for an item in the lists of patron information.',
    ),
    deadlineMs: setting(
      milliseconds(500, 90_000).default(8000),
      'Deadline',
      'Every request is answered by then. Must be shorter than the time-out that the machine is told.',
      'ms',
    ),
    timeoutTenths: setting(
      count(5, 999).default(150),
      'Time-out of the machine',
      'Told in the status reply: how long the machine waits for an answer before it asks again.',
      'tenths of a second',
    ),
    retries: setting(
      count(0, 999).default(3),
      'Retries of the machine',
      'Told in the status reply: how often the machine asks again.',
    ),
    offlineOk: setting(
      z.boolean().default(false),
      'Off-line operation',
      'Told in the status reply: whether the machine may go on by itself while we are away.',
    ),
    currency: setting(
      z
        .string()
        .regex(/^[A-Z]{3}$/, { error: 'must be an ISO 4217 currency such as EUR' })
        .optional(),
      'Currency',
      "Currency code sent to the machine (BH) in place of the institution's, for machines that know few of them.",
    ),
    sendContact: setting(
      z.boolean().default(false),
      'Contact data',
      "Sends the patron's address, e-mail and telephone (BD, BE, BF) in patron information.",
    ),
    sendMediaType: setting(
      z.boolean().default(false),
      'Media type',
      'Sends the media type (CK) on checkout and checkin. May cost one more call on checkout.',
    ),
    sendMagnetic: setting(
      z.boolean().default(false),
      'Magnetic media',
      'Tells the machine whether an item is magnetic. May cost one more call on checkout.',
    ),
    desensitize: setting(
      z.enum(['always', 'never', 'by-policy']).default('always'),
      'Switch off security',
      'Whether a lent item may leave the building: always, never, or unless its policy is among inLibraryUsePolicies.',
    ),
    inLibraryUsePolicies: setting(
      z.array(code).default([]),
      'In-library use',
      'Codes of item policies whose items are lent but must stay in the building.',
    ),
    sortBins: setting(sortBins.prefault({}), 'Sort bins', 'Into which bin a returned item falls (CL).'),
    alertOn: setting(
      z.array(z.enum(alertCauses)).default(['hold-shelf', 'transit', 'department', 'fulfilment-note']),
      'Alerts',
      'Why the machine should alert on checkin.',
    ),
    printWidth: setting(
      count(16, 255).optional(),
      'Line width',
      'Longest line of a screen text (AF); a longer text becomes several fields. Without it a line is as long as a field may be.',
      'characters',
    ),
    maxReplyBytes: setting(
      count(256, 65_536).default(8192),
      'Longest reply',
      'Lists are cut so that no reply is longer; the counts stay true.',
      'bytes',
    ),
    libraryName: setting(text.optional(), 'Library name', "Name sent in AM in place of the institution's name."),
  })
  .refine((value) => value.languages.includes(value.defaultLanguage), {
    path: ['defaultLanguage'],
    error: 'must be one of languages',
  })
  .refine((value) => !(value.deadlineMs >= value.timeoutTenths * 100), {
    path: ['deadlineMs'],
    error: 'must be shorter than timeoutTenths, or the machine gives up before it is answered',
    when: isObjectPayload,
  })

/** Profiles by name, of which one is always there. */
export interface NamedProfiles {
  readonly plain: z.infer<typeof profile>
  readonly [name: string]: z.infer<typeof profile>
}

export const profiles = setting(
  z
    .record(name, profile)
    .prefault({})
    .transform((named): NamedProfiles => ({ ...named, plain: named['plain'] ?? profile.parse({}) })),
  'Profiles',
  'How machines speak, by name. "plain" is always there; what a profile leaves out has its default.',
)

export type ProfileConfig = z.infer<typeof profile>
export type SortBinsConfig = ProfileConfig['sortBins']
export type AlertCause = (typeof alertCauses)[number]
/** Which requests a profile can switch off, by the name of its key. */
export type ServedMessage = keyof ProfileConfig['messages']
