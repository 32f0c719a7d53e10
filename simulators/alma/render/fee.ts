/** Renders fees and their transactions [Alma rest_fee]. */
import type { Fee, FeeTransaction } from '../state/entities.ts'
import { millisTime } from '../state/local-time.ts'
import type { RenderedObject } from '../state/shape.ts'
import type { Store } from '../state/store.ts'
import { amount, code, type Link, tableCode } from './describe.ts'

export function renderFee(fee: Fee, store: Store, link: Link): RenderedObject {
  return {
    id: fee.id,
    type: tableCode('HFrUserFinesFees.fineFeeType', fee.type, store),
    status: tableCode('HFrUserFinesFees.fineFeeStatus', fee.status, store),
    user_primary_id: { value: fee.user.primaryId, link: link('users', fee.user.primaryId) },
    balance: amount(fee.balanceMinor),
    remaining_vat_amount: 0,
    original_amount: amount(fee.originalMinor),
    original_vat_amount: 0,
    creation_time: millisTime(fee.createdAt),
    status_time: millisTime(fee.statusAt),
    comment: fee.comment === '' ? null : fee.comment,
    owner: tableCode('Organizations', fee.owner, store),
    title: fee.title === '' ? null : fee.title,
    barcode: renderBarcode(fee, store, link),
    ...(fee.transactions.length > 0
      ? { transaction: fee.transactions.map((one) => renderTransaction(one, store)) }
      : {}),
    bursar_transaction_id: null,
    link: link('users', fee.user.primaryId, 'fees', fee.id),
  }
}

function renderBarcode(fee: Fee, store: Store, link: Link): RenderedObject | null {
  if (fee.barcode === '') return null
  const item = store.itemByBarcode(fee.barcode)
  if (!item) return { value: fee.barcode, link: null }
  const { bib, holdingId } = item.holding
  return { value: fee.barcode, link: link('bibs', bib.mmsId, 'holdings', holdingId, 'items', item.pid) }
}

function renderTransaction(transaction: FeeTransaction, store: Store): RenderedObject {
  return {
    transaction_id: transaction.id,
    type: tableCode('FineFeeTransactionType', transaction.type, store),
    amount: amount(transaction.minor),
    vat_amount: 0,
    reason: transaction.reason === '' ? null : transaction.reason,
    comment: transaction.comment === '' ? null : transaction.comment,
    created_by: 'exl_api',
    external_transaction_id: transaction.externalId === '' ? null : transaction.externalId,
    transaction_time: millisTime(transaction.at),
    received_by: code('Not At Desk', 'Not At Desk'),
    payment_method:
      transaction.method === '' ? code(null, null) : tableCode('WorkbenchPaymentMethod', transaction.method, store),
  }
}

/** A list of fees with the sum of their balances; an empty one says `"currency": null` when nothing was asked to be paid. */
export function renderFees(fees: readonly Fee[], store: Store, link: Link, currency: string | null): RenderedObject {
  const sum = fees.reduce((total, fee) => total + fee.balanceMinor, 0)
  return {
    ...(fees.length > 0 ? { fee: fees.map((fee) => renderFee(fee, store, link)) } : {}),
    total_record_count: fees.length,
    total_sum: amount(sum),
    currency,
  }
}
