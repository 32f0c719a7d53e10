/** Instants as a library's clocks show them. */

const formats = new Map<string, Intl.DateTimeFormat>()

/** `2026-11-22T18:19:38+01:00`, with `Z` in place of no offset. */
export function formatZoned(instant: Date, timeZone: string): string {
  const part = readParts(instant, timeZone)
  const offset = part('timeZoneName').replace(/^(GMT|UTC)/, '')
  return (
    `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}` +
    (offset === '' || offset === '+00:00' ? 'Z' : offset)
  )
}

/** The twelve characters of Alma's offline circulation file: `202611221819`. */
export function formatMinute(instant: Date, timeZone: string): string {
  return formatZoned(instant, timeZone).slice(0, 16).replace(/\D/g, '')
}

function readParts(instant: Date, timeZone: string): (type: Intl.DateTimeFormatPartTypes) => string {
  const parts = formatOf(timeZone).formatToParts(instant)
  return (wanted) => parts.find(({ type }) => type === wanted)?.value ?? ''
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  })
  formats.set(timeZone, format)
  return format
}
