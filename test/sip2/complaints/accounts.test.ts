/** What users of other SIP2 servers complain about, by the numbers of docs/sip2-compared.md: patrons, PINs and money. */
import t from 'tap'
import { readSampleFile, sampleLibraryPath } from '../../../simulators/alma/state/load.ts'
import type { ProfileInput } from '../../../src/runtime/config/sections/profile.ts'
import { type BaseConfig, cards, copy, startBridge } from '../../helpers/bridge.ts'
import * as sip2 from '../../helpers/raw-sip2.ts'

const { anna, emma, jonas, lukas, mia, paul, sofia } = cards
const sample = readSampleFile(sampleLibraryPath)

const withProfile = (plain: ProfileInput) => ({
  config: (base: BaseConfig) => ({ ...base, profiles: { ...base.profiles, plain } }),
})

const charged = '  Y       '
const fines = '   Y      '

t.test('complaint 8: an item that was just lent is among the charged items', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.logIn()
  t.same((await kiosk.ask(sip2.patronInformation(jonas, charged))).all('AU'), [])
  await kiosk.ask(sip2.checkout(jonas, copy(1)))
  const after = await kiosk.ask(sip2.patronInformation(jonas, charged))
  t.same([after.all('AU'), after.fixed.slice(43, 47)], [[copy(1)], '0001'])
})

t.test('complaint 10: who owes money but is stopped by something else is not told of money', async (t) => {
  const bridge = await startBridge(t, {
    alma: {
      data: {
        ...sample,
        fees: [lukas, mia, paul].map((card) => ({
          user_primary_id: sample.users?.find(({ barcode }) => barcode === card)?.primary_id ?? '',
          original_amount: 3,
          type: 'OTHER',
        })),
      },
    },
  })
  const kiosk = await bridge.logIn()
  for (const [card, words] of [
    [lukas, /card is blocked/],
    [mia, /card has expired/],
    [paul, /as many items on loan/],
  ] as const) {
    const refused = await kiosk.ask(sip2.checkout(card, copy(1)))
    t.match(refused.all('AF').join(' '), words)
    t.notMatch(refused.all('AF').join(' '), /owe|fee|EUR/)
  }
})

t.test('complaint 20: a wrong PIN is never right, and one visit asks Alma about a PIN once', async (t) => {
  const bridge = await startBridge(t, withProfile({ pinPolicy: 'alma' }))
  const kiosk = await bridge.logIn()
  const pin = 'correct-horse-7'
  const calls = await bridge.callsOf(async () => {
    t.equal((await kiosk.ask(sip2.patronStatus(jonas, pin))).get('CQ'), 'Y')
    t.equal((await kiosk.ask(sip2.patronStatus(jonas, pin))).get('CQ'), 'Y')
    t.match((await kiosk.ask(sip2.checkout(jonas, copy(1), { pin }))).fixed, /^1/)
    t.match((await kiosk.ask(sip2.checkout(jonas, copy(2), { pin }))).fixed, /^1/)
  })
  t.equal(calls.filter((name) => name === 'authenticateUser').length, 1, 'no lock by asking too often')
  await kiosk.ask(sip2.endSession(jonas))
  const wrong = await bridge.callsOf(async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      t.equal((await kiosk.ask(sip2.patronStatus(jonas, 'guess'))).get('CQ'), 'N')
      t.match((await kiosk.ask(sip2.checkout(jonas, copy(3), { pin: 'guess' }))).fixed, /^0/)
    }
  })
  t.equal(wrong.filter((name) => name === 'authenticateUser').length, 1, 'the same wrong PIN is not asked again')
  t.equal(bridge.item(copy(3)).loan, undefined)
})

t.test('complaint 21: 24 and 64 tell the same flags, and only those of the cause', async (t) => {
  const bridge = await startBridge(t)
  const flags = new Map<string, string>()
  for (const card of Object.values(cards)) {
    const kiosk = await bridge.logIn()
    const status = await kiosk.ask(sip2.patronStatus(card))
    await kiosk.ask(sip2.endSession(card))
    const information = await kiosk.ask(sip2.patronInformation(card))
    t.equal(information.fixed.slice(0, 14), status.fixed.slice(0, 14))
    t.same(information.all('BL'), status.all('BL'))
    t.not(status.fixed.slice(0, 14), 'Y'.repeat(14))
    flags.set(card, status.fixed.slice(0, 14))
    kiosk.destroy()
  }
  const none = ' '.repeat(14)
  t.same([flags.get(anna), flags.get(jonas)], [none, none])
  t.match(flags.get(lukas), /^Y/)
  t.match(flags.get(sofia), /^Y/)
  t.equal(flags.get(lukas)?.slice(4), none.slice(4), 'a block says nothing of lost items or fees')
})

t.test('complaint 22: 24, 64 and the list of fines agree to the cent, and closed fees are not listed', async (t) => {
  const amounts = [0.1, 0.2, 1.15, 2.35]
  const fee = { user_primary_id: 'jonas.weber', type: 'OTHER' }
  const bridge = await startBridge(t, {
    alma: {
      data: {
        ...sample,
        fees: [
          ...amounts.map((original_amount) => ({ ...fee, original_amount })),
          { ...fee, original_amount: 7, balance: 0, status: 'CLOSED' },
          { ...fee, original_amount: 9, status: 'EXPORTED' },
        ],
      },
    },
  })
  const totals = async (card: string) => {
    const kiosk = await bridge.logIn()
    const status = await kiosk.ask(sip2.patronStatus(card))
    await kiosk.ask(sip2.endSession(card))
    const information = await kiosk.ask(sip2.patronInformation(card, fines))
    kiosk.destroy()
    const cents = information
      .all('AV')
      .map((line) => Math.round(Number(/^\d+ (\d+\.\d\d) EUR/.exec(line)?.[1]) * 100))
      .reduce((sum, each) => sum + each, 0)
    return [status.get('BV'), information.get('BV'), information.fixed.slice(47, 51), cents]
  }
  t.same(await totals(jonas), ['3.80', '3.80', '0004', 380])
  const kiosk = await bridge.logIn()
  t.match((await kiosk.ask(sip2.feePaid(jonas, '0.10'))).fixed, /^Y/)
  t.match((await totals(jonas)).slice(0, 2), ['3.70', '3.70'], 'after a part was paid, too')
})

t.test('complaint 23: amounts have a dot and no grouping, in every language, and their own currency', async (t) => {
  const fee = { user_primary_id: 'jonas.weber', type: 'OTHER', original_amount: 1234567.5 }
  const bridge = await startBridge(t, { alma: { data: { ...sample, fees: [fee] } } })
  const kiosk = await bridge.logIn()
  for (const language of ['000', '001', '002', '003', '006', '016']) {
    const status = await kiosk.ask(sip2.patronStatus(jonas).replace('23001', `23${language}`))
    t.same([status.get('BV'), status.get('BH')], ['1234567.50', 'EUR'], language)
  }
  t.match((await kiosk.ask(sip2.feePaid(jonas, '1234567.5'))).fixed, /^Y/, 'and are read as machines write them')
  t.equal(bridge.paidBy(jonas), 123_456_750)
})

t.test('complaint 25: a key that Alma does not take is not told as a fault of the patron', async (t) => {
  const bridge = await startBridge(t, withProfile({ pinPolicy: 'alma' }))
  const kiosk = await bridge.logIn()
  bridge.alma.control.setFaults({ kind: 'answer', form: 'gateway-json', status: 401, code: 'UNAUTHORIZED' })
  const status = await kiosk.ask(sip2.patronStatus(jonas, 'correct-horse-7'))
  t.equal(status.get('CQ'), undefined, 'nothing was checked')
  t.notMatch(status.all('AF').join(' '), /PIN|password|know this card|expired/i)
  t.match(status.all('AF').join(' '), /\S/, 'the screen says why')
  bridge.alma.control.clearFaults()
  t.equal(
    (await kiosk.ask(sip2.patronStatus(jonas, 'correct-horse-7'))).get('CQ'),
    'Y',
    'and it is over with its cause',
  )
})

t.test('complaint 28: no PIN opens nothing, an expired card is not valid, ready holds are told apart', async (t) => {
  const bridge = await startBridge(t, withProfile({ pinPolicy: 'alma' }))
  const kiosk = await bridge.logIn()
  const none = await kiosk.ask(sip2.patronInformation(jonas, charged))
  t.same([none.get('CQ'), none.get('AE')], [undefined, ''])
  const unchecked = await (await startBridge(t)).logIn()
  t.equal((await unchecked.ask(sip2.patronStatus(mia))).get('BL'), 'N')
  const held = await unchecked.ask(sip2.patronInformation(anna, 'Y         '))
  t.same([held.fixed.slice(35, 39), held.fixed.slice(55, 59), held.all('AS')], ['0001', '0001', [copy(12)]])
})

t.test('complaint 30: a patron without e-mail, address or telephone is served like any other', async (t) => {
  const bridge = await startBridge(t)
  t.notMatch(JSON.stringify(bridge.user(emma).record), /@|phone_number":"\d/, 'she has none')
  const kiosk = await bridge.logIn()
  const information = await kiosk.ask(sip2.patronInformation(emma))
  t.match([information.get('BL'), information.get('AE')], ['Y', 'Emma Koch'])
  t.notOk(information.get('BE'))
  t.match((await kiosk.ask(sip2.checkout(emma, copy(1)))).fixed, /^1/)
})
