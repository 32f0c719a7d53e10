/** `order_by` and `direction` of lists of loans. */
import { refusals } from '../alma-error.ts'
import type { Loan } from '../state/entities.ts'

const keys: Readonly<Record<string, (loan: Loan) => string | number>> = {
  id: (loan) => loan.loanId,
  loan_date: (loan) => loan.loanedAt,
  due_date: (loan) => loan.dueAt,
  barcode: ({ item }) => item.barcode,
  title: ({ item }) => item.holding.bib.title.toLowerCase(),
  author: ({ item }) => item.holding.bib.author.toLowerCase(),
  return_date: (loan) => loan.returnedAt ?? 0,
}

/** Sorted by loan id, ascending, unless the query says otherwise; equal keys keep the order of the ids. */
export function sortLoans(loans: readonly Loan[], query: Readonly<Record<string, string>>): readonly Loan[] {
  const key = keys[query.order_by ?? 'id']
  const direction = (query.direction ?? 'ASC').toUpperCase()
  if (!key || (direction !== 'ASC' && direction !== 'DESC')) throw refusals.parameterNotValid()
  const sign = direction === 'ASC' ? 1 : -1
  return loans.toSorted((one, other) => sign * compare(key(one), key(other)) || compare(one.loanId, other.loanId))
}

const compare = (one: string | number, other: string | number): number => (one < other ? -1 : one > other ? 1 : 0)
