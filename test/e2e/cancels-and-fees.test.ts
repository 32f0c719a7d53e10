/** What a kiosk takes back (BI), has done already (no block), and charges for (BO), checked against what Alma holds. */
import t, { type Test } from 'tap'
import { type BaseConfig, cards, copy, startBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { anna, jonas, lukas, mia, paul } = cards

async function start(t: Test, plain: object = {}, journal?: 'sqlite') {
  const file = `${t.testdir({})}/journal.db`
  const config = (base: BaseConfig) => ({
    ...base,
    profiles: { ...base.profiles, plain },
    ...(journal && { journal: { sqlite: { file, keys: [{ id: 'test', secret: 'env:JOURNAL_KEY' }] } } }),
  })
  const bridge = await startBridge(t, { env: { JOURNAL_KEY: Buffer.alloc(32, 7).toString('base64') }, config })
  return { bridge, kiosk: await bridge.logIn() }
}

const cancelled = (request: string): string => request.replace('BIN|', 'BIY|')

t.test('09 with BI=Y takes a failed checkout back: quietly, whoever waits for the item', async (t) => {
  for (const plain of [{}, { requestedItems: 'refuse' }]) {
    const { bridge, kiosk } = await start(t, plain)
    const back = await kiosk.ask(cancelled(sip2.checkin(copy(11))))
    t.match(back.fixed, /^1YNN/, 'no alert')
    t.match([back.all('AF'), back.get('CV')], [[], undefined])
    t.equal(bridge.item(copy(11)).loan, undefined)
  }
})

t.test('11 with BI=Y takes a failed checkin back: the loan is there, and is not renewed', async (t) => {
  const { bridge, kiosk } = await start(t)
  const still = await kiosk.ask(sip2.checkout(anna, copy(9), { cancel: true, renewal: true }))
  t.match([still.fixed.slice(0, 2), still.all('AF')], ['1N', []])
  t.equal(bridge.item(copy(9)).loan?.renewals, 0)
  await kiosk.ask(sip2.checkin(copy(9)))
  t.equal(bridge.item(copy(9)).loan, undefined)
  const again = await kiosk.ask(sip2.checkout(anna, copy(9), { cancel: true }))
  t.match(again.fixed, /^1N/)
  t.equal(bridge.borrowerOf(copy(9)), anna)
})

t.test('no block: what Alma refuses on line is not refused, and waits for staff', async (t) => {
  const { bridge, kiosk } = await start(t, {}, 'sqlite')
  for (const [why, card, barcode] of [
    ['blocked', lukas, copy(1)],
    ['expired', mia, copy(2)],
    ['too many loans', paul, copy(3)],
    ['not for loan', jonas, copy(19)],
  ] as const) {
    const reply = await kiosk.ask(sip2.checkout(card, barcode, { noBlock: true, due: '20990110    235959' }))
    t.match([reply.fixed[0], reply.get('AF')], ['1', /^Noted/], why)
    t.equal(reply.get('AH'), '20990110    235959', 'the due date that the kiosk gave')
    t.equal(bridge.item(barcode).loan, undefined)
  }
  const back = await kiosk.ask(sip2.checkin('99999999').replace(/^09N/, '09Y'))
  t.match([back.fixed[0], back.get('AF')], ['1', /^Noted/])
  const [{ changes }] = JSON.parse((await bridge.get('/readyz')).text).institutions
  t.match(changes, { exceptions: 5 })
  const ordinary = await kiosk.ask(sip2.checkout(lukas, copy(4)))
  t.match([ordinary.fixed[0], ordinary.get('AF')], ['0', /card is blocked/], 'without it policy stands')
})

const feesToAccept = {
  checkout: [
    { amount: 250, policy: 'SHORT' },
    { amount: 100, materialType: ['DVD', 'BOOK'] },
  ],
  renew: [{ amount: 50 }],
}

t.test('BO: a loan that costs something is made only when the patron has agreed to it', async (t) => {
  const { bridge, kiosk } = await start(t, { feesToAccept })
  for (const [why, request] of [
    ['BO is N', sip2.checkout(jonas, copy(1))],
    ['BO is missing', sip2.checkout(jonas, copy(1)).replace('BON|', '')],
  ] as const) {
    const reply = await kiosk.ask(request)
    t.match(reply.fixed, /^0NNN/, why)
    t.match(
      ['BT', 'BH', 'BV', 'AF'].map((id) => reply.get(id)),
      ['06', 'EUR', '1.00', 'This costs 1.00 EUR. Please agree to it first.'],
    )
    t.equal(bridge.item(copy(1)).loan, undefined)
  }
  const agreed = sip2.checkout(jonas, copy(1)).replace('BON|', 'BOY|')
  t.same(await bridge.callsOf(async () => t.match((await kiosk.ask(agreed)).fixed, /^1N/)), ['createLoan'])
  t.equal(bridge.borrowerOf(copy(1)), jonas)

  t.equal((await kiosk.ask(sip2.checkout(jonas, copy(18)))).get('BV'), '2.50', 'the first rule that holds')
  t.match((await kiosk.ask(sip2.checkout(jonas, '99999999'))).get('AF'), /item is not in our records/)
  t.match((await kiosk.ask(sip2.checkout(jonas, copy(2), { cancel: true }))).fixed, /^1/, 'a cancel asks nothing')
  t.match((await kiosk.ask(sip2.checkout(jonas, copy(3), { noBlock: true }))).fixed, /^1/, 'what happened asks nothing')
})

t.test('complaint 4: BO: a renewal that costs something is made only when the patron has agreed to it', async (t) => {
  const { bridge, kiosk } = await start(t, { feesToAccept })
  const asked = await kiosk.ask(sip2.renew(anna, copy(9)))
  t.match([asked.fixed[0], asked.get('BT'), asked.get('BV')], ['0', '06', '0.50'])
  t.equal(bridge.item(copy(9)).loan?.renewals, 0)
  t.match((await kiosk.ask(sip2.renew(anna, copy(9)).replace('BON|', 'BOY|'))).fixed, /^1Y/)
  t.equal(bridge.item(copy(9)).loan?.renewals, 1)
})

t.test('BO: renew all renews what costs nothing, and tells what the rest costs', async (t) => {
  const { bridge, kiosk } = await start(t, { feesToAccept: { renew: [{ amount: 50, policy: 'REGULAR' }] } })
  for (const barcode of [copy(1), copy(6)]) t.match((await kiosk.ask(sip2.checkout(jonas, barcode))).fixed, /^1/)
  const calls = await bridge.callsOf(async () => {
    const some = await kiosk.ask(sip2.renewAll(jonas))
    t.equal(some.fixed.slice(0, 9), '100010001', 'one renewed, one not')
    t.same([some.all('BM'), some.all('BN')], [[copy(1)], [copy(6)]])
    t.same(some.all('AF'), [
      'Renewed: 1. Not renewed: 1.',
      'Fee for further renewals: 0.50 EUR. Please agree to it first.',
    ])
    t.same([some.get('BT'), some.get('BV')], [undefined, undefined], 'which 66 does not have')
  })
  t.same(calls, ['listLoans', 'renewLoan'], 'the policy of a loan is known from the list')
  t.equal(bridge.item(copy(6)).loan?.renewals, 0)

  const agreed = await kiosk.ask(sip2.renewAll(jonas).replace('BON|', 'BOY|'))
  t.ok(agreed.all('BM').includes(copy(6)), 'also within the same second')
  t.equal(bridge.item(copy(6)).loan?.renewals, 1)
})

t.test('BO: renew all reads the items where a rule goes by their material', async (t) => {
  const { kiosk } = await start(t, {
    feesToAccept: { renew: [{ amount: 50, policy: 'REGULAR', materialType: 'BOOK' }] },
  })
  for (const barcode of [copy(1), copy(6)]) t.match((await kiosk.ask(sip2.checkout(jonas, barcode))).fixed, /^1/)
  const all = await kiosk.ask(sip2.renewAll(jonas))
  t.same([all.all('BM'), all.all('BN')], [[copy(1)], [copy(6)]])
})

t.test('BO: without rules nothing is asked of the patron or of Alma', async (t) => {
  const { bridge, kiosk } = await start(t)
  const calls = await bridge.callsOf(async () => {
    t.match((await kiosk.ask(sip2.checkout(jonas, copy(1)))).fixed, /^1/)
  })
  t.same(calls, ['createLoan'])
})
