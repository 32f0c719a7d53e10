/** Checks patrons' passwords by binding to a directory as they would. */
import { PasswordPolicyControl, ResultCodeError, SizeLimitExceededError } from 'ldapts'
import { done, type Outcome, refused } from '../circulation/outcome.ts'
import type { Call, PasswordVerifier } from '../circulation/ports.ts'
import type { Log } from '../runtime/log.ts'
import { AccountRefusedError, bindAccount } from './account.ts'
import type { BySearch, LdapConfig } from './config.ts'
import { LdapConnection } from './connection.ts'
import { fillFilter, fillUserDn } from './escape.ts'
import { LdapHosts, TransportError } from './host.ts'
import { LdapPool } from './pool.ts'
import { judgeBind, judgeFailure } from './verdict.ts'

export interface LdapDirectoryParts {
  readonly monotonic: () => number
  readonly log: Log
}

export class LdapDirectory implements PasswordVerifier {
  readonly identifierKind: string | undefined
  readonly #config: LdapConfig
  readonly #hosts: LdapHosts
  readonly #log: Log
  /** Connections that stay bound as the account that searches, and those that are bound as one patron after another. */
  readonly #searches: LdapPool
  readonly #binds: LdapPool
  #accountRefused = false

  constructor(config: LdapConfig, { monotonic, log }: LdapDirectoryParts) {
    this.identifierKind = config.identifierKind
    this.#config = config
    this.#log = log
    this.#hosts = new LdapHosts(config, { monotonic, log })
    this.#binds = new LdapPool(config, this.#hosts, (signal) => this.#connect(signal))
    this.#searches = new LdapPool(config, this.#hosts, (signal) => this.#connectToSearch(signal))
  }

  /**
   * Refused with `patron-pin-wrong` for whoever is not found too, so that a kiosk tells no card numbers. An empty
   * password is never sent: a directory takes a bind without one for an anonymous bind, and says yes.
   * [RFC 4513 5.1.2]
   */
  async verify(identifier: string, password: string, call: Call): Promise<Outcome<true>> {
    if (identifier === '' || password === '') return refused('patron-pin-wrong')
    try {
      const { find } = this.#config
      const dn =
        'userDn' in find ? fillUserDn(find.userDn, identifier) : await this.#search(find, identifier, call.signal)
      if (dn === undefined) return refused('patron-pin-wrong', '', 'ldap no entry')
      return await this.#bind(dn, password, call.signal)
    } catch (error) {
      return judgeFailure(error)
    }
  }

  close(): void {
    this.#searches.close()
    this.#binds.close()
  }

  /** The DN of the one entry, undefined when there is none or more than one. */
  #search({ base, scope, filter: template }: BySearch, identifier: string, signal: AbortSignal) {
    const filter = fillFilter(template, identifier)
    return this.#searches.use(signal, async (connection, limit): Promise<string | undefined> => {
      try {
        // With two it is seen that the filter does not tell persons apart: then nobody is let in.
        const options = { scope, filter, attributes: ['1.1'], sizeLimit: 2 }
        const { searchEntries } = await connection.ask((client) => client.search(base, options), limit)
        return searchEntries.length === 1 ? searchEntries[0]?.dn || undefined : undefined
      } catch (error) {
        if (error instanceof SizeLimitExceededError) return undefined
        throw error
      }
    })
  }

  #bind(dn: string, password: string, signal: AbortSignal): Promise<Outcome<true>> {
    return this.#binds.use(signal, async (connection, limit) => {
      const policy = new PasswordPolicyControl()
      try {
        await connection.ask((client) => client.bind(dn, password, policy), limit)
        return done(true)
      } catch (error) {
        if (!(error instanceof ResultCodeError)) throw error
        return judgeBind(error, policy.value?.error)
      }
    })
  }

  /** A connection to the first host that gives one, ready for use. */
  async #connect(
    signal: AbortSignal,
    prepare?: (connection: LdapConnection) => Promise<void>,
  ): Promise<LdapConnection> {
    let last = new TransportError('ECONNREFUSED')
    for (const host of this.#hosts.inOrder()) {
      let connection: LdapConnection | undefined
      try {
        connection = await LdapConnection.open(host, this.#config, signal)
        await prepare?.(connection)
        return connection
      } catch (error) {
        connection?.close()
        if (!(error instanceof TransportError) || signal.aborted) throw error
        this.#hosts.failed(host, error.code)
        last = error
      }
    }
    throw last
  }

  async #connectToSearch(signal: AbortSignal): Promise<LdapConnection> {
    try {
      const connection = await this.#connect(signal, (opened) => bindAccount(opened, this.#config.find, signal))
      this.#accountRefused = false
      return connection
    } catch (error) {
      if (error instanceof AccountRefusedError) this.#tellAccountRefused(error)
      throw error
    }
  }

  /** Once, until it is taken again. */
  #tellAccountRefused({ code }: AccountRefusedError): void {
    if (this.#accountRefused) return
    this.#accountRefused = true
    this.#log.error('LDAP_ACCOUNT_REFUSED', { institution: this.#config.institution, errorCode: String(code) })
  }
}
