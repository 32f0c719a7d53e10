import t from 'tap'
import { endOfDay, readDay, readEnd, readInstant, readStart } from '../../src/alma/time.ts'

t.test('reads instants with and without milliseconds', async (t) => {
  t.same(readInstant('2018-08-10T18:00:00Z'), new Date('2018-08-10T18:00:00Z'))
  t.same(readInstant('2018-07-13T17:31:39.800Z'), new Date('2018-07-13T17:31:39.800Z'))
  for (const nothing of [undefined, null, '', 'soon', '2018-08-10Z', '2018-99-99T18:00:00Z']) {
    t.equal(readInstant(nothing), undefined)
  }
})

t.test('reads days', async (t) => {
  t.equal(readDay('2026-04-03Z'), '2026-04-03')
  t.equal(readDay('2026-04-03T10:00:00Z'), '2026-04-03')
  t.equal(readDay(null), '')
})

t.test('a day ends in the zone of the library, summer and winter', async (t) => {
  t.same(endOfDay('2026-01-15', 'Europe/Vienna'), new Date('2026-01-15T22:59:59Z'))
  t.same(endOfDay('2026-07-15', 'Europe/Vienna'), new Date('2026-07-15T21:59:59Z'))
  t.same(endOfDay('2026-07-15', 'Asia/Kolkata'), new Date('2026-07-15T18:29:59Z'))
  t.same(endOfDay('2026-07-15', 'Pacific/Auckland'), new Date('2026-07-15T11:59:59Z'))
  t.same(endOfDay('2026-03-29', 'Europe/Vienna'), new Date('2026-03-29T21:59:59Z'), 'the day the clocks go forward')
  t.same(endOfDay('2026-10-25', 'Europe/Vienna'), new Date('2026-10-25T22:59:59Z'), 'the day they go back')
  t.equal(endOfDay('', 'Europe/Vienna'), undefined)
})

t.test('a bare day is its last or its first second, an instant is itself', async (t) => {
  t.same(readEnd('2026-07-15Z', 'Europe/Vienna'), new Date('2026-07-15T21:59:59Z'))
  t.same(readStart('2026-07-15Z', 'Europe/Vienna'), new Date('2026-07-14T22:00:00Z'))
  t.same(readEnd('2026-07-15T10:00:00Z', 'Europe/Vienna'), new Date('2026-07-15T10:00:00Z'))
  t.equal(readEnd(null, 'Europe/Vienna'), undefined)
  t.equal(readStart({}, 'Europe/Vienna'), undefined)
})
