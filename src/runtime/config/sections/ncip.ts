import { z } from 'zod'
import { code, count, isObjectPayload, milliseconds, name, network, pickupPlace, secret, setting } from '../fields.ts'

export const ncipServices = [
  'LookupUser',
  'LookupItem',
  'CheckOutItem',
  'CheckInItem',
  'RenewItem',
  'RequestItem',
  'CancelRequestItem',
] as const

const remoteStorage = z.strictObject({
  systemId: setting(
    z.string().min(1).max(100).default('NCIP_REMOTE_STORAGE'),
    'System id',
    'FromSystemId that marks a message of a remote storage.',
  ),
  circulationDesks: setting(
    z
      .array(
        z.string().regex(/^[^.\s]+\.[^.\s]+$/, { error: 'must be a library and a desk joined by a dot: LIB.DESK' }),
      )
      .default([]),
    'Circulation desks',
    'Values of OnBehalfOfAgency that the partner may use, each LIB.DESK; none means any desk of the institution.',
  ),
})

const offline = z.strictObject({
  renew: setting(
    z.enum(['pending', 'refuse']).default('pending'),
    'Renewal while Alma is away',
    'Whether RenewItem is answered with Pending and carried out later, or with a Problem. With the journal in memory it is always a Problem.',
  ),
  expectedReplyMinutes: setting(
    count(1, 31 * 24 * 60).default(60),
    'Expected reply',
    'DateOfExpectedReply of Pending: so much later the partner should look or ask again.',
    'min',
  ),
})

const partner = z
  .strictObject({
    name: setting(name, 'Name', 'Name of the partner in logs, metrics and the journal.'),
    agency: setting(code, 'Agency', 'AgencyId that the partner sends in FromAgencyId.'),
    key: setting(
      secret.optional(),
      'Key',
      'Reference to the key that the partner must send. Without one, allowFrom must say where it comes from.',
    ),
    institution: setting(name, 'Institution', 'Short name of the institution that the partner works with.'),
    library: setting(
      code,
      'Library',
      "Alma's code of the library at whose desk the partner's loans and returns happen.",
    ),
    circulationDesk: setting(code, 'Circulation desk', "Alma's code of that desk."),
    services: setting(
      z
        .array(z.enum(ncipServices))
        .min(1)
        .default([...ncipServices]),
      'Services',
      'Services that the partner may use.',
    ),
    applicationProfiles: setting(
      z.array(z.string().min(1).max(100)).default([]),
      'Application profiles',
      'Values of ApplicationProfileType that the partner may send; none means any.',
    ),
    version: setting(
      z.enum(['2.0', '2.01', '2.02']).optional(),
      'Version',
      'What the partner can read, when its messages name another version than that.',
    ),
    userAuthentication: setting(
      z.enum(['when-sent', 'required', 'ignored']).default('when-sent'),
      'User authentication',
      "Whether a patron's password is checked: when the message has one, always, or never.",
    ),
    passwordPolicy: setting(
      z.enum(['alma', 'ldap']).default('alma'),
      'Password policy',
      "Who checks a patron's password: Alma, or the institution's directory (ldap).",
    ),
    desiredDateDue: setting(
      z.enum(['day', 'local-day', 'instant', 'ignored']).default('day'),
      'Desired due date',
      'What DesiredDateDue means: the end of the day as written, the end of the day that it is at the library, the instant itself, or nothing.',
    ),
    pickupLocations: setting(
      z.record(z.string().min(1).max(255), pickupPlace).default({}),
      'Pickup locations',
      "Alma's place for the partner's own names of pickup locations. LIBRARY and LIBRARY.DESK are understood without.",
    ),
    defaultPickup: setting(
      pickupPlace.optional(),
      'Default pickup location',
      'Where a requested item is fetched when the message does not say; the library of the partner when left out.',
    ),
    remoteStorage: setting(
      remoteStorage.optional(),
      'Remote storage',
      'Present when the partner is a storage system that reports what it put away and what it sent.',
    ),
    offline: setting(
      offline.prefault({}),
      'While Alma is away',
      'What is accepted then, to be carried out when Alma is back.',
    ),
    allowFrom: setting(
      z.array(network).default([]),
      'Allowed addresses',
      'Networks from which the partner may connect; none means any.',
    ),
  })
  .refine((value) => value.key !== undefined || value.allowFrom.length > 0, {
    path: ['key'],
    error: 'needs a key, or allowFrom must name the networks that the partner may connect from',
    when: isObjectPayload,
  })

export const ncip = setting(
  z
    .strictObject({
      path: setting(
        z
          .string()
          .regex(/^\/[A-Za-z0-9/_-]{1,100}$/, { error: 'must be a path such as /ncip' })
          .default('/ncip'),
        'Path',
        'Path of the HTTP listener to which partners post.',
      ),
      deadlineMs: setting(
        milliseconds(500, 120_000).default(20_000),
        'Deadline',
        'Every message is answered by then.',
        'ms',
      ),
      partners: setting(z.array(partner).default([]), 'Partners', 'Who may send NCIP messages.'),
    })
    .prefault({}),
  'NCIP',
  'Partners that speak NCIP over HTTP.',
)

export type NcipPartnerConfig = z.infer<typeof partner>
export type NcipServiceName = (typeof ncipServices)[number]
