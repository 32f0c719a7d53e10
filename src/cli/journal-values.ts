/** Readers of what people type for the journal. */
import { InvalidArgumentError } from 'commander'
import type { Place } from '../circulation/model.ts'
import { type EntryState, entryStates } from '../journal/journal-file.ts'
import { parseDate } from '../sip2/dates.ts'

/** `queued,exception`, or `all`; the option may be given several times. */
export function readStates(text: string, before: readonly EntryState[] = []): readonly EntryState[] {
  const words = text.split(',').map((word) => word.trim())
  if (words.includes('all')) return entryStates
  const isState = (word: string): word is EntryState => (entryStates as readonly string[]).includes(word)
  if (!words.every(isState)) throw new InvalidArgumentError(`One or several of ${entryStates.join(', ')}, or all.`)
  return [...before, ...words]
}

const mostShown = 100_000

export function readLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d{1,6}$/.test(text) || limit < 1 || limit > mostShown) {
    throw new InvalidArgumentError(`A number from 1 to ${mostShown}.`)
  }
  return limit
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A span back from now, or a time of a library's clocks: `90m`, `2h`, `3d`, `2026-11-20`, `2026-11-20T08:30`. */
export function readSince(text: string): (timeZone: string) => Date {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  if (count !== undefined) {
    const since = new Date(Date.now() - Number(count) * (unitMs[unit] ?? 0))
    return () => since
  }
  const [, year, month, day, hour = '00', minute = '00'] =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?$/.exec(text) ?? []
  const digits = `${year}${month}${day}    ${hour}${minute}00`
  if (year === undefined || parseDate(digits, 'UTC') === undefined) {
    throw new InvalidArgumentError('A span such as 90m, 2h or 3d, or a time such as 2026-11-20 or 2026-11-20T08:30.')
  }
  return (timeZone) => parseDate(digits, timeZone) ?? new Date(0)
}

/** `MAIN.CIRC`, as the configuration writes a desk, or `MAIN/CIRC`. */
export function readPlace(text: string): Place {
  const [, library, circulationDesk] = /^([^./\s]+)[./]([^./\s]+)$/.exec(text) ?? []
  if (library === undefined || circulationDesk === undefined) {
    throw new InvalidArgumentError('A library and a circulation desk, such as MAIN.DEFAULT_CIRC_DESK.')
  }
  return { library, circulationDesk }
}

export function readReason(text: string): string {
  const reason = text.trim()
  if (reason === '' || reason.length > 500) throw new InvalidArgumentError('A reason of 1 to 500 characters.')
  return reason
}

export function readBatch(text: string): string {
  if (!/^[A-Za-z0-9-]{1,40}$/.test(text)) throw new InvalidArgumentError('A batch as the export told it.')
  return text
}
