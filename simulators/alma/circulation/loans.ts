/** Lending [Alma users: create loan]. */
import { refusals } from '../alma-error.ts'
import type { Item, Loan, User } from '../state/entities.ts'
import { placeOf, type Store } from '../state/store.ts'
import type { Switches } from '../switches.ts'
import { dueAfterLoan } from './due-date.ts'
import { findRule } from './loan-rules.ts'
import { expireRequests, fillRequest, releaseCopy } from './requests.ts'
import { closeLoan } from './returns.ts'
import { assertMayBorrow } from './standing.ts'

export interface NewLoan {
  readonly user: User
  readonly item: Item
  readonly library: string
  readonly circDesk: string
  readonly requestId: string
}

/** Lends an item at a desk, or throws the refusal that the desk would get. */
export function lend(loan: NewLoan, store: Store, switches: Switches): Loan {
  const { user, item } = loan
  if (item.loan?.user === user) throw refusals.itemOnLoanToPatron()
  expireRequests(item.holding.bib.queue, store)
  assertDeskLends(loan, store)
  assertMayBorrow(user, item, store)
  assertItemCanGo(loan, store, switches)
  if (item.loan) closeLoan(item.loan, { library: loan.library, desk: loan.circDesk }, store)
  const now = store.now()
  const filled = requestFilledBy(loan)
  if (item.request && item.request !== filled) releaseCopy(item.request, store)
  if (filled) fillRequest(filled, item, store)
  const rule = findRule(item, user, store)
  item.holding.bib.indexStaleUntil = now + switches.staleIndexSeconds * 1000
  return registerLoan(
    {
      loanId: store.ids.next('loan'),
      user,
      item,
      circDesk: loan.circDesk,
      deskLibrary: loan.library,
      loanedAt: now,
      dueAt: dueAfterLoan(rule, now, store.institution.zone),
      requestId: filled?.requestId ?? '',
    },
    store,
  )
}

/** Enters a loan as it is, without any check. */
export function registerLoan(
  loan: Pick<Loan, 'loanId' | 'user' | 'item' | 'circDesk' | 'deskLibrary' | 'loanedAt' | 'dueAt' | 'requestId'>,
  store: Store,
): Loan {
  const { user, item } = loan
  const registered: Loan = {
    ...loan,
    library: item.holding.library,
    returnedAt: undefined,
    returnDesk: '',
    returnLibrary: '',
    processStatus: 'NORMAL',
    renewals: 0,
    lastRenewAt: undefined,
    lastRenewStatus: '',
  }
  item.loan = registered
  item.process = 'LOAN'
  item.transitTo = undefined
  item.workOrder = undefined
  item.reshelvedAt = 0
  user.loans.set(registered.loanId, registered)
  store.loans.set(registered.loanId, registered)
  return registered
}

/** The desk must be linked to the item's location with `check_out`; a primary desk serves other libraries too. */
function assertDeskLends({ item, library, circDesk }: NewLoan, store: Store): void {
  const desk = store.library(library)?.desks.get(circDesk)
  const place = placeOf(item)
  const serves = place.library === library || desk?.primary === true
  if (!desk || !serves) throw refusals.deskCannotLend()
  if (place.library === library && desk.locations.get(place.location)?.checkOut !== true)
    throw refusals.deskCannotLend()
}

function assertItemCanGo({ user, item }: NewLoan, store: Store, switches: Switches): void {
  if (findRule(item, user, store).loanable === false) throw refusals.notLoanable()
  if (item.process === 'WORK_ORDER_DEPARTMENT' || item.process === 'ACQ') throw refusals.notLoanable()
  if (item.loan && switches.loanedToOther === 'block') throw refusals.notLoanable()
  if (switches.secondCopy === 'block') {
    for (const copy of item.holding.bib.items) if (copy.loan?.user === user) throw refusals.otherCopyOnLoan()
  }
  const wanted = item.request
  if (!wanted || wanted.user === user) return
  const rule = wanted.status === 'ON_HOLD_SHELF' ? switches.heldForOther : switches.requestedByOther
  if (rule === 'block') throw refusals.notLoanable()
}

/** The borrower's own request that this loan fills: the one named, the one this copy was chosen for, or any for it. */
function requestFilledBy({ user, item, requestId }: NewLoan) {
  if (item.request?.user === user) return item.request
  const queue = item.holding.bib.queue.filter(
    (request) => request.user === user && (request.itemAsked ?? item) === item,
  )
  return queue.find((request) => request.requestId === requestId) ?? queue[0]
}

/** Sets a due date by hand [Alma users: update loan]. */
export function changeDueDate(loan: Loan, dueAt: number, store: Store): void {
  if (dueAt < store.now()) throw refusals.dueDateInPast()
  loan.dueAt = dueAt
}
