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

/** Everything is served. */
const plain = {
  messages: { blockPatron: true, patronEnable: true, itemStatusUpdate: true },
  patronBlock: { type: 'GENERAL', description: '03-CONDUCT' },
  itemProperties: 'internal-note-3' as const,
  payments: { writeOff: { types: '06', reason: 'OTHER' } },
}

/** Anna waits for a title, to be fetched at the branch. */
const annasTitle = 'City Planning Today'
const waitingOf = (bridge: TestBridge) =>
  [...bridge.user(anna).requests.values()].filter(({ bib }) => bib.title === annasTitle)

const blocksOf = (bridge: TestBridge): number => bridge.user(jonas).record.user_block?.length ?? 0

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
    readsBefore: 1,
    request: () => sip2.feePaid(emma, '27.00', 'BKpay-1|'),
    made: (bridge) => bridge.paidBy(emma) / 2700,
  },
  {
    name: 'fee paid by id, without a transaction id',
    operation: 'payFee',
    readBack: 'listFees',
    readsBefore: 1,
    request: (bridge) => sip2.feePaid(emma, '25.00', `CG${replacementFee(bridge)?.id}|`),
    made: (bridge) => bridge.paidBy(emma) / 2500,
  },
  {
    name: 'fee written off',
    operation: 'waiveFee',
    readBack: 'listFees',
    readsBefore: 1,
    request: (bridge) =>
      sip2.feePaid(emma, '25.00', `CG${replacementFee(bridge)?.id}|`).replace(/^(37.{20})00/, '$106'),
    made: (bridge) => replacementFee(bridge)?.transactions.filter(({ type }) => type === 'WAIVE').length ?? -1,
  },
  {
    name: 'hold on an item',
    operation: 'createRequest',
    readBack: 'listRequests',
    request: () => sip2.hold(jonas, { fields: `AB${copy(1)}|` }),
    made: (bridge) => bridge.user(jonas).requests.size,
  },
  {
    name: 'hold on a title',
    operation: 'createRequest',
    readBack: 'listRequests',
    request: (bridge) => sip2.hold(jonas, { fields: `AJ${bridge.item(copy(7)).holding.bib.mmsId}|BY2|` }),
    made: (bridge) => bridge.user(jonas).requests.size,
  },
  {
    name: 'hold changed',
    operation: 'updateRequest',
    readBack: undefined,
    request: () => sip2.hold(anna, { mode: '*', fields: `AJ${annasTitle}|BSMAIN|` }),
    made: (bridge) => waitingOf(bridge).filter(({ pickupLibrary }) => pickupLibrary === 'MAIN').length,
  },
  {
    name: 'hold deleted',
    operation: 'cancelRequest',
    readBack: undefined,
    request: () => sip2.hold(anna, { mode: '-', fields: `AJ${annasTitle}|` }),
    made: (bridge) => 1 - waitingOf(bridge).length,
  },
  {
    name: 'block patron',
    operation: 'updateUser',
    readBack: undefined,
    request: () => sip2.blockPatron(jonas, 'lost'),
    made: blocksOf,
  },
  {
    name: 'patron enable',
    operation: 'updateUser',
    readBack: undefined,
    request: (bridge) => {
      const note = { block_note: '[Circbridge] lost', block_status: 'ACTIVE' }
      bridge.user(jonas).record.user_block = [{ block_type: 'GENERAL', block_description: '03-CONDUCT', ...note }]
      return sip2.patronEnable(jonas)
    },
    made: (bridge) => 1 - blocksOf(bridge),
  },
  {
    name: 'item status update',
    operation: 'updateItem',
    readBack: undefined,
    request: () => sip2.itemStatusUpdate(copy(1), 'tag 7'),
    made: (bridge) => (bridge.item(copy(1)).data['internal_note_3'] === 'tag 7' ? 1 : 0),
  },
]

function toldBy({ code, fixed, all, get }: RawReply): Told | string {
  const isStatus = code === '24' || code === '26'
  if (isStatus ? get('BL') === 'Y' : /^[1Y]/.test(fixed)) return 'yes'
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
          const institutions: typeof base.institutions = [
            { ...institution, alma: { ...institution.alma, callTimeoutMs } },
          ]
          return { ...base, institutions, profiles: { ...base.profiles, plain } }
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
