/** Reads a user from sample data or from a body. */
import type { User, UserIdentifier, UserRecord, UserRole } from './entities.ts'
import { readDate } from './local-time.ts'
import { newUser } from './make.ts'
import type { SampleUser } from './sample-data.ts'
import { codeOf, readShape, type Stored, type Unnamed } from './shape.ts'
import type { Store } from './store.ts'
import { userMembers, userOutputMembers } from './user-members.ts'

const dates = ['birth_date', 'expiry_date', 'purge_date'] as const

/** A user record from any written form, output-only members left out, dates made `YYYY-MM-DDZ`. */
export function readUserRecord(input: unknown, store: Store, unnamed: Unnamed = 'drop'): UserRecord {
  const record: UserRecord = readShape(userMembers, input, unnamed)
  for (const name of userOutputMembers) delete record[name]
  delete record.primary_id
  const dated: Stored[] = [record, ...(record.user_role ?? [])]
  for (const holder of dated) {
    for (const name of dates) {
      if (holder[name]) holder[name] = readDate(holder[name], store.now(), store.institution.zone)
    }
  }
  for (const block of (record.user_block ?? []) as Stored[]) {
    block.created_date ??= new Date(store.now()).toISOString()
    if (block.expiry_date) block.expiry_date = readDate(block.expiry_date, store.now(), store.institution.zone)
  }
  return record
}

/** A user of sample data; a patron role, a group and a validity are added when nothing is said about them. */
export function readUser(sample: SampleUser, store: Store): User {
  const record = readUserRecord(sample, store)
  record.expiry_date ??= readDate('+365d', store.now(), store.institution.zone)
  record.user_group ??= [...store.institution.groups.keys()][0] ?? ''
  const patronRole: UserRole = { role_type: '200', status: 'ACTIVE', scope: store.institution.code }
  record.user_role ??= [patronRole]
  if (sample.barcode !== undefined) {
    const barcode: UserIdentifier = { value: codeOf(sample.barcode), id_type: 'BARCODE' }
    record.user_identifier = [barcode, ...(record.user_identifier ?? [])]
  }
  if (sample.password !== undefined) record.account_type ??= 'INTERNAL'
  const user = newUser(codeOf(sample.primary_id), record, store.now())
  user.password = sample.password
  user.pin = sample.pin_number
  return user
}
