/** The hosts of a directory: which is tried first, and who is told when one fails. */
import { isIP } from 'node:net'
import type { Log } from '../runtime/log.ts'

export interface LdapHost {
  readonly name: string
  readonly port: number
  /** `ldaps://` */
  readonly secure: boolean
}

/** Nobody answered. The message is a code of the transport: what the system or the library says may quote an address or a person. */
export class TransportError extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** The system's code of an error, of the first of several that were tried, or `ECONNRESET`. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : 'ECONNRESET'
}

export function parseHost(url: string): LdapHost {
  const { protocol, hostname, port } = new URL(url)
  const secure = protocol === 'ldaps:'
  return { name: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || (secure ? 636 : 389), secure }
}

/** Hosts that failed lately come after those that did not; else the order of the configuration holds. */
export class LdapHosts {
  readonly #hosts: readonly LdapHost[]
  readonly #failedAt = new Map<LdapHost, number>()
  readonly #institution: string
  readonly #monotonic: () => number
  readonly #log: Log

  constructor(
    config: { readonly institution: string; readonly urls: readonly string[] },
    parts: { readonly monotonic: () => number; readonly log: Log },
  ) {
    this.#hosts = config.urls.map(parseHost)
    this.#institution = config.institution
    this.#monotonic = parts.monotonic
    this.#log = parts.log
  }

  get count(): number {
    return this.#hosts.length
  }

  inOrder(): readonly LdapHost[] {
    const failed = this.#hosts.filter((host) => this.#isResting(host))
    return [...this.#hosts.filter((host) => !failed.includes(host)), ...failed]
  }

  /** Told once, until it answers again. */
  failed(host: LdapHost, code: string): void {
    if (!this.#failedAt.has(host)) this.#log.warn('LDAP_HOST_FAILED', { ...this.#factsOf(host), errorCode: code })
    this.#failedAt.set(host, this.#monotonic())
  }

  answered(host: LdapHost): void {
    if (this.#failedAt.delete(host)) this.#log.info('LDAP_HOST_BACK', this.#factsOf(host))
  }

  #isResting(host: LdapHost): boolean {
    const at = this.#failedAt.get(host)
    return at !== undefined && this.#monotonic() - at < restMs
  }

  #factsOf({ name }: LdapHost) {
    return { institution: this.#institution, ...(isIP(name) === 0 ? { host: name } : { address: name }) }
  }
}

const restMs = 30_000
