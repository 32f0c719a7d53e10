/** Fines and fees, their payment and what else happens to them [Alma users: fees]. */
import { refusals } from '../alma-error.ts'
import type { Fee, FeeTransaction, User } from '../state/entities.ts'
import type { Store } from '../state/store.ts'
import type { Switches } from '../switches.ts'

export function addFee(
  fee: Pick<Fee, 'id' | 'user' | 'type' | 'originalMinor' | 'owner' | 'title' | 'barcode' | 'comment' | 'createdAt'>,
  store: Store,
): Fee {
  // A credit is posted as a positive amount and shown as a negative one.
  const minor = fee.type === 'CREDIT' ? -Math.abs(fee.originalMinor) : fee.originalMinor
  const added: Fee = {
    ...fee,
    originalMinor: minor,
    balanceMinor: minor,
    status: 'ACTIVE',
    statusAt: fee.createdAt,
    transactions: [],
  }
  fee.user.fees.push(added)
  store.fees.set(added.id, added)
  return added
}

export interface Settlement {
  readonly type: 'PAYMENT' | 'WAIVE'
  readonly method: string
  readonly reason: string
  readonly comment: string
  readonly externalId: string
}

/**
 * Takes an amount off one active fee; a balance of nothing closes it. Throws 401666 when the amount does not fit: a
 * payment may go beyond what is owed where that is accepted.
 */
export function settle(
  fee: Fee,
  minor: number,
  settlement: Settlement,
  store: Store,
  overpaid: Switches['overpaid'] = 'refuse',
): void {
  const most = overpaid === 'accept' && settlement.type === 'PAYMENT' ? Number.POSITIVE_INFINITY : fee.balanceMinor
  if (fee.status !== 'ACTIVE' || minor <= 0 || minor > most) throw refusals.parameterNotValid()
  fee.balanceMinor -= minor
  addTransaction(fee, { ...settlement, minor }, store)
  if (fee.balanceMinor === 0) changeStatus(fee, 'CLOSED', store)
  store.settledFees.delete(fee)
  store.settledFees.add(fee)
}

/**
 * Pays a sum over all active fees, the oldest first; every part payment carries the same external id. What goes beyond,
 * where that is accepted, goes to the newest.
 */
export function payAll(
  user: User,
  amount: number | 'ALL',
  settlement: Settlement,
  store: Store,
  overpaid: Switches['overpaid'] = 'refuse',
): void {
  const open = user.fees.filter((fee) => fee.status === 'ACTIVE' && fee.balanceMinor > 0)
  open.sort((one, other) => one.createdAt - other.createdAt)
  const owed = open.reduce((sum, fee) => sum + fee.balanceMinor, 0)
  let rest = amount === 'ALL' ? owed : amount
  const isTooMuch = rest > owed && (overpaid === 'refuse' || open.length === 0)
  if (isTooMuch || (amount !== 'ALL' && rest <= 0)) throw refusals.parameterNotValid()
  for (const fee of open) {
    if (rest === 0) break
    const part = fee === open.at(-1) ? rest : Math.min(rest, fee.balanceMinor)
    settle(fee, part, settlement, store, overpaid)
    rest -= part
  }
}

export function dispute(fee: Fee, comment: string, store: Store): void {
  if (fee.status !== 'ACTIVE') throw refusals.parameterNotValid()
  addTransaction(
    fee,
    { type: 'DISPUTE', minor: fee.balanceMinor, method: '', reason: '', comment, externalId: '' },
    store,
  )
  changeStatus(fee, 'INDISPUTE', store)
}

export function restore(fee: Fee, comment: string, store: Store): void {
  if (fee.status !== 'INDISPUTE') throw refusals.parameterNotValid()
  addTransaction(
    fee,
    { type: 'RESTORE', minor: fee.balanceMinor, method: '', reason: '', comment, externalId: '' },
    store,
  )
  changeStatus(fee, 'ACTIVE', store)
}

function addTransaction(fee: Fee, transaction: Omit<FeeTransaction, 'id' | 'at'>, store: Store): void {
  fee.transactions.push({ id: store.ids.next('transaction'), at: store.now(), ...transaction })
}

function changeStatus(fee: Fee, status: Fee['status'], store: Store): void {
  fee.status = status
  fee.statusAt = store.now()
}
