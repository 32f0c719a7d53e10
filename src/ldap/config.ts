/** What the LDAP adapter is told of one institution's directory. Times are milliseconds. */
export interface LdapConfig {
  /** Short name of the institution, for the log. */
  readonly institution: string
  /** In the order in which they are tried. */
  readonly urls: readonly string[]
  /** Upgrades `ldap://` connections before anything else is said. */
  readonly startTls: boolean
  /** PEM of the authorities that are trusted in place of the system's. */
  readonly ca: string | undefined
  /** Name that the certificate must be for, where it is not the host's. */
  readonly serverName: string | undefined
  /** How a person's entry is found. */
  readonly find: BySearch | ByTemplate
  /** Kind of identifier by which the directory knows a patron, `primary` for the canonical one; undefined for the scanned one. */
  readonly identifierKind: string | undefined
  readonly connectTimeoutMs: number
  /** Longest wait for one answer. */
  readonly answerTimeoutMs: number
  /** Most connections for binds, and as many for searches. */
  readonly connections: number
  /** Most checks that wait for a connection. */
  readonly maxQueued: number
  /** A connection that was not used for so long is closed. */
  readonly idleMs: number
}

/** Searches with an account of the service, or anonymously, and then binds as the one entry that was found. */
export interface BySearch {
  readonly account: { readonly dn: string; readonly password: string } | undefined
  readonly base: string
  readonly scope: 'sub' | 'one'
  /** `(uid={identifier})` */
  readonly filter: string
}

export interface ByTemplate {
  /** `uid={identifier},ou=people,dc=example,dc=org`, or a name such as `{identifier}@example.org`. */
  readonly userDn: string
}

/** Where the identifier stands in a filter or a DN. */
export const identifierMark = '{identifier}'
