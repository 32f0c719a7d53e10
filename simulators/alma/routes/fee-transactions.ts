/** Payments and waivers of some days, for the reconciliation of a till [Alma conf: fee-transactions]. */
import { refusals } from '../alma-error.ts'
import { listed } from '../render/describe.ts'
import { renderFee } from '../render/fee.ts'
import type { Fee, FeeTransaction } from '../state/entities.ts'
import { endOfDate, localDate, startOfDate } from '../state/local-time.ts'
import { type AlmaRequest, type Answer, get, object, pageOf, type Route, slice } from '../transport/route.ts'

const dayMs = 86_400_000
const mostDays = 7

function listFeeTransactions(request: AlmaRequest): Answer {
  const { store, query, link } = request
  const { from, to } = spanOf(request)
  const type = (query.transaction_type ?? 'BOTH').toUpperCase()
  if (type !== 'BOTH' && type !== 'PAYMENT' && type !== 'WAIVE') throw refusals.parameterNotValid()
  const isMeant = (one: FeeTransaction): boolean =>
    one.at >= from &&
    one.at <= to &&
    (type === 'BOTH' ? one.type === 'PAYMENT' || one.type === 'WAIVE' : one.type === type)
  // Payments through the API are taken at no desk, so that a filter by desk finds none.
  const atDesk = Boolean(query.received_by_circ_library || query.received_by_circ_desk)
  const fees: Fee[] = []
  for (const fee of atDesk ? [] : store.settledFees) {
    const transactions = fee.transactions.filter(isMeant)
    if (transactions.length === 0 || (query.owner && query.owner !== fee.owner)) continue
    fees.push({ ...fee, transactions })
  }
  const shown = slice(fees, pageOf(request)).map((fee) => renderFee(fee, store, link))
  return object('fees', listed('fee', shown, fees.length))
}

function spanOf({ store, query }: AlmaRequest): { from: number; to: number } {
  const { zone } = store.institution
  const fromDate = query.transaction_from_date || localDate(store.now(), zone)
  const from = startOfDate(fromDate, zone)
  const to = endOfDate(query.transaction_to_date || fromDate, zone)
  if (Number.isNaN(from) || Number.isNaN(to) || to < from || to - from > mostDays * dayMs) {
    throw refusals.parameterNotValid()
  }
  return { from, to }
}

export const feeTransactionRoutes: readonly Route[] = [
  get('conf', '/conf/utilities/fee-transactions', 'listFeeTransactions', listFeeTransactions),
]
