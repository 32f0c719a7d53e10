/** Renders a loan [Alma rest_item_loan]. */
import { renewedStatus, whyNotRenewable } from '../circulation/renewals.ts'
import { fineIfReturnedAt } from '../circulation/returns.ts'
import type { Loan } from '../state/entities.ts'
import { millisTime, secondsTime } from '../state/local-time.ts'
import { codeOf, type RenderedObject } from '../state/shape.ts'
import { placeOf, policyOf, type Store } from '../state/store.ts'
import { amount, code, deskName, type Link, libraryCode, locationName } from './describe.ts'

export interface LoanView {
  readonly link: Link
  /** Whether `renewable` is filled: by the answers about one loan, and by a list only when it was asked for. */
  readonly renewable: boolean
}

export function renderLoan(loan: Loan, store: Store, view: LoanView): RenderedObject {
  const { item } = loan
  const { holding } = item
  const place = placeOf(item)
  const isOpen = loan.returnedAt === undefined
  return {
    loan_id: loan.loanId,
    circ_desk: code(loan.circDesk, deskName(loan.deskLibrary, loan.circDesk, store)),
    return_circ_desk: isOpen
      ? code(null, null)
      : code(loan.returnDesk, deskName(loan.returnLibrary, loan.returnDesk, store)),
    library: libraryCode(loan.library, store),
    user_id: loan.user.primaryId,
    item_barcode: item.barcode,
    due_date: secondsTime(loan.dueAt),
    loan_status: isOpen ? 'ACTIVE' : 'COMPLETE',
    loan_date: millisTime(loan.loanedAt),
    return_date: loan.returnedAt === undefined ? null : millisTime(loan.returnedAt),
    returned_by: { value: '' },
    process_status: loan.processStatus,
    mms_id: holding.bib.mmsId,
    holding_id: holding.holdingId,
    item_id: item.pid,
    title: holding.bib.title,
    author: holding.bib.author,
    description: codeOf(item.data.description) || null,
    publication_year: holding.bib.year,
    location_code: { value: place.location, name: locationName(place.library, place.location, store) },
    item_policy: renderPolicy(item, store),
    call_number: holding.callNumber,
    loan_fine: isOpen ? amount(fineIfReturnedAt(loan, store.now(), store)) : 0,
    request_id: loan.requestId === '' ? null : { value: loan.requestId, link: view.link('requests', loan.requestId) },
    renewable: view.renewable && isOpen ? whyNotRenewable(loan, store) === '' : null,
    last_renew_date: loan.lastRenewAt === undefined ? null : millisTime(loan.lastRenewAt),
    last_renew_status: renderRenewStatus(loan.lastRenewStatus),
  }
}

function renderPolicy(item: Loan['item'], store: Store): RenderedObject {
  const policy = policyOf(item)
  if (policy === '') return { value: null, description: null }
  return { value: policy, description: store.institution.tables.describe('ItemPolicy', policy) }
}

function renderRenewStatus(status: string): RenderedObject {
  if (status === '') return { value: null, desc: '' }
  return { value: status, desc: status === renewedStatus ? 'Renewed Successfully' : 'Not renewable' }
}
