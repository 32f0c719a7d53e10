/** Payments at a kiosk (37), checked against what Alma has booked and what it was asked. */
import t, { type Test } from 'tap'
import { readSampleFile, sampleLibraryPath } from '../../simulators/alma/state/load.ts'
import { type BaseConfig, type TestBridge, cards, startBridge } from '../helpers/bridge.ts'
import type { RawReply } from '../helpers/raw-sip2.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { emma } = cards

const sample = readSampleFile(sampleLibraryPath)

/** The library has ways of paying of its own. */
const alma = {
  data: {
    ...sample,
    code_tables: { ...sample.code_tables, WorkbenchPaymentMethod: { CHEQUE: 'Cheque', TILL: 'Till' } },
  },
}

async function start(t: Test, payments: object = {}) {
  const config = (base: BaseConfig) => ({ ...base, profiles: { ...base.profiles, plain: { payments } } })
  const bridge = await startBridge(t, { alma, config })
  const kiosk = await bridge.logIn()
  const pay = async (amount: string, more = '', type = '00', card: string = emma) => {
    let reply: RawReply | undefined
    const request = sip2.feePaid(card, amount, more).replace(/^(37.{20})00/, `$1${type}`)
    const calls = await bridge.callsOf(async () => {
      reply = await kiosk.ask(request)
    })
    if (reply === undefined) throw new Error('there is no reply')
    return { reply, calls, request }
  }
  return { bridge, kiosk, pay }
}

/** What Emma still owes, in cents, oldest first: a replacement, an overdue fine, a card; another library's fee is closed. */
const owed = (bridge: TestBridge) =>
  bridge
    .user(emma)
    .fees.filter(({ status }) => status === 'ACTIVE')
    .map(({ type, balanceMinor }) => `${type} ${balanceMinor}`)

const idOf = (bridge: TestBridge, type: string): string =>
  bridge.user(emma).fees.find((fee) => fee.type === type && fee.status === 'ACTIVE')?.id ?? ''

const transactionsOf = (bridge: TestBridge) =>
  bridge.user(emma).fees.flatMap(({ type: fee, transactions }) => transactions.map((one) => ({ fee, ...one })))

/** What staff do in Alma meanwhile. */
async function atDesk({ alma: { url, apiKey } }: TestBridge, path: string, body: object = {}): Promise<void> {
  const headers = { authorization: `apikey ${apiKey}`, accept: 'application/json', 'content-type': 'application/json' }
  const response = await fetch(`${url}/almaws/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
}

const open = ['LOSTITEMREPLACEMENTFEE 2500', 'OVERDUEFINE 160', 'LIBRARYCARDREPLACEMENT 500']

t.test('one fee by its id', async (t) => {
  const { bridge, pay } = await start(t)
  t.same(owed(bridge), open)
  const { reply, calls } = await pay('5.00', `CG${idOf(bridge, 'LIBRARYCARDREPLACEMENT')}|BKpay-1|`)
  t.same(calls, ['getUser', 'listFees', 'payFee'])
  t.equal(reply.fixed[0], 'Y')
  t.equal(reply.get('AF'), 'Thank you. Paid: 5.00 EUR.')
  t.same(owed(bridge), open.slice(0, 2))
})

t.test('a list of fees in one payment, in the order in which they arose', async (t) => {
  const { bridge, pay } = await start(t)
  const ids = `${idOf(bridge, 'LIBRARYCARDREPLACEMENT')}, ${idOf(bridge, 'OVERDUEFINE')}`
  const { reply, calls } = await pay('4.00', `CG${ids}|BKpay-2|`)
  t.same(calls, ['getUser', 'listFees', 'payFee', 'payFee'])
  t.equal(reply.fixed[0], 'Y')
  t.same(owed(bridge), ['LOSTITEMREPLACEMENTFEE 2500', 'LIBRARYCARDREPLACEMENT 260'])
  t.match((await pay('1.00', `CG${ids}|`)).reply.get('AF'), /fee is not in our records/, 'one of them is paid')
})

t.test('a list of fees, each in a field of its own', async (t) => {
  const { bridge, pay } = await start(t)
  const fields = ['LIBRARYCARDREPLACEMENT', 'OVERDUEFINE'].map((type) => `CG${idOf(bridge, type)}|`)
  const { reply, calls } = await pay('4.00', fields.join(''))
  t.same(calls, ['getUser', 'listFees', 'payFee', 'payFee'])
  t.equal(reply.fixed[0], 'Y')
  t.same(owed(bridge), ['LOSTITEMREPLACEMENTFEE 2500', 'LIBRARYCARDREPLACEMENT 260'])
})

t.test('oldest first', async (t) => {
  const { bridge, pay } = await start(t, { order: 'oldest-first' })
  const { reply, calls } = await pay('26.00')
  t.same(calls, ['getUser', 'listFees', 'payFee', 'payFee'])
  t.equal(reply.fixed[0], 'Y')
  t.same(owed(bridge), ['OVERDUEFINE 60', 'LIBRARYCARDREPLACEMENT 500'])
})

t.test('by amount: the fee that it pays exactly, else the oldest first', async (t) => {
  const { bridge, pay } = await start(t, { order: 'matching-amount' })
  await pay('5.00')
  t.same(owed(bridge), ['LOSTITEMREPLACEMENTFEE 2500', 'OVERDUEFINE 160'])
  await pay('3.00')
  t.same(owed(bridge), ['LOSTITEMREPLACEMENTFEE 2200', 'OVERDUEFINE 160'])
})

t.test('complaint 5: more than is owed is refused, and nothing is booked', async (t) => {
  const { bridge, pay } = await start(t)
  const { reply } = await pay('100.00')
  t.match([reply.fixed[0], reply.get('AF')], ['N', /more than you owe/])
  t.equal(bridge.paidBy(emma), 0)
})

t.test('more than the named fee owes is refused, whatever Alma would do with it', async (t) => {
  const { bridge, pay } = await start(t)
  bridge.alma.control.setSwitches({ overpaid: 'accept' })
  const fee = `CG${idOf(bridge, 'LIBRARYCARDREPLACEMENT')}|`
  const { reply, calls } = await pay('7.00', fee)
  t.match([reply.fixed[0], reply.get('AF')], ['N', /more than you owe/])
  t.same(calls, ['getUser', 'listFees'])
  t.equal((await pay('5.00', fee)).reply.fixed[0], 'Y')
  t.same(owed(bridge), open.slice(0, 2))
})

t.test('a payment is compared with what is owed now, not with what the machine was told', async (t) => {
  const { bridge, kiosk, pay } = await start(t, { overpayment: 'take-due' })
  await kiosk.ask(sip2.patronInformation(emma))
  await atDesk(bridge, `/users/emma.koch/fees/${idOf(bridge, 'LOSTITEMREPLACEMENTFEE')}?op=pay&amount=20&method=CASH`)
  const { reply, calls } = await pay('31.60')
  t.same(calls, ['listFees', 'payAllFees'], 'who it is need not be asked again')
  t.same(reply.all('AF'), ['Thank you. Paid: 11.60 EUR.', 'You paid more than was owed. Not recorded: 20.00 EUR.'])

  await kiosk.ask(sip2.patronInformation(emma))
  const fee = { type: { value: 'OTHER' }, original_amount: 5, owner: { value: 'MAIN' } }
  await atDesk(bridge, '/users/emma.koch/fees', fee)
  t.equal((await pay('5.00')).reply.fixed[0], 'Y', 'what was charged since then can be paid')
  t.same(owed(bridge), [])
})

t.test('two kiosks pay the same debt at once: the second sees what the first has booked', async (t) => {
  const { bridge, kiosk } = await start(t)
  bridge.alma.control.setSwitches({ overpaid: 'accept' })
  const other = await bridge.logIn('kiosk-2')
  await Promise.all([kiosk, other].map((machine) => machine.ask(sip2.patronInformation(emma))))
  const replies = await Promise.all([kiosk, other].map((machine) => machine.ask(sip2.feePaid(emma, '20.00'))))
  t.same(replies.map(({ fixed }) => fixed[0]).toSorted(), ['N', 'Y'])
  t.equal(bridge.paidBy(emma), 2000)
  t.match(replies.find(({ fixed }) => fixed[0] === 'N')?.get('AF'), /more than you owe/)
})

t.test('more than is owed is taken as far as it is owed, and the patron is told of the rest', async (t) => {
  const { bridge, pay } = await start(t, { overpayment: 'take-due' })
  const { reply } = await pay('40.00', 'BKpay-3|')
  t.same(reply.all('AF'), ['Thank you. Paid: 31.60 EUR.', 'You paid more than was owed. Not recorded: 8.40 EUR.'])
  t.same(owed(bridge), [])
  t.equal(bridge.paidBy(emma), 3160)
  const { reply: again } = await pay('1.00')
  t.match([again.fixed[0], again.get('AF')], ['N', /more than you owe/], 'nothing is owed at all')
})

t.test('more than is owed is kept as a credit in words', async (t) => {
  const { bridge, pay } = await start(t, { overpayment: 'credit-note' })
  const { reply } = await pay('6.00', `CG${idOf(bridge, 'LIBRARYCARDREPLACEMENT')}|`)
  t.equal(reply.fixed[0], 'Y')
  t.match(reply.all('AF'), [/Paid: 5.00 EUR/, /Credit noted: 1.00 EUR/])
  t.match(transactionsOf(bridge), [{ minor: 500, comment: /1.00 more than was owed: credit/ }])
})

t.test("payment types: the standard's own, the profile's, and codes of Alma's own table", async (t) => {
  const { bridge, pay } = await start(t, { types: { '01': 'online', '05': 'local:CHEQUE' } })
  for (const [type, method] of [
    ['00', 'CASH'],
    ['01', 'ONLINE'],
    ['02', 'CREDIT_CARD'],
    ['05', 'CHEQUE'],
    ['77', 'ONLINE'],
  ] as const) {
    t.equal((await pay('1.00', `CG${idOf(bridge, 'LOSTITEMREPLACEMENTFEE')}|BK${type}|`, type)).reply.fixed[0], 'Y')
    t.match(transactionsOf(bridge).at(-1), { externalId: type, method })
  }
})

t.test("a code that Alma's table does not have is told as a fault of the set-up", async (t) => {
  const { bridge, pay } = await start(t, { types: { '05': 'local:SHELLS' } })
  const { reply } = await pay('1.00', '', '05')
  t.match([reply.fixed[0], reply.get('AF')], ['N', /not set up for this/])
  t.equal(bridge.paidBy(emma), 0)
})

t.test('an institution names its own methods', async (t) => {
  const config = (base: BaseConfig) => {
    const [institution] = base.institutions
    const withTill = { ...institution.alma, mappings: { paymentMethods: { cash: 'TILL' } } }
    return { ...base, institutions: [{ ...institution, alma: withTill }] }
  }
  const bridge = await startBridge(t, { alma, config })
  const kiosk = await bridge.logIn()
  t.equal((await kiosk.ask(sip2.feePaid(emma, '1.00'))).fixed[0], 'Y')
  t.match(transactionsOf(bridge), [{ method: 'TILL' }])
})

const writeOff = { types: ['06'], reason: 'OTHER' }

t.test('a write-off must be switched on: without it the type is a payment', async (t) => {
  const { bridge, pay } = await start(t)
  await pay('1.00', '', '06')
  t.match(transactionsOf(bridge), [{ type: 'PAYMENT', method: 'ONLINE' }])
})

t.test('a write-off waives and pays nothing', async (t) => {
  const { bridge, pay } = await start(t, { writeOff })
  const { reply, calls } = await pay('5.00', `CG${idOf(bridge, 'LIBRARYCARDREPLACEMENT')}|BKw-1|`, '06')
  t.same(calls, ['getUser', 'listFees', 'waiveFee'])
  t.match([reply.fixed[0], reply.get('AF'), reply.get('BK')], ['Y', 'Written off: 5.00 EUR.', 'w-1'])
  t.same(owed(bridge), open.slice(0, 2))
  t.equal(bridge.paidBy(emma), 0)
  t.match(transactionsOf(bridge), [{ type: 'WAIVE', minor: 500, reason: 'OTHER', comment: /^kiosk-1 w-1 CB/ }])
  const { reply: more } = await pay('100.00', '', '06')
  t.match([more.fixed[0], more.get('AF')], ['N', /more than you owe/])
  t.equal((await pay('1.00', '', '00')).reply.fixed[0], 'Y', 'and the others pay')
})

t.test('laws 2 and 3: a payment of several fees and a write-off that come again are booked once', async (t) => {
  const { bridge, pay } = await start(t, { writeOff, order: 'oldest-first' })
  for (const type of ['00', '06']) {
    const { request, reply } = await pay('1.50', 'BKsame|', type)
    const other = await bridge.logIn()
    const again = await other.ask(request)
    t.match([again.fixed[0], again.all('AF')], ['Y', reply.all('AF')])
    other.destroy()
  }
  t.match(
    transactionsOf(bridge).map(({ type, minor }) => [type, minor]),
    [
      ['PAYMENT', 150],
      ['WAIVE', 150],
    ],
  )
})
