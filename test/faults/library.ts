/** A simulated Alma with as many books and patrons as a run may use up, each used for one story. */
import { addFee } from '../../simulators/alma/circulation/fees.ts'
import { registerLoan } from '../../simulators/alma/circulation/loans.ts'
import type { User } from '../../simulators/alma/state/entities.ts'
import { generatedItemBarcode, generatedPatronBarcode } from '../../simulators/alma/state/generated-library.ts'
import { type AlmaSimulator, startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import type { Store } from '../../simulators/alma/state/store.ts'
import { readSampleFile, sampleLibraryPath } from '../../simulators/alma/state/load.ts'

const dayMs = 86_400_000

/** Made at their first use, so that they cost nothing. */
const generatedItems = 10_000_000

/** Its desks and rules are those of the sample library, its books and patrons a run's own. */
export function startAlma(): Promise<AlmaSimulator> {
  const { institution, code_tables, libraries, user_groups, loan_rules, ...rest } = readSampleFile(sampleLibraryPath)
  const { block_actions } = rest
  const data = { institution, code_tables, libraries, user_groups, loan_rules, block_actions } as typeof rest
  return startAlmaSimulator({ data, generate: generatedItems, perSecond: 'none' })
}

export class Library {
  readonly #alma: AlmaSimulator
  #items = 0
  #patrons = 0

  constructor(alma: AlmaSimulator) {
    this.#alma = alma
  }

  /** Barcode of a book that nobody has. */
  takeItem(): string {
    this.#items += 1
    return generatedItemBarcode(this.#items)
  }

  /** Card number of somebody without a loan. */
  takePatron(): string {
    this.#patrons += 1
    return generatedPatronBarcode(this.#patrons)
  }

  /** Card number of somebody who owes some fees, in cents. */
  takeDebtor(fees: readonly number[]): string {
    const card = this.takePatron()
    for (const [index, minor] of fees.entries()) this.#charge(card, minor, index)
    return card
  }

  /** Card number of somebody who has so many books at home, and their barcodes. */
  takeBorrower(loans: number): { readonly card: string; readonly barcodes: readonly string[] } {
    const card = this.takePatron()
    const barcodes = Array.from({ length: loans }, () => this.takeItem())
    for (const barcode of barcodes) this.#lend(card, barcode)
    return { card, barcodes }
  }

  get store(): Store {
    return this.#alma.control.store
  }

  feeOf(card: string, index: number): string {
    const fee = this.#user(card).fees[index]
    if (fee === undefined) throw new Error('the patron has no such fee')
    return fee.id
  }

  #charge(card: string, minor: number, index: number): void {
    const { store } = this.#alma.control
    addFee(
      {
        id: store.ids.next('fee'),
        user: this.#user(card),
        type: 'OVERDUEFINE',
        originalMinor: minor,
        owner: 'MAIN',
        title: '',
        barcode: '',
        comment: '',
        createdAt: store.now() - (10 - index) * dayMs,
      },
      store,
    )
  }

  #lend(card: string, barcode: string): void {
    const { store } = this
    const item = store.itemByBarcode(barcode)
    if (item === undefined) throw new Error('the library has no such book')
    const loanedAt = store.now() - 3 * dayMs
    const desk = { circDesk: 'DEFAULT_CIRC_DESK', deskLibrary: 'MAIN' }
    const loan = {
      loanId: store.ids.next('loan'),
      user: this.#user(card),
      item,
      loanedAt,
      dueAt: store.now() + 20 * dayMs,
    }
    registerLoan({ ...loan, ...desk, requestId: '' }, store)
  }

  #user(card: string): User {
    const user = this.#alma.control.store.userByIdentifier(card, undefined, true)
    if (user === undefined) throw new Error('the library has no such patron')
    return user
  }
}
