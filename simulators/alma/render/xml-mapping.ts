/** How members of JSON answers are named and placed in XML. */

/** Members that are attributes of their element. */
export const attributes: ReadonlySet<string> = new Set([
  'link',
  'segment_type',
  'preferred',
  'preferred_sms',
  'total_record_count',
  'total_sum',
  'currency',
])

/** Members that explain a `value`, written as attributes beside it. */
export const valueAttributes: ReadonlySet<string> = new Set(['desc', 'link', 'name', 'description'])

/** Lists that stand in an element of their own, by parent and member. */
export const wrappers: Readonly<Record<string, string>> = {
  'bib_data.network_number': 'network_numbers',
  'circ_desk.additional_printer': 'additional_printers',
  'circ_desk.location': 'locations',
  'circ_desk.work_order_type': 'work_order_types',
  'code_table.row': 'rows',
  'contact_info.address': 'addresses',
  'contact_info.email': 'emails',
  'contact_info.phone': 'phones',
  'address.address_type': 'address_types',
  'email.email_type': 'email_types',
  'phone.phone_type': 'phone_types',
  'day.hour': 'hours',
  'fee.transaction': 'transactions',
  'location.circ_desk': 'circulationDesksList',
  'location.copy': 'copies',
  'requested_resource.request': 'requests',
  'user.library_notice': 'library_notices',
  'user.proxy_for_user': 'proxy_for_users',
  'user.rs_library': 'rs_libraries',
  'user.user_block': 'user_blocks',
  'user.user_identifier': 'user_identifiers',
  'user.user_note': 'user_notes',
  'user.user_role': 'user_roles',
  'user.user_statistic': 'user_statistics',
  'user_role.parameter': 'parameters',
}

/** Enumerations whose codes become words in XML. */
const worded: ReadonlySet<string> = new Set(['loan_status', 'request_status', 'block_status'])

/** `ON_HOLD_SHELF` becomes `On Hold Shelf` where XML has words. */
export function xmlText(member: string, value: string | number | boolean): string {
  if (typeof value !== 'string' || !worded.has(member)) return String(value)
  return value
    .split('_')
    .map((word, index) => (member === 'request_status' && word === 'ON' && index > 0 ? 'on' : capitalize(word)))
    .join(' ')
}

const capitalize = (word: string): string => word.charAt(0) + word.slice(1).toLowerCase()
