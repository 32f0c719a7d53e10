import t from 'tap'
import { dayIn, endOfDay, readDate, writeInstant } from '../../src/ncip/dates.ts'

t.test('dates as partners write them', async (t) => {
  t.same(readDate('2026-12-01'), { day: '2026-12-01', instant: undefined })
  t.same(readDate('2026-12-01T23:59:00'), { day: '2026-12-01', instant: undefined })
  t.same(readDate(' 2026-12-01T19:00:00-05:00 '), { day: '2026-12-01', instant: new Date('2026-12-02T00:00:00Z') })
  t.same(readDate('2026-12-01T19:00:00.123Z'), { day: '2026-12-01', instant: new Date('2026-12-01T19:00:00.123Z') })
  t.same(readDate('2026-12-01T19:00-0500'), { day: '2026-12-01', instant: new Date('2026-12-02T00:00:00Z') })
  for (const text of ['', 'soon', '2026-02-30', '2026-13-01', '01.12.2026', '2026-12-01T99:00:00Z']) {
    t.equal(readDate(text), undefined, text)
  }
})

t.test('the end of a day is that of the zone, on the days of clock changes too', async (t) => {
  const end = (day: string, zone: string) => writeInstant(endOfDay(day, zone))
  t.equal(end('2026-01-15', 'Europe/Rome'), '2026-01-15T22:59:59Z')
  t.equal(end('2026-07-15', 'Europe/Rome'), '2026-07-15T21:59:59Z')
  t.equal(end('2026-03-29', 'Europe/Rome'), '2026-03-29T21:59:59Z')
  t.equal(end('2026-10-25', 'Europe/Rome'), '2026-10-25T22:59:59Z')
  t.equal(end('2026-12-01', 'America/New_York'), '2026-12-02T04:59:59Z')
  t.equal(end('2026-12-01', 'Asia/Kathmandu'), '2026-12-01T18:14:59Z')
  t.equal(end('2026-12-01', 'UTC'), '2026-12-01T23:59:59Z')
})

t.test('an instant falls on the day of the zone', async (t) => {
  t.equal(dayIn(new Date('2026-12-02T04:59:59Z'), 'America/New_York'), '2026-12-01')
  t.equal(dayIn(new Date('2026-12-01T23:30:00Z'), 'Europe/Rome'), '2026-12-02')
})
