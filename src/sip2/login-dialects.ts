import { decode } from './codec.ts'
import type { Profile } from './terminal.ts'

interface Dialect {
  readonly profile: Profile
  readonly users: Set<string>
}

const loginCode = Buffer.from('93')

/**
 * How machines speak that have not logged in yet. Delimiter and charset are the terminal's, and which terminal it is
 * stands in the log-in: it is read in every dialect until it names a user of a terminal that speaks so.
 */
export class LoginDialects {
  readonly #dialects = new Map<string, Dialect>()

  constructor(logins: readonly { readonly user: string; readonly profile: Profile }[]) {
    for (const { user, profile } of logins) {
      const { charset, delimiter, errorDetection, checksumLenient } = profile
      const key = JSON.stringify([charset, delimiter, errorDetection, checksumLenient])
      const dialect = this.#dialects.get(key) ?? { profile, users: new Set() }
      dialect.users.add(user)
      this.#dialects.set(key, dialect)
    }
  }

  /** The profile in which a frame is to be read; undefined when it is no log-in of a known user. */
  of(frame: Buffer): Profile | undefined {
    if (!frame.subarray(0, loginCode.length).equals(loginCode)) return undefined
    for (const { profile, users } of this.#dialects.values()) {
      const { charset, delimiter } = profile
      const decoded = decode(frame, { charset, delimiter, direction: 'request' })
      if (decoded.kind !== 'message' || decoded.message.code !== '93') continue
      if (users.has(decoded.message.fields.CN ?? '')) return profile
    }
    return undefined
  }
}
