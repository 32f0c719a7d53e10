/**
 * The code tables of SIP2: what the digits and positions mean. [SIP2 2.00 code tables]
 */
import type { MessageCode } from './messages.ts'

/** One character of a fixed field of kind `positions`, in the order of the wire. */
export interface Position {
  readonly name: string
  readonly label: string
}

/** `Y` denies the privilege or states the problem; a blank, not `N`, is false. */
export const patronStatusPositions = [
  { name: 'chargeDenied', label: 'may not borrow' },
  { name: 'renewalDenied', label: 'may not renew' },
  { name: 'recallDenied', label: 'may not recall' },
  { name: 'holdDenied', label: 'may not place holds' },
  { name: 'cardLost', label: 'card reported lost' },
  { name: 'tooManyCharged', label: 'too many items charged' },
  { name: 'tooManyOverdue', label: 'too many items overdue' },
  { name: 'tooManyRenewals', label: 'too many renewals' },
  { name: 'tooManyClaimsReturned', label: 'too many claims of items returned' },
  { name: 'tooManyLost', label: 'too many items lost' },
  { name: 'excessiveFines', label: 'excessive outstanding fines' },
  { name: 'excessiveFees', label: 'excessive outstanding fees' },
  { name: 'recallOverdue', label: 'recall overdue' },
  { name: 'tooManyBilled', label: 'too many items billed' },
] as const satisfies readonly Position[]

/** Which list a 63 asks for: one `Y`. The seventh position is an extension. */
export const summaryPositions = [
  { name: 'holdItems', label: 'hold items' },
  { name: 'overdueItems', label: 'overdue items' },
  { name: 'chargedItems', label: 'charged items' },
  { name: 'fineItems', label: 'fine items' },
  { name: 'recallItems', label: 'recalled items' },
  { name: 'unavailableHolds', label: 'unavailable holds' },
  { name: 'feeDetails', label: 'fee details' },
] as const satisfies readonly Position[]

export type PatronStatusFlag = (typeof patronStatusPositions)[number]['name']
export type SummaryList = (typeof summaryPositions)[number]['name']

/** The 16 positions of BX and the request that each stands for. */
export const supportedMessagePositions = [
  { name: 'patronStatus', label: 'patron status', code: '23' },
  { name: 'checkout', label: 'checkout', code: '11' },
  { name: 'checkin', label: 'checkin', code: '09' },
  { name: 'blockPatron', label: 'block patron', code: '01' },
  { name: 'scStatus', label: 'status', code: '99' },
  { name: 'requestAcsResend', label: 'resend', code: '97' },
  { name: 'login', label: 'login', code: '93' },
  { name: 'patronInformation', label: 'patron information', code: '63' },
  { name: 'endPatronSession', label: 'end patron session', code: '35' },
  { name: 'feePaid', label: 'fee paid', code: '37' },
  { name: 'itemInformation', label: 'item information', code: '17' },
  { name: 'itemStatusUpdate', label: 'item status update', code: '19' },
  { name: 'patronEnable', label: 'patron enable', code: '25' },
  { name: 'hold', label: 'hold', code: '15' },
  { name: 'renew', label: 'renew', code: '29' },
  { name: 'renewAll', label: 'renew all', code: '65' },
] as const satisfies readonly (Position & { code: MessageCode })[]

type CodeTable = Readonly<Record<string, string>>

/** Names of the languages with their BCP 47 tags, empty where there is none. */
export const languages = {
  '000': { label: 'unknown', tag: '' },
  '001': { label: 'English', tag: 'en' },
  '002': { label: 'French', tag: 'fr' },
  '003': { label: 'German', tag: 'de' },
  '004': { label: 'Italian', tag: 'it' },
  '005': { label: 'Dutch', tag: 'nl' },
  '006': { label: 'Swedish', tag: 'sv' },
  '007': { label: 'Finnish', tag: 'fi' },
  '008': { label: 'Spanish', tag: 'es' },
  '009': { label: 'Danish', tag: 'da' },
  '010': { label: 'Portuguese', tag: 'pt' },
  '011': { label: 'Canadian French', tag: 'fr-CA' },
  '012': { label: 'Norwegian', tag: 'no' },
  '013': { label: 'Hebrew', tag: 'he' },
  '014': { label: 'Japanese', tag: 'ja' },
  '015': { label: 'Russian', tag: 'ru' },
  '016': { label: 'Arabic', tag: 'ar' },
  '017': { label: 'Polish', tag: 'pl' },
  '018': { label: 'Greek', tag: 'el' },
  '019': { label: 'Chinese', tag: 'zh' },
  '020': { label: 'Korean', tag: 'ko' },
  '021': { label: 'North American Spanish', tag: 'es-US' },
  '022': { label: 'Tamil', tag: 'ta' },
  '023': { label: 'Malay', tag: 'ms' },
  '024': { label: 'British English', tag: 'en-GB' },
  '025': { label: 'Icelandic', tag: 'is' },
  '026': { label: 'Belgian', tag: 'nl-BE' },
  '027': { label: 'Taiwanese', tag: 'zh-TW' },
} as const satisfies Readonly<Record<string, { label: string; tag: string }>>

/** The code of a language, unknown where the standard has none. */
export const languageCode = (tag: string): string =>
  Object.entries(languages).find(([, language]) => language.tag === tag)?.[0] ?? '000'

export const feeTypes = {
  '01': 'other',
  '02': 'administrative',
  '03': 'damage',
  '04': 'overdue',
  '05': 'processing',
  '06': 'rental',
  '07': 'replacement',
  '08': 'computer access',
  '09': 'hold fee',
} as const satisfies CodeTable

/** Sites add codes of their own. */
export const paymentTypes = {
  '00': 'cash',
  '01': 'VISA',
  '02': 'credit card',
} as const satisfies CodeTable

export const circulationStatuses = {
  '01': 'other',
  '02': 'on order',
  '03': 'available',
  '04': 'charged',
  '05': 'charged, not to be recalled yet',
  '06': 'in process',
  '07': 'recalled',
  '08': 'waiting on the hold shelf',
  '09': 'waiting to be reshelved',
  '10': 'in transit',
  '11': 'claimed returned',
  '12': 'lost',
  '13': 'missing',
} as const satisfies CodeTable

export const securityMarkers = {
  '00': 'other',
  '01': 'none',
  '02': 'Tattle-Tape security strip',
  '03': 'Whisper tape',
} as const satisfies CodeTable

export const mediaTypes = {
  '000': 'other',
  '001': 'book',
  '002': 'magazine',
  '003': 'bound journal',
  '004': 'audio tape',
  '005': 'video tape',
  '006': 'CD or CD-ROM',
  '007': 'diskette',
  '008': 'book with diskette',
  '009': 'book with CD',
  '010': 'book with audio tape',
} as const satisfies CodeTable

export const holdTypes = {
  '1': 'other',
  '2': 'any copy of a title',
  '3': 'a specific copy',
  '4': 'any copy at one branch',
} as const satisfies CodeTable

export const holdModes = {
  '+': 'add',
  '-': 'delete',
  '*': 'change',
} as const satisfies CodeTable

/** Why a checkin alerts, CV: an extension. 98 is seen from one vendor only. */
export const alertTypes = {
  '00': 'unknown',
  '01': 'hold for this library',
  '02': 'hold for another branch',
  '03': 'hold for interlibrary loan',
  '04': 'send to another branch',
  '98': 'data problem',
  '99': 'other',
} as const satisfies CodeTable

/** What a terminal says of itself in a 99. */
export const terminalStatuses = {
  '0': 'ok',
  '1': 'printer out of paper',
  '2': 'shutting down',
} as const satisfies CodeTable

export type CirculationStatusCode = keyof typeof circulationStatuses
export type MediaTypeCode = keyof typeof mediaTypes
export type AlertTypeCode = keyof typeof alertTypes
