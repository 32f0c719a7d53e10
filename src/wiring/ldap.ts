import type { Clock } from '../circulation/ports.ts'
import type { LdapConfig } from '../ldap/config.ts'
import { LdapDirectory } from '../ldap/directory.ts'
import type { InstitutionConfig } from '../runtime/config/schema.ts'
import type { Log } from '../runtime/log.ts'

/** The directory that keeps an institution's passwords, undefined where the configuration names none. */
export function makeDirectory(
  institution: InstitutionConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): LdapDirectory | undefined {
  const config = toLdapConfig(institution)
  return config && new LdapDirectory(config, { monotonic: () => clock.monotonic(), log })
}

export function toLdapConfig({ id, ldap }: InstitutionConfig): LdapConfig | undefined {
  if (ldap === undefined) return undefined
  const { urls, startTls, ca, serverName, userDn, base = '', filter, scope, bindDn, bindPassword } = ldap
  const account = bindDn !== undefined && bindPassword ? { dn: bindDn, password: bindPassword.reveal() } : undefined
  const { identifier, connectTimeoutMs, answerTimeoutMs, connections, maxQueued, idleMs } = ldap
  return {
    institution: id,
    urls,
    startTls,
    ca: ca?.reveal(),
    serverName,
    find: userDn === undefined ? { account, base, filter, scope } : { userDn },
    identifierKind: identifier === 'scanned' ? undefined : identifier,
    connectTimeoutMs,
    answerTimeoutMs,
    connections,
    maxQueued,
    idleMs,
  }
}
