import t from 'tap'
import { formatDate, formatReadableDate, parseDate } from '../../src/sip2/dates.ts'

const berlin = 'Europe/Berlin'
const newYork = 'America/New_York'

const iso = (text: string, timeZone = berlin) => parseDate(text, timeZone)?.toISOString()

t.test('every form of a date that terminals write', async (t) => {
  const cases: [string, string | undefined][] = [
    ['20261122    120000', '2026-11-22T11:00:00.000Z'],
    ['202611220000120000', '2026-11-22T11:00:00.000Z'],
    ['20261122   Z120000', '2026-11-22T12:00:00.000Z'],
    ['20261122Z   120000', '2026-11-22T12:00:00.000Z'],
    ['20261122   A120000', '2026-11-22T11:00:00.000Z'],
    ['20261122   M120000', '2026-11-22T00:00:00.000Z'],
    ['20261122   N120000', '2026-11-22T13:00:00.000Z'],
    ['20261122   Q120000', '2026-11-22T16:00:00.000Z'],
    ['20261122   Y120000', '2026-11-23T00:00:00.000Z'],
    ['20261122   J120000', '2026-11-22T11:00:00.000Z'],
    ['20261122EST 120000', '2026-11-22T17:00:00.000Z'],
    ['20261122 UTC120000', '2026-11-22T12:00:00.000Z'],
    ['20261122????120000', '2026-11-22T11:00:00.000Z'],
    ['20261122120000', '2026-11-22T11:00:00.000Z'],
    ['202611221200009', '2026-11-22T11:00:00.000Z'],
    ['20261122120000    ', '2026-11-22T11:00:00.000Z'],
    ['20261122', '2026-11-21T23:00:00.000Z'],
    ['20261122          ', '2026-11-21T23:00:00.000Z'],
    ['20240229    000000', '2024-02-28T23:00:00.000Z'],
  ]
  for (const [text, expected] of cases) t.equal(iso(text), expected, JSON.stringify(text))
})

t.test('what is not a date is none', async (t) => {
  const none = [
    '',
    ' '.repeat(18),
    '0'.repeat(18),
    '20261122    12000',
    '20261322    120000',
    '20260229    120000',
    '20261122    240000',
  ]
  for (const text of [
    ...none,
    '20261122    126000',
    '20261122    120060',
    'not a date at all ',
    '2026-11-22 12:00:00',
    '\ud800',
  ]) {
    t.equal(iso(text), undefined, JSON.stringify(text))
  }
})

t.test('a local time that the clocks skip is moved on', async (t) => {
  t.equal(iso('20260329    023000'), '2026-03-29T01:30:00.000Z', '2:30 becomes 3:30 in summer time')
  t.equal(iso('20260329    015959'), '2026-03-29T00:59:59.000Z')
  t.equal(iso('20260329    030000'), '2026-03-29T01:00:00.000Z')
  t.equal(iso('20260308    023000', newYork), '2026-03-08T07:30:00.000Z')
})

t.test('of a local time that the clocks repeat the first is meant', async (t) => {
  t.equal(iso('20261025    023000'), '2026-10-25T00:30:00.000Z')
  t.equal(iso('20261025    030000'), '2026-10-25T02:00:00.000Z')
  t.equal(iso('20261101    013000', newYork), '2026-11-01T05:30:00.000Z')
  t.equal(iso('20261122    120000', 'Asia/Kathmandu'), '2026-11-22T06:15:00.000Z')
})

t.test('instants are written in the local time of the library or in UTC', async (t) => {
  const instant = new Date('2026-07-01T22:30:05.999Z')
  t.equal(formatDate(instant, berlin), '20260702    003005')
  t.equal(formatDate(instant, newYork), '20260701    183005')
  t.equal(formatDate(instant, berlin, 'utc'), '20260701   Z223005')
  t.equal(formatDate(new Date(Number.NaN), berlin), '')
  t.match(formatDate(new Date(8.64e15), berlin), /^99991230/)
  t.match(formatDate(new Date(-8.64e15), berlin), /^00010102/)
})

t.test('every half hour of a year comes back', async (t) => {
  for (const timeZone of [berlin, newYork, 'Australia/Lord_Howe', 'UTC']) {
    let wrong = 0
    for (let time = Date.UTC(2026, 0, 1); time < Date.UTC(2027, 0, 1); time += 1_800_000) {
      const back = parseDate(formatDate(new Date(time), timeZone), timeZone)?.getTime() ?? 0
      const repeatedHour = back < time && formatDate(new Date(back), timeZone) === formatDate(new Date(time), timeZone)
      if (back !== time && !repeatedHour) wrong++
      if (parseDate(formatDate(new Date(time), timeZone, 'utc'), timeZone)?.getTime() !== time) wrong++
    }
    t.equal(wrong, 0, timeZone)
  }
})

t.test('due dates for people', async (t) => {
  const instant = new Date('2026-12-20T22:59:00Z')
  t.equal(formatReadableDate(instant, berlin, { locale: 'en-GB', time: true }), '20 Dec 2026, 23:59')
  t.equal(formatReadableDate(instant, berlin, { locale: 'de', time: false }), '20.12.2026')
  t.equal(formatReadableDate(instant, berlin, { locale: 'de', time: false }), '20.12.2026', 'from the cache')
  t.equal(formatReadableDate(instant, berlin, { locale: 'ar-u-nu-latn', time: false }), '20/12/2026', 'without marks')
})
