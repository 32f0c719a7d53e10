/** Which terminal a machine is, on real sockets; and what a stolen password opens. */
import t, { type Test } from 'tap'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import { cards, copy, passwords, type SampleKiosk, sampleKiosk, startBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

type Terminals = NonNullable<ConfigInput['terminals']>

const startWith = (t: Test, terminalsOf: (kiosk: SampleKiosk) => Terminals, profiles: ConfigInput['profiles'] = {}) =>
  startBridge(t, {
    config: (base) => ({ ...base, profiles: { ...base.profiles, ...profiles }, terminals: terminalsOf(sampleKiosk) }),
  })

t.test('two kiosks with one log-in and different addresses are two terminals', async (t) => {
  const bridge = await startWith(t, (kiosk) => [
    { ...kiosk, name: 'hall', from: { addresses: ['127.0.0.1'] } },
    { ...kiosk, name: 'annex', from: { addresses: ['127.0.0.2'] }, circulationDesk: 'DEFAULT_CIRC_DESK' },
  ])
  const hall = await bridge.logIn('kiosk')
  const annex = await bridge.logIn('kiosk', { localAddress: '127.0.0.2' })
  t.equal((await hall.ask(sip2.status)).get('AN'), 'hall')
  t.equal((await annex.ask(sip2.status)).get('AN'), 'annex')
  await annex.ask(sip2.checkout(cards.jonas, copy(1)))
  t.equal(bridge.item(copy(1)).loan?.circDesk, 'DEFAULT_CIRC_DESK', 'and lends at its own desk')
})

t.test('two kiosks with one log-in and different location codes are two terminals', async (t) => {
  const bridge = await startWith(
    t,
    (kiosk) => [
      { ...kiosk, name: 'hall', location: 'HALL' },
      { ...kiosk, name: 'annex', location: ['ANNEX', 'ANNEX-2'], profile: 'returns' },
    ],
    { returns: { messages: { checkout: false } } },
  )
  for (const [location, name, served] of [
    ['HALL', 'hall', 'YYY'],
    ['ANNEX-2', 'annex', 'YNY'],
  ] as const) {
    const kiosk = await bridge.connect()
    t.notOk((await kiosk.ask(sip2.status)).get('AN'), 'nobody yet')
    t.equal((await kiosk.ask(sip2.login('kiosk', passwords.kiosk, location))).fixed, '1')
    const status = await kiosk.ask(sip2.status)
    t.equal(status.get('AN'), name)
    t.match(status.get('BX'), new RegExp(`^${served}`))
  }
  const stranger = await bridge.connect()
  t.equal((await stranger.ask(sip2.login('kiosk', passwords.kiosk, 'CELLAR'))).fixed, '0')
})

t.test('a machine that is known by its address becomes another by a log-in that stands above', async (t) => {
  const bridge = await startWith(t, (kiosk) => [
    { ...kiosk, name: 'staff', login: { ...kiosk.login, user: 'staff' } },
    { ...kiosk, name: 'branch', login: undefined, from: { addresses: ['127.0.0.0/8'] } },
    { ...kiosk, name: 'never', login: { ...kiosk.login, user: 'never' } },
  ])
  const kiosk = await bridge.connect()
  const nameAfter = async (user: string, password: string) => {
    t.equal((await kiosk.ask(sip2.login(user, password))).fixed, '1')
    return (await kiosk.ask(sip2.status)).get('AN')
  }
  t.equal((await kiosk.ask(sip2.status)).get('AN'), 'branch', 'before any log-in')
  t.equal(await nameAfter('staff', 'wrong'), 'branch')
  t.equal(await nameAfter('staff', passwords.kiosk), 'staff')
  t.equal(await nameAfter('never', passwords.kiosk), 'branch', 'the first rule that fits')
})

t.test("a stolen kiosk password opens nothing but its own terminal's messages", async (t) => {
  const returnsOnly = {
    checkout: false,
    renew: false,
    renewAll: false,
    feePaid: false,
    patronInformation: false,
    patronStatus: false,
    itemInformation: false,
  }
  const bridge = await startWith(
    t,
    (kiosk) => [
      { ...kiosk, name: 'returns', from: { listener: 'tls', addresses: ['127.0.0.2'] }, profile: 'returns' },
      { ...kiosk, name: 'full', login: { ...kiosk.login, user: 'kiosk-2' }, from: { addresses: ['127.0.0.3'] } },
    ],
    { returns: { messages: returnsOnly } },
  )
  const tryFrom = async (options: { listener?: string; localAddress?: string }, user = 'kiosk') => {
    const kiosk = await bridge.connect(options)
    return (await kiosk.ask(sip2.login(user, passwords.kiosk))).fixed
  }
  t.equal(await tryFrom({}), '0', 'not from another address')
  t.equal(await tryFrom({ listener: 'tcp', localAddress: '127.0.0.2' }), '0', 'not at another listener')
  t.equal(await tryFrom({ localAddress: '127.0.0.2' }, 'kiosk-2'), '0', 'not as another terminal')

  const thief = await bridge.logIn('kiosk', { localAddress: '127.0.0.2' })
  const calls = await bridge.callsOf(async () => {
    for (const [request, refusal] of [
      [sip2.checkout(cards.jonas, copy(1)), /^120/],
      [sip2.renew(cards.anna, copy(2)), /^300/],
      [sip2.renewAll(cards.anna), /^660/],
      [sip2.feePaid(cards.emma, '1.00'), /^38N/],
      [sip2.patronInformation(cards.anna, 'Y'.padEnd(10)), /^64Y/],
      [sip2.patronStatus(cards.anna), /^24Y/],
      [sip2.itemInformation(copy(1)), /^18/],
    ] as const) {
      const { line } = await thief.ask(request)
      t.match(line, refusal)
      t.notMatch(line, /Becker|Anna/)
    }
  })
  t.same(calls, [], 'nothing was even asked of Alma')
  const other = await thief.ask(sip2.login('kiosk-2', passwords.kiosk))
  t.equal(other.fixed, '0')
  t.equal((await thief.ask(sip2.status)).get('AN'), 'returns', 'it stays who it is')
  t.equal((await thief.ask(sip2.checkin(copy(15)))).code, '10', 'what the terminal may do, it may')
})

t.test('wrong log-ins from one address keep no kiosk of the branch out', async (t) => {
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      limits: { loginAttempts: 100, loginThrottle: { wrongPerUser: 3, wrongPerAddress: 5, maxDelayMs: 50 } },
    }),
  })
  const kiosk = await bridge.logIn('kiosk')
  const guesser = await bridge.connect()
  for (let guess = 0; guess < 30; guess += 1) {
    t.equal((await guesser.ask(sip2.login(guess % 2 === 0 ? 'kiosk' : 'kiosk-2', `${guess}`))).fixed, '0')
  }
  t.equal((await kiosk.ask(sip2.status)).code, '98', 'who is logged in notices nothing')
  t.ok(await bridge.logIn('kiosk'), 'who was at home at the address gets in, on a new connection too')
  t.ok(await bridge.logIn('desk'), 'so does another user of the address')
  t.ok(await bridge.logIn('kiosk-2', { localAddress: '127.0.0.2' }), 'and the user at another address')
})

t.test('not even after a restart, while guesses from its own address never rest', async (t) => {
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      limits: { loginAttempts: 1000, loginThrottle: { wrongPerUser: 3, maxDelayMs: 50 } },
    }),
  })
  const guessers = await Promise.all(Array.from({ length: 8 }, () => bridge.connect()))
  let isIn = false
  const guessing = guessers.map(async (guesser) => {
    for (let guess = 0; guess < 500 && !isIn; guess += 1) await guesser.ask(sip2.login('kiosk', `${guess}`))
  })
  const kiosk = await bridge.connect()
  for (let attempt = 0; attempt < 400 && !isIn; attempt += 1) {
    isIn = (await kiosk.ask(sip2.login('kiosk', passwords.kiosk))).fixed === '1'
  }
  t.ok(isIn, 'it is drawn before long')
  t.ok(await bridge.logIn('kiosk'), 'and from then on it, and its neighbours, pass at once')
  await Promise.all(guessing)
})
