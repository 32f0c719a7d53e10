/** Replacing a user [Alma users: update]: the whole object is swapped, so that what is left out is emptied. */
import { refusals } from '../alma-error.ts'
import type { User, UserBlock, UserRecord } from '../state/entities.ts'
import { readUserRecord } from '../state/read-user.ts'
import { codeOf, objectOf, type Stored } from '../state/shape.ts'
import type { Store } from '../state/store.ts'
import { protectedUserMembers } from '../state/user-members.ts'

export function updateUser(
  user: User,
  body: Readonly<Record<string, unknown>>,
  overridden: ReadonlySet<string>,
  store: Store,
): void {
  if (Object.keys(body).length === 0) throw refusals.noValidBody()
  const record = readUserRecord(body, store, 'keep')
  if (!record.last_name) throw refusals.mandatoryFieldMissing('last_name')
  const old = user.record
  if (record.account_type !== undefined && record.account_type !== (old.account_type ?? 'EXTERNAL')) {
    throw refusals.userUpdateFailed()
  }
  if (old.account_type !== undefined) record.account_type = old.account_type
  assertBlocks(record.user_block ?? [], store)
  if (old.account_type !== 'INTERNAL') markSegments(record)
  // Roles are the only list that survives being left out.
  if (record.user_role === undefined && old.user_role !== undefined) record.user_role = old.user_role
  if (old.account_type !== 'INTERNAL') {
    for (const name of protectedUserMembers) {
      if (overridden.has(name)) continue
      if (old[name] === undefined) delete record[name]
      else record[name] = old[name]
    }
  }
  user.pin = pinAfter(user, codeOf(body.pin_number), overridden)
  store.forgetIdentifiers(user)
  user.record = record
  user.modifiedAt = store.now()
  store.indexIdentifiers(user)
}

/** Nobody is shown the PIN, so that whoever writes an internal user back without it takes it away [Alma rest_user]. */
function pinAfter({ record, pin }: User, written: string, overridden: ReadonlySet<string>): string | undefined {
  if (record.account_type === 'INTERNAL') return written || undefined
  return overridden.has('pin_number') || (pin === undefined && written !== '') ? written : pin
}

/** Lists whose entries belong to the library or to the system that people are loaded from. */
const segmentedLists = ['user_identifier', 'user_block', 'user_note', 'user_statistic'] as const
const contactLists = ['address', 'email', 'phone'] as const

/** For external people a segment that says nothing, or nothing that is known, counts as external. */
function markSegments(record: UserRecord): void {
  const contact = objectOf(record['contact_info'])
  const lists = [...segmentedLists.map((name) => record[name]), ...contactLists.map((name) => contact[name])]
  for (const entry of lists.flatMap((list) => (list as Stored[] | undefined) ?? [])) {
    if (entry['segment_type'] !== 'Internal') entry['segment_type'] = 'External'
  }
}

function assertBlocks(blocks: readonly UserBlock[], store: Store): void {
  const { tables } = store.institution
  for (const { block_type: type = 'GENERAL', block_description: description = '' } of blocks) {
    if (description === '') throw refusals.mandatoryFieldMissing('block_description')
    if (!tables.has('UserBlockTypes', type)) throw refusals.userFieldInvalid('block type', type)
    if (!tables.has('UserBlockDescription', description)) {
      throw refusals.userFieldInvalid('block description', description)
    }
  }
}
