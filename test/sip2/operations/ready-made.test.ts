import t from 'tap'
import { type ReadyMadeName, readyMadeProfiles } from '../../../src/runtime/config/ready-made-profiles.ts'
import { wholeProfile } from '../../../src/runtime/config/sections/profile.ts'
import { rightPassword } from '../../helpers/fake-library-system.ts'
import { connect, fieldsOf } from '../../helpers/kiosk.ts'

const date = '20260301    130000'
const checkin = `09N${date}${date}AP|AO01INST|ABB0071|AC|`
const checkout = `11NN${date}${' '.repeat(18)}AO01INST|AAP100|ABB0071|AC|`
const information = (pin: string, summary = ' '.repeat(10)) => `63001${date}${summary}AO01INST|AAP100|AC|AD${pin}|`

const profileOf = (name: ReadyMadeName) => wholeProfile.parse(readyMadeProfiles[name])

for (const name of ['lyngsoe', 'pv-supa'] as const) {
  t.test(`${name}: a checkin has every field that sorting rules are written on, and lending is served`, async (t) => {
    const kiosk = await connect(t, { profile: profileOf(name) })
    const answer = await kiosk.ask(checkin)
    t.match(answer, /^101/)
    for (const field of ['AQ', 'CH', 'CR', 'CT', 'CV']) t.match(answer, new RegExp(`\\|${field}[^|]+\\|`), field)
    t.match(await kiosk.ask(checkout), /^121/)
  })
}

t.test(
  'pc-reservation: an empty PIN shows nothing, has no CQ, and never says that the card is not valid',
  async (t) => {
    const kiosk = await connect(t, { profile: profileOf('pc-reservation') })
    for (const pin of ['', 'wrong']) {
      const answer = await kiosk.ask(information(pin))
      t.match(answer, /\|AE\|BLY\|/)
      t.notMatch(answer, /\|CQY|\|P[ABC]/)
    }
    t.match(await kiosk.ask(information(rightPassword)), /\|BLY\|CQY\|/)
    t.match(await kiosk.ask(checkout), /^120/)
  },
)

t.test('pc-reservation: no list of requests, and a first count of those that are ready alone', async (t) => {
  const asked = information(rightPassword, '     Y    ')
  const listed = await connect(t, { profile: profileOf('envisionware') })
  t.match(await listed.ask(asked), /\|CD/, 'there is a request that is not ready')
  const kiosk = await connect(t, { profile: profileOf('pc-reservation') })
  const answer = await kiosk.ask(asked)
  t.notMatch(answer, /\|(AS|CD)/)
  t.equal(answer.slice(37, 41), '0000')
  t.equal(answer.slice(57, 61), '0001')
})

t.test('envisionware: what Koha and Evergreen send is in patron information, not in patron status', async (t) => {
  const kiosk = await connect(t, { profile: profileOf('envisionware') })
  t.same(fieldsOf(await kiosk.ask(information(rightPassword)), 'PC'), ['STAFF'])
  t.notMatch(await kiosk.ask(`23001${date}AO01INST|AAP100|AC|AD${rightPassword}|`), /\|P[ABC]/)
})
