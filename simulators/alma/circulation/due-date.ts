/** Due dates as terms of use set them. */
import { endOfDate, endOfLocalDay } from '../state/local-time.ts'
import type { LoanRule } from '../state/sample-data.ts'

const hourMs = 3_600_000

/** When a loan that begins now must come back: hours later, or at the end of a day in the library's zone. */
export function dueAfterLoan(rule: LoanRule, at: number, zone: string): number {
  if (rule.hours !== undefined) return at - (at % 60_000) + rule.hours * hourMs
  if (rule.fixed_due_date !== undefined) return endOfDate(rule.fixed_due_date, zone)
  return endOfLocalDay(at, rule.days ?? 28, zone)
}

/** The due date that a renewal now would give; it is not later than the old one when there is nothing to gain. */
export function dueAfterRenewal(
  rule: LoanRule,
  loan: { readonly loanedAt: number; readonly dueAt: number },
  at: number,
  zone: string,
): number {
  const from = rule.renew_from === 'due_date' ? Math.max(at, loan.dueAt) : at
  const due = dueAfterLoan(rule, from, zone)
  if (rule.max_renewal_days === undefined) return due
  return Math.min(due, endOfLocalDay(loan.loanedAt, rule.max_renewal_days, zone))
}
