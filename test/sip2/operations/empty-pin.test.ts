import t from 'tap'
import { wholeProfile } from '../../../src/runtime/config/sections/profile.ts'
import { rightPassword } from '../../helpers/fake-library-system.ts'
import { connect } from '../../helpers/kiosk.ts'

const date = '20260301    130000'
const status = (pin: string) => `23001${date}AO01INST|AAP100|AC|AD${pin}|`
const checkout = (pin: string) => `11NN${date}${' '.repeat(18)}AO01INST|AAP100|ABB0071|AC|${pin}`

t.test('emptyPin: unchecked shows nothing of the account and lends', async (t) => {
  const kiosk = await connect(t, { profile: wholeProfile.parse({ pinPolicy: 'alma' }) })
  const answer = await kiosk.ask(status(''))
  t.match(answer, /\|AE\|BLY\|AF/)
  t.notMatch(answer, /\|CQ/)
  t.match(await kiosk.ask(checkout('')), /^121/)
})

t.test('emptyPin: accept shows the account, and CQ is not sent for what was not checked', async (t) => {
  const kiosk = await connect(t, { profile: wholeProfile.parse({ pinPolicy: 'alma', emptyPin: 'accept' }) })
  const answer = await kiosk.ask(status(''))
  t.match(answer, /\|AEAda King Lovelace\|BLY\|BH/)
  t.notMatch(answer, /\|CQ/)
  t.match(await kiosk.ask(status('wrong')), /\|AE\|BLY\|CQN\|/, 'a wrong one is wrong all the same')
})

t.test('emptyPin: refuse treats a missing one as a wrong one', async (t) => {
  const kiosk = await connect(t, { profile: wholeProfile.parse({ pinPolicy: 'alma', emptyPin: 'refuse' }) })
  const answer = await kiosk.ask(status(''))
  t.match(answer, /\|AE\|BLN\|AFCard number or PIN is wrong\.\|/)
  t.notMatch(answer, /\|CQ/)
  t.match(await kiosk.ask(checkout('')), /^120.*AFCard number or PIN is wrong\./)
  t.match(await kiosk.ask(checkout(`AD${rightPassword}|`)), /^121/)
  const without = await connect(t, { profile: wholeProfile.parse({ emptyPin: 'refuse' }) })
  t.match(await without.ask(checkout('')), /^121/, 'where no PIN is checked none is missed')
})
