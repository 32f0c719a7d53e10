/** Fines and fees of a user, and the transactions of the till [Alma users: fees; Alma conf: fee-transactions]. */
import { refusals } from '../alma-error.ts'
import { findItemByBarcode } from '../circulation/find-item.ts'
import { addFee, dispute, payAll, restore, type Settlement, settle } from '../circulation/fees.ts'
import { renderFee, renderFees } from '../render/fee.ts'
import type { Fee, User } from '../state/entities.ts'
import { codeOf } from '../state/shape.ts'
import { type AlmaRequest, type Answer, change, get, object, param, type Route } from '../transport/route.ts'
import { userOfPath } from './users.ts'

const statuses: ReadonlySet<string> = new Set(['ACTIVE', 'INDISPUTE', 'EXPORTED', 'CLOSED'])

function feesOf(user: User, status: string): readonly Fee[] {
  return user.fees.filter((fee) => fee.status === status)
}

function listFees(request: AlmaRequest): Answer {
  const { store, link, query } = request
  const user = userOfPath(request)
  const status = query.status || 'ACTIVE'
  if (!statuses.has(status)) throw refusals.parameterNotValid()
  const fees = feesOf(user, status)
  return object('fees', renderFees(fees, store, link, fees.length === 0 ? null : store.institution.currency))
}

function feeOf(request: AlmaRequest): Fee {
  const user = userOfPath(request)
  const fee = request.store.fees.get(param(request, 'fee_id'))
  if (fee?.user !== user) throw refusals.feeNotFound()
  return fee
}

const answerFee = (fee: Fee, { store, link }: AlmaRequest): Answer => object('fee', renderFee(fee, store, link))

function createFee(request: AlmaRequest): Answer {
  const { store } = request
  const user = userOfPath(request)
  const body = request.body()
  const type = codeOf(body.type)
  if (type === '') throw refusals.feeTypeMissing()
  if (!store.institution.tables.has('HFrUserFinesFees.fineFeeType', type)) throw refusals.feeTypeInvalid()
  const originalMinor = minorOf(codeOf(body.original_amount))
  if (originalMinor === undefined || originalMinor <= 0) throw refusals.feeAmountMissing()
  const owner = codeOf(body.owner)
  if (owner === '') throw refusals.feeOwnerMissing()
  if (!store.library(owner)) throw refusals.feeOwnerNotLibrary()
  const barcode = codeOf(body.barcode)
  const item = barcode === '' ? undefined : itemOfFee(barcode, request)
  const createdAt = Date.parse(codeOf(body.creation_time))
  const fee = addFee(
    {
      id: store.ids.next('fee'),
      user,
      type,
      originalMinor,
      owner,
      title: item?.holding.bib.title ?? '',
      barcode,
      comment: codeOf(body.comment),
      createdAt: Number.isNaN(createdAt) ? store.now() : createdAt,
    },
    store,
  )
  return answerFee(fee, request)
}

function itemOfFee(barcode: string, { store }: AlmaRequest) {
  try {
    return findItemByBarcode(store, barcode)
  } catch {
    throw refusals.feeBarcodeInvalid()
  }
}

/** An amount with at most two decimals, in minor units. */
function minorOf(written: string | undefined): number | undefined {
  if (written === undefined || !/^\d+(\.\d{1,2}0*)?$/.test(written)) return undefined
  return Math.round(Number(written) * 100)
}

function amountOf(written: string | undefined): number {
  const minor = minorOf(written)
  if (minor === undefined) throw refusals.parameterNotValid()
  return minor
}

function paymentOf({ query, store }: AlmaRequest): Settlement {
  const method = query.method ?? ''
  if (!store.institution.tables.has('WorkbenchPaymentMethod', method)) throw refusals.parameterNotValid()
  return {
    type: 'PAYMENT',
    method,
    reason: '',
    comment: query.comment ?? '',
    externalId: query.external_transaction_id ?? '',
  }
}

function waiverOf({ query, store }: AlmaRequest): Settlement {
  const reason = query.reason ?? ''
  if (!store.institution.tables.has('FineFeeTransactionReason', reason)) throw refusals.parameterNotValid()
  return { type: 'WAIVE', method: '', reason, comment: query.comment ?? '', externalId: '' }
}

/** Answers with the fees that remain. */
function payAllFees(request: AlmaRequest): Answer {
  const { store, link, query, switches } = request
  const user = userOfPath(request)
  if (query.op !== 'pay') throw refusals.parameterNotValid()
  const settlement = paymentOf(request)
  payAll(user, query.amount === 'ALL' ? 'ALL' : amountOf(query.amount), settlement, store, switches.overpaid)
  return object('fees', renderFees(feesOf(user, 'ACTIVE'), store, link, store.institution.currency))
}

function postFee(request: AlmaRequest): Answer {
  const { query, store, switches } = request
  const fee = feeOf(request)
  const comment = query.comment ?? ''
  switch (query.op) {
    case 'pay': {
      const settlement = paymentOf(request)
      const minor = query.amount === undefined ? fee.balanceMinor : amountOf(query.amount)
      settle(fee, minor, settlement, store, switches.overpaid)
      break
    }
    case 'waive': {
      const settlement = waiverOf(request)
      settle(fee, query.amount === undefined ? fee.balanceMinor : amountOf(query.amount), settlement, store)
      break
    }
    case 'dispute':
      dispute(fee, comment, store)
      break
    case 'restore':
      restore(fee, comment, store)
      break
    default:
      throw refusals.parameterNotValid()
  }
  return answerFee(fee, request)
}

const feeOperation = ({ op = '' }: Readonly<Record<string, string>>): string =>
  ({ pay: 'payFee', waive: 'waiveFee', dispute: 'disputeFee', restore: 'restoreFee' })[op] ?? 'postFee'

const ofUser = '/users/{user_id}/fees'

export const feeRoutes: readonly Route[] = [
  get('users', ofUser, 'listFees', listFees),
  change('POST', 'users', ofUser, 'createFee', createFee),
  change('POST', 'users', `${ofUser}/all`, 'payAllFees', payAllFees),
  get('users', `${ofUser}/{fee_id}`, 'getFee', (request) => answerFee(feeOf(request), request)),
  change('POST', 'users', `${ofUser}/{fee_id}`, feeOperation, postFee),
]
