/** The members of a user in the order in which Alma sends them [Alma rest_user]. */
import { coded, codes, flag, list, type Member, text } from './shape.ts'

const segment = text('segment_type', 'Internal')

const address = list('address', [
  text('line1'),
  text('line2'),
  text('line3'),
  text('line4'),
  text('line5'),
  text('city'),
  text('state_province'),
  text('postal_code'),
  coded('country', 'CountryCodes'),
  text('address_note', ''),
  text('start_date'),
  text('end_date'),
  flag('preferred'),
  segment,
  codes('address_type', 'UserAddressTypes'),
])

const email = list('email', [
  text('email_address'),
  text('description'),
  flag('preferred'),
  segment,
  codes('email_type', 'UserEmailTypes'),
])

const phone = list('phone', [
  text('phone_number'),
  flag('preferred'),
  flag('preferred_sms', null),
  segment,
  codes('phone_type', 'UserPhoneTypes'),
])

/** Lists that a PUT without them empties. */
export const identifierMembers = list('user_identifier', [
  text('value'),
  coded('id_type', 'UserIdentifierTypes'),
  text('note'),
  text('status', 'ACTIVE'),
  segment,
])

const roles = list('user_role', [
  coded('status', 'ContentStructureStatus', 'ACTIVE'),
  coded('scope', 'Organizations'),
  coded('role_type', 'HFrUserRoles'),
  text('expiry_date'),
  list('parameter', [coded('type'), coded('scope', 'Organizations'), coded('value')]),
])

const blocks = list('user_block', [
  coded('block_type', 'UserBlockTypes', 'GENERAL'),
  coded('block_description', 'UserBlockDescription'),
  text('block_status', 'ACTIVE'),
  text('block_note'),
  text('created_by'),
  text('created_date'),
  text('expiry_date'),
  text('item_loan_id'),
  segment,
])

const notes = list('user_note', [
  coded('note_type', 'NoteTypes'),
  text('note_text'),
  flag('user_viewable'),
  flag('popup_note'),
  text('created_by'),
  text('created_date'),
  segment,
])

const statistics = list('user_statistic', [
  coded('statistic_category', 'UserStatisticalCategories'),
  coded('category_type', 'UserStatisticalTypes'),
  text('statistic_note'),
  segment,
])

/** Members before the computed `requests`, `loans` and `fees`. */
export const userHeadMembers: readonly Member[] = [
  coded('record_type', 'HFrUserRecordType', 'PUBLIC'),
  text('primary_id'),
  text('first_name', ''),
  text('middle_name', ''),
  text('last_name', ''),
  text('full_name', ''),
  coded('user_title', 'UserTitles', ''),
  coded('job_category', 'JobTitles', ''),
  text('job_description', ''),
  coded('gender', 'Genders', ''),
  coded('user_group', 'UserGroups', ''),
  coded('campus_code', 'Campuses', ''),
  text('web_site_url', ''),
  coded('cataloger_level', 'CatalogerLevel', '00'),
  coded('preferred_language', 'UserPreferredLanguage', 'en'),
  text('birth_date'),
  text('expiry_date'),
  text('purge_date'),
  coded('account_type', 'UserAccountType', 'EXTERNAL'),
  text('external_id'),
  text('password', ''),
  text('force_password_change', ''),
  coded('status', 'ContentStructureStatus', 'ACTIVE'),
  text('status_date'),
  text('last_patron_activity_date'),
]

export const contactMembers: readonly Member[] = [address, email, phone]

/** Members after `contact_info`. */
export const userTailMembers: readonly Member[] = [
  text('pref_first_name', ''),
  text('pref_middle_name', ''),
  text('pref_last_name', ''),
  text('pref_name_suffix', ''),
  flag('is_researcher'),
  text('researcher'),
  text('link'),
  identifierMembers,
  roles,
  blocks,
  notes,
  statistics,
  list('proxy_for_user', [text('primary_id'), text('full_name'), text('link')]),
  list('rs_library', [coded('code', 'Organizations')]),
  list('library_notice', [coded('code'), text('value')]),
]

const contact: Member = { name: 'contact_info', kind: 'object', members: contactMembers }

/** Everything that sample data or a body may say about a user. */
export const userMembers: readonly Member[] = [...userHeadMembers, contact, ...userTailMembers]

/** Members that Alma computes; a body cannot set them. */
export const userOutputMembers: ReadonlySet<string> = new Set([
  'full_name',
  'status_date',
  'last_patron_activity_date',
  'link',
  'password',
  'force_password_change',
  'proxy_for_user',
  'researcher',
  'requests',
  'loans',
  'fees',
  // It is kept beside the record, and never shown.
  'pin_number',
])

/** What a PUT changes for an external user only when `override` names it [Alma users: update]. */
export const protectedUserMembers: readonly string[] = [
  'user_group',
  'job_category',
  'preferred_language',
  'campus_code',
  'rs_library',
  'user_title',
  'library_notice',
  'pref_first_name',
  'pref_middle_name',
  'pref_last_name',
  'pref_name_suffix',
  'cataloger_level',
]
