/** Renders a user, full or brief [Alma rest_user]. */
import { activeBalanceMinor } from '../circulation/standing.ts'
import type { User } from '../state/entities.ts'
import { zDate } from '../state/local-time.ts'
import { type RenderedObject, renderShape, renderWhole, type Stored, unnamedMembers } from '../state/shape.ts'
import type { Store } from '../state/store.ts'
import { contactMembers, userHeadMembers, userMembers, userTailMembers } from '../state/user-members.ts'
import { amount, type Link } from './describe.ts'

export interface UserView {
  readonly link: Link
  /** Which of loans, requests and fees are counted. */
  readonly expand: ReadonlySet<string>
}

export function renderUser(user: User, store: Store, { link, expand }: UserView): RenderedObject {
  const { tables, zone } = store.institution
  const count = (name: string, value: () => number): RenderedObject | null =>
    expand.has(name) ? { value: value(), link: link('users', user.primaryId, name) } : null
  return {
    ...renderShape(userHeadMembers, withComputed(user, zone), tables),
    requests: count('requests', () => user.requests.size),
    loans: count('loans', () => user.loans.size),
    fees: count('fees', () => amount(activeBalanceMinor(user))),
    contact_info: renderWhole(contactMembers, (user.record.contact_info ?? {}) as Stored, tables),
    ...renderShape(userTailMembers, user.record, tables),
    ...unnamedMembers(userMembers, user.record),
  }
}

/** Only the core, the emails, the identifiers and the statistics. */
export function renderBriefUser(user: User, store: Store): RenderedObject {
  const { tables, zone } = store.institution
  const emails = contactMembers.filter(({ name }) => name === 'email')
  const lists = userTailMembers.filter(({ name }) => name === 'user_identifier' || name === 'user_statistic')
  return {
    ...renderShape(userHeadMembers, withComputed(user, zone), tables),
    contact_info: renderShape(emails, (user.record.contact_info ?? {}) as Stored, tables),
    ...renderShape(lists, user.record, tables),
  }
}

/** An entry of the list of users. */
export function renderListedUser(user: User, store: Store, link: Link): RenderedObject {
  const status = user.record.status ?? 'ACTIVE'
  return {
    primary_id: user.primaryId,
    first_name: user.record.first_name ?? '',
    last_name: user.record.last_name ?? '',
    status: { value: status, desc: store.institution.tables.describe('ContentStructureStatus', status) },
    link: link('users', user.primaryId),
  }
}

function withComputed(user: User, zone: string): Stored {
  const { record } = user
  const names = [record.first_name, record.middle_name, record.last_name].filter(Boolean)
  return {
    ...record,
    primary_id: user.primaryId,
    full_name: names.join(' '),
    status_date: zDate(user.modifiedAt, zone),
    // The pin is accepted and never shown; no password is either.
  }
}
