/** Asks an institution's directory whether passwords can be checked there. */
import { type HostFinding, probeHosts } from '../ldap/probe.ts'
import type { InstitutionConfig } from '../runtime/config/schema.ts'
import { toLdapConfig } from '../wiring/ldap.ts'
import { type CheckFinding, findingsOf } from './check-finding.ts'
import { explainConnectionError } from './connection-error.ts'

const checkTimeMs = 30_000

export async function* checkLdap(institution: InstitutionConfig): AsyncGenerator<CheckFinding> {
  const config = toLdapConfig(institution)
  if (config === undefined) return
  const found = findingsOf(institution.id)
  for await (const { url, failure, code } of probeHosts(config, AbortSignal.timeout(checkTimeMs))) {
    const subject = `ldap ${url}`
    if (failure === 'none') yield found('ok', subject, 'answers, and takes the account')
    else if (failure === 'unreachable') {
      const finding = found('fail', subject, explainFailure(code), 'Check urls, ca, serverName and the network.')
      yield { ...finding, unreachable: true }
    } else yield found('fail', subject, `${sentences[failure]} (LDAP result ${code})`, advice[failure])
  }
}

const explainFailure = (code: string): string =>
  code === 'STARTTLS_REFUSED'
    ? 'does not encrypt with StartTLS'
    : // What follows the semicolon is about options of other commands.
      explainConnectionError({ code }).replace(/;.*/, '')

type Failure = Exclude<HostFinding['failure'], 'none' | 'unreachable'>

const sentences: Readonly<Record<Failure, string>> = {
  'account-refused': 'refuses the account that searches',
  'base-missing': 'does not have the search base, or does not show it to the account',
  'base-refused': 'refuses to search',
}

const advice: Readonly<Record<Failure, string>> = {
  'account-refused': 'Correct bindDn and bindPassword.',
  'base-missing': 'Correct base, or let the account read it.',
  'base-refused': 'Name an account with bindDn, or let it search below base.',
}
