/** Opening hours of a library, day by day [Alma conf: open-hours]. */
import { refusals } from '../alma-error.ts'
import type { Library } from '../state/institution.ts'
import { localDate } from '../state/local-time.ts'
import { type AlmaRequest, type Answer, object } from '../transport/route.ts'

const dayMs = 86_400_000
const mostDays = 31
const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const

/** The days from `from` (today) to `to` (a week later); a closed day has no hours. */
export function openHours(library: Library, { store, query }: AlmaRequest): Answer {
  const from = dayOf(query.from || localDate(store.now(), store.institution.zone))
  const to = query.to ? dayOf(query.to) : from + 7 * dayMs
  if (to < from || to - from > mostDays * dayMs) throw refusals.parameterNotValid()
  const days = []
  for (let day = from; day <= to; day += dayMs) days.push(renderDay(day, library, store))
  return object('days', { day: days })
}

function dayOf(date: string): number {
  const day = Date.parse(`${date.slice(0, 10)}T00:00:00Z`)
  if (Number.isNaN(day)) throw refusals.parameterNotValid()
  return day
}

function renderDay(day: number, library: Library, { institution }: AlmaRequest['store']) {
  const index = new Date(day).getUTCDay()
  const hours = library.openHours[weekdays[index] ?? '']
  const code = String(index + 1)
  return {
    date: `${new Date(day).toISOString().slice(0, 10)}Z`,
    day_of_week: { value: code, desc: institution.tables.describe('DaysOfWeek', code) },
    hour: hours ? [{ from: hours[0], to: hours[1] }] : [],
  }
}
