/** Replacing a user [Alma users: update]: the whole object is swapped, so that a list that is left out is emptied. */
import { refusals } from '../alma-error.ts'
import type { User } from '../state/entities.ts'
import { readUserRecord } from '../state/read-user.ts'
import { codeOf } from '../state/shape.ts'
import type { Store } from '../state/store.ts'
import { protectedUserMembers } from '../state/user-members.ts'

export function updateUser(
  user: User,
  body: Readonly<Record<string, unknown>>,
  overridden: ReadonlySet<string>,
  store: Store,
): void {
  if (Object.keys(body).length === 0) throw refusals.noValidBody()
  const record = readUserRecord(body, store)
  if (!record.last_name) throw refusals.mandatoryFieldMissing('last_name')
  const old = user.record
  if (record.account_type !== undefined && record.account_type !== (old.account_type ?? 'EXTERNAL')) {
    throw refusals.userUpdateFailed()
  }
  if (old.account_type !== undefined) record.account_type = old.account_type
  // Roles are the only list that survives being left out.
  if (record.user_role === undefined && old.user_role !== undefined) record.user_role = old.user_role
  if (old.account_type !== 'INTERNAL') {
    for (const name of protectedUserMembers) {
      if (overridden.has(name)) continue
      if (old[name] === undefined) delete record[name]
      else record[name] = old[name]
    }
  }
  if (body.pin_number !== undefined) user.pin = codeOf(body.pin_number)
  store.forgetIdentifiers(user)
  user.record = record
  user.modifiedAt = store.now()
  store.indexIdentifiers(user)
}
