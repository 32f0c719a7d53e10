/** Alma goes away and comes back: what kiosks, supervisors and metrics are told. */
import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { cards, copy, startBridge, type TestBridge } from '../helpers/bridge.ts'
import { item, problemIn, request, user } from '../helpers/ncip.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const start = (t: Parameters<typeof startBridge>[0]) =>
  startBridge(t, {
    config: (base) => {
      const [institution] = base.institutions
      const breaker = { failures: 3, openMs: 100 }
      return { ...base, institutions: [{ ...institution, alma: { ...institution.alma, breaker } }] }
    },
  })

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}

const isReady = async (bridge: TestBridge) => (await bridge.get('/readyz')).status === 200

t.test('98 goes off line and comes back, and so does /readyz', async (t) => {
  const bridge = await start(t)
  const kiosk = await bridge.logIn()
  t.match((await kiosk.ask(sip2.status)).fixed, /^YYY/)
  t.match(await bridge.get('/readyz'), { status: 200, text: /"online":true/ })

  await bridge.alma.stopListening()
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const reply = await kiosk.ask(sip2.checkout(cards.jonas, copy(1)))
    t.match(reply.fixed, /^0N/)
    t.match(reply.get('AF'), /cannot be reached/)
  }
  t.match((await kiosk.ask(sip2.status)).fixed, /^NNN/, 'off line, no checkin, no checkout')
  t.match(await bridge.get('/readyz'), { status: 503, text: /"online":false/ })
  t.equal((await bridge.get('/healthz')).status, 200, 'the process is well')
  t.match((await bridge.get('/metrics')).text, /circbridge_alma_online\{institution="demo"\} 0/)

  for (const line of [
    sip2.patronStatus(cards.anna),
    sip2.patronInformation(cards.anna),
    sip2.checkin(copy(15)),
    sip2.itemInformation(copy(1)),
    sip2.renew(cards.anna, copy(9)),
    sip2.renewAll(cards.anna),
    sip2.feePaid(cards.anna, '1.00'),
  ]) {
    t.match((await kiosk.ask(line)).all('AF').join(), /cannot be reached/, `law 1: ${line.slice(0, 2)}`)
  }
  t.equal((await kiosk.ask(sip2.endSession(cards.anna))).fixed[0], 'Y')
  const lent = await bridge.post(request('CheckOutItem', user(cards.jonas) + item(copy(1)), { to: '01DEMO_INST' }))
  t.match(problemIn(lent), { type: 'Temporary Processing Failure' })

  await bridge.alma.listenAgain()
  await until(() => isReady(bridge))
  t.match((await kiosk.ask(sip2.status)).fixed, /^YYY/)
  t.match((await bridge.get('/metrics')).text, /circbridge_alma_online\{institution="demo"\} 1/)
  t.match((await kiosk.ask(sip2.checkout(cards.jonas, copy(1)))).fixed, /^1/)
  t.equal(bridge.user(cards.jonas).loans.size, 1)
})

t.test('Alma that answers 503 is away, too', async (t) => {
  const bridge = await start(t)
  const kiosk = await bridge.logIn()
  bridge.alma.control.setFaults({ kind: 'answer', form: 'empty' })
  await until(async () => {
    const { code } = await kiosk.ask(sip2.patronStatus(cards.anna))
    t.equal(code, '24')
    return !(await isReady(bridge))
  })
  t.match((await kiosk.ask(sip2.status)).fixed, /^N/)
  bridge.alma.control.clearFaults()
  await until(() => isReady(bridge))
  t.equal((await kiosk.ask(sip2.patronStatus(cards.anna))).get('AE'), 'Anna Becker')
})
