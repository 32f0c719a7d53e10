/** Finds the user whom a path names [Alma users: user_id, user_id_type]. */
import { refusals } from '../alma-error.ts'
import type { User } from '../state/entities.ts'
import type { Store } from '../state/store.ts'
import type { Switches } from '../switches.ts'

/**
 * `all_unique` searches the primary id and every identifier; any other type only identifiers of that type.
 * Throws 401861, or 401890 when a type was given.
 */
export function findUser(store: Store, switches: Switches, id: string, type: string | undefined): User {
  const user = lookUp(store, switches, id, type)
  if (user) return user
  if (type === undefined || type === '' || type === 'all_unique') throw refusals.userNotFound(id)
  throw refusals.userOfTypeNotFound(id, type)
}

function lookUp(store: Store, { caseSensitiveIdentifiers }: Switches, id: string, type = ''): User | undefined {
  if (type === 'PRIMARY_ID' || type === 'primary_id') return store.userByPrimaryId(id)
  if (type === '' || type === 'all_unique') {
    return store.userByPrimaryId(id) ?? store.userByIdentifier(id, undefined, caseSensitiveIdentifiers)
  }
  return store.userByIdentifier(id, type, caseSensitiveIdentifiers)
}
