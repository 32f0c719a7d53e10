/** Loans of a user, of an item and of a title [Alma users: loans; Alma bibs: loans]. */
import { refusals } from '../alma-error.ts'
import { findBib, findExactItem, findItem, findItemByBarcode } from '../circulation/find-item.ts'
import { findUser } from '../circulation/find-user.ts'
import { changeDueDate, lend } from '../circulation/loans.ts'
import { renew } from '../circulation/renewals.ts'
import { listed } from '../render/describe.ts'
import { renderLoan } from '../render/loan.ts'
import type { Item, Loan, User } from '../state/entities.ts'
import { codeOf } from '../state/shape.ts'
import {
  type AlmaRequest,
  type Answer,
  change,
  get,
  object,
  pageOf,
  param,
  type Route,
  slice,
} from '../transport/route.ts'
import { itemPathOf } from './items.ts'
import { sortLoans } from './loan-order.ts'
import { userOfPath } from './users.ts'

function answerLoan(loan: Loan, request: AlmaRequest): Answer {
  return object('item_loan', renderLoan(loan, request.store, { link: request.link, renewable: true }))
}

function answerLoans(
  loans: readonly Loan[],
  request: AlmaRequest,
  limits?: { fallback: number; most: number },
): Answer {
  const { store, link, query } = request
  const page = limits ? pageOf(request, limits.fallback, limits.most) : pageOf(request)
  const sorted = sortLoans(loans, query)
  const view = { link, renewable: (query.expand ?? '').split(',').includes('renewable') }
  const shown = slice(sorted, page).map((loan) => renderLoan(loan, store, view))
  return object('item_loans', listed('item_loan', shown, loans.length))
}

/** `loan_status=Complete` asks for the past; an institution may not keep it. */
function wantsPast({ query }: AlmaRequest): boolean {
  const status = (query.loan_status ?? '').toLowerCase()
  if (status !== '' && status !== 'active' && status !== 'complete') throw refusals.parameterNotValid()
  return status === 'complete'
}

function listUserLoans(request: AlmaRequest): Answer {
  const user = userOfPath(request)
  if (!wantsPast(request)) return answerLoans([...user.loans.values()], request)
  return answerLoans(request.switches.anonymizeHistory ? [] : user.pastLoans, request)
}

function loanOf(request: AlmaRequest, belongs: (loan: Loan) => boolean): Loan {
  const id = param(request, 'loan_id')
  const loan = request.store.loans.get(id)
  const isForgotten = loan?.returnedAt !== undefined && request.switches.anonymizeHistory
  if (!loan || isForgotten || !belongs(loan)) throw refusals.loanNotFound(id)
  return loan
}

function loanOfUser(request: AlmaRequest): Loan {
  const user = userOfPath(request)
  return loanOf(request, (loan) => loan.user === user)
}

function createFor(user: User, item: Item, request: AlmaRequest): Answer {
  const body = request.body()
  const library = codeOf(body.library)
  const circDesk = codeOf(body.circ_desk)
  if (library === '') throw refusals.mandatoryFieldMissing('library')
  if (circDesk === '') throw refusals.mandatoryFieldMissing('circ_desk')
  const loan = { user, item, library, circDesk, requestId: codeOf(body.request_id) }
  return answerLoan(lend(loan, request.store, request.switches), request)
}

function createUserLoan(request: AlmaRequest): Answer {
  const user = userOfPath(request)
  const { item_barcode: barcode, item_pid: pid } = request.query
  if (barcode !== undefined) return createFor(user, findItemByBarcode(request.store, barcode), request)
  if (pid === undefined || pid === '') throw refusals.pidEmpty()
  const item = request.store.itemByPid(pid)
  if (!item) throw refusals.parameterInvalid('item_pid', pid)
  return createFor(user, item, request)
}

function createItemLoan(request: AlmaRequest): Answer {
  const item = findExactItem(request.store, itemPathOf(request))
  const { user_id: userId, user_id_type: type } = request.query
  if (!userId) throw refusals.parameterMissing('user_id', 'any user identifier')
  return createFor(findUser(request.store, request.switches, userId, type), item, request)
}

function renewLoan(loan: Loan, request: AlmaRequest): Answer {
  if (request.query.op !== 'renew') throw refusals.loanOperationInvalid()
  if (loan.returnedAt !== undefined) throw refusals.cannotRenew(loan.loanId)
  renew(loan, request.store, request.switches)
  return answerLoan(loan, request)
}

function putLoan(loan: Loan, request: AlmaRequest): Answer {
  const written = codeOf(request.body().due_date)
  if (written === '') throw refusals.dueDateMissing()
  const due = Date.parse(written)
  if (Number.isNaN(due) || loan.returnedAt !== undefined) throw refusals.parameterNotValid()
  changeDueDate(loan, due, request.store)
  return answerLoan(loan, request)
}

function listItemLoans(request: AlmaRequest): Answer {
  const item = findItem(request.store, itemPathOf(request))
  if (wantsPast(request)) return answerLoans(pastLoansOf([item], request), request)
  return answerLoans(item.loan ? [item.loan] : [], request)
}

function pastLoansOf(items: readonly Item[], { store, switches }: AlmaRequest): readonly Loan[] {
  if (switches.anonymizeHistory) return []
  return [...store.loans.values()].filter((loan) => loan.returnedAt !== undefined && items.includes(loan.item))
}

function loanOfItem(request: AlmaRequest): Loan {
  const item = findItem(request.store, itemPathOf(request))
  return loanOf(request, (loan) => loan.item === item)
}

function listTitleLoans(request: AlmaRequest): Answer {
  const { items } = findBib(request.store, param(request, 'mms_id'))
  const loans = wantsPast(request) ? pastLoansOf(items, request) : items.flatMap(({ loan }) => (loan ? [loan] : []))
  return answerLoans(loans, request, { fallback: 99_999, most: 99_999 })
}

function loanOfTitle(request: AlmaRequest): Loan {
  const bib = findBib(request.store, param(request, 'mms_id'))
  return loanOf(request, (loan) => loan.item.holding.bib === bib)
}

const ofUser = '/users/{user_id}/loans'
const ofItem = '/bibs/{mms_id}/holdings/{holding_id}/items/{item_pid}/loans'

export const loanRoutes: readonly Route[] = [
  get('users', ofUser, 'listLoans', listUserLoans),
  change('POST', 'users', ofUser, 'createLoan', createUserLoan),
  get('users', `${ofUser}/{loan_id}`, 'getLoan', (request) => answerLoan(loanOfUser(request), request)),
  change('POST', 'users', `${ofUser}/{loan_id}`, 'renewLoan', (request) => renewLoan(loanOfUser(request), request)),
  change('PUT', 'users', `${ofUser}/{loan_id}`, 'updateLoan', (request) => putLoan(loanOfUser(request), request)),
  get('bibs', ofItem, 'listItemLoans', listItemLoans),
  change('POST', 'bibs', ofItem, 'createItemLoan', createItemLoan),
  get('bibs', `${ofItem}/{loan_id}`, 'getItemLoan', (request) => answerLoan(loanOfItem(request), request)),
  change('POST', 'bibs', `${ofItem}/{loan_id}`, 'renewItemLoan', (request) => renewLoan(loanOfItem(request), request)),
  change('PUT', 'bibs', `${ofItem}/{loan_id}`, 'updateItemLoan', (request) => putLoan(loanOfItem(request), request)),
  get('bibs', '/bibs/{mms_id}/loans', 'listTitleLoans', listTitleLoans),
  get('bibs', '/bibs/{mms_id}/loans/{loan_id}', 'getTitleLoan', (request) => answerLoan(loanOfTitle(request), request)),
]
