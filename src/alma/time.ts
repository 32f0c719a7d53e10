/** Dates and instants: Alma writes instants in UTC, and days as `2027-09-30Z` that are meant in the library's zone. */
import { readText } from './json.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** Instants by local time and zone: accounts end on the same few days, and a zone's clocks are slow to ask. */
const knownInstants = new Map<string, number>()
const mostKnownInstants = 2_000

/** The instant of a date-time; undefined when there is none. */
export function readInstant(value: unknown): Date | undefined {
  const text = readText(value)
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined
  const instant = new Date(text)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}

/** The day of a date or date-time as `YYYY-MM-DD`, empty when there is none. */
export function readDay(value: unknown): string {
  return /^\d{4}-\d{2}-\d{2}/.exec(readText(value))?.[0] ?? ''
}

/** An instant; a bare day means its last second in the zone. */
export function readEnd(value: unknown, timeZone: string): Date | undefined {
  return readInstant(value) ?? endOfDay(readDay(value), timeZone)
}

/** An instant; a bare day means its first second in the zone. */
export function readStart(value: unknown, timeZone: string): Date | undefined {
  return readInstant(value) ?? zonedInstant(`${readDay(value)}T00:00:00Z`, timeZone)
}

/** 23:59:59 of a day in the zone. */
export function endOfDay(day: string, timeZone: string): Date | undefined {
  return zonedInstant(`${day}T23:59:59Z`, timeZone)
}

/** The instant at which clocks of the zone show what the text says. */
function zonedInstant(text: string, timeZone: string): Date | undefined {
  const key = `${text} ${timeZone}`
  const known = knownInstants.get(key)
  if (known !== undefined) return new Date(known)
  const shown = Date.parse(text)
  if (Number.isNaN(shown)) return undefined
  const guess = shown - offsetAt(shown, timeZone)
  const instant = shown - offsetAt(guess, timeZone)
  if (knownInstants.size >= mostKnownInstants) knownInstants.clear()
  knownInstants.set(key, instant)
  return new Date(instant)
}

/** How far the zone is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timeZone, format)
  }
  const shown: Record<string, number> = {}
  for (const part of format.formatToParts(instant)) shown[part.type] = Number(part.value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000
}
