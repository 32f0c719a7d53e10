/** Reads loans, requests and fees of sample data. */
import { findRule } from '../circulation/loan-rules.ts'
import { dueAfterLoan } from '../circulation/due-date.ts'
import { assignCopy, openRequest, putOnHoldShelf } from '../circulation/requests.ts'
import { addFee } from '../circulation/fees.ts'
import { registerLoan } from '../circulation/loans.ts'
import type { Item, User } from './entities.ts'
import { readDate, readInstant } from './local-time.ts'
import type { SampleFee, SampleLoan, SampleRequest } from './sample-data.ts'
import { codeOf } from './shape.ts'
import { placeOf, type Store } from './store.ts'

function userOf(id: string, store: Store): User {
  const user = store.userByPrimaryId(id) ?? store.userByIdentifier(id, undefined, false)
  if (!user) throw new Error(`sample data: no user ${JSON.stringify(id)}`)
  return user
}

function itemOf(barcode: string, store: Store): Item {
  const item = store.itemByBarcode(barcode)
  if (!item) throw new Error(`sample data: no item with barcode ${JSON.stringify(barcode)}`)
  return item
}

export function loadLoan(sample: SampleLoan, store: Store): void {
  const user = userOf(sample.user_id, store)
  const item = itemOf(sample.item_barcode, store)
  const { zone } = store.institution
  const loanedAt = readInstant(sample.loan_date, store.now(), zone) ?? store.now()
  const rule = findRule(item, user, store)
  const loan = registerLoan(
    {
      loanId: sample.loan_id ?? store.ids.next('loan'),
      user,
      item,
      circDesk: codeOf(sample.circ_desk) || 'DEFAULT_CIRC_DESK',
      deskLibrary: placeOf(item).library,
      loanedAt,
      dueAt: readInstant(sample.due_date, store.now(), zone) ?? dueAfterLoan(rule, loanedAt, zone),
      requestId: '',
    },
    store,
  )
  loan.renewals = sample.renewals ?? 0
  if (sample.process_status) loan.processStatus = sample.process_status
}

export function loadRequest(sample: SampleRequest, store: Store): void {
  const user = userOf(sample.user_primary_id, store)
  const itemAsked = sample.item_barcode === undefined ? undefined : itemOf(sample.item_barcode, store)
  const bib = itemAsked?.holding.bib ?? store.bib(sample.mms_id ?? '') ?? bibOfTitle(sample.title, store)
  const pickupLibrary = sample.pickup_location_library ?? bib.items[0]?.holding.library ?? ''
  const request = openRequest(
    {
      requestId: sample.request_id ?? store.ids.next('request'),
      user,
      bib,
      itemAsked,
      type: 'HOLD',
      pickupType: sample.pickup_location_circulation_desk ? 'CIRCULATION_DESK' : 'LIBRARY',
      pickupLibrary,
      pickupDesk: sample.pickup_location_circulation_desk ?? '',
      comment: sample.comment ?? '',
      lastInterest: readDate(sample.last_interest_date, store.now(), store.institution.zone),
      createdAt: readInstant(sample.request_time, store.now(), store.institution.zone) ?? store.now(),
    },
    store,
  )
  if (sample.request_status === 'ON_HOLD_SHELF') {
    const item = itemAsked ?? bib.items.find((candidate) => !candidate.loan && !candidate.request)
    if (!item) throw new Error('sample data: no copy for a request on the hold shelf')
    putOnHoldShelf(request, item, undefined, store)
  } else if (sample.request_status !== 'NOT_STARTED') {
    assignCopy(request, store)
  }
}

function bibOfTitle(title: string | undefined, store: Store) {
  for (const bib of store.bibs.values()) if (bib.title === title) return bib
  throw new Error(`sample data: no title ${JSON.stringify(title)}`)
}

export function loadFee(sample: SampleFee, store: Store): void {
  const barcode = codeOf(sample.barcode)
  const item = barcode ? itemOf(barcode, store) : undefined
  const createdAt = readInstant(sample.creation_time, store.now(), store.institution.zone) ?? store.now()
  const fee = addFee(
    {
      id: sample.id ?? store.ids.next('fee'),
      user: userOf(sample.user_primary_id, store),
      type: codeOf(sample.type) || 'OTHER',
      originalMinor: Math.round(sample.original_amount * 100),
      owner: codeOf(sample.owner) || item?.holding.library || [...store.institution.libraries.keys()][0] || '',
      title: item?.holding.bib.title ?? '',
      barcode,
      comment: sample.comment ?? '',
      createdAt,
    },
    store,
  )
  if (sample.balance !== undefined) fee.balanceMinor = Math.round(sample.balance * 100)
  const status = codeOf(sample.status)
  if (status === 'INDISPUTE' || status === 'EXPORTED' || status === 'CLOSED') fee.status = status
}
