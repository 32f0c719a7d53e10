/** The due date that a machine told while it was off line (nb due date), kept whatever happens on the way to Alma. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { FaultKind } from '../../simulators/alma/transport/faults.ts'
import { type BaseConfig, cards, copy, startBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { anna, jonas, lukas } = cards
const due = `${new Date().getUTCFullYear() + 1}0305    120000`

async function start(t: Test, journal?: 'sqlite') {
  const file = `${t.testdir({})}/journal.db`
  const bridge = await startBridge(t, {
    env: { JOURNAL_KEY: Buffer.alloc(32, 7).toString('base64') },
    config: (base: BaseConfig) => ({
      ...base,
      institutions: [{ ...base.institutions[0], backlog: { everyMs: 50 } }],
      ...(journal && { journal: { sqlite: { file, keys: [{ id: 'test', secret: 'env:JOURNAL_KEY' }] } } }),
    }),
  })
  const changes = async () => JSON.parse((await bridge.get('/readyz')).text).institutions[0].changes
  const fail = (kind: FaultKind, times?: number) =>
    bridge.alma.control.setFaults({ ...kind, match: { operation: 'updateLoan' }, ...(times && { times }) })
  return { bridge, kiosk: await bridge.logIn(), changes, fail }
}

const dayOf = (date: number | undefined): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(new Date(date ?? 0)).replaceAll('-', '')

const once = {
  'the call is lost': { kind: 'drop-before' },
  'the answer is lost': { kind: 'drop-after' },
  'Alma has a general error': { kind: 'answer', form: 'envelope', status: 500, code: '401652' },
} as const

for (const [name, kind] of Object.entries(once)) {
  t.test(`${name} once: the date is kept, and the reply says so`, async (t) => {
    const { bridge, kiosk, fail } = await start(t)
    fail(kind, 1)
    const lent = await kiosk.ask(sip2.checkout(jonas, copy(1), { noBlock: true, due }))
    t.match([lent.fixed[0], lent.get('AH')?.slice(0, 8)], ['1', due.slice(0, 8)])
    t.equal(dayOf(bridge.item(copy(1)).loan?.dueAt), due.slice(0, 8))
  })
}

t.test('it cannot be set for long: the loan waits until it is', async (t) => {
  const { bridge, kiosk, changes, fail } = await start(t, 'sqlite')
  fail({ kind: 'drop-before' })
  const lent = await kiosk.ask(sip2.checkout(jonas, copy(1), { noBlock: true, due }))
  t.match([lent.fixed[0], lent.get('AH')?.slice(0, 8), lent.get('AF')], ['1', due.slice(0, 8), /^Noted/])
  t.equal(bridge.borrowerOf(copy(1)), jonas, 'the loan itself is made')
  bridge.alma.control.clearFaults()
  const isKept = () => dayOf(bridge.item(copy(1)).loan?.dueAt) === due.slice(0, 8)
  for (let look = 0; look < 500 && !isKept(); look += 1) await sleep(10)
  t.ok(isKept())
  t.same(await changes(), { queued: 0, unsettled: 0, exceptions: 0 })
  t.equal(bridge.user(jonas).loans.size, 1)
})

t.test('without a journal that outlives the process the loan stands, and the reply tells its own date', async (t) => {
  const { bridge, kiosk, fail } = await start(t)
  fail({ kind: 'drop-before' })
  const lent = await kiosk.ask(sip2.checkout(jonas, copy(1), { noBlock: true, due }))
  t.equal(lent.fixed[0], '1')
  t.equal(lent.get('AH')?.slice(0, 8), dayOf(bridge.item(copy(1)).loan?.dueAt))
  t.not(lent.get('AH')?.slice(0, 8), due.slice(0, 8))
})

t.test('a renewal that already happened keeps its date, and is never refused', async (t) => {
  const { bridge, kiosk, changes } = await start(t, 'sqlite')
  const renewed = await kiosk.ask(sip2.renew(anna, copy(9), undefined, due))
  t.match([renewed.fixed[0], renewed.get('AH')?.slice(0, 8)], ['1', due.slice(0, 8)])
  t.equal(dayOf(bridge.item(copy(9)).loan?.dueAt), due.slice(0, 8))
  t.equal(bridge.item(copy(9)).loan?.renewals, 1)

  const refused = await kiosk.ask(sip2.renew(anna, copy(1), undefined, due))
  t.match([refused.fixed[0], refused.get('AH'), refused.get('AF')], ['1', due, /^Noted/])
  t.equal((await changes()).exceptions, 1, 'it is not on loan to her: a person looks at it')
  t.match((await kiosk.ask(sip2.renew(anna, copy(1)))).fixed, /^0/, 'on line it is refused')
})

t.test('a return that is taken back (11 with BI) is lent again whatever policy says', async (t) => {
  const { bridge, kiosk, changes } = await start(t, 'sqlite')
  const cancelled = await kiosk.ask(sip2.checkout(lukas, copy(1), { cancel: true }))
  t.match([cancelled.fixed[0], cancelled.get('AF')], ['1', /^Noted/], 'his card is blocked')
  t.equal(bridge.item(copy(1)).loan, undefined)
  t.equal((await changes()).exceptions, 1)
})
