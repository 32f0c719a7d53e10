/** Whether a patron may borrow, renew or place holds. */
import { refusals } from '../alma-error.ts'
import type { Item, User, UserBlock } from '../state/entities.ts'
import { endOfDate } from '../state/local-time.ts'
import type { BlockAction } from '../state/sample-data.ts'
import { placeOf, type Store } from '../state/store.ts'

const dayMs = 86_400_000

function isOver(date: string | undefined, store: Store): boolean {
  return date !== undefined && date !== '' && endOfDate(date, store.institution.zone) < store.now()
}

const isActive = (status: string | undefined): boolean => (status ?? 'ACTIVE').toUpperCase() === 'ACTIVE'

/** An active patron role for the institution or the library, not expired. */
export function hasPatronRole(user: User, library: string, store: Store): boolean {
  return (user.record.user_role ?? []).some(
    (role) =>
      role.role_type === '200' &&
      isActive(role.status) &&
      (!role.scope || role.scope === store.institution.code || role.scope === library) &&
      !isOver(role.expiry_date, store),
  )
}

export const isExpired = (user: User, store: Store): boolean => isOver(user.record.expiry_date, store)

/** The first active manual block that forbids an action. */
export function blockAgainst(user: User, action: BlockAction, store: Store): UserBlock | undefined {
  return (user.record.user_block ?? []).find((block) => {
    const forbidden = store.institution.blockActions[block.block_description ?? '']
    return isActive(block.block_status) && !isOver(block.expiry_date, store) && (forbidden?.includes(action) ?? true)
  })
}

export function activeBalanceMinor(user: User): number {
  let sum = 0
  for (const fee of user.fees) if (fee.status === 'ACTIVE') sum += fee.balanceMinor
  return sum
}

function overdueLoans(user: User, store: Store): number {
  let count = 0
  for (const loan of user.loans.values()) if (loan.dueAt < store.now()) count += 1
  return count
}

/** Throws what a desk would say to a patron who may not borrow at all. */
export function assertMayBorrow(user: User, item: Item, store: Store): void {
  const { institution } = store
  if (!isActive(user.record.status) || !hasPatronRole(user, placeOf(item).library, store)) throw refusals.notAPatron()
  if (isExpired(user, store)) throw refusals.cardExpired()
  const block = blockAgainst(user, 'LOAN', store)
  if (block) throw blockRefusal(block, store)
  const group = institution.groups.get(user.record.user_group ?? '')
  if (!group) return
  if (user.loans.size >= group.loanLimit) throw refusals.loanLimit()
  if (activeBalanceMinor(user) >= group.cashLimitMinor) {
    throw refusals.blockedBySystem('Cash', 'Patron has reached the cash limit', institution.name)
  }
  if (Number.isFinite(group.overdueLimit) && overdueLoans(user, store) >= group.overdueLimit) {
    throw refusals.blockedBySystem('Loan', 'Patron has reached the limit of overdue items', institution.name)
  }
}

function blockRefusal(block: UserBlock, store: Store): Error {
  const { tables, name } = store.institution
  return refusals.blocked(
    tables.describe('UserBlockTypes', block.block_type ?? 'GENERAL'),
    tables.describe('UserBlockDescription', block.block_description ?? ''),
    block.block_note ?? '',
    name,
  )
}

/** Whether a hold may be placed: the patron is one, is not expired and not blocked for holds. */
export function mayPlaceHold(user: User, library: string, store: Store): boolean {
  return (
    isActive(user.record.status) &&
    hasPatronRole(user, library, store) &&
    !isExpired(user, store) &&
    blockAgainst(user, 'HOLD', store) === undefined
  )
}

/** Whole days by which an instant lies after a due date, at least one when it does at all. */
export function daysOverdue(dueAt: number, at: number): number {
  return at <= dueAt ? 0 : Math.ceil((at - dueAt) / dayMs)
}
