/** Who tries the PINs of patrons, at a kiosk or with its stolen log-in, is slowed down, and told so in every reply. */
import t from 'tap'
import { makeLog } from '../../src/runtime/log.ts'
import { type BaseConfig, cards, copy, startBridge } from '../helpers/bridge.ts'
import { problemIn, request as ncip, typed, userElements } from '../helpers/ncip.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { anna, jonas } = cards
const right = 'correct-horse-7'

const config = (base: BaseConfig) => ({
  ...base,
  profiles: { ...base.profiles, plain: { pinPolicy: 'alma' as const } },
  limits: { pinThrottle: { wrongPerPatron: 3 } },
})

t.test('after too many wrong PINs of a patron Alma is not asked, and every reply says why', async (t) => {
  const lines: string[] = []
  const log = makeLog({ level: 'warn', pretty: 'never', destination: { write: (line) => void lines.push(line) } })
  const bridge = await startBridge(t, { config, log })
  const kiosk = await bridge.logIn('kiosk')
  for (const guess of ['1', '2', '3']) {
    const reply = await kiosk.ask(sip2.patronStatus(jonas, guess))
    t.match([reply.get('CQ'), reply.get('AF')], ['N', /PIN/])
  }
  const calls = await bridge.callsOf(async () => {
    for (let guess = 4; guess < 20; guess += 1) {
      const reply = await kiosk.ask(sip2.patronStatus(jonas, `${guess}`))
      t.match([reply.get('CQ'), reply.get('AE'), reply.get('AF')], ['N', '', /Too many wrong PINs/])
    }
    const lent = await kiosk.ask(sip2.checkout(jonas, copy(1), { pin: right }))
    t.match([lent.fixed[0], lent.get('AF')], ['0', /Too many wrong PINs/], 'the right one is not looked at either')
  })
  t.notOk(calls.includes('authenticateUser') || calls.includes('createLoan'), `${calls}`)
  t.equal(lines.length, 1, 'one line of the log')
  t.match(JSON.parse(lines[0] ?? ''), { code: 'PIN_ATTEMPTS_EXCEEDED', institution: 'demo', machine: 'kiosk-1' })

  const other = await bridge.logIn('kiosk-2')
  t.equal((await other.ask(sip2.patronStatus(jonas, right))).get('CQ'), 'Y', 'at another machine the patron gets in')
  t.equal((await kiosk.ask(sip2.patronStatus(anna, '1'))).get('CQ'), 'N', 'another patron is checked at this one')
})

t.test('a partner who guesses is told that the user could not be authenticated', async (t) => {
  const bridge = await startBridge(t, { config })
  const lookUp = async (pin: string) => {
    const secret = `${typed('Barcode Id', jonas)}${typed('PIN', pin)}`
    return bridge.post(ncip('LookupUser', `${secret}${userElements('Name Information')}`, { to: '01DEMO_INST' }))
  }
  for (const guess of ['1', '2', '3']) t.match(problemIn(await lookUp(guess)), { type: 'User Authentication Failed' })
  const calls = await bridge.callsOf(async () => {
    t.match(problemIn(await lookUp(right)), { type: 'User Authentication Failed', detail: /Too many/ })
  })
  t.same(calls, [])
})
