/** Renewing a loan [Alma users: renew loan]. */
import { refusals } from '../alma-error.ts'
import type { Loan } from '../state/entities.ts'
import type { Store } from '../state/store.ts'
import type { Switches } from '../switches.ts'
import { dueAfterRenewal } from './due-date.ts'
import { findRule } from './loan-rules.ts'
import { blockAgainst, hasPatronRole, isExpired } from './standing.ts'

/** `last_renew_status` of a renewal that went well. */
export const renewedStatus = '401193;'

/** Why a loan cannot be renewed now, as the codes of `last_renew_status`; empty when it can. */
export function whyNotRenewable(loan: Loan, store: Store): string {
  const rule = findRule(loan.item, loan.user, store)
  const limit = rule.max_renewals ?? Number.POSITIVE_INFINITY
  const policySaysNo = rule.loanable === false || loan.renewals >= limit
  const requested = loan.item.holding.bib.queue.some(
    (request) =>
      request.user !== loan.user && request.status === 'NOT_STARTED' && (request.itemAsked ?? loan.item) === loan.item,
  )
  const patronSaysNo =
    blockAgainst(loan.user, 'RENEW', store) !== undefined ||
    isExpired(loan.user, store) ||
    !hasPatronRole(loan.user, loan.library, store)
  const lost =
    loan.processStatus === 'LOST' || loan.processStatus === 'CLAIMED_RETURN' || loan.processStatus === 'RECALL'
  return `${policySaysNo || lost ? '401166;' : ''}${requested || patronSaysNo ? '401167;' : ''}`
}

/** Renews, or throws 401822 and leaves the reason in `last_renew_status`. */
export function renew(loan: Loan, store: Store, switches: Switches): void {
  const due = dueAfterRenewal(findRule(loan.item, loan.user, store), loan, store.now(), store.institution.zone)
  // A loan whose due date cannot move any further is refused although its policy would allow it.
  const refusal = whyNotRenewable(loan, store) || (due <= loan.dueAt ? '401166;' : '')
  if (switches.renewButNot200) {
    loan.lastRenewStatus = refusal || '401166;'
    return
  }
  if (refusal !== '') {
    loan.lastRenewStatus = refusal
    throw refusals.cannotRenew(loan.loanId)
  }
  loan.dueAt = due
  loan.renewals += 1
  loan.processStatus = 'RENEW'
  loan.lastRenewAt = store.now()
  loan.lastRenewStatus = renewedStatus
}
