import { createHmac, randomBytes } from 'node:crypto'

/** A check that may be made, once its delay is over. It has been counted as wrong already. */
export interface PasswordAttempt {
  readonly delayMs: number
  /** The password was right, or could not be checked: it does not count. */
  forgive(): void
}

/** Tokens that come back with time, a bucket for each key. */
export interface Buckets {
  /** Takes a token, or says that there is none. */
  take(key: string): boolean
  /** Takes a token that may not be there yet; milliseconds until it is. */
  owe(key: string): number
  giveBack(key: string): void
}

export interface PasswordThrottleParts {
  /** Wrong passwords of one patron at one machine. */
  readonly patrons: Buckets
  /** Wrong passwords of whichever patrons at one machine. */
  readonly machines: Buckets
  readonly maxDelayMs: number
  /** Is told of each one that is not looked at. */
  readonly onRefused?: ((institution: string, machine: string) => void) | undefined
}

/**
 * Slows down who tries the passwords of patrons, which are short. After too many wrong ones of a patron at a machine
 * further ones are not looked at; at other machines the patron notices nothing. Whoever tries many cards is delayed,
 * and no more, since the machine is there for others too.
 *
 * Each attempt counts from its beginning, so that many at once are no way around.
 */
export class PasswordThrottle {
  readonly #parts: PasswordThrottleParts
  /** Patrons are kept as digests, none as long as its sender likes. */
  readonly #key = randomBytes(32)

  constructor(parts: PasswordThrottleParts) {
    this.#parts = parts
  }

  /**
   * Undefined when too many were wrong.
   * @param names of the patron, the one that was given and those that are known beside it
   */
  begin(names: readonly string[], institution: string, machine: string): PasswordAttempt | undefined {
    const { patrons, machines, maxDelayMs, onRefused } = this.#parts
    const keys = [...new Set(names.map((name) => this.#keyOf(name, institution, machine)))]
    const taken = keys.filter((key) => patrons.take(key))
    const giveBack = () => {
      for (const key of taken) patrons.giveBack(key)
    }
    if (taken.length < keys.length) {
      giveBack()
      onRefused?.(institution, machine)
      return undefined
    }
    return {
      delayMs: Math.min(machines.owe(machine), maxDelayMs),
      forgive: () => {
        giveBack()
        machines.giveBack(machine)
      },
    }
  }

  #keyOf(name: string, institution: string, machine: string): string {
    const digest = createHmac('sha256', this.#key).update(fold(name)).digest('base64')
    return JSON.stringify([institution, machine, digest])
  }
}

/**
 * Library systems and directories take many spellings for the same: capitals, wide or raised digits, accents, blanks.
 * Two patrons who share a count because of it lose little.
 */
const fold = (identifier: string): string =>
  identifier
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{C}\p{Z}]/gu, '')
    .toUpperCase()
    .toLowerCase()
