/** What a terminal is told while the library system is away, by its profile. */
import type { WhenAway } from '../../circulation/when-away.ts'
import { formatDate, parseDate } from '../dates.ts'
import type { Message } from '../message.ts'
import { type ReplyContext, isReported } from './operation.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export function checkinWhenAway(request: Message<'09'>, context: ReplyContext): WhenAway {
  if (isReported(request) || isCancel(request)) return { do: 'take' }
  return { do: context.terminal.profile.offline.checkin }
}

export function checkoutWhenAway(request: Message<'11'>, context: ReplyContext): WhenAway {
  if (isReported(request) || isCancel(request)) return { do: 'take' }
  const { checkout, limits } = context.terminal.profile.offline
  if (checkout === 'refuse') return { do: 'refuse' }
  const { seenWithinHours, maxItems, loanDays } = limits
  const due = endOfDayIn(loanDays, context)
  return { do: 'lend', limits: { seenWithinMs: seenWithinHours * hourMs, maxItems, due } }
}

/** BI: the machine could not finish what it was told yes for, and takes it back; no policy stands against that. */
const isCancel = ({ fields }: Message<'09' | '11'>): boolean => fields.BI === 'Y'

/** The last second of a day at the library, so many days from now. */
function endOfDayIn(days: number, { now, timeZone }: ReplyContext): Date {
  const today = formatDate(now, timeZone)
  const midnight = Date.UTC(Number(today.slice(0, 4)), Number(today.slice(4, 6)) - 1, Number(today.slice(6, 8)))
  const day = new Date(midnight + days * dayMs).toISOString().slice(0, 10).replaceAll('-', '')
  return parseDate(`${day}    235959`, timeZone) ?? new Date(now.getTime() + days * dayMs)
}
