/** Laws 2 and 3 across a restart of the bridge, and when its journal cannot be written. */
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { type TestBridge, cards, copy, startBridge } from '../helpers/bridge.ts'
import type { RawReply } from '../helpers/raw-sip2.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { jonas, paul, emma } = cards

async function start(t: Test): Promise<{ bridge: TestBridge; file: string }> {
  const file = `${t.testdir({})}/journal.db`
  const bridge = await startBridge(t, {
    env: { JOURNAL_KEY: Buffer.alloc(32, 7).toString('base64') },
    config: (base) => ({
      ...base,
      journal: { sqlite: { file, keys: [{ id: 'test', secret: 'env:JOURNAL_KEY' }], busyMs: 20 } },
    }),
  })
  return { bridge, file }
}

const requests: Readonly<Record<string, { request: string; operation: string }>> = {
  checkout: { request: sip2.checkout(jonas, copy(1)), operation: 'createLoan' },
  checkin: { request: sip2.checkin(copy(15)), operation: 'scanItem' },
  'fee paid': { request: sip2.feePaid(emma, '27.00', 'BKpay-1|'), operation: 'payAllFees' },
}

/** What a reply says, without when it was said and as which. */
const contentOf = ({ line, fixed }: RawReply) => ({
  flags: fixed.slice(0, -18),
  fields: line.slice(2 + fixed.length).replace(/AY\dAZ[0-9A-F]{4}$/, ''),
})

t.test('laws 2 and 3: what was done before a restart is answered after it, and not done again', async (t) => {
  const { bridge } = await start(t)
  for (const [name, { request, operation }] of Object.entries(requests)) {
    const before = await (await bridge.logIn()).ask(request)
    t.equal(before.fixed[0], name === 'fee paid' ? 'Y' : '1', `${name} is done`)
    bridge.alma.control.clearCalls()
    await bridge.restart()
    const after = await (await bridge.logIn()).ask(request)
    t.same(contentOf(after), contentOf(before), `${name}: the same reply`)
    t.equal(bridge.executed(operation).length, 0, `${name} is not sent again`)
  }
  t.equal(bridge.paidBy(emma), 2700)
})

t.test('laws 2 and 4: what was under way when the bridge died is read back before it is sent', async (t) => {
  const { bridge, file } = await start(t)
  for (const { request } of Object.values(requests)) await (await bridge.logIn()).ask(request)
  await bridge.bridge.stop()
  const database = new DatabaseSync(file)
  const written = database.prepare('SELECT kind, machine, institution FROM changes WHERE machine_time > 0').all()
  t.same(
    written.map((row) => ({ ...row })),
    ['checkout', 'checkin', 'pay-fee'].map((kind) => ({ kind, machine: 'kiosk-1', institution: 'demo' })),
    'each with the time of its machine',
  )
  database.exec("UPDATE changes SET state = 'under-way', outcome = NULL, ended_at = NULL, reason = NULL")
  database.close()
  bridge.alma.control.clearCalls()
  await bridge.restart()
  for (const [name, { request, operation }] of Object.entries(requests)) {
    const reply = await (await bridge.logIn()).ask(request)
    t.equal(reply.fixed[0], name === 'fee paid' ? 'Y' : '1', `${name} is found`)
    t.equal(bridge.executed(operation).length, 0, `${name} is not sent again`)
  }
  t.equal(bridge.paidBy(emma), 2700)
})

t.test('law 1: while the journal cannot be written, changes are refused and reads go on', async (t) => {
  const { bridge, file } = await start(t)
  const kiosk = await bridge.logIn()
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  for (const [name, { request, operation }] of Object.entries(requests)) {
    const reply = await kiosk.ask(request)
    t.equal(reply.fixed[0], name === 'fee paid' ? 'N' : '0', `${name} is refused`)
    t.equal(bridge.executed(operation).length, 0, `${name} is not sent`)
  }
  const patron = await kiosk.ask(sip2.patronInformation(paul))
  t.equal(patron.code, '64')
  t.match(patron.line, /\|BLY\|/, 'a patron is known')
  other.exec('ROLLBACK')
  other.close()
  const lent = await kiosk.ask(sip2.checkout(jonas, copy(1)))
  t.equal(lent.fixed[0], '1', 'and all is well again')
})
