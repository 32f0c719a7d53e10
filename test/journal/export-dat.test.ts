import t from 'tap'
import type { ChangeDetails, ChangeKind } from '../../src/circulation/ports.ts'
import { renderDatLine } from '../../src/journal/export-dat.ts'
import { formatMinute, formatZoned } from '../../src/journal/export-time.ts'
import type { JournalEntry } from '../../src/journal/journal-file.ts'

const zone = 'Europe/Berlin'

function render(kind: ChangeKind, details: ChangeDetails | undefined, acceptedAt: Date | undefined = new Date(0)) {
  const happenedAt = new Date('2026-11-22T17:19:38Z')
  return renderDatLine({ kind, details, acceptedAt, happenedAt } as JournalEntry, zone)
}

t.test('a loan: local time, L, barcode filled up to 80 characters, user id', async (t) => {
  const line = `202611221819L${'31234000000019'.padEnd(80)}21234000000001`
  t.same(render('checkout', { item: '31234000000019', patron: '21234000000001' }), { line })
  t.same(render('renew', { item: '31234000000019', patron: '21234000000001' }), { line }, 'a renewal is a loan')
  t.equal(line.indexOf('21234000000001'), 93)
})

t.test('a return: local time, R, barcode', async (t) => {
  t.same(render('checkin', { item: '31234000000019' }), { line: '202611221819R31234000000019' })
  const returned = new Date('2026-11-21T20:05:00Z')
  const line = '202611212105R31234000000019'
  t.same(render('checkin', { item: '31234000000019', returned }), { line }, 'when it came back')
})

t.test('what does not fit is left', async (t) => {
  t.same(render('pay-fee', { patron: 'p' }), { obstacle: 'kind' })
  t.same(render('checkin', undefined), { obstacle: 'unreadable' })
  for (const item of ['', 'x'.repeat(81), 'a\nb', ' a', 'a ', 'é', undefined]) {
    t.same(render('checkin', { item }), { obstacle: 'item' }, JSON.stringify(item))
  }
  t.match(render('checkin', { item: 'x'.repeat(80) }), { line: /x{80}$/ })
  t.match(render('checkin', { item: 'A 12' }), { line: /RA 12$/ })
  for (const patron of ['', 'a\r', undefined]) t.same(render('checkout', { item: 'i', patron }), { obstacle: 'patron' })
  const never = { kind: 'checkin', details: { item: 'i' }, happenedAt: new Date(0), acceptedAt: undefined } as const
  t.same(renderDatLine(never as unknown as JournalEntry, zone), { obstacle: 'not-accepted' })
})

t.test('times of the library, with their offset', async (t) => {
  t.equal(formatZoned(new Date('2026-07-01T22:30:05Z'), zone), '2026-07-02T00:30:05+02:00')
  t.equal(formatZoned(new Date('2026-01-01T00:00:00Z'), 'UTC'), '2026-01-01T00:00:00Z')
  t.equal(formatZoned(new Date('2026-01-01T00:00:00Z'), 'Asia/Kolkata'), '2026-01-01T05:30:00+05:30')
  t.equal(formatMinute(new Date('2026-12-31T23:59:59Z'), zone), '202701010059')
})
