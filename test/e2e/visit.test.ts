/** A patron's whole visit at a kiosk over TLS, checked against what Alma holds and what it was asked. */
import t, { type Test } from 'tap'
import { appendChecksum } from '../helpers/checksum.ts'
import { cards, copy, startBridge, type TestBridge } from '../helpers/bridge.ts'
import type { RawReply } from '../helpers/raw-sip2.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import type { SocketKiosk } from '../helpers/socket-kiosk.ts'

const { anna, jonas, mia, lukas, sofia, paul, emma } = cards

/** An instant in the 18 characters of SIP2, as the clocks of Berlin show it. */
function inBerlin(instant: number | undefined): string {
  const [day = '', time = ''] = new Date(instant ?? Number.NaN)
    .toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' })
    .split(' ')
  return `${day.replaceAll('-', '')}    ${time.replaceAll(':', '')}`
}

/** Asks and says which calls it cost. */
async function ask(bridge: TestBridge, kiosk: SocketKiosk, request: string) {
  let reply: RawReply | undefined
  const calls = await bridge.callsOf(async () => {
    reply = await kiosk.ask(request)
  })
  if (reply === undefined) throw new Error('there is no reply')
  return { reply, calls }
}

async function atKiosk(t: Test, user?: string) {
  const bridge = await startBridge(t)
  const kiosk = await bridge.logIn(user)
  return { bridge, kiosk, ask: (request: string) => ask(bridge, kiosk, request) }
}

t.test('log-in and status cost nothing and say what is served', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.connect()
  const calls = await bridge.callsOf(async () => {
    t.equal((await kiosk.ask(sip2.login('kiosk', 'wrong'))).fixed, '0')
    t.equal((await kiosk.ask(sip2.login('kiosk', 'kiosk-secret'))).fixed, '1')
    const reply = await kiosk.ask(sip2.status)
    t.equal(reply.code, '98')
    t.match(
      reply.fixed,
      /^YYYYNN150003\d{8} {4}\d{6}2\.00$/,
      'on line, checkin, checkout, renewal; no update, no off-line',
    )
    t.equal(reply.get('AO'), '01DEMO_INST')
    t.equal(reply.get('AM'), 'Demo University')
    t.equal(reply.get('BX'), 'YYYNYYYYYYYNNYYY', 'no block patron, item status update, patron enable')
  })
  t.same(calls, [])
})

t.test('patron status: one call, then none within the visit', async (t) => {
  const { ask } = await atKiosk(t)
  const first = await ask(sip2.patronStatus(anna))
  t.same(first.calls, ['getUser'])
  t.equal(first.reply.code, '24')
  t.equal(first.reply.fixed.slice(0, 14), ' '.repeat(14), 'nothing is denied')
  t.equal(first.reply.get('AE'), 'Anna Becker')
  t.equal(first.reply.get('BL'), 'Y')
  t.equal(first.reply.get('BV'), '2.40')
  t.equal(first.reply.get('BH'), 'EUR')
  t.equal(first.reply.get('CQ'), undefined, 'no password was checked')
  t.same((await ask(sip2.patronStatus(anna))).calls, [])
})

t.test('patron information: all counts and each list', async (t) => {
  const { bridge, kiosk, ask } = await atKiosk(t)
  const { reply, calls } = await ask(sip2.patronInformation(anna))
  t.equal(calls[0], 'getUser')
  t.same(calls.slice(1).toSorted(), ['listFees', 'listLoans', 'listRequests'])
  t.equal(reply.code, '64')
  t.equal(reply.fixed.slice(35), '000100010003000100000001', 'holds, overdue, charged, fines, recalls, waiting holds')

  const listed = async (position: number, id: string, more = '') => {
    const summary = `${' '.repeat(position)}Y${' '.repeat(9 - position)}`
    return (await kiosk.ask(sip2.patronInformation(anna, summary, more))).all(id)
  }
  t.same(await listed(0, 'AS'), [copy(12)])
  t.same(await listed(1, 'AT'), [copy(10)])
  t.same(await listed(2, 'AU'), [copy(10), copy(11), copy(9)])
  t.match(await listed(3, 'AV'), [/^\d+ 2\.40 EUR/])
  t.same(await listed(4, 'BU'), [])
  t.same((await listed(5, 'CD')).length, 1)
  t.same(await listed(2, 'AU', 'BP2|BQ2|'), [copy(11)], 'a page')
  t.same(
    bridge.user(anna).fees.map(({ balanceMinor }) => balanceMinor),
    [240],
  )
})

t.test('two items are lent with one call each, and Alma holds the loans', async (t) => {
  const { bridge, ask } = await atKiosk(t)
  for (const number of [1, 2]) {
    const { reply, calls } = await ask(sip2.checkout(jonas, copy(number)))
    t.same(calls, ['createLoan'])
    t.match(reply.fixed, /^1NNY/)
    t.equal(reply.get('AA'), jonas)
    t.equal(reply.get('AB'), copy(number))
    const loan = bridge.item(copy(number)).loan
    t.equal(bridge.borrowerOf(copy(number)), jonas)
    t.equal(loan?.circDesk, 'SELFCHECK')
    t.equal(reply.get('AJ'), loan?.item.holding.bib.title)
    t.equal(reply.get('AH'), inBerlin(loan?.dueAt))
  }
  t.equal(bridge.user(jonas).loans.size, 2)
})

t.test('complaint 3: a due date of the kiosk is kept for a loan that already happened', async (t) => {
  const { bridge, ask } = await atKiosk(t)
  const due = `${new Date().getUTCFullYear() + 1}0305    120000`
  const { reply, calls } = await ask(sip2.checkout(jonas, copy(1), { noBlock: true, due }))
  t.same(calls, ['createLoan', 'updateLoan'])
  t.equal(reply.get('AH'), inBerlin(bridge.item(copy(1)).loan?.dueAt))
  t.equal(reply.get('AH')?.slice(0, 8), due.slice(0, 8))
})

t.test('every refusal tells its own cause and lends nothing', async (t) => {
  const { bridge, kiosk, ask } = await atKiosk(t)
  const refusals = [
    ['unknown item', jonas, '99999999', /item is not in our records/],
    ['unknown patron', '00000', copy(1), /card is not in our records/],
    ['a reference item away from its desk', jonas, copy(19), /cannot be borrowed here/],
    ['blocked', lukas, copy(1), /card is blocked/],
    ['expired', mia, copy(1), /card has expired/],
    ['no patron', sofia, copy(1), /does not allow borrowing/],
    ['as many loans as allowed', paul, copy(1), /as many items on loan/],
    ['lent to another', jonas, copy(9), /cannot be borrowed/],
    ['on the hold shelf for another', jonas, copy(12), /cannot be borrowed/],
    ['another library', jonas, copy(22), /cannot be borrowed here/],
    ['another copy on loan', jonas, copy(8), /another copy of this title/],
  ] as const
  await kiosk.ask(sip2.checkout(jonas, copy(7)))
  for (const [why, card, barcode, words] of refusals) {
    const before = bridge.alma.control.store.itemByBarcode(barcode)?.loan
    const { reply, calls } = await ask(sip2.checkout(card, barcode))
    t.same(calls, ['createLoan'], `${why}: one call`)
    t.match(reply.fixed, /^0NNN/, why)
    t.match(reply.get('AF'), words, why)
    t.equal(bridge.alma.control.store.itemByBarcode(barcode)?.loan, before, `${why}: nothing was lent`)
  }
  const atDesk = await bridge.logIn('desk')
  t.match((await atDesk.ask(sip2.checkout(jonas, copy(19)))).get('AF'), /cannot be borrowed/, 'a reference item')
  t.equal(bridge.item(copy(19)).loan, undefined)
})

t.test('an own loan is renewed when the kiosk asks for it, else refused', async (t) => {
  const { bridge, ask } = await atKiosk(t)
  const loan = bridge.item(copy(9)).loan
  const refused = await ask(sip2.checkout(anna, copy(9)))
  t.match(refused.reply.fixed, /^0N/)
  t.match(refused.reply.get('AF'), /already have this item/)
  t.equal(loan?.renewals, 0)
  const { reply, calls } = await ask(sip2.checkout(anna, copy(9), { renewal: true }))
  t.same(calls, ['createLoan', 'listLoans', 'renewLoan'])
  t.match(reply.fixed, /^1Y/)
  t.equal(loan?.renewals, 1)
  t.equal(reply.get('AH'), inBerlin(loan?.dueAt))
})

t.test('complaint 6: renew and renew all', async (t) => {
  const { bridge, ask } = await atKiosk(t)
  const loan = bridge.item(copy(9)).loan
  const first = await ask(sip2.renew(anna, copy(9)))
  t.same(first.calls, ['listLoans', 'renewLoan'])
  t.match(first.reply.fixed, /^1YNY/)
  t.equal(first.reply.get('AH'), inBerlin(loan?.dueAt))
  t.equal(loan?.renewals, 1)

  const wanted = await ask(sip2.renew(anna, copy(11)))
  t.same(wanted.calls, ['renewLoan'], 'the visit knows the loan')
  t.match(wanted.reply.fixed, /^0N/)
  t.match(wanted.reply.get('AF'), /cannot be renewed/)
  t.match((await ask(sip2.renew(anna, copy(1)))).reply.get('AF'), /not on loan to you/)

  const all = await ask(sip2.renewAll(paul))
  t.equal(all.reply.code, '66')
  t.same(all.calls.toSorted(), ['listLoans', 'renewLoan', 'renewLoan', 'renewLoan'])
  t.equal(all.reply.fixed.slice(0, 9), '100030000')
  t.same(all.reply.all('BM').toSorted(), [copy(15), copy(16), copy(17)])
  for (const number of [15, 16, 17]) t.equal(bridge.item(copy(number)).loan?.renewals, 1)
})

t.test('complaint 19: fees are paid by amount and by id, never more than is owed', async (t) => {
  const { bridge, ask } = await atKiosk(t)
  const owed = () =>
    bridge.user(emma).fees.reduce((sum, fee) => sum + (fee.status === 'ACTIVE' ? fee.balanceMinor : 0), 0)
  t.equal(owed(), 3160)
  const byAmount = await ask(sip2.feePaid(emma, '10.00', 'BKpay-1|'))
  t.same(byAmount.calls, ['getUser', 'listFees', 'payAllFees'])
  t.equal(byAmount.reply.fixed[0], 'Y')
  t.equal(byAmount.reply.get('BK'), 'pay-1')
  t.equal(owed(), 2160)

  const card = bridge.user(emma).fees.find(({ type }) => type === 'LIBRARYCARDREPLACEMENT')
  const byId = await ask(sip2.feePaid(emma, '3.00', `CG${card?.id}|BKpay-2|`))
  t.equal(byId.reply.fixed[0], 'Y')
  t.equal(card?.balanceMinor, 200)
  t.match(card?.transactions, [{ type: 'PAYMENT', minor: 300, externalId: 'pay-2', method: 'CASH' }])

  const paid = bridge.paidBy(emma)
  for (const [request, words] of [
    [sip2.feePaid(emma, '100.00'), /more than you owe/],
    [sip2.feePaid(emma, '0.00'), /cannot be paid/],
    [sip2.feePaid(emma, '3.00', `CG${card?.id}|`), /more than you owe/],
    [sip2.feePaid(emma, '1.00', 'CG999|'), /fee is not in our records/],
    [sip2.feePaid(emma, '1.00').replace('EUR', 'USD'), /currency is not accepted/],
  ] as const) {
    const { reply } = await ask(request)
    t.equal(reply.fixed[0], 'N')
    t.match(reply.get('AF'), words)
  }
  t.equal(bridge.paidBy(emma), paid)
})

t.test('item information', async (t) => {
  const { ask } = await atKiosk(t)
  for (const [number, circulationStatus, calls] of [
    [1, '03', 2],
    [9, '04', 2],
    [12, '08', 3],
    [25, '10', 2],
    [26, '13', 2],
  ] as const) {
    const told = await ask(sip2.itemInformation(copy(number)))
    t.equal(told.reply.fixed.slice(0, 2), circulationStatus, copy(number))
    t.equal(told.calls.length, calls)
  }
  const again = await ask(sip2.itemInformation(copy(1)))
  t.equal(again.calls.length, 1, 'the keys are known')
  t.equal(again.reply.get('AJ'), 'The Name of the Rose')
  t.equal(again.reply.get('AQ'), 'Open Stacks')
  const unknown = await ask(sip2.itemInformation('99999999'))
  t.equal(unknown.reply.fixed.slice(0, 2), '01')
  t.match(unknown.reply.get('AF'), /item is not in our records/)
})

t.test('checkin: reshelve, hold shelf, transit', async (t) => {
  const { bridge, ask } = await atKiosk(t, 'desk')
  const home = await ask(sip2.checkin(copy(15)))
  t.ok(home.calls.length <= 3, `${home.calls}`)
  t.match(home.reply.fixed, /^1YNN/, 'no alert')
  t.match([home.reply.get('AQ'), home.reply.get('AJ'), home.reply.get('CL')], ['Open Stacks', /Language/, 'shelf'])
  t.equal(bridge.item(copy(15)).loan, undefined)
  t.equal(home.reply.get('CV'), undefined)

  const held = await ask(sip2.checkin(copy(11)))
  t.match(held.reply.fixed, /^1YNY/, 'an alert')
  t.match([held.reply.get('CV'), held.reply.get('CL')], ['01', 'hold'])
  t.equal(bridge.item(copy(11)).process, 'HOLDSHELF')

  const wanted = await ask(sip2.checkin(copy(14)))
  t.match([wanted.reply.get('CV'), wanted.reply.get('CL'), wanted.reply.get('CT')], ['02', 'transit', 'Branch Library'])
  t.equal(bridge.item(copy(14)).process, 'TRANSIT')

  const foreign = await ask(sip2.checkin(copy(23)))
  t.match([foreign.reply.get('CV'), foreign.reply.get('CT')], ['04', 'Branch Library'])
  t.equal(bridge.item(copy(23)).process, 'TRANSIT')

  const known = await ask(sip2.checkin(copy(15)))
  t.same(known.calls, ['scanItem'], 'one call when the keys are known')
  const unknown = await ask(sip2.checkin('99999999'))
  t.match(unknown.reply.fixed, /^0N/)
  t.equal(unknown.reply.get('AQ'), '')
  t.match(unknown.reply.get('AF'), /item is not in our records/)
})

t.test('end of session costs nothing and forgets the patron', async (t) => {
  const { ask } = await atKiosk(t)
  await ask(sip2.patronStatus(anna))
  const { reply, calls } = await ask(sip2.endSession(anna))
  t.same(calls, [])
  t.equal(reply.code, '36')
  t.equal(reply.fixed[0], 'Y')
  t.same((await ask(sip2.patronStatus(anna))).calls, ['getUser'])
})

t.test('law 2: a request that comes again executes nothing, on the same connection and on a new one', async (t) => {
  const { bridge, kiosk } = await atKiosk(t)
  const request = appendChecksum(sip2.checkout(jonas, copy(1)), 7)
  kiosk.write(`${request}\r`)
  const first = await kiosk.expectReply(7)
  t.match(first.fixed, /^1/)
  const calls = await bridge.callsOf(async () => {
    kiosk.write(`${request}\r`)
    t.equal((await kiosk.expectReply(7)).line, first.line, 'byte for byte')
    kiosk.write('97\r')
    t.equal(await kiosk.line(), first.line, 'asked for by 97, too')
    kiosk.destroy()
    const other = await bridge.logIn()
    other.write(`${request}\r`)
    const { fixed, line } = await other.expectReply(7)
    t.equal(fixed.slice(0, 4), first.fixed.slice(0, 4))
    other.write('97\r')
    t.equal(await other.line(), line)
  })
  t.same(calls, [])
  t.equal(bridge.user(jonas).loans.size, 1)
})
