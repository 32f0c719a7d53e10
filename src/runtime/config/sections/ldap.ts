import { z } from 'zod'
import { code, count, isObjectPayload, milliseconds, oneOrMany, secret, setting } from '../fields.ts'

const identifierMark = '{identifier}'
/** Names of this computer, where a password may travel unencrypted. */
const thisComputer = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

const url = z.string().refine(isLdapUrl, {
  error: 'must be an address such as ldaps://ldap.example.org or ldap://ldap.example.org:389, and nothing more',
})

const distinguishedName = z.string().trim().min(1).max(1024)

const named = z
  .string()
  .max(1024)
  .refine((value) => value.includes(identifierMark) && value !== identifierMark, {
    error: `must hold ${identifierMark} where the identifier goes, and more than that`,
  })

const filter = z
  .string()
  .max(1024)
  .refine((value) => value.includes(identifierMark) && isBalanced(value), {
    error: `must be a search filter in parentheses that holds ${identifierMark}, such as (uid=${identifierMark})`,
  })

export const ldap = z
  .strictObject({
    urls: setting(
      oneOrMany(url),
      'Addresses',
      'ldaps:// or ldap:// and the host, one or a list. They are tried in order; one that failed rests for 30 s.',
    ),
    startTls: setting(
      z.boolean().default(false),
      'StartTLS',
      'Encrypts ldap:// connections before anything else is said. Needed unless the directory is on this computer.',
    ),
    ca: setting(
      secret.optional(),
      'Authority',
      "Reference to the certificates in PEM that are trusted in place of the system's.",
    ),
    serverName: setting(
      code.optional(),
      'Name in the certificate',
      "Where the certificate is for another name than the address's, for instance behind a load balancer.",
    ),
    userDn: setting(
      named.optional(),
      'Name of a patron',
      'The name to bind with, such as uid={identifier},ou=people,dc=example,dc=org or {identifier}@example.org. Give this, or base and filter.',
    ),
    base: setting(
      distinguishedName.optional(),
      'Search base',
      "Below this entry the patron's own is searched, such as ou=people,dc=example,dc=org. Give this, or userDn.",
    ),
    filter: setting(
      filter.default(`(uid=${identifierMark})`),
      'Search filter',
      'Finds the entry of one patron. When it finds more than one, nobody is let in.',
    ),
    scope: setting(
      z.enum(['sub', 'one']).default('sub'),
      'Search scope',
      'All below the base, or only what is directly below it.',
    ),
    bindDn: setting(
      distinguishedName.optional(),
      'Account',
      'The account that searches. Without it the search is anonymous.',
    ),
    bindPassword: setting(secret.optional(), 'Password of the account', 'Reference to it.'),
    identifier: setting(
      code.default('scanned'),
      'Identifier',
      'By what the directory knows a patron: "scanned" for what the machine sent, "primary" for the primary identifier in Alma, or the code of one of Alma\'s identifier types.',
    ),
    connectTimeoutMs: setting(
      milliseconds(50, 30_000).default(1000),
      'Longest connecting',
      'After so long without a connection the next address is tried.',
      'ms',
    ),
    answerTimeoutMs: setting(
      milliseconds(50, 60_000).default(2000),
      'Longest answer',
      'Longest wait for one answer. Must leave time for a second address within the deadline of the machines.',
      'ms',
    ),
    connections: setting(
      count(1, 100).default(4),
      'Connections',
      'Most connections for the checks, and as many for the searches.',
    ),
    maxQueued: setting(
      count(0, 10_000).default(100),
      'Longest queue',
      'Most checks that wait for a connection; one more is refused at once.',
    ),
    idleMs: setting(
      milliseconds(1000, 3_600_000).default(60_000),
      'Idle connections',
      'A connection that was not used for so long is closed.',
      'ms',
    ),
  })
  .refine((value) => (value.userDn === undefined) !== (value.base === undefined), {
    error: 'needs either userDn or base, not both',
    when: isObjectPayload,
  })
  .refine((value) => (value.bindDn === undefined) === (value.bindPassword === undefined), {
    error: 'needs bindDn and bindPassword together, or neither',
    when: isObjectPayload,
  })
  .refine((value) => value.startTls === true || !asList(value.urls).some(isInClear), {
    path: ['urls'],
    error: 'would send passwords unencrypted: take ldaps://, or set startTls',
    when: isObjectPayload,
  })

export type LdapSection = z.infer<typeof ldap>

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

function isLdapUrl(value: string): boolean {
  if (!/^ldaps?:\/\/[^/?#@\s]+$/.test(value)) return false
  const parsed = URL.parse(value)
  return parsed !== null && parsed.hostname !== ''
}

function isInClear(value: unknown): boolean {
  if (typeof value !== 'string' || !value.startsWith('ldap://')) return false
  const parsed = URL.parse(value)
  return parsed !== null && !thisComputer.test(parsed.hostname)
}

function isBalanced(value: string): boolean {
  let depth = 0
  for (const [at, character] of [...value].entries()) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    // Only the last parenthesis closes the first.
    if (depth < 1 && at < value.length - 1) return false
  }
  return depth === 0 && value.startsWith('(')
}
