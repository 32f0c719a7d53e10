/** The end of a loan, and what a late one costs. */
import type { Loan } from '../state/entities.ts'
import type { Store } from '../state/store.ts'
import { addFee } from './fees.ts'
import { findRule } from './loan-rules.ts'
import { daysOverdue } from './standing.ts'

export function closeLoan(loan: Loan, at: { library: string; desk: string }, store: Store): void {
  const now = store.now()
  const fine = fineIfReturnedAt(loan, now, store)
  loan.returnedAt = now
  loan.returnDesk = at.desk
  loan.returnLibrary = at.library
  loan.item.loan = undefined
  loan.item.process = ''
  loan.user.loans.delete(loan.loanId)
  loan.user.pastLoans.push(loan)
  if (fine === 0) return
  addFee(
    {
      id: store.ids.next('fee'),
      user: loan.user,
      type: 'OVERDUEFINE',
      originalMinor: fine,
      owner: loan.library,
      title: loan.item.holding.bib.title,
      barcode: loan.item.barcode,
      comment: fineComment(loan, now),
      createdAt: now,
    },
    store,
  )
}

/** The overdue fine in minor units that a return at an instant would cause. */
export function fineIfReturnedAt(loan: Loan, at: number, store: Store): number {
  const days = daysOverdue(loan.dueAt, at)
  if (days === 0) return 0
  const rule = findRule(loan.item, loan.user, store)
  const fine = Math.round(days * (rule.overdue_fine_per_day ?? 0) * 100)
  return rule.overdue_fine_max === undefined ? fine : Math.min(fine, Math.round(rule.overdue_fine_max * 100))
}

function fineComment(loan: Loan, at: number): string {
  const american = (instant: number): string => {
    const [year, month, day] = new Date(instant).toISOString().slice(0, 10).split('-')
    return `${month}/${day}/${year}`
  }
  return `Date generated: ${american(at)}, Due: ${american(loan.dueAt)}, Fine Policy: Overdue Fine, Action: Item was returned`
}
