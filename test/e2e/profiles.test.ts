/** Profiles against a whole Alma, on real sockets. */
import t, { type Test } from 'tap'
import type { ProfileInput } from '../../src/runtime/config/sections/profile.ts'
import { cards, copy, startBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

async function start(t: Test, plain: ProfileInput) {
  const bridge = await startBridge(t, {
    config: (config) => ({ ...config, profiles: { ...config.profiles, plain } }),
  })
  return { bridge, kiosk: await bridge.logIn() }
}

const scans = (calls: readonly { readonly query: Readonly<Record<string, string>> }[]) =>
  calls.filter(({ query }) => query['op'] === 'scan').map(({ query }) => query['place_on_hold_shelf'])

t.test('holdCapture reaches Alma with the scan', async (t) => {
  for (const [holdCapture, sent] of [
    ['yes', 'true'],
    ['no', undefined],
    ['institution', undefined],
  ] as const) {
    const { bridge, kiosk } = await start(t, { holdCapture })
    bridge.alma.control.clearCalls()
    await kiosk.ask(sip2.checkin(copy(1)))
    t.same(scans(bridge.alma.control.calls()), [sent], holdCapture)
  }
})

t.test('complaint 17: requestedItems: refuse costs one call more, and nothing is scanned', async (t) => {
  const { bridge, kiosk } = await start(t, { requestedItems: 'refuse' })
  t.equal((await kiosk.ask(sip2.checkin(copy(1)))).fixed.charAt(0), '1')
  const calls = await bridge.callsOf(() => kiosk.ask(sip2.checkin(copy(1))))
  t.equal(calls.length, 2)
  await kiosk.ask(sip2.checkout(cards.jonas, copy(1)))
  t.equal((await kiosk.ask(sip2.hold(cards.anna, { fields: `AB${copy(1)}|BY3|` }))).fixed.charAt(0), '1')
  bridge.alma.control.clearCalls()
  const refused = await kiosk.ask(sip2.checkin(copy(1)))
  t.equal(refused.fixed.charAt(0), '0')
  t.same(refused.all('AF'), ['Somebody else has asked for this item. Please take it to the desk.'])
  t.same(scans(bridge.alma.control.calls()), [])
  t.equal(bridge.borrowerOf(copy(1)), cards.jonas, 'it is still lent')
})

t.test('fields are filled from what Alma tells', async (t) => {
  const { kiosk } = await start(t, {
    fields: {
      templates: { AE: '{lastName}, {firstName}', AU: '{barcode} {title} {dueReadable}' },
      printLines: { '12': ['{title}', 'Due {dueReadable}'], '16': ['{title}: {pickup}'], '30': ['{barcode}'] },
      add: [
        { field: 'PC', value: '{patronGroup}', in: ['24', '64'] },
        { field: 'ZM', value: '{materialTypeName}', in: ['12', '18'] },
      ],
    },
  })
  const status = await kiosk.ask(sip2.patronStatus(cards.jonas))
  t.equal(status.get('AE'), 'Weber, Jonas')
  t.match(status.get('PC'), /\S/)
  const lent = await kiosk.ask(sip2.checkout(cards.jonas, copy(1)))
  t.equal(lent.fixed.charAt(0), '1')
  t.equal(lent.all('AG').length, 2)
  t.equal(lent.get('ZM'), 'Book')
  const list = await kiosk.ask(sip2.patronInformation(cards.jonas, '  Y       '))
  t.match(list.all('AU')[0], new RegExp(`^${copy(1)} .* \\d{4}$`))
  t.same((await kiosk.ask(sip2.renew(cards.jonas, copy(1)))).all('AG'), [copy(1)])
  t.equal((await kiosk.ask(sip2.itemInformation(copy(1)))).get('ZM'), 'Book')
})
