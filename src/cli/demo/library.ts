/** What Alma holds, asked of the simulator itself and not of its API: the truth that a step is checked against. */
import type { Control } from '../../../simulators/alma/control/control.ts'
import type { Loan, User } from '../../../simulators/alma/state/entities.ts'
import type { DemoItem, DemoPatron } from './cast.ts'

export class Library {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  loanOf({ barcode }: DemoItem): Loan | undefined {
    return this.#control.store.itemByBarcode(barcode)?.loan
  }

  /** Whether a patron has an item, lent at a desk. */
  isLent(item: DemoItem, patron: DemoPatron, circulationDesk: string): boolean {
    const loan = this.loanOf(item)
    return loan?.user.primaryId === patron.id && loan.circDesk === circulationDesk
  }

  /** Barcodes of a patron's loans. */
  loansOf(patron: DemoPatron): string[] {
    return [...this.#user(patron).loans.values()].map(({ item }) => item.barcode)
  }

  /** What a patron owes, in cents. */
  debtOf(patron: DemoPatron): number {
    const active = this.#user(patron).fees.filter(({ status }) => status === 'ACTIVE')
    return active.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0)
  }

  /** What was paid under a transaction id, in cents. */
  paidBy(patron: DemoPatron, externalTransactionId: string): number {
    return this.#user(patron)
      .fees.flatMap(({ transactions }) => transactions)
      .filter(({ type, externalId }) => type === 'PAYMENT' && externalId === externalTransactionId)
      .reduce((sum, { minor }) => sum + minor, 0)
  }

  #user({ id }: DemoPatron): User {
    const user = this.#control.store.users.get(id)
    if (user === undefined) throw new Error('the sample library lacks a patron of the demonstration')
    return user
  }
}
