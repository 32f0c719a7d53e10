/** What users of other SIP2 servers complain about, by the numbers of docs/sip2-compared.md: items and where they go. */
import t from 'tap'
import { readSampleFile, sampleLibraryPath } from '../../../simulators/alma/state/load.ts'
import { type BaseConfig, cards, copy, sampleKiosk, startBridge } from '../../helpers/bridge.ts'
import * as sip2 from '../../helpers/raw-sip2.ts'

const sample = readSampleFile(sampleLibraryPath)

/** A terminal at the desk of the branch, which logs in as `branch`, beside those of the main library. */
const withBranch = (base: BaseConfig) => ({
  ...base,
  terminals: [
    ...base.terminals,
    {
      ...sampleKiosk,
      name: 'branch',
      login: { ...sampleKiosk.login, user: 'branch' },
      library: 'BRANCH',
      circulationDesk: 'DEFAULT_CIRC_DESK',
    },
  ],
})

t.test('complaint 1: AQ is in every checkin response, whatever became of the item', async (t) => {
  const bridge = await startBridge(t, { config: withBranch })
  const desk = await bridge.logIn('desk')
  for (const [why, barcode] of [
    ['reshelved', copy(15)],
    ['held', copy(11)],
    ['in transit', copy(23)],
    ['not lent', copy(1)],
    ['unknown', '99999999'],
    ['without a barcode', ''],
  ] as const) {
    t.equal((await desk.ask(sip2.checkin(barcode))).all('AQ').length, 1, why)
  }
  await bridge.alma.stopListening()
  t.equal((await desk.ask(sip2.checkin(copy(2)))).all('AQ').length, 1, 'Alma is away')
})

t.test('complaint 7: an item of elsewhere that is not on loan is taken back and sent on', async (t) => {
  const bridge = await startBridge(t)
  const desk = await bridge.logIn('desk')
  t.equal(bridge.item(copy(22)).loan, undefined)
  const back = await desk.ask(sip2.checkin(copy(22)))
  t.match([back.fixed, back.get('CV'), back.get('CT')], [/^1YNY/, '04', 'Branch Library'])
  t.equal(bridge.item(copy(22)).process, 'TRANSIT')
  t.equal((await desk.ask(sip2.status)).code, '98', 'and the session goes on')
})

t.test('complaint 9: a return is recorded at the library and desk of its machine', async (t) => {
  const bridge = await startBridge(t, { config: withBranch })
  for (const [user, library, desk] of [
    ['desk', 'MAIN', 'DEFAULT_CIRC_DESK'],
    ['branch', 'BRANCH', 'DEFAULT_CIRC_DESK'],
    ['kiosk', 'MAIN', 'SELFCHECK'],
  ] as const) {
    const machine = await bridge.logIn(user)
    bridge.alma.control.clearCalls()
    t.match((await machine.ask(sip2.checkin(copy(15)))).fixed, /^1/)
    t.match(
      bridge.executed('scanItem').map(({ query }) => query),
      [{ library, circ_desk: desk }],
      user,
    )
  }
})

t.test('complaint 14: an item that simply arrived where it belongs rings no alert', async (t) => {
  const bridge = await startBridge(t, { config: withBranch })
  const branch = await bridge.logIn('branch')
  t.equal(bridge.item(copy(25)).process, 'TRANSIT')
  const arrived = await branch.ask(sip2.checkin(copy(25)))
  t.match(arrived.fixed, /^1YNN/)
  t.same([arrived.get('CV'), arrived.all('AF')], [undefined, []])
})

t.test('complaint 24: barcodes with slashes, quotes and marks of queries find their item and no other', async (t) => {
  const odd = ['A/1', '../31234000000001', `"x" OR '1'='1`, 'a?view=b&limit=1', '50%25', 'c#d', 'e+f;g', 'h\\i*', 'j k']
  const bridge = await startBridge(t, {
    alma: {
      data: {
        ...sample,
        items: [
          ...(sample.items ?? []),
          ...odd.map((barcode) => ({ barcode, title: `Book of ${barcode}`, library: 'MAIN', location: 'STACKS' })),
        ],
      },
    },
  })
  const kiosk = await bridge.logIn()
  for (const barcode of odd) {
    const lent = await kiosk.ask(sip2.checkout(cards.jonas, barcode))
    t.match([lent.fixed[0], lent.get('AB'), lent.get('AJ')], ['1', barcode, `Book of ${barcode}`])
    t.equal(bridge.borrowerOf(barcode), cards.jonas)
    t.match((await kiosk.ask(sip2.itemInformation(barcode))).fixed, /^04/)
    t.match((await kiosk.ask(sip2.checkin(barcode))).fixed, /^1/)
    t.equal(bridge.item(barcode).loan, undefined)
  }
  for (const barcode of [` ${copy(1)}`, `${copy(1)}  `]) {
    t.match((await kiosk.ask(sip2.checkout(` ${cards.jonas} `, barcode))).fixed, /^1/, 'blanks of a scanner')
    t.match((await kiosk.ask(sip2.checkin(barcode))).fixed, /^1/)
  }
  for (const barcode of ['/', '..', '%', '?', "'", '*']) {
    t.match((await kiosk.ask(sip2.checkout(cards.jonas, barcode))).get('AF'), /item is not in our records/, barcode)
  }
  t.equal(bridge.user(cards.jonas).loans.size, 0)
})

t.test('complaint 27: an item in transit says where it goes, and who waits for it there or here', async (t) => {
  const bridge = await startBridge(t, { config: withBranch })
  const desk = await bridge.logIn('desk')
  const said = async (barcode: string) => {
    const reply = await desk.ask(sip2.checkin(barcode))
    return [reply.fixed[3], reply.get('CV'), reply.get('CT')]
  }
  t.same(await said(copy(23)), ['Y', '04', 'Branch Library'], 'it belongs there')
  t.same(await said(copy(14)), ['Y', '02', 'Branch Library'], 'somebody waits there')
  t.match(await said(copy(11)), ['Y', '01'], 'somebody waits here')
  const branch = await bridge.logIn('branch')
  t.match((await branch.ask(sip2.checkin(copy(23)))).fixed, /^1YNN/, 'it has arrived')
  t.equal((await branch.ask(sip2.checkin(copy(14)))).get('CV'), '01', 'it waits here now')
})
