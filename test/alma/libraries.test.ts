import t from 'tap'
import { Libraries } from '../../src/alma/libraries.ts'
import type { CodedName, Routing } from '../../src/circulation/model.ts'
import { done, type Outcome, unavailable } from '../../src/circulation/outcome.ts'
import { answers } from '../helpers/call.ts'
import { sampleItem } from '../helpers/fake-library-system.ts'
import { FakeClock } from './fake-clock.ts'
import { makeCall } from './sample-config.ts'

const annex = { code: 'ANNEX', name: 'Annex' }
const twins = [
  { code: 'T1', name: 'Twin' },
  { code: 'T2', name: 'Twin' },
]
const dayMs = 24 * 60 * 60 * 1_000

function start(...told: Outcome<readonly CodedName[]>[]) {
  const clock = new FakeClock()
  const libraries = answers<Outcome<readonly CodedName[]>>(...told)
  const known = new Libraries({ libraries }, clock)
  const routing: Routing = { to: 'shelf', destination: '', reason: 'none', requester: undefined }
  const goes = (way: Partial<Routing>, library = 'MAIN') =>
    known.destinationOf({ ...routing, ...way }, sampleItem, { library, circulationDesk: 'D' }, makeCall())
  return { clock, libraries, goes }
}

t.test('what the item itself tells costs nothing', async (t) => {
  const { libraries, goes } = start(done([annex]))
  const main = { code: 'MAIN', name: 'Main Library' }
  t.same(await goes({}, 'ANNEX'), main)
  t.same(await goes({ to: 'hold-shelf' }), main)
  t.same(await goes({ to: 'transit', destination: 'Main Library' }, 'ANNEX'), main)
  t.same(await goes({ to: 'transit', destination: 'Open Stacks' }, 'ANNEX'), main, 'a store that is a location')
  t.same(await goes({ to: 'transit', reason: 'reshelving' }, 'ANNEX'), main)
  t.equal(await goes({ to: 'transit', reason: 'hold' }), undefined)
  t.equal(await goes({ to: 'department', destination: 'Bindery' }), undefined)
  t.equal(libraries.calls, 0)
})

t.test('[Alma conf: libraries] other libraries are asked for once a day', async (t) => {
  const { clock, libraries, goes } = start(done([annex, ...twins]))
  t.same(await goes({ to: 'transit', destination: 'Annex' }), annex)
  t.same(await goes({ to: 'hold-shelf' }, 'ANNEX'), annex)
  t.same(await goes({ to: 'transit', destination: 'Twin' }), { code: '', name: 'Twin' }, 'either could be meant')
  t.same(await goes({ to: 'transit', destination: 'Moon' }), { code: '', name: 'Moon' })
  t.equal(libraries.calls, 1)
  await clock.advance(dayMs)
  await goes({ to: 'transit', destination: 'Annex' })
  t.equal(libraries.calls, 2)
})

t.test('without the right to read them, what is known is told', async (t) => {
  const { clock, libraries, goes } = start(unavailable('key-refused'), done([annex]))
  t.same(await goes({ to: 'transit', destination: 'Annex' }), { code: '', name: 'Annex' })
  t.same(await goes({ to: 'hold-shelf' }, 'ANNEX'), { code: 'ANNEX', name: '' })
  t.equal(libraries.calls, 1, 'not with every scan')
  await clock.advance(600_000)
  t.same(await goes({ to: 'transit', destination: 'Annex' }), annex)
})
