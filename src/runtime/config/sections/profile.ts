import { z } from 'zod'
import { code, count, isObjectPayload, milliseconds, name, setting, text } from '../fields.ts'
import { feesToAccept } from './fees-to-accept.ts'
import { fieldRules, template } from './field-rules.ts'
import { holds } from './holds.ts'
import { patronBlock } from './patron-block.ts'
import { payments } from './payments.ts'
import { sortBins } from './sort-bins.ts'
import { language } from './texts.ts'

export const sip2Charsets = [
  'cp850',
  'cp862',
  'iso-8859-1',
  'iso-8859-6',
  'iso-8859-8',
  'iso-8859-15',
  'windows-1252',
  'windows-1255',
  'windows-1256',
  'utf-8',
] as const

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
  hold: 'Hold (15)',
  blockPatron: 'Block Patron (01)',
  patronEnable: 'Patron Enable (25)',
  itemStatusUpdate: 'Item Status Update (19)',
} as const

const served = (message: keyof typeof servedMessages, byDefault = true) =>
  setting(
    z.boolean().default(byDefault),
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
  hold: served('hold'),
  blockPatron: served('blockPatron', false),
  patronEnable: served('patronEnable', false),
  itemStatusUpdate: served('itemStatusUpdate', false),
})

const awayLoanLimits = z.strictObject({
  seenWithinHours: setting(
    count(1, 24 * 31).default(24),
    'Seen within',
    'The patron was read from Alma so long ago or later, and nothing forbade a loan then. Forgotten when the process ends.',
    'h',
  ),
  maxItems: setting(count(1, 100).default(3), 'Most items', 'Most promised loans of one patron that wait for Alma.'),
  loanDays: setting(
    count(0, 365).default(14),
    'Loan period',
    "The promised loan is due at the end of the day so many days later, in the library's time zone. Alma is told that date.",
    'days',
  ),
})

const offline = z.strictObject({
  checkin: setting(
    z.enum(['queue', 'refuse']).default('queue'),
    'Checkin while Alma is away',
    'Whether a return is taken and booked later, or refused. With the journal in memory it is always refused.',
  ),
  checkout: setting(
    z.enum(['refuse', 'limited']).default('refuse'),
    'Checkout while Alma is away',
    'Whether a loan is refused, or promised within limits. With the journal in memory it is always refused.',
  ),
  limits: setting(awayLoanLimits.prefault({}), 'Limits of promised loans', 'To whom and how much is lent.'),
  feePaid: setting(
    z.enum(['queue', 'refuse']).default('queue'),
    'Fee paid while Alma is away',
    'Whether a payment is taken and booked later, or refused. With the journal in memory it is always refused.',
  ),
  tryAgainMinutes: setting(
    count(1, 24 * 60).default(15),
    'Try again after',
    'What is refused is refused with a text that says when to try again: so much later, as a time of day.',
    'min',
  ),
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

const itemMembers = ['internal-note-1', 'internal-note-2', 'internal-note-3', 'storage-location'] as const

export const alertTypes = ['00', '01', '02', '03', '04', '98', '99'] as const

const screenMessage = z.strictObject({
  find: setting(text, 'Find', 'A part of a screen text, written exactly so.'),
  replace: setting(
    z
      .string()
      .max(255)
      .regex(/^\P{Cc}*$/u, { error: 'must be one line' }),
    'Replace',
    'What takes its place; empty takes it out. A screen text of which nothing is left is not sent.',
  ),
})

/** What may stand in one profile of the file; what two keys say about each other is seen when it is extended. */
export const profile = z.strictObject({
  extends: setting(
    name.optional(),
    'Extends',
    'Name of another profile, of this file or ready-made. What is left out here is as there; a list takes the place of the other, a group is filled up key by key.',
  ),
  charset: setting(
    z.enum(sip2Charsets).default('cp850'),
    'Character set',
    'Encoding of every text in both directions. The standard names cp850. Hebrew and Arabic go out in logical order.',
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
    z.enum(['blank', 'zeros', 'utc']).default('blank'),
    'Zone of dates',
    "Dates as the library's local time with a blank zone or with 0000 for it, or as UTC with zone Z.",
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
    z.array(language).min(1).optional(),
    'Languages',
    'Languages of screen texts among which the request chooses. Without it all that are built in or stand in texts.',
  ),
  defaultLanguage: setting(
    language.default('en'),
    'Default language',
    'Language of screen texts when the request asks for none of these, or for one whose letters the character set lacks.',
  ),
  messages: setting(messages.prefault({}), 'Messages', 'Which requests are served; the others are refused.'),
  pinPolicy: setting(
    z.enum(['none', 'alma', 'ldap']).default('none'),
    'PIN policy',
    "Whether the patron's PIN is ignored, checked by Alma, or by the institution's directory (ldap). CQ is sent only when it was checked.",
  ),
  emptyPin: setting(
    z.enum(['unchecked', 'accept', 'refuse']).default('unchecked'),
    'Empty PIN',
    'What a request without a PIN is where PINs are checked: carried out, but shows nothing of the account (unchecked); as if no PIN were asked for (accept); or as with a wrong one (refuse).',
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
    'Told in the status reply: whether the machine may go on by itself while we are away. It is told no while the journal can promise nothing, as the journal in memory never can.',
  ),
  offline: setting(
    offline.prefault({}),
    'While Alma is away',
    'What is accepted then, to be booked when Alma is back. What a machine did while it was off line itself (no block) is taken whatever stands here.',
  ),
  currency: setting(
    z
      .string()
      .regex(/^[A-Z]{3}$/, { error: 'must be an ISO 4217 currency such as EUR' })
      .optional(),
    'Currency',
    "Currency code sent to the machine (BH) in place of the institution's, for machines that know few of them.",
  ),
  payments: setting(payments.prefault({}), 'Payments', 'How payments of fees (37) are booked.'),
  feesToAccept: setting(
    feesToAccept.prefault({}),
    'Fees to accept',
    'What is told before it is charged: without the agreement of the patron (BO) the request is refused, and the fee is told. Alma tells no fee beforehand, so it must stand here; with rules such a request costs one or two calls more.',
  ),
  holds: setting(holds.prefault({}), 'Holds', 'Where requested items (15) are fetched.'),
  patronBlock: setting(
    patronBlock.optional(),
    'Block',
    'The block that a Block Patron request (01) puts on a card; without it such a request is refused.',
  ),
  itemProperties: setting(
    z.enum(itemMembers).optional(),
    'Item properties',
    'What of an item an Item Status Update (19) fills with its item properties (CH); without it such a request is refused.',
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
  alertTypes: setting(
    z.array(z.enum(alertTypes)).optional(),
    'Alert types that alert',
    'In place of alertOn, when an item was taken back: the machine alerts when its alert type (CV) is one of these.',
  ),
  alertTypeOnSuccess: setting(
    z.boolean().default(false),
    'Alert type without an alert',
    'Sends alert type 00 (CV) with a checkin that needs nobody; else CV is left out then.',
  ),
  destinationAlways: setting(
    z.boolean().default(false),
    'Destination always',
    'Sends the destination (CT) with every checkin: where the item goes, else the library that owns it.',
  ),
  holdCapture: setting(
    z.enum(['institution', 'yes', 'no']).default('institution'),
    'Holds at checkin',
    "Whether a returned item that is kept for a patron here counts as on the hold shelf at once: as the institution's alma.scanIn.placeOnHoldShelf says, yes or no. With no, staff place it, at a desk that processes its hold shelf.",
  ),
  requestedItems: setting(
    z.enum(['take', 'refuse']).default('take'),
    'Requested items at checkin',
    'Whether an item that another patron waits for is taken back, or refused so that staff take it. Refusing costs one more call. What happened off line is always taken.',
  ),
  homeLibrary: setting(
    z.array(z.enum(['AF', 'AQ'])).default([]),
    'Home library',
    "In which fields of patron status and information the patron's home (the campus in Alma) is sent.",
  ),
  screenMessages: setting(
    z.array(screenMessage).default([]),
    'Screen messages',
    'Replacements in screen texts (AF), in order.',
  ),
  fields: setting(fieldRules.prefault({}), 'Fields', 'Which fields of a reply are sent, and what stands in them.'),
  printWidth: setting(
    count(16, 255).optional(),
    'Line width',
    'Longest line of a screen text (AF) and of a print line (AG); a longer text becomes several fields. Without it a screen text is as long as a field may be, and a print line as wide as the paper that the machine tells in 99.',
    'characters',
  ),
  maxReplyBytes: setting(
    count(256, 65_536).default(8192),
    'Longest reply',
    'Lists are cut so that no reply is longer; the counts stay true.',
    'bytes',
  ),
  libraryName: setting(
    template([]).optional(),
    'Library name',
    "Name sent in AM in place of the institution's name; may have names in braces, such as {library}.",
  ),
})

/** Marks what is looked at when a profile has everything that it extends. */
const whole = { whole: true } as const

/** A profile with what it extends filled in. */
export const wholeProfile = profile
  .refine((value) => value.languages?.includes(value.defaultLanguage) ?? true, {
    path: ['defaultLanguage'],
    error: 'must be one of languages',
    params: whole,
  })
  .refine((value) => !(value.deadlineMs >= value.timeoutTenths * 100), {
    path: ['deadlineMs'],
    error: 'must be shorter than timeoutTenths, or the machine gives up before it is answered',
    params: whole,
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
export type ProfileInput = z.input<typeof profile>
export type SortBinsConfig = ProfileConfig['sortBins']
export type FieldRulesConfig = ProfileConfig['fields']
export type FeeRulesConfig = ProfileConfig['feesToAccept']['checkout']
export type AlertCause = (typeof alertCauses)[number]
/** Which requests a profile can switch off, by the name of its key. */
export type ServedMessage = keyof ProfileConfig['messages']
