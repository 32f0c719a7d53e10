/**
 * SIP2 dates and instants. `YYYYMMDDZZZZHHMMSS`: four blanks in the middle mean the library's local time, `   Z` UTC,
 * another military letter its own zone. [SIP2 2.00 timestamps]
 */

/** `local-zeros` is local time with 0000 for the zone, as some machines send and expect it. */
export type DateForm = 'local' | 'local-zeros' | 'utc'

interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const withZone = /^(\d{8})(.{4})(\d{6})/
const withoutZone = /^(\d{8})(\d{6})/
const dayAlone = /^(\d{8})$/

/** Zone abbreviations that terminals write where four blanks belong. Others are taken for local time. */
const namedZones: ReadonlyMap<string, number> = new Map(
  Object.entries({
    UTC: 0,
    GMT: 0,
    AST: -4,
    ADT: -3,
    EST: -5,
    EDT: -4,
    CST: -6,
    CDT: -5,
    MST: -7,
    MDT: -6,
    PST: -8,
    PDT: -7,
    CET: 1,
    CEST: 2,
  }).map(([name, hours]) => [name, hours * hourMs]),
)

const eastern = 'ABCDEFGHIKLM'
const western = 'NOPQRSTUVWXY'

/**
 * The instant of a date as terminals write it: with any zone, with zeros for blanks, without a zone, the day alone
 * (midnight). Undefined for blanks, zeros and whatever is not a date. A local time that the clocks skip is moved on by
 * as much as they skip; of one that they repeat, the first is meant.
 */
export function parseDate(text: string, timeZone: string): Date | undefined {
  const trimmed = text.trim()
  const [, day, zone = '', time = '000000'] = withZone.exec(text) ?? readWithoutZone(trimmed) ?? []
  if (day === undefined) return undefined
  const wall = readWallTime(day, time)
  if (wall === undefined) return undefined
  const offset = offsetOfZone(zone.trim().toUpperCase())
  return new Date(offset === undefined ? instantOf(wall, timeZone) : utcOf(wall) - offset)
}

function readWithoutZone(text: string): (string | undefined)[] | undefined {
  const match = withoutZone.exec(text) ?? dayAlone.exec(text)
  return match === null ? undefined : ['', match[1], '', match[2]]
}

function readWallTime(day: string, time: string): WallTime | undefined {
  const wall = {
    year: Number(day.slice(0, 4)),
    month: Number(day.slice(4, 6)),
    day: Number(day.slice(6, 8)),
    hour: Number(time.slice(0, 2)),
    minute: Number(time.slice(2, 4)),
    second: Number(time.slice(4, 6)),
  }
  if (wall.year < 1 || wall.hour > 23 || wall.minute > 59 || wall.second > 59) return undefined
  const date = new Date(utcOf(wall))
  return date.getUTCMonth() + 1 === wall.month && date.getUTCDate() === wall.day ? wall : undefined
}

/** Offset from UTC, or undefined for local time. */
function offsetOfZone(zone: string): number | undefined {
  if (zone === 'Z') return 0
  if (zone.length === 1 && eastern.includes(zone)) return (eastern.indexOf(zone) + 1) * hourMs
  if (zone.length === 1 && western.includes(zone)) return -(western.indexOf(zone) + 1) * hourMs
  return namedZones.get(zone)
}

function utcOf(wall: WallTime): number {
  // Date.UTC, which makes no object, takes the years 0 to 99 for 1900 to 1999.
  if (wall.year > 99) return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)
  const date = new Date(0)
  date.setUTCFullYear(wall.year, wall.month - 1, wall.day)
  date.setUTCHours(wall.hour, wall.minute, wall.second)
  return date.getTime()
}

function instantOf(wall: WallTime, timeZone: string): number {
  const local = utcOf(wall)
  const before = zoneOffset(local - dayMs, timeZone)
  const after = zoneOffset(local + dayMs, timeZone)
  const earlier = local - Math.max(before, after)
  if (zoneOffset(earlier, timeZone) === Math.max(before, after)) return earlier
  const later = local - Math.min(before, after)
  if (zoneOffset(later, timeZone) === Math.min(before, after)) return later
  return local - before
}

/**
 * The 18 characters of an instant, empty for an invalid one. Only the years 1 to 9999 have such a form: anything beyond
 * is written as the first or last day of them.
 */
export function formatDate(instant: Date, timeZone: string, form: DateForm = 'local'): string {
  if (Number.isNaN(instant.getTime())) return ''
  const time = Math.min(Math.max(instant.getTime(), firstInstant), lastInstant)
  const shifted = form === 'utc' ? time : time + zoneOffset(time, timeZone)
  const iso = new Date(shifted).toISOString()
  const day = iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 10)
  return day + zoneMarks[form] + iso.slice(11, 13) + iso.slice(14, 16) + iso.slice(17, 19)
}

const zoneMarks: Readonly<Record<DateForm, string>> = { local: '    ', 'local-zeros': '0000', utc: '   Z' }

const firstInstant = Date.parse('0001-01-02T00:00:00Z')
const lastInstant = Date.parse('9999-12-30T00:00:00Z')

export interface ReadableDateOptions {
  /** BCP 47. */
  readonly locale: string
  /** With the time of day, or the day alone. */
  readonly time: boolean
}

/** An instant as people of a language read it, in the library's zone: for due dates that are shown as they come. */
export function formatReadableDate(instant: Date, timeZone: string, { locale, time }: ReadableDateOptions): string {
  return readableFormat(timeZone, locale, time).format(instant).replace(directionMarks, '')
}

/** Arabic dates carry them between their numbers, where they change nothing and old terminals show a box. */
const directionMarks = /[\u061c\u200e\u200f]/g

const readableFormats = new Map<string, Intl.DateTimeFormat>()

function readableFormat(timeZone: string, locale: string, time: boolean): Intl.DateTimeFormat {
  const key = `${timeZone} ${locale} ${time}`
  const known = readableFormats.get(key)
  if (known !== undefined) return known
  const styles = time ? ({ dateStyle: 'medium', timeStyle: 'short' } as const) : ({ dateStyle: 'medium' } as const)
  const made = new Intl.DateTimeFormat(locale, { ...styles, timeZone })
  readableFormats.set(key, made)
  return made
}

/** What a zone's clocks show in spans of 15 minutes: since 1972 no zone changes within one. */
interface ZoneClock {
  readonly format: Intl.DateTimeFormat
  readonly offsets: Map<number, number>
}

const spanMs = 15 * minuteMs
const mostSpans = 1024
const zoneClocks = new Map<string, ZoneClock>()

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
function zoneOffset(instant: number, timeZone: string): number {
  const clock = zoneClocks.get(timeZone) ?? makeZoneClock(timeZone)
  const span = Math.floor(instant / spanMs)
  const known = clock.offsets.get(span)
  if (known !== undefined) return known
  if (clock.offsets.size >= mostSpans) clock.offsets.clear()
  const offset = readOffset(clock.format, span * spanMs)
  clock.offsets.set(span, offset)
  return offset
}

function makeZoneClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const clock = { format, offsets: new Map<number, number>() }
  zoneClocks.set(timeZone, clock)
  return clock
}

function readOffset(format: Intl.DateTimeFormat, instant: number): number {
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  const year = Number(parts.year)
  const wall = {
    year: parts.era === 'BC' ? 1 - year : year,
    month: Number(parts.month),
    day: Number(parts.day),
    hour: Number(parts.hour),
    minute: Number(parts.minute),
    second: Number(parts.second),
  }
  return utcOf(wall) - instant
}
