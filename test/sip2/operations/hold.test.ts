import t from 'tap'
import type { Hold } from '../../../src/circulation/model.ts'
import { type Outcome, done, refused } from '../../../src/circulation/outcome.ts'
import type { HoldChange, NewHold } from '../../../src/circulation/ports.ts'
import { answers } from '../../helpers/call.ts'
import { fakeCirculation, sampleHold } from '../../helpers/fake-library-system.ts'
import { connect, fieldsOf, plainProfile } from '../../helpers/kiosk.ts'

const date = '20260301    130000'
const hold = (mode: string, fields: string) => `15${mode}${date}AO01INST|AAP100|AC|AD|${fields}`

/** Notes what is asked of the library system. */
function watched(answer: Hold = sampleHold) {
  const placed: NewHold[] = []
  const changed: HoldChange[] = []
  const circulation = fakeCirculation({
    holds: {
      create: async (wish) => {
        placed.push(wish)
        return done(answer)
      },
      change: async (change) => {
        changed.push(change)
        return done(answer)
      },
    },
  })
  return { placed, changed, circulation }
}

t.test('[SIP2 2.00 hold] added, field by field', async (t) => {
  const { placed, circulation } = watched()
  const kiosk = await connect(t, { circulation })
  t.equal(
    await kiosk.ask(hold('+', 'ABB0071|BSMAIN.CIRC|BW20260601    000000|')),
    '161N20260301    130000AO01INST|AAP100|BW20260601    020000|BR2|BSMAIN.CIRC|ABB0071|AJNotes on the Engine|' +
      'AFYour request has been placed.|',
  )
  t.match(placed, [
    {
      target: { barcode: 'B0071' },
      pickup: { library: 'MAIN', circulationDesk: 'CIRC' },
      lastInterest: '2026-06-01',
      comment: '',
    },
  ])
})

t.test('[SIP2 2.00 hold] a day in any form that terminals write, at the library', async (t) => {
  for (const [written, day] of [
    ['20260601    233000', '2026-06-01'],
    ['20260601   Z233000', '2026-06-02'],
    ['20260601', '2026-06-01'],
    ['000000000000000000', undefined],
    ['next week', undefined],
  ] as const) {
    const { placed, circulation } = watched()
    await (await connect(t, { circulation })).ask(hold('+', `ABB0071|BW${written}|`))
    t.equal(placed[0]?.lastInterest, day, written)
  }
})

t.test('[SIP2 2.00 hold] available is told by the state', async (t) => {
  for (const [state, flag] of [
    ['waiting', 'N'],
    ['in-process', 'Y'],
    ['on-hold-shelf', 'Y'],
  ] as const) {
    const { circulation } = watched({ ...sampleHold, state })
    t.match(await (await connect(t, { circulation })).ask(hold('+', 'ABB0071|')), new RegExp(`^161${flag}`))
  }
})

t.test('[SIP2 2.00 hold] changed and deleted', async (t) => {
  const { changed, circulation } = watched({ ...sampleHold, queuePosition: undefined, expires: undefined })
  const holds = { pickupLocations: { Hall: 'MAIN.CIRC' } }
  const kiosk = await connect(t, { circulation, profile: { holds } })
  const moved = await kiosk.ask(hold('*', 'ABB0071|BSANNEX|'))
  t.match(moved, /^161N.{18}AO01INST\|AAP100\|BSANNEX\|ABB0071\|AJNotes on the Engine\|AFYour request has been changed/)
  t.match(changed, [{ holdId: 'R1', pickup: { library: 'ANNEX' }, lastInterest: undefined }])
  const gone = await kiosk.ask(hold('-', 'ABB0071|'))
  t.match(gone, /^161N/)
  t.same([fieldsOf(gone, 'BS'), fieldsOf(gone, 'BW'), fieldsOf(gone, 'BR')], [['Hall'], [], []])
})

t.test('a wrong PIN and an unknown mode ask nothing of the library system', async (t) => {
  const create = answers<Outcome<Hold>>(refused('hold-not-possible'))
  const circulation = fakeCirculation({ holds: { create } })
  const kiosk = await connect(t, { circulation, profile: { pinPolicy: 'alma' } })
  t.match(await kiosk.ask(hold('+', 'ABB0071|').replace('|AD|', '|ADwrong|')), /^160N.*PIN is wrong/)
  t.match(await kiosk.ask(hold('x', 'ABB0071|')), /^160N.*was refused/)
  t.equal(create.calls, 0)
})

t.test('[SIP2 2.00 supported messages] BX follows the profile', async (t) => {
  const messages = { ...plainProfile.messages, hold: false, blockPatron: true }
  const status = await (await connect(t, { profile: { messages } })).ask('9900802.00')
  t.same(fieldsOf(status, 'BX'), ['YYYYYYYYYYYNNNYY'])
})
