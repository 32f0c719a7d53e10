/** A calendar day as `YYYY-MM-DD`. */
export type Day = string

/** What an xs:dateTime or xs:date says; `instant` only when it names its zone. */
export interface WrittenDate {
  readonly day: Day
  readonly instant: Date | undefined
}

const pattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/i

/** Reads a date as partners write them; undefined when it is none. */
export function readDate(text: string): WrittenDate | undefined {
  const [, day, time, zone] = pattern.exec(text.trim()) ?? []
  if (day === undefined || !isDay(day)) return undefined
  if (time === undefined || zone === undefined) return { day, instant: undefined }
  const instant = new Date(`${day}T${time}${/^z$/i.test(zone) ? 'Z' : zone.replace(/^(...):?(..)$/, '$1:$2')}`)
  return Number.isNaN(instant.getTime()) ? undefined : { day, instant }
}

function isDay(day: Day): boolean {
  const midnight = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

/** xs:dateTime in UTC with its zone and no fraction, the form that every client reads. */
export const writeInstant = (instant: Date): string => instant.toISOString().replace(/\.\d+Z$/, 'Z')

/** The day that an instant falls on in a zone. */
export function dayIn(instant: Date, timeZone: string): Day {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(instant)
}

/** The last second of a day in a zone. */
export function endOfDay(day: Day, timeZone: string): Date {
  const asUtc = Date.parse(`${day}T23:59:59Z`)
  // The offset is asked for twice, because the first guess may lie on the other side of a clock change.
  const guess = asUtc - offsetMs(asUtc, timeZone)
  return new Date(asUtc - offsetMs(guess, timeZone))
}

function offsetMs(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(instant)
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /GMT([+-])(\d+):(\d+)(?::(\d+))?/.exec(name) ?? []
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return sign === '-' ? -size : size
}
