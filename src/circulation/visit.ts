import { createHmac, randomBytes } from 'node:crypto'
import type { Fee, Hold, Loan, Patron } from './model.ts'

const maxAgeMs = 120_000
const maxLoans = 500

/** Whole lists of an account, so that a machine can leaf through one without a call for each page. */
export interface AccountLists {
  readonly loans: readonly Loan[]
  readonly holds: readonly Hold[]
  readonly fees: readonly Fee[]
}

/**
 * What is known of the patron who stands at a terminal, so that one visit asks the library system once. It lives as
 * long as the terminal's session, belongs to one patron at a time, and forgets what a change made stale.
 */
export class Visit {
  readonly #monotonic: () => number
  readonly #secret = randomBytes(16)
  readonly #loans = new Map<string, Loan>()
  readonly #identifiers = new Set<string>()
  #id: string | undefined
  #patron: Patron | undefined
  #readAt = 0
  #lists: Partial<AccountLists> = {}
  #password: { digest: string; right: boolean } | undefined

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic
  }

  /** The patron as last read, when it is the one asked for and the reading is fresh. */
  patron(identifier: string): Patron | undefined {
    if (!this.#identifiers.has(identifier)) return undefined
    if (this.#monotonic() - this.#readAt > maxAgeMs) return undefined
    return this.#patron
  }

  /** The identifier to use towards the library system: canonical when known. */
  canonical(identifier: string): string {
    return this.idOf(identifier) ?? identifier
  }

  /** The canonical identifier, when it was read during this visit, however long ago. */
  idOf(identifier: string): string | undefined {
    return this.#identifiers.has(identifier) ? this.#id : undefined
  }

  remember(identifier: string, patron: Patron): void {
    this.#switchTo(identifier, patron.id)
    this.#id = patron.id
    this.#patron = patron
    this.#lists = {}
    this.#readAt = this.#monotonic()
  }

  /** A list as it was read together with the patron. */
  list<K extends keyof AccountLists>(identifier: string, name: K): AccountLists[K] | undefined {
    return this.patron(identifier) && this.#lists[name]
  }

  /** Kept as long as the patron whom it belongs to; of a patron who is not known, or no longer, nothing is. */
  rememberList<K extends keyof AccountLists>(identifier: string, name: K, list: AccountLists[K]): void {
    if (this.patron(identifier)) this.#lists = { ...this.#lists, [name]: list }
  }

  loan(identifier: string, barcode: string): Loan | undefined {
    return this.#identifiers.has(identifier) ? this.#loans.get(barcode) : undefined
  }

  rememberLoans(identifier: string, loans: readonly Loan[]): void {
    this.#switchTo(identifier, loans[0]?.patronId)
    for (const loan of loans) {
      if (this.#loans.size >= maxLoans) return
      this.#loans.set(loan.itemBarcode, loan)
    }
  }

  forgetLoan(barcode: string): void {
    this.#loans.delete(barcode)
    const { loans: _, ...others } = this.#lists
    this.#lists = others
  }

  /** Counts, balance and lists changed; who the patron is did not. */
  forgetCounts(): void {
    this.#patron = undefined
    this.#lists = {}
  }

  /** Whether this password was already found right or wrong during the visit; undefined when it was not checked. */
  passwordChecked(identifier: string, password: string): boolean | undefined {
    const known = this.#password
    return known?.digest === this.#digest(identifier, password) ? known.right : undefined
  }

  rememberPassword(identifier: string, password: string, right: boolean): void {
    this.#switchTo(identifier)
    this.#password = { digest: this.#digest(identifier, password), right }
  }

  end(): void {
    this.#id = undefined
    this.#patron = undefined
    this.#lists = {}
    this.#password = undefined
    this.#loans.clear()
    this.#identifiers.clear()
  }

  #switchTo(identifier: string, id = identifier): void {
    if (!this.#identifiers.has(identifier) && !this.#identifiers.has(id)) this.end()
    this.#identifiers.add(identifier).add(id)
  }

  #digest(identifier: string, password: string): string {
    return createHmac('sha256', this.#secret).update(identifier).update('\0').update(password).digest('base64')
  }
}
