import { createHmac, randomBytes } from 'node:crypto'
import type { TerminalConfig } from '../runtime/config/schema.ts'
import { makeNetworkTest } from '../runtime/networks.ts'
import type { Terminal } from './terminal.ts'

/** Where a connection comes from. */
export interface Origin {
  readonly listener: string
  /** IP address of the peer. */
  readonly address: string
}

/** `from` is the address of the peer. */
export type VerifyPassword = (password: string, hash: string, from: string) => Promise<boolean>

interface Candidate {
  readonly terminal: Terminal
  readonly login: { readonly user: string; readonly hash: string } | undefined
  readonly listeners: readonly string[] | undefined
  isAllowed(address: string): boolean
}

/** The terminals of the config in their order; the first that fits a connection and its log-in is the one. */
export class Terminals {
  readonly #candidates: readonly Candidate[]
  readonly #verify: VerifyPassword
  readonly #decoyHash: string | undefined
  /** Digest, under a key of this process, of the password last found right for a hash: a storm of log-ins stays cheap. */
  readonly #found = new Map<string, string>()
  readonly #digestKey = randomBytes(32)

  constructor(
    entries: readonly { readonly config: TerminalConfig; readonly terminal: Terminal }[],
    verify: VerifyPassword,
  ) {
    this.#verify = verify
    this.#candidates = entries.map(({ config, terminal }) => ({
      terminal,
      login: config.login && { user: config.login.user, hash: config.login.passwordHash.reveal() },
      listeners: config.from?.listener,
      isAllowed: makeNetworkTest(config.from?.addresses ?? []),
    }))
    this.#decoyHash = this.#candidates.find(({ login }) => login !== undefined)?.login?.hash
  }

  /** The terminal that is known by where it connects from alone. */
  byOrigin(origin: Origin): Terminal | undefined {
    return this.#candidates.find((one) => one.login === undefined && comesFrom(one, origin))?.terminal
  }

  /** The terminal of a log-in. A user that does not exist takes as long as a wrong password. */
  async byLogin(user: string, password: string, origin: Origin): Promise<Terminal | undefined> {
    const mine = this.#candidates.filter(({ login }) => login?.user === user)
    if (mine.length === 0 && this.#decoyHash !== undefined)
      await this.#verify(password, this.#decoyHash, origin.address)
    let checked: { hash: string; right: boolean } | undefined
    for (const one of mine) {
      if (!one.login || !comesFrom(one, origin)) continue
      // Two kiosks with one log-in and different addresses carry the same hash: it is costly, so it is tried once.
      if (checked?.hash !== one.login.hash) {
        checked = { hash: one.login.hash, right: await this.#isRight(password, one.login.hash, origin) }
      }
      if (checked.right) return one.terminal
    }
    return undefined
  }

  async #isRight(password: string, hash: string, origin: Origin): Promise<boolean> {
    const digest = createHmac('sha256', this.#digestKey).update(password).digest('base64')
    if (this.#found.get(hash) === digest) return true
    const right = await this.#verify(password, hash, origin.address)
    if (right) this.#found.set(hash, digest)
    return right
  }
}

const comesFrom = ({ listeners, isAllowed }: Candidate, { listener, address }: Origin): boolean =>
  (listeners?.includes(listener) ?? true) && isAllowed(address)

/** An IPv4 peer of an IPv6 socket shows as `::ffff:10.1.2.3`. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
