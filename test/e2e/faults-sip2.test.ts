/** Laws 1, 2, 3 and 4 at a kiosk: every change against every fault of Alma. */
import t from 'tap'
import { cards, copy, startBridge, type TestBridge } from '../helpers/bridge.ts'
import type { RawReply } from '../helpers/raw-sip2.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import { callTimeoutMs, casesOf, type FaultyChange, faultsFor, type Told } from './fault-table.ts'

interface Change extends FaultyChange {
  readonly name: string
  request(bridge: TestBridge): string
  /** How often Alma made the change. */
  made(bridge: TestBridge): number
}

const { anna, jonas, paul, emma } = cards

const replacementFee = (bridge: TestBridge) =>
  bridge.user(emma).fees.find(({ type }) => type === 'LOSTITEMREPLACEMENTFEE')

const changes: readonly Change[] = [
  {
    name: 'checkout',
    operation: 'createLoan',
    readBack: 'listItemLoans',
    request: () => sip2.checkout(jonas, copy(1)),
    made: (bridge) => bridge.user(jonas).loans.size,
  },
  {
    name: 'checkin',
    operation: 'scanItem',
    readBack: 'getItem',
    request: () => sip2.checkin(copy(15)),
    made: (bridge) => 3 - bridge.user(paul).loans.size,
  },
  {
    name: 'renew',
    operation: 'renewLoan',
    readBack: 'listItemLoans',
    request: () => sip2.renew(anna, copy(9)),
    made: (bridge) => bridge.item(copy(9)).loan?.renewals ?? -1,
  },
  {
    name: 'checkout of an own loan',
    operation: 'renewLoan',
    readBack: 'listItemLoans',
    request: () => sip2.checkout(anna, copy(9), { renewal: true }),
    made: (bridge) => bridge.item(copy(9)).loan?.renewals ?? -1,
  },
  {
    name: 'fee paid by amount',
    operation: 'payAllFees',
    readBack: 'listFees',
    request: () => sip2.feePaid(emma, '27.00', 'BKpay-1|'),
    made: (bridge) => bridge.paidBy(emma) / 2700,
  },
  {
    name: 'fee paid by id, without a transaction id',
    operation: 'payFee',
    readBack: 'listFees',
    request: (bridge) => sip2.feePaid(emma, '25.00', `CG${replacementFee(bridge)?.id}|`),
    made: (bridge) => bridge.paidBy(emma) / 2500,
  },
]

function toldBy({ fixed, all }: RawReply): Told | string {
  if (fixed.startsWith('1') || fixed.startsWith('Y')) return 'yes'
  const words = all('AF').join(' ')
  if (/could not confirm/.test(words)) return 'unknown'
  return /nothing was changed|is busy|cannot be reached|refused this machine/.test(words) ? 'no' : words
}

t.jobs = 12
for (const change of changes) {
  for (const fault of casesOf(change)) {
    t.test(`${change.name}: ${fault.name}`, { buffered: true }, async (t) => {
      const bridge = await startBridge(t, {
        config: (base) => {
          const [institution] = base.institutions
          return { ...base, institutions: [{ ...institution, alma: { ...institution.alma, callTimeoutMs } }] }
        },
      })
      const request = change.request(bridge)
      const kiosk = await bridge.connect({ listener: 'known' })
      bridge.alma.control.setFaults(faultsFor(fault, change))
      t.equal(toldBy(await kiosk.ask(request)), fault.told, 'law 1: the kiosk is told how it is')
      t.equal(change.made(bridge), fault.made ? 1 : 0, 'law 4: and so it is in Alma')

      bridge.alma.control.clearFaults()
      t.equal((await kiosk.ask(sip2.status)).code, '98', 'law 1: one reply and no more')
      t.equal(kiosk.unread, '')
      kiosk.destroy()

      const again = await bridge.connect({ listener: 'known' })
      t.equal(toldBy(await again.ask(request)), 'yes', 'when it comes again it is done')
      t.equal(change.made(bridge), 1, 'laws 2 and 3: once')
      t.ok(bridge.executed(change.operation).length <= 1, 'and Alma was made to do it once')
    })
  }
}

t.test('renew all: a loan whose end is not known is not told as renewed, and the patron is told so', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.connect({ listener: 'known' })
  bridge.alma.control.setFaults([
    { kind: 'drop-after', match: { operation: 'renewLoan' }, times: 1 },
    { kind: 'answer', form: 'empty', match: { operation: 'listItemLoans' } },
  ])
  const reply = await kiosk.ask(sip2.renewAll(paul))
  t.equal(reply.fixed.slice(0, 9), '100020001')
  t.match(reply.all('AF').join(' '), /could not confirm/)
  t.equal(bridge.executed('renewLoan').length, 3)
})

t.test('renew all: every loan that is told as renewed is', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.connect({ listener: 'known' })
  bridge.alma.control.setFaults([
    { kind: 'drop-after', match: { operation: 'renewLoan' }, times: 1 },
    { kind: 'answer', form: 'html', match: { operation: 'renewLoan' }, times: 1 },
  ])
  const reply = await kiosk.ask(sip2.renewAll(paul))
  const renewed = [15, 16, 17].map(copy).filter((barcode) => bridge.item(barcode).loan?.renewals === 1)
  t.same(reply.all('BM').toSorted(), renewed)
  t.equal(reply.all('BM').length + reply.all('BN').length, 3)
})

t.test('a checkin of an item that is not lent is told as done only when Alma has routed it', async (t) => {
  const bridge = await startBridge(t)
  const sorter = await bridge.logIn('desk')
  bridge.alma.control.setFaults({ kind: 'drop-before', match: { operation: 'scanItem' }, times: 1 })
  const reply = await sorter.ask(sip2.checkin(copy(23)))
  t.equal(reply.fixed[0] === '1', bridge.item(copy(23)).process === 'TRANSIT')
})
