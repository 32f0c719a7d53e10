import t from 'tap'
import { checkin } from '../../src/circulation/checkin.ts'
import type { ScannedIn } from '../../src/circulation/model.ts'
import { type Outcome, done, refused, unknown } from '../../src/circulation/outcome.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { answers, makeCall } from '../helpers/call.ts'
import { fakeCirculation, sampleItem } from '../helpers/fake-library-system.ts'

const scanned: ScannedIn = {
  item: sampleItem,
  routing: { to: 'transit', destination: 'Branch', reason: 'reshelving', requester: undefined },
}
const input = () => ({
  barcode: sampleItem.barcode,
  place: { library: 'MAIN', circulationDesk: 'SELFCHECK' },
  visit: new Visit(() => 0),
  reported: false,
  whenAway: { do: 'refuse' } as const,
  identity: crypto.randomUUID(),
})

t.test('a plain checkin is one scan, and says why staff should look', async (t) => {
  const scanIn = answers<Outcome<ScannedIn>>(done(scanned))
  const outcome = await checkin(input(), fakeCirculation({ items: { scanIn } }), makeCall())
  t.match(outcome, { value: { routing: { destination: 'Branch' }, notices: ['other-library'] } })
  t.equal(scanIn.calls, 1)
  t.match(await checkin({ ...input(), barcode: '' }, fakeCirculation(), makeCall()), { reason: 'item-unknown' })
})

t.test('law 4: after a lost scan an item on loan was not returned', async (t) => {
  const scanIn = answers<Outcome<ScannedIn>>(unknown('lost'))
  const find = async () => done({ ...sampleItem, state: 'on-loan' as const })
  const outcome = await checkin(input(), fakeCirculation({ items: { scanIn, find } }), makeCall())
  t.match(outcome, { kind: 'unavailable' })
  t.equal(scanIn.calls, 1)
})

t.test('law 4: after a lost scan an item that was returned meanwhile tells its way by its state', async (t) => {
  const scanIn = answers<Outcome<ScannedIn>>(unknown('lost'))
  const find = async () => done({ ...sampleItem, state: 'on-hold-shelf' as const })
  const lastReturn = async () => done(new Date('2026-03-01T12:00:01Z'))
  const circulation = fakeCirculation({ items: { scanIn, find }, loans: { lastReturn } })
  t.match(await checkin(input(), circulation, makeCall()), { value: { routing: { to: 'hold-shelf' } } })
  t.equal(scanIn.calls, 1)
  const earlier = async () => done(new Date('2026-02-01T12:00:00Z'))
  const before = fakeCirculation({ items: { scanIn, find }, loans: { lastReturn: earlier } })
  t.match(await checkin(input(), before, makeCall()), { kind: 'unknown' }, 'an older return is not ours')
})

t.test('law 4: after a lost scan an item that is not on loan is scanned again and tells its way', async (t) => {
  const scanIn = answers<Outcome<ScannedIn>>(unknown('lost'), done(scanned))
  const outcome = await checkin(input(), fakeCirculation({ items: { scanIn } }), makeCall())
  t.match(outcome, { value: { routing: { destination: 'Branch' } } })
  t.equal(scanIn.calls, 2)
})

t.test('law 4: what the second scan cannot tell stays unknown', async (t) => {
  for (const second of [unknown('lost'), refused('not-configured')] as Outcome<ScannedIn>[]) {
    const scanIn = answers<Outcome<ScannedIn>>(unknown('lost'), second)
    t.match(await checkin(input(), fakeCirculation({ items: { scanIn } }), makeCall()), { kind: 'unknown' })
  }
})
