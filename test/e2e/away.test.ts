/** Work while Alma is away: what machines are told then, and what Alma holds once it is back. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type BaseConfig, type TestBridge, cards, copy, startBridge } from '../helpers/bridge.ts'
import { item, problemIn, request, textAt, user } from '../helpers/ncip.ts'
import { JournalFile } from '../../src/journal/journal-file.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import type { SocketKiosk } from '../helpers/socket-kiosk.ts'

const { anna, jonas, emma, paul, zofia } = cards

interface Options {
  readonly journal?: 'sqlite' | 'memory'
  readonly offline?: {
    readonly checkout?: 'limited'
    readonly checkin?: 'refuse'
    readonly feePaid?: 'refuse'
  }
  readonly pendingPerMachine?: number
  readonly maxAttempts?: number
}

const key = Buffer.alloc(32, 7)

/** Alma counts as away after one call without an answer, and is tried again at once. */
async function start(t: Test, options: Options = {}) {
  const { journal = 'sqlite', offline = { checkout: 'limited' }, pendingPerMachine, maxAttempts } = options
  const file = `${t.testdir({})}/journal.db`
  const config = (base: BaseConfig) => {
    const [institution] = base.institutions
    const alma = { ...institution.alma, breaker: { failures: 1, openMs: 100 } }
    return {
      ...base,
      institutions: [{ ...institution, alma, backlog: { everyMs: 50, maxAttempts } }],
      profiles: { ...base.profiles, plain: { offline } },
      ...(journal === 'sqlite' && {
        journal: { sqlite: { file, keys: [{ id: 'test', secret: 'env:JOURNAL_KEY' }], pendingPerMachine } },
      }),
    }
  }
  const bridge = await startBridge(t, { env: { JOURNAL_KEY: key.toString('base64') }, config })
  return { bridge, file, kiosk: await bridge.logIn() }
}

interface State {
  readonly online: boolean
  readonly changes: { readonly queued: number; readonly unsettled: number; readonly exceptions: number }
}

async function stateOf(bridge: TestBridge): Promise<State> {
  const { institutions } = JSON.parse((await bridge.get('/readyz')).text) as { institutions: [State] }
  return institutions[0]
}

async function goAway(bridge: TestBridge, kiosk: SocketKiosk): Promise<void> {
  await bridge.alma.stopListening()
  while ((await stateOf(bridge)).online) await kiosk.ask(sip2.itemInformation(copy(1)))
  bridge.alma.control.clearCalls()
}

/** Until nothing waits any more. */
async function comeBack(bridge: TestBridge): Promise<void> {
  await bridge.alma.listenAgain()
  await drained(bridge)
}

async function drained(bridge: TestBridge): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const { changes } = await stateOf(bridge)
    quiet = changes.queued + changes.unsettled === 0 ? quiet + 1 : 0
    await sleep(50)
  }
}

const changing = new Set(['createLoan', 'scanItem', 'payAllFees', 'renewLoan'])

/** What Alma carried out, in order. */
const executed = (bridge: TestBridge): string[] =>
  bridge.alma.control
    .calls()
    .filter((call) => call.executed && changing.has(call.operation))
    .map(({ operation }) => operation)

t.test('machines are told what is accepted, and Alma holds it once when it is back', async (t) => {
  const { bridge, kiosk } = await start(t)
  await kiosk.ask(sip2.patronStatus(jonas))
  await goAway(bridge, kiosk)

  t.match((await kiosk.ask(sip2.status)).fixed, /^NYY/, 'off line, and what is accepted all the same')
  const back = await kiosk.ask(sip2.checkin(copy(15)))
  t.match(back.fixed, /^1YNN/)
  t.match(back.get('AF'), /^Noted/)
  const lent = await kiosk.ask(sip2.checkout(jonas, copy(1)))
  t.match(lent.fixed, /^1NNY/)
  t.match(lent.get('AH'), /^\d{8} {4}235959$/)
  const due = lent.get('AH')?.slice(0, 8)
  t.match((await kiosk.ask(sip2.checkout(anna, copy(2)))).fixed, /^0/, 'nobody has seen her today')
  const offlineLoan = sip2.checkout(zofia, copy(3), { noBlock: true, due: '20270110    235959' })
  t.match((await kiosk.ask(offlineLoan)).fixed, /^1/)
  const paid = await kiosk.ask(sip2.feePaid(emma, '27.00', 'BKpay-1|'))
  t.match(paid.fixed, /^Y/)
  t.match(paid.all('AF').join(), /27.00 EUR.*Noted/)
  t.match((await kiosk.ask(sip2.renew(anna, copy(9)))).get('AF'), /try again after \d\d:\d\d\.$/)

  t.same((await stateOf(bridge)).changes, { queued: 4, unsettled: 0, exceptions: 0 })
  const { text } = await bridge.get('/metrics')
  t.match(text, /circbridge_waiting_changes\{institution="demo",state="queued"\} 4/)
  t.match(text, /circbridge_messages_total\{[^}]*kind="37"[^}]*result="accepted"[^}]*\} 1/)
  t.same(executed(bridge), [])

  await comeBack(bridge)
  t.same((await stateOf(bridge)).changes, { queued: 0, unsettled: 0, exceptions: 0 })
  t.same(executed(bridge).toSorted(), ['createLoan', 'createLoan', 'payAllFees', 'scanItem'], 'once each')
  t.equal(bridge.item(copy(15)).loan, undefined)
  t.equal(bridge.borrowerOf(copy(1)), jonas)
  t.equal(bridge.borrowerOf(copy(3)), zofia)
  t.equal(bridge.paidBy(emma), 2700)
  const dueAtAlma = (barcode: string) => new Date(bridge.item(barcode).loan?.dueAt ?? 0)
  t.equal(dayInBerlin(dueAtAlma(copy(1))), due, 'the date that the patron was told')
  t.equal(dayInBerlin(dueAtAlma(copy(3))), '20270110')
  const after = (await bridge.get('/metrics')).text
  t.match(after, /circbridge_backlog_results_total\{[^}]*change="checkout",result="done"\} 2/)
  t.match(after, /circbridge_alma_quota_wait_seconds_count\{[^}]*priority="background"\}/, 'after everybody else')
})

const dayInBerlin = (date: Date): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' }).format(date).replaceAll('-', '')

t.test('what happened to one item goes in its order, and a change of now comes after it', async (t) => {
  const { bridge, kiosk } = await start(t)
  await kiosk.ask(sip2.patronStatus(jonas))
  await kiosk.ask(sip2.patronStatus(zofia))
  t.equal(bridge.borrowerOf(copy(15)), paul)
  await goAway(bridge, kiosk)
  for (const request of [
    sip2.checkin(copy(15)),
    sip2.checkout(jonas, copy(15)),
    sip2.checkin(copy(15)),
    sip2.checkout(zofia, copy(15)),
    sip2.checkin(copy(15)),
  ]) {
    t.match((await kiosk.ask(request)).fixed, /^1/)
  }
  await bridge.alma.listenAgain()
  while (!(await stateOf(bridge)).online) await sleep(5)
  const live = await kiosk.ask(sip2.checkout(jonas, copy(15)))
  t.match(live.fixed, /^1NNY/)
  await drained(bridge)
  t.same(executed(bridge), ['scanItem', 'createLoan', 'scanItem', 'createLoan', 'scanItem', 'createLoan'])
  t.equal(bridge.borrowerOf(copy(15)), jonas)
  t.same((await stateOf(bridge)).changes, { queued: 0, unsettled: 0, exceptions: 0 })
})

t.test('what Alma refuses then is an exception, and nothing else stops for it', async (t) => {
  const { bridge, kiosk } = await start(t)
  await kiosk.ask(sip2.patronStatus(jonas))
  await goAway(bridge, kiosk)
  t.match((await kiosk.ask(sip2.checkout(jonas, copy(1)))).fixed, /^1/)
  t.match((await kiosk.ask(sip2.checkin(copy(15)))).fixed, /^1/)
  t.match((await kiosk.ask(sip2.feePaid(emma, '27.00', 'BKpay-1|'))).fixed, /^Y/)
  bridge.user(jonas).record['expiry_date'] = '2020-01-01Z'
  await comeBack(bridge)
  t.same((await stateOf(bridge)).changes, { queued: 0, unsettled: 0, exceptions: 1 })
  t.equal((await bridge.get('/readyz')).status, 200, 'an exception makes nothing unready')
  t.match((await bridge.get('/metrics')).text, /circbridge_waiting_changes\{[^}]*state="exceptions"\} 1/)
  t.same(executed(bridge).toSorted(), ['payAllFees', 'scanItem'])
  t.equal(bridge.borrowerOf(copy(1)), undefined)

  const noBlock = await kiosk.ask(sip2.checkout(anna, copy(19), { noBlock: true }))
  t.match(noBlock.fixed, /^1/, 'what happened is taken, though Alma refuses it at once')
  t.match(noBlock.get('AF'), /will see to it/)
  t.equal((await stateOf(bridge)).changes.exceptions, 2)
})

/** The same checkin, made while the machine was off line. */
const happened = (request: string): string => request.replace(/^09N/, '09Y')

t.test(
  'a machine that has its share of promises is refused as with a full journal, and the others go on',
  async (t) => {
    const { bridge, kiosk } = await start(t, { pendingPerMachine: 3 })
    const other = await bridge.logIn('kiosk-2')
    await goAway(bridge, kiosk)
    for (const barcode of ['nonsense-1', 'nonsense-2', 'nonsense-3']) {
      t.match((await kiosk.ask(happened(sip2.checkin(barcode)))).fixed, /^1/)
    }
    const refused = await kiosk.ask(happened(sip2.checkin('nonsense-4')))
    t.match(refused.fixed, /^0/)
    t.match(refused.get('AF'), /cannot be reached/)
    t.match((await kiosk.ask(sip2.status)).fixed, /^NNN/)
    t.match((await other.ask(sip2.checkin(copy(15)))).fixed, /^1/)
    t.match((await other.ask(sip2.status)).fixed, /^NYY/)
    t.same((await stateOf(bridge)).changes, { queued: 4, unsettled: 0, exceptions: 0 })
  },
)

t.test('law 3: a payment of which Alma took a part, and nobody was told yes to, is finished by retry', async (t) => {
  const { bridge, file, kiosk } = await start(t, { offline: { feePaid: 'refuse' }, maxAttempts: 1 })
  const open = bridge.user(emma).fees.filter(({ status }) => status === 'ACTIVE')
  const [first, second] = open.toSorted((a, b) => a.createdAt - b.createdAt)
  const cents = (first?.balanceMinor ?? 0) + (second?.balanceMinor ?? 0)
  const match = { operation: 'payFee' }
  const { control } = bridge.alma
  control.setFaults({ kind: 'delay-after', ms: 300, match })
  const reply = kiosk.ask(sip2.feePaid(emma, (cents / 100).toFixed(2), `CG${first?.id},${second?.id}|BKpay-1|`))
  while (bridge.executed('payFee').length === 0) await sleep(5)
  control.setFaults({ kind: 'answer', form: 'envelope', status: 400, code: '401666', match, times: 1 })
  t.match((await reply).fixed, /^N/)
  t.equal(bridge.paidBy(emma), first?.originalMinor)
  while ((await stateOf(bridge)).changes.exceptions === 0) await sleep(50)

  const person = JournalFile.open(file, [{ id: 'test', secret: key }])
  t.teardown(() => person.close())
  const [entry] = person.list({ states: ['exception'] }, 1)
  t.match(entry?.outcome, { kind: 'unknown', evidence: /^PARTLY_BOOKED .* on fee \S+; not booked \d/ })
  person.retry([entry?.id ?? ''], new Date())
  while (bridge.paidBy(emma) !== cents) await sleep(50)
  await drained(bridge)
  t.same((await stateOf(bridge)).changes, { queued: 0, unsettled: 0, exceptions: 0 })
  t.equal(bridge.executed('payFee').length, 2, 'one for each fee')
})

t.test('a restart in the middle goes on, and an equal request gets the same reply', async (t) => {
  const { bridge, kiosk } = await start(t)
  const requests = [sip2.checkin(copy(15)), sip2.feePaid(emma, '27.00', 'BKpay-1|')]
  await goAway(bridge, kiosk)
  const told: string[] = []
  for (const line of requests) told.push(contentOf((await kiosk.ask(line)).line))
  const repeat = async (when: string) => {
    const other = await bridge.logIn()
    for (const [index, line] of requests.entries()) {
      t.equal(contentOf((await other.ask(line)).line), told[index], `the same reply ${when}`)
    }
  }
  await repeat('while Alma is away')
  t.equal((await stateOf(bridge)).changes.queued, 2)
  await bridge.restart()
  await repeat('after a restart')
  // The new process has yet to learn that Alma is away.
  while ((await stateOf(bridge)).changes.queued < 2) await sleep(20)
  await comeBack(bridge)
  t.same(executed(bridge).toSorted(), ['payAllFees', 'scanItem'])
  await repeat('after Alma is back')
  t.same(executed(bridge).toSorted(), ['payAllFees', 'scanItem'], 'and nothing was executed again')
  t.equal(bridge.paidBy(emma), 2700)
})

t.test('a restart while the backlog is carried out loses and repeats nothing', async (t) => {
  const { bridge, kiosk } = await start(t)
  await goAway(bridge, kiosk)
  const items = Array.from({ length: 16 }, (_, index) => copy(index + 1))
  for (const barcode of items) t.match((await kiosk.ask(sip2.checkin(barcode))).fixed, /^1/)
  bridge.alma.control.setFaults({ kind: 'delay-after', ms: 50, match: { operation: 'scanItem' } })
  await bridge.alma.listenAgain()
  while (bridge.executed('scanItem').length < 6) await sleep(5)
  await bridge.restart()
  t.ok(bridge.executed('scanItem').length < items.length, 'some still waited')
  await drained(bridge)
  t.equal(bridge.executed('scanItem').length, items.length)
  t.equal(new Set(bridge.executed('scanItem').map(({ path }) => path)).size, items.length, 'each once')
  t.same((await stateOf(bridge)).changes, { queued: 0, unsettled: 0, exceptions: 0 })
})

/** Without what changes from one reply to the next: its time, sequence number and checksum. */
const contentOf = (line: string): string => line.replace(/\d{8} {4}\d{6}/, '').replace(/AY\dAZ[0-9A-F]{4}$/, '')

t.test('a partner gets Pending for a renewal, and a Problem for all else', async (t) => {
  const { bridge, kiosk } = await start(t)
  const to = { to: '01DEMO_INST' }
  await goAway(bridge, kiosk)
  const renewal = await bridge.post(request('RenewItem', user(anna) + item(copy(9)), to))
  t.match(textAt(renewal.body, 'Pending/DateOfExpectedReply'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  for (const message of [
    request('CheckOutItem', user(jonas) + item(copy(1)), to),
    request('CheckInItem', item(copy(15)), to),
    request('RequestItem', user(jonas) + item(copy(1)), to),
  ]) {
    t.match(problemIn(await bridge.post(message)), { type: 'Temporary Processing Failure' })
  }
  t.same((await stateOf(bridge)).changes, { queued: 1, unsettled: 0, exceptions: 0 })
  await comeBack(bridge)
  t.same(executed(bridge), ['renewLoan'])
})

t.test('with the journal in memory nothing is promised', async (t) => {
  const { bridge, kiosk } = await start(t, { journal: 'memory' })
  await kiosk.ask(sip2.patronStatus(jonas))
  await goAway(bridge, kiosk)
  t.match((await kiosk.ask(sip2.status)).fixed, /^NNN/)
  for (const line of [
    sip2.checkin(copy(15)),
    sip2.checkout(jonas, copy(1)),
    sip2.checkout(jonas, copy(1), { noBlock: true }),
    sip2.feePaid(emma, '27.00'),
  ]) {
    const reply = await kiosk.ask(line)
    t.match(reply.fixed, /^[0N]/)
    t.match(reply.get('AF'), /cannot be reached/)
  }
  const renewal = await bridge.post(request('RenewItem', user(anna) + item(copy(9)), { to: '01DEMO_INST' }))
  t.match(problemIn(renewal), { type: 'Temporary Processing Failure' })
  await comeBack(bridge)
  t.same(executed(bridge), [])
})
