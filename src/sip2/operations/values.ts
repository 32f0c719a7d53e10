/** Values that many replies share. */
import type { Item, Loan, MediaKind, Money } from '../../circulation/model.ts'
import { formatAmount } from '../../circulation/money.ts'
import type { ChangeOutcome } from '../../circulation/outcome.ts'
import { formatDate, formatReadableDate } from '../dates.ts'
import type { MediaTypeCode } from '../spec/codes.ts'
import { explain } from '../texts/texts.ts'
import type { ReplyContext } from './operation.ts'

/**
 * A barcode or card number as it goes to the library system: without the blanks that scanners add. It is a copy, since
 * a part of the received text would keep the whole message in memory, passwords too, for as long as it is remembered.
 */
export const identifier = (text: string | undefined): string => Buffer.from(text?.trim() ?? '').toString()

const dateForms = { blank: 'local', zeros: 'local-zeros', utc: 'utc' } as const

/** An instant in the 18 characters of SIP2, in the terminal's form. */
export const sipDate = (date: Date, context: ReplyContext): string =>
  formatDate(date, context.timeZone, dateForms[context.terminal.profile.dateZone])

let latest = { second: Number.NaN, timeZone: '', dateZone: '', text: '' }

/** Every reply carries the time at which it was made, which in a busy second is the same for many. */
export function stamp(context: ReplyContext): string {
  const second = Math.floor(context.now.getTime() / 1000)
  const { timeZone } = context
  const { dateZone } = context.terminal.profile
  if (second !== latest.second || timeZone !== latest.timeZone || dateZone !== latest.dateZone) {
    latest = { second, timeZone, dateZone, text: sipDate(context.now, context) }
  }
  return latest.text
}

/** AH in the form that the terminal wants, empty without a date. */
export function dueDate(due: Date | undefined, context: ReplyContext): string {
  if (due === undefined) return ''
  const { dueDateForm } = context.terminal.profile
  return dueDateForm === 'sip' ? sipDate(due, context) : formatByPattern(due, context.timeZone, dueDateForm)
}

/** A date by a pattern of yyyy, MM, dd, HH and mm. */
export function formatByPattern(date: Date, timeZone: string, pattern: string): string {
  const digits = formatDate(date, timeZone)
  const parts: Readonly<Record<string, string>> = {
    yyyy: digits.slice(0, 4),
    MM: digits.slice(4, 6),
    dd: digits.slice(6, 8),
    HH: digits.slice(12, 14),
    mm: digits.slice(14, 16),
  }
  return pattern.replace(/yyyy|MM|dd|HH|mm/g, (part) => parts[part] ?? part)
}

/** A day as a screen text names it. */
export const humanDate = (date: Date | undefined, context: ReplyContext): string =>
  date === undefined
    ? ''
    : formatReadableDate(date, context.timeZone, { locale: context.catalogue.locale, time: false })

/** The institution as the terminal calls it. */
export const institutionId = (asked: string | undefined, context: ReplyContext): string =>
  asked === undefined || asked === '' ? context.terminal.agency : asked

/** AF: why something was not done, or that it will be; nothing when it was. */
export function screenMessage(outcome: ChangeOutcome<unknown>, context: ReplyContext): readonly string[] {
  if (outcome.kind === 'done') return []
  const { catalogue } = context
  if (outcome.kind === 'accepted') return [outcome.refusal ? catalogue.notedRefused : catalogue.noted]
  return [explain(outcome, catalogue, tryAgainAt(context))]
}

/** Time of day at the library, as 14:05. */
function tryAgainAt({ terminal, now, timeZone }: ReplyContext): string {
  const { tryAgainMinutes } = terminal.profile.offline
  return formatByPattern(new Date(now.getTime() + tryAgainMinutes * 60_000), timeZone, 'HH:mm')
}

export const yesNo = (flag: boolean): 'Y' | 'N' => (flag ? 'Y' : 'N')

export const amountOf = (money: Money): string => formatAmount(money)

/** With its currency, for a screen. */
export const amountInWords = (money: Money): string => `${amountOf(money)} ${money.currency}`

const mediaTypes: Readonly<Record<MediaKind, MediaTypeCode>> = {
  other: '000',
  book: '001',
  magazine: '002',
  'bound-journal': '003',
  'audio-tape': '004',
  'video-tape': '005',
  cd: '006',
  diskette: '007',
  'book-with-diskette': '008',
  'book-with-cd': '009',
  'book-with-audio-tape': '010',
}

/** CK. [SIP2 2.00 media type] */
export const mediaType = (item: Item): string => mediaTypes[item.media]

/** Whether a lent item may leave the building, so that its security is switched off and on again. */
export function mayLeaveLibrary(of: Pick<Item | Loan, 'policy'>, context: ReplyContext): boolean {
  const { desensitize, inLibraryUsePolicies } = context.terminal.profile
  return desensitize === 'by-policy' ? !inLibraryUsePolicies.includes(of.policy.code) : desensitize === 'always'
}

/** BH: the institution's currency, or the name that the terminal knows it by. */
export const currencyType = (context: ReplyContext): string => context.terminal.profile.currency ?? context.currency
