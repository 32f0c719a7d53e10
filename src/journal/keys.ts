import type { Change, DoneSearch } from '../circulation/ports.ts'

/** Equal for equal changes. Holds what people typed: never kept as it is. */
export const keyOf = ({ institution, kind, identity }: Change): string => JSON.stringify([institution, kind, identity])

/** Equal for changes of the same item; undefined where no item changes its state. */
export const subjectOf = ({ institution, subject }: Change): string | undefined =>
  subject ? JSON.stringify([institution, subject]) : undefined

/** By what a done change is found again: a loan by its item, a payment by its external transaction id. */
export function referenceOf({ institution, kind, details }: Omit<DoneSearch, 'since'>): string | undefined {
  const by = kind === 'checkout' ? details.item : details.externalTransactionId
  return by ? JSON.stringify([kind, institution, by]) : undefined
}
