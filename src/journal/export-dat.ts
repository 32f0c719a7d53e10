/**
 * Alma's offline circulation file, the only official way to book a loan or a return at the time when it happened: one
 * line a transaction, in the order in which they happened. [Alma Online Help: Offline Circulation]
 *
 *     YYYYMMDDHHMM  local time of the library
 *     L or R        loan or return; a renewal is written as a loan
 *     barcode       of a loan filled up with blanks to 80 characters
 *     user id       of a loan
 */
import type { ChangeKind } from '../circulation/ports.ts'
import { formatMinute } from './export-time.ts'
import type { JournalEntry } from './journal-file.ts'

/** Why an entry cannot stand in the file. */
export type DatObstacle = 'kind' | 'unreadable' | 'not-accepted' | 'item' | 'patron'

export const lineEnds = { crlf: '\r\n', lf: '\n' } as const

const barcodeLength = 80
const longestUserId = 255

const letters: Partial<Record<ChangeKind, 'L' | 'R'>> = { checkout: 'L', renew: 'L', checkin: 'R' }

/** The line without its end, or what forbids it. */
export function renderDatLine(
  { kind, details, acceptedAt, happenedAt }: JournalEntry,
  timeZone: string,
): { readonly line: string } | { readonly obstacle: DatObstacle } {
  const letter = letters[kind]
  if (letter === undefined) return { obstacle: 'kind' }
  if (details === undefined) return { obstacle: 'unreadable' }
  // Nobody was told that it happened: to book it would be a guess.
  if (acceptedAt === undefined) return { obstacle: 'not-accepted' }
  const { item = '', patron = '' } = details
  if (!fits(item, barcodeLength)) return { obstacle: 'item' }
  const head = formatMinute(details.returned ?? happenedAt, timeZone) + letter
  if (letter === 'R') return { line: head + item }
  if (!fits(patron, longestUserId)) return { obstacle: 'patron' }
  return { line: head + item.padEnd(barcodeLength) + patron }
}

/** Blanks at the ends would be lost, and the file's character set beyond ASCII is not documented. */
const fits = (text: string, longest: number): boolean =>
  text.length <= longest && /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/.test(text)
