/** Readers of what people type for SIP2: each gives the value of the wire, or says what was expected. */
import { InvalidArgumentError } from 'commander'
import { charsets, type Charset } from '../sip2/charset.ts'
import { writeSummary } from '../sip2/positions.ts'
import { languages, type SummaryList } from '../sip2/spec/codes.ts'

/** The lists of patron information by the word that people type. */
export const listNames = {
  holds: 'holdItems',
  overdue: 'overdueItems',
  charged: 'chargedItems',
  fines: 'fineItems',
  recalls: 'recallItems',
  'unavailable-holds': 'unavailableHolds',
  'fee-details': 'feeDetails',
} as const satisfies Record<string, SummaryList>

/** The ten characters of the summary field. */
export function readList(text: string): string {
  if (!Object.hasOwn(listNames, text)) throw new InvalidArgumentError(`One of ${Object.keys(listNames).join(', ')}.`)
  return writeSummary([listNames[text as keyof typeof listNames]])
}

/** A decimal amount with a point, as BV carries it. */
export function readAmount(text: string): string {
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError('An amount such as 12.50.')
  return text
}

/** `2026-12-24` or `2026-12-24T18:00` to the 18 characters of a local time; a day alone means its last minute. */
export function readWhen(text: string): string {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?$/.exec(text)
  if (match === null || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError('A day such as 2026-12-24, or with a time 2026-12-24T18:00.')
  }
  const [, year, month, day, hour = '23', minute = '59'] = match
  return `${year}${month}${day}    ${hour}${minute}00`
}

/** An IANA zone. */
export function readTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw new InvalidArgumentError('A zone such as Europe/Berlin or UTC.')
  }
}

/** A language tag such as `de`, or the three digits themselves. */
export function readLanguage(text: string): string {
  const found = Object.entries(languages).find(([code, { tag }]) => text === code || (text === tag && tag !== ''))
  if (found === undefined) throw new InvalidArgumentError('A language such as en, de or fr, or its code such as 001.')
  return found[0]
}

export function readCharset(text: string): Charset {
  const charset = charsets.find((known) => known === text.toLowerCase())
  if (charset === undefined) throw new InvalidArgumentError(`One of ${charsets.join(', ')}.`)
  return charset
}

export function readDelimiter(text: string): string {
  if (!/^[!-/:-@[-`{-~]$/.test(text)) throw new InvalidArgumentError('One punctuation character.')
  return text
}

export function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new InvalidArgumentError('A port from 1 to 65535.')
  return port
}

/** Seconds to milliseconds. */
export function readSeconds(text: string): number {
  const seconds = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0 || seconds > 3600) {
    throw new InvalidArgumentError('Seconds, more than 0 and at most 3600.')
  }
  return seconds * 1000
}

export function readPosition(text: string): string {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('A number from 1 to 9999.')
  return text
}

export function readTwoDigits(text: string): string {
  if (!/^\d\d$/.test(text)) throw new InvalidArgumentError('Two digits.')
  return text
}

export function readCurrency(text: string): string {
  if (!/^[A-Z]{3}$/.test(text)) throw new InvalidArgumentError('Three capital letters such as EUR.')
  return text
}

/** Where a returned item can go, as --destination takes it. */
export const destinationNames = ['shelf', 'hold-shelf', 'transit', 'department', 'unknown'] as const
