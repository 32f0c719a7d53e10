import { z } from 'zod'
import { code, count, isObjectPayload, milliseconds, name, secret, setting, text } from '../fields.ts'
import { ldap } from './ldap.ts'

/** Addresses of Alma's REST API by region. [Alma REST: base URLs] */
export const almaRegions = {
  eu: 'https://api-eu.hosted.exlibrisgroup.com',
  na: 'https://api-na.hosted.exlibrisgroup.com',
  ap: 'https://api-ap.hosted.exlibrisgroup.com',
  aps: 'https://api-aps.hosted.exlibrisgroup.com',
  ca: 'https://api-ca.hosted.exlibrisgroup.com',
  cn: 'https://api-cn.hosted.exlibrisgroup.com.cn',
} as const

const mediaKinds = [
  'other',
  'book',
  'magazine',
  'bound-journal',
  'audio-tape',
  'video-tape',
  'cd',
  'diskette',
  'book-with-diskette',
  'book-with-cd',
  'book-with-audio-tape',
] as const

const feeKinds = [
  'other',
  'administrative',
  'damage',
  'overdue',
  'processing',
  'rental',
  'replacement',
  'computer-access',
  'hold',
] as const

const paymentMethods = ['cash', 'credit-card', 'online'] as const
const blockedActions = ['loan', 'renew', 'hold'] as const

const quota = z
  .strictObject({
    perSecond: setting(
      count(1, 1000).default(20),
      'Calls a second',
      'Most calls that Circbridge makes in a second. Alma allows an institution 25, shared by all of its programs.',
      'calls/s',
    ),
    burst: setting(
      count(1, 1000).default(5),
      'Burst',
      'Calls that may go out at once after a quiet time. In any second at most perSecond and burst together go out.',
      'calls',
    ),
    partnerReserve: setting(
      count(0, 1000).default(1),
      'Reserve before partners',
      'Part of the burst that is kept for waiting patrons when partners call.',
      'calls',
    ),
    backgroundReserve: setting(
      count(0, 1000).default(2),
      'Reserve before background work',
      'Part of the burst that is kept for patrons and partners when background work calls.',
      'calls',
    ),
    dailyPartnerFloor: setting(
      count(0, 100_000_000).default(2000),
      'Daily floor for partners',
      "When Alma says that fewer calls than this are left today, partners are refused until Alma's midnight.",
      'calls',
    ),
    dailyBackgroundFloor: setting(
      count(0, 100_000_000).default(10_000),
      'Daily floor for background work',
      'When fewer calls than this are left today, background work waits until tomorrow.',
      'calls',
    ),
    maxQueued: setting(
      count(1, 100_000).default(500),
      'Longest queue',
      'Most calls that wait for their turn; one more is refused at once.',
      'calls',
    ),
    maxQueuedMs: setting(
      milliseconds(1, 60_000).default(4000),
      'Longest wait',
      'Longest time that a call waits for its turn before it is given up.',
      'ms',
    ),
  })
  .refine((value) => !(value.partnerReserve >= value.burst), {
    path: ['partnerReserve'],
    error: 'must be smaller than burst, or partners never get a call through',
    when: isObjectPayload,
  })
  .refine((value) => !(value.backgroundReserve >= value.burst), {
    path: ['backgroundReserve'],
    error: 'must be smaller than burst, or background work never gets a call through',
    when: isObjectPayload,
  })

const breaker = z.strictObject({
  failures: setting(
    count(1, 1000).default(3),
    'Failures in a row',
    'After so many calls in a row that failed, repeats and all, the institution counts as off line.',
  ),
  openMs: setting(
    milliseconds(100, 3_600_000).default(5000),
    'Pause',
    'How long no call is made before one is tried again.',
    'ms',
  ),
})

const scanIn = z.strictObject({
  placeOnHoldShelf: setting(
    z.boolean().default(false),
    'Place on the hold shelf',
    'A requested item that is scanned in at its pickup desk goes straight to the hold shelf, as if staff had put it there.',
  ),
  registerInHouseUse: setting(
    z.boolean().default(false),
    'Register in-house use',
    'A scan of an item that is not on loan counts as in-house use.',
  ),
})

const mappings = z.strictObject({
  mediaKinds: setting(
    z.record(code, z.enum(mediaKinds)).default({}),
    'Media kinds',
    "Kind of medium by Alma's material type code; added to the built-in table.",
  ),
  feeKinds: setting(
    z.record(code, z.enum(feeKinds)).default({}),
    'Fee kinds',
    "Kind of fee by Alma's fine and fee type code; added to the built-in table.",
  ),
  paymentMethods: setting(
    z.partialRecord(z.enum(paymentMethods), code).default({}),
    'Payment methods',
    "Alma's payment method for each way in which a machine takes money: CASH, CREDIT_CARD, ONLINE, or a code of your table WorkbenchPaymentMethod; added to the built-in table.",
  ),
  blockActions: setting(
    z.record(code, z.array(z.enum(blockedActions))).default({}),
    'Block actions',
    'What a block forbids, by block code. A block that is not named here forbids loan, renew and hold.',
  ),
})

const alma = z
  .strictObject({
    region: setting(
      z.enum(Object.keys(almaRegions) as (keyof typeof almaRegions)[]).optional(),
      'Region',
      "Ex Libris' data centre, from which the address of the API follows. Give this or baseUrl.",
    ),
    baseUrl: setting(
      z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
      'Base address',
      'Address of the API without /almaws, for a proxy or a simulator. Give this or region.',
    ),
    key: setting(secret, 'API key', 'Reference to the API key of the institution.'),
    callTimeoutMs: setting(
      milliseconds(100, 120_000).default(4000),
      'Longest call',
      "Longest time that one call may take; the message's own deadline may end it earlier. Keep 3 s between the two, so that a lost answer can be read back.",
      'ms',
    ),
    connections: setting(count(1, 256).default(16), 'Connections', 'Most connections to the API at once.'),
    quota: setting(quota.prefault({}), 'Quota', 'How the calls that Alma allows are shared.'),
    breaker: setting(breaker.prefault({}), 'Breaker', 'When the institution counts as off line.'),
    staleIndexMs: setting(
      milliseconds(0, 60_000).default(6000),
      'Stale index',
      "So long after a loan Alma may refuse a request for the item because its index does not know yet: it is tried again until then, within the message's deadline. 0 tries once.",
      'ms',
    ),
    blockMark: setting(
      text.default('[Circbridge]'),
      'Mark of blocks',
      'Stands at the beginning of the note of every block that a machine places, and tells which blocks a machine may lift. Blocks with an older mark are no longer lifted when it changes.',
    ),
    scanIn: setting(scanIn.prefault({}), 'Scan-in', "Options of Alma's scan-in, with which every return is made."),
    mappings: setting(
      mappings.prefault({}),
      'Mappings',
      'What codes of this institution mean, where they differ from the built-in tables.',
    ),
  })
  .refine((value) => (value.region === undefined) !== (value.baseUrl === undefined), {
    error: 'needs either region or baseUrl, not both',
    when: isObjectPayload,
  })
  .transform(({ region, baseUrl, ...rest }) => ({
    ...rest,
    baseUrl: (region === undefined ? (baseUrl ?? '') : almaRegions[region]).replace(/\/+$/, ''),
  }))

const backlog = z.strictObject({
  atOnce: setting(
    count(1, 64).default(4),
    'Changes at once',
    'Most changes that are carried out at the same time. Those of one item or patron never are.',
  ),
  everyMs: setting(
    milliseconds(50, 600_000).default(1000),
    'Look every',
    'How often it is looked whether something waits that can be carried out.',
    'ms',
  ),
  attemptMs: setting(milliseconds(1000, 120_000).default(8000), 'Longest attempt', 'What one change may take.', 'ms'),
  maxAttempts: setting(
    count(1, 1000).default(10),
    'Most attempts',
    'After so many attempts whose end could not be learnt a person must settle the change.',
  ),
})

const patronLimits = z.strictObject({
  loans: setting(
    count(0).optional(),
    'Most loans',
    'From so many loans on, the status says that too many items are charged.',
  ),
  overdue: setting(
    count(0).optional(),
    'Most overdue loans',
    'From so many overdue loans on, the status says that too many items are overdue.',
  ),
  fees: setting(
    count(0, 1_000_000_000).optional(),
    'Most fees',
    'When a patron owes more than this, the status says that fees are excessive.',
    "the currency's smallest unit, such as cents",
  ),
})

export const institution = z.strictObject({
  id: setting(name, 'Short name', 'Name of the institution in this file, in logs and in metrics.'),
  agency: setting(
    code,
    'Agency',
    'Institution code as machines and partners know it, such as 01DEMO_INST: AO in SIP2, AgencyId in NCIP.',
  ),
  agencyAliases: setting(
    z.array(code).default([]),
    'Further agencies',
    'Other codes that mean this institution when a machine or partner sends them.',
  ),
  name: setting(text, 'Name', 'Name of the library as people know it.'),
  timeZone: setting(
    z.string().refine(isTimeZone, { error: 'must be a time zone such as Europe/Berlin' }),
    'Time zone',
    'IANA zone in which the library keeps its dates.',
  ),
  currency: setting(
    z.string().refine(isCurrency, { error: 'must be an ISO 4217 currency such as EUR' }),
    'Currency',
    'ISO 4217 code of the currency in which Alma keeps the fees.',
  ),
  alma: setting(alma, 'Alma', "How the institution's Alma is reached."),
  backlog: setting(
    backlog.prefault({}),
    'Backlog',
    'How changes are carried out that were accepted while Alma was away. They use the calls of background work.',
  ),
  ldap: setting(
    ldap.optional(),
    'LDAP',
    'The directory that keeps the passwords of patrons, for terminals whose pinPolicy and partners whose passwordPolicy is ldap.',
  ),
  patronLimits: setting(
    patronLimits.prefault({}),
    'Patron limits',
    'Limits that the status flags of a patron are computed from. Alma does not tell its own; without a limit the flag is never set.',
  ),
})

export const institutions = setting(
  z.array(institution).min(1, { error: 'needs at least one institution' }),
  'Institutions',
  'The institutions that this process serves, each with its own Alma.',
)

export type InstitutionConfig = z.infer<typeof institution>
export type AlmaConfig = InstitutionConfig['alma']

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}

function isCurrency(value: string): boolean {
  return Intl.supportedValuesOf('currency').includes(value)
}
