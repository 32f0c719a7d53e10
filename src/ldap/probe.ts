/** Whether each host of a directory can be used, for whoever checks a configuration. */
import { NoSuchObjectError, ResultCodeError } from 'ldapts'
import { AccountRefusedError, bindAccount } from './account.ts'
import type { LdapConfig } from './config.ts'
import { LdapConnection } from './connection.ts'
import { parseHost, TransportError } from './host.ts'

export interface HostFinding {
  readonly url: string
  readonly failure: 'none' | 'unreachable' | 'account-refused' | 'base-missing' | 'base-refused'
  /** Code of the transport or of the answer, empty when all is well. */
  readonly code: string
}

/** Asks for connection, encryption, account and base, and for nobody's entry. */
export async function* probeHosts(config: LdapConfig, signal: AbortSignal): AsyncGenerator<HostFinding> {
  for (const url of config.urls) yield { url, ...(await probeHost(url, config, signal)) }
}

async function probeHost(
  url: string,
  config: LdapConfig,
  signal: AbortSignal,
): Promise<Pick<HostFinding, 'failure' | 'code'>> {
  let connection: LdapConnection | undefined
  try {
    connection = await LdapConnection.open(parseHost(url), config, signal)
    await bindAccount(connection, config.find, signal)
    // Without a base of ours this is the root, which tells everybody what the directory can do.
    const base = 'userDn' in config.find ? '' : config.find.base
    await connection.ask((client) => client.search(base, { scope: 'base', attributes: ['1.1'] }), signal)
    return { failure: 'none', code: '' }
  } catch (error) {
    if (error instanceof TransportError) return { failure: 'unreachable', code: error.code }
    if (error instanceof AccountRefusedError) return { failure: 'account-refused', code: String(error.code) }
    if (error instanceof NoSuchObjectError) return { failure: 'base-missing', code: String(error.code) }
    if (error instanceof ResultCodeError) return { failure: 'base-refused', code: String(error.code) }
    throw error
  } finally {
    connection?.close()
  }
}
