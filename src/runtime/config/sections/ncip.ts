import { z } from 'zod'
import { code, milliseconds, name, network, secret, setting } from '../fields.ts'

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

const partner = z.strictObject({
  name: setting(name, 'Name', 'Name of the partner in logs, metrics and the journal.'),
  agency: setting(code, 'Agency', 'AgencyId that the partner sends in FromAgencyId.'),
  key: setting(secret, 'Key', 'Reference to the key that the partner must send.'),
  institution: setting(name, 'Institution', 'Short name of the institution that the partner works with.'),
  library: setting(code, 'Library', "Alma's code of the library at whose desk the partner's loans and returns happen."),
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
  version: setting(z.enum(['2.02']).default('2.02'), 'Version', 'Version of NCIP in which the partner is answered.'),
  remoteStorage: setting(
    remoteStorage.optional(),
    'Remote storage',
    'Present when the partner is a storage system that reports what it put away and what it sent.',
  ),
  allowFrom: setting(
    z.array(network).default([]),
    'Allowed addresses',
    'Networks from which the partner may connect; none means any.',
  ),
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
