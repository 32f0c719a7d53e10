import t, { type Test } from 'tap'
import type { Item, Routing } from '../../../src/circulation/model.ts'
import { done, unavailable } from '../../../src/circulation/outcome.ts'
import type { ScanPlace } from '../../../src/circulation/ports.ts'
import { type ProfileInput, wholeProfile } from '../../../src/runtime/config/sections/profile.ts'
import { fakeCirculation, sampleItem } from '../../helpers/fake-library-system.ts'
import { connect, fieldsOf } from '../../helpers/kiosk.ts'

const date = '20260301    130000'
const checkin = (noBlock = 'N', rest = '') => `09${noBlock}${date}${date}AP|AO01INST|ABB0071|AC|${rest}`

interface Returned {
  readonly item?: Partial<Item>
  readonly routing?: Partial<Routing>
}

async function start(t: Test, profile: ProfileInput, { item, routing }: Returned = {}) {
  const places: ScanPlace[] = []
  const found = { ...sampleItem, ...item }
  const way: Routing = { to: 'shelf', destination: '', reason: 'none', requester: undefined, ...routing }
  const circulation = fakeCirculation({
    items: {
      find: async () => done(found),
      scanIn: async (_, place) => {
        places.push(place)
        return done({ item: { ...found, requested: undefined }, routing: way })
      },
    },
  })
  return { kiosk: await connect(t, { circulation, profile: wholeProfile.parse(profile) }), places }
}

const transit = { to: 'transit', destination: 'Annex', reason: 'reshelving' } as const

t.test('alertTypes: these values of CV alert, in place of alertOn', async (t) => {
  for (const [alertTypes, routing, alert] of [
    [['01'], transit, 'N'],
    [['02', '04'], transit, 'Y'],
    [['00'], {}, 'Y'],
    [[], { to: 'hold-shelf' }, 'N'],
  ] as const) {
    const { kiosk } = await start(t, { alertTypes: [...alertTypes] }, { routing })
    t.equal((await kiosk.ask(checkin())).charAt(5), alert, alertTypes.join())
  }
})

t.test('alertTypeOnSuccess: CV 00 when nobody is needed', async (t) => {
  const plain = await start(t, {})
  t.notMatch(await plain.kiosk.ask(checkin()), /\|CV/)
  const { kiosk } = await start(t, { alertTypeOnSuccess: true })
  t.match(await kiosk.ask(checkin()), /\|CV00\|/)
  const sent = await start(t, { alertTypeOnSuccess: true }, { routing: transit })
  t.match(await sent.kiosk.ask(checkin()), /\|CV04\|/)
})

t.test('destinationAlways: CT with every checkin', async (t) => {
  const plain = await start(t, {})
  t.notMatch(await plain.kiosk.ask(checkin()), /\|CT/)
  const { kiosk } = await start(t, { destinationAlways: true })
  t.match(await kiosk.ask(checkin()), /\|CTMain Library\|/)
  const sent = await start(t, { destinationAlways: true }, { routing: transit })
  t.match(await sent.kiosk.ask(checkin()), /\|CTAnnex\|/)
})

t.test('holdCapture: as the institution has it, yes or no', async (t) => {
  for (const [holdCapture, onHoldShelf] of [
    ['institution', undefined],
    ['yes', true],
    ['no', false],
  ] as const) {
    const { kiosk, places } = await start(t, { holdCapture })
    await kiosk.ask(checkin())
    t.equal(places[0]?.onHoldShelf, onHoldShelf, holdCapture)
  }
})

t.test('requestedItems: refused before anything is scanned', async (t) => {
  const requested = { item: { requested: true } }
  const { kiosk, places } = await start(t, { requestedItems: 'refuse', alertOn: ['refused'] }, requested)
  const answer = await kiosk.ask(checkin())
  t.match(answer, /^100NNY/)
  t.same(fieldsOf(answer, 'AF'), ['Somebody else has asked for this item. Please take it to the desk.'])
  t.same(places, [])
  t.match(await kiosk.ask(checkin('Y')), /^101/, 'what happened off line is taken')
  t.match(await kiosk.ask(checkin('N', 'BIY|')), /^101/, 'and so is a checkout that is taken back')
  const free = await start(t, { requestedItems: 'refuse' }, { item: { requested: false } })
  t.match(await free.kiosk.ask(checkin()), /^101/)
  const plain = await start(t, {}, requested)
  t.match(await plain.kiosk.ask(checkin()), /^101/)
})

t.test('requestedItems: what cannot be looked up is not scanned either', async (t) => {
  const circulation = fakeCirculation({
    items: {
      find: async () => unavailable('timeout'),
      scanIn: async () => t.fail('it was scanned') as never,
    },
  })
  const kiosk = await connect(t, { circulation, profile: wholeProfile.parse({ requestedItems: 'refuse' }) })
  t.match(await kiosk.ask(checkin()), /^100/)
})

t.test('sortBins: by who waits, where it goes, the desk and the call number', async (t) => {
  const rules = [
    { bin: 'holds', when: { requested: true } },
    { bin: 'annex', when: { destinationLibrary: 'Annex' } },
    { bin: 'other-desk', when: { circulationDesk: 'DEFAULT' } },
    { bin: 'computing', when: { circulationDesk: 'SELFCHECK', callNumber: { from: 'QA 75', to: 'QA 76' } } },
  ]
  for (const [returned, bin] of [
    [{ routing: { to: 'hold-shelf', reason: 'hold' } }, 'holds'],
    [{ routing: transit }, 'annex'],
    [{}, 'computing'],
    [{ item: { callNumber: 'QB 1' } }, 'rest'],
  ] as const) {
    const { kiosk } = await start(t, { sortBins: { rules, default: 'rest' } }, returned)
    t.same(fieldsOf(await kiosk.ask(checkin()), 'CL'), [bin])
  }
})
