/** Instants and the calendar of a library's time zone. */
import { codeOf } from './shape.ts'

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formatters.set(zone, formatter)
  }
  return formatter
}

/** What a clock on the wall shows, as the milliseconds of an equal UTC time. */
function wallTime(instant: number, zone: string): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(instant)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** The instant at which a wall clock shows a time; a time that a clock change skips moves forward. */
function instantOfWall(wall: number, zone: string): number {
  if (Number.isNaN(wall)) return wall
  const guess = wall - (wallTime(wall, zone) - wall)
  return guess - (wallTime(guess, zone) - wall)
}

const dayMs = 86_400_000
const endOfDayMs = (23 * 60 + 59) * 60_000

/** 23:59 local time of the day that lies `days` after an instant. */
export function endOfLocalDay(instant: number, days: number, zone: string): number {
  const midnight = Math.floor(wallTime(instant, zone) / dayMs) * dayMs
  return instantOfWall(midnight + days * dayMs + endOfDayMs, zone)
}

/** `YYYY-MM-DD` in a zone. */
export function localDate(instant: number, zone: string): string {
  return new Date(wallTime(instant, zone)).toISOString().slice(0, 10)
}

/** 23:59 local time of a `YYYY-MM-DD` date; NaN when it is none. */
export function endOfDate(date: string, zone: string): number {
  return instantOfWall(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) + endOfDayMs, zone)
}

/** 00:00 local time of a `YYYY-MM-DD` date; NaN when it is none. */
export function startOfDate(date: string, zone: string): number {
  return instantOfWall(Date.parse(`${date.slice(0, 10)}T00:00:00Z`), zone)
}

/** A date-time without milliseconds, `2026-05-01T21:59:00Z`, as due dates are written. */
export const secondsTime = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`

/** A date-time with milliseconds. */
export const millisTime = (instant: number): string => new Date(instant).toISOString()

/** A date as the API writes it, `2026-05-01Z`. */
export const zDate = (instant: number, zone: string): string => `${localDate(instant, zone)}Z`

/**
 * An instant from sample data: ISO date-time, ISO date (end of that day), or relative to now: `-3d`, `+14d` (end of
 * that day), `+2h`, `-30m`.
 */
export function readInstant(value: unknown, now: number, zone: string): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (value instanceof Date) return value.getTime()
  const written = codeOf(value)
  const relative = /^([+-]\d+)([dhm])$/.exec(written)
  if (relative) {
    const amount = Number(relative[1])
    if (relative[2] === 'd') return endOfLocalDay(now, amount, zone)
    return now + amount * (relative[2] === 'h' ? 3_600_000 : 60_000)
  }
  if (/^\d{4}-\d{2}-\d{2}Z?$/.test(written)) return endOfDate(written, zone)
  const instant = Date.parse(written)
  return Number.isNaN(instant) ? undefined : instant
}

/** A date of sample data or a body as `YYYY-MM-DDZ`, relative ones included. */
export function readDate(value: unknown, now: number, zone: string): string {
  const instant = readInstant(value, now, zone)
  return instant === undefined ? '' : zDate(instant, zone)
}
