/** The brief search of users [Alma users: list]. */
import { refusals } from '../alma-error.ts'
import type { User } from '../state/entities.ts'
import { startOfDate } from '../state/local-time.ts'
import { codeOf, listOf, objectOf } from '../state/shape.ts'
import type { Store } from '../state/store.ts'

type Texts = (user: User) => readonly string[]

const contactTexts =
  (list: string, member: string): Texts =>
  ({ record }) =>
    listOf(objectOf(record.contact_info)[list]).map((entry) => codeOf(objectOf(entry)[member]))

const recordText =
  (member: string): Texts =>
  ({ record }) => [codeOf(record[member])]

const fields: Readonly<Record<string, Texts>> = {
  primary_id: (user) => [user.primaryId],
  first_name: recordText('first_name'),
  middle_name: recordText('middle_name'),
  last_name: recordText('last_name'),
  user_group: recordText('user_group'),
  birth_date: recordText('birth_date'),
  job_category: recordText('job_category'),
  campus_code: recordText('campus_code'),
  identifiers: ({ record }) => (record.user_identifier ?? []).map(({ value = '' }) => value),
  id_type: ({ record }) => (record.user_identifier ?? []).map((identifier) => identifier.id_type ?? ''),
  block_type: ({ record }) => (record.user_block ?? []).map((block) => block.block_type ?? ''),
  note_text: ({ record }) => listOf(record.user_note).map((note) => codeOf(objectOf(note).note_text)),
  note_type: ({ record }) => listOf(record.user_note).map((note) => codeOf(objectOf(note).note_type)),
  email: contactTexts('email', 'email_address'),
  phone_number: contactTexts('phone', 'phone_number'),
}

const allTexts: Texts = (user) => Object.values(fields).flatMap((texts) => texts(user))

export function searchUsers(store: Store, query: Readonly<Record<string, string>>): readonly User[] {
  const { q = '', modify_date_from: modifiedFrom = '', order_by: order = 'last_name' } = query
  if (q && modifiedFrom) throw refusals.parameterNotValid()
  let users = store.allUsers()
  for (const [texts, words] of readTerms(q)) {
    users = users.filter((user) => texts(user).some((text) => text.toLowerCase().includes(words)))
  }
  if (modifiedFrom) {
    const from = startOfDate(modifiedFrom, store.institution.zone)
    if (Number.isNaN(from)) throw refusals.parameterNotValid()
    users = users.filter((user) => user.modifiedAt >= from)
  }
  return sortUsers(users, order)
}

/** `last_name~becker AND user_group~STUD`; a blank inside a term is written `_`. */
function readTerms(q: string): readonly (readonly [Texts, string])[] {
  if (q.trim() === '') return []
  return q.split(/\s+AND\s+/).map((term) => {
    const [name = '', words] = term.split('~', 2)
    const texts = name.trim() === 'ALL' ? allTexts : fields[name.trim()]
    if (!texts || words === undefined) throw refusals.parameterNotValid()
    return [texts, words.trim().replaceAll('_', ' ').toLowerCase()] as const
  })
}

function sortUsers(users: readonly User[], order: string): readonly User[] {
  const [first = 'last_name'] = order.split(',')
  const texts = fields[first.trim()]
  if (!texts) throw refusals.parameterNotValid()
  const keyed = users.map((user) => ({ user, key: `${texts(user)[0] ?? ''}\u0000${user.primaryId}`.toLowerCase() }))
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  return keyed.map(({ user }) => user)
}
