/** Instants and the calendar of a zone. */
import t from 'tap'
import {
  endOfDate,
  endOfLocalDay,
  localDate,
  readDate,
  readInstant,
  secondsTime,
  startOfDate,
} from '../../../simulators/alma/state/local-time.ts'

const berlin = 'Europe/Berlin'
const at = (written: string): number => Date.parse(written)

t.test('the end of a local day, over both changes of the clock', async (t) => {
  t.equal(secondsTime(endOfLocalDay(at('2026-03-10T10:00:00Z'), 0, berlin)), '2026-03-10T22:59:00Z')
  t.equal(secondsTime(endOfLocalDay(at('2026-03-10T23:30:00Z'), 0, berlin)), '2026-03-11T22:59:00Z', 'already the 11th')
  t.equal(secondsTime(endOfLocalDay(at('2026-03-10T10:00:00Z'), 19, berlin)), '2026-03-29T21:59:00Z')
  t.equal(secondsTime(endOfLocalDay(at('2026-10-20T10:00:00Z'), 5, berlin)), '2026-10-25T22:59:00Z')
  t.equal(secondsTime(endOfLocalDay(at('2026-03-10T10:00:00Z'), 0, 'America/Los_Angeles')), '2026-03-11T06:59:00Z')
})

t.test('dates', async (t) => {
  t.equal(localDate(at('2026-06-30T22:30:00Z'), berlin), '2026-07-01')
  t.equal(secondsTime(endOfDate('2026-07-31', berlin)), '2026-07-31T21:59:00Z')
  t.equal(secondsTime(startOfDate('2026-07-31', berlin)), '2026-07-30T22:00:00Z')
})

t.test('written instants, absolute and relative', async (t) => {
  const now = at('2026-03-10T10:00:00Z')
  const read = (written: unknown) => {
    const instant = readInstant(written, now, berlin)
    return instant === undefined ? undefined : secondsTime(instant)
  }
  t.equal(read('-3d'), '2026-03-07T22:59:00Z')
  t.equal(read('+2h'), '2026-03-10T12:00:00Z')
  t.equal(read('-30m'), '2026-03-10T09:30:00Z')
  t.equal(read('2026-05-01'), '2026-05-01T21:59:00Z')
  t.equal(read('2026-05-01Z'), '2026-05-01T21:59:00Z')
  t.equal(read('2026-05-01T08:00:00Z'), '2026-05-01T08:00:00Z')
  t.equal(read(new Date(now)), '2026-03-10T10:00:00Z')
  t.equal(read('soon'), undefined)
  t.equal(read(''), undefined)
  t.equal(readDate('+1d', now, berlin), '2026-03-11Z')
  t.equal(readDate('soon', now, berlin), '')
})
