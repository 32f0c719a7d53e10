/** Another configuration while the bridge runs. */
import t, { type Test } from 'tap'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import { makePasswords } from '../../src/runtime/password.ts'
import { type BaseConfig, cards, copy, passwords, readConfig, startBridge, type TestBridge } from '../helpers/bridge.ts'
import { problemIn, request, user } from '../helpers/ncip.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const KIOSK_HASH = await makePasswords({ concurrency: 1 }).hash(passwords.kiosk, {
  memory: 64,
  passes: 1,
  parallelism: 1,
})

type Edit = (config: BaseConfig) => ConfigInput

/** @param first what the bridge starts with */
async function start(t: Test, first: Edit = (config) => config, env: Readonly<Record<string, string>> = {}) {
  let base: BaseConfig | undefined
  const bridge = await startBridge(t, {
    env,
    config: (config) => {
      base = config
      return first(config)
    },
  })
  const reload = (edit: Edit, more: Readonly<Record<string, string>> = {}): void => {
    if (base === undefined) throw new Error('the bridge has not started')
    bridge.bridge.reload(readConfig(edit(base), { ...envOf(bridge), ...more }))
  }
  return { bridge, reload }
}

const envOf = (bridge: TestBridge) => ({
  ALMA_KEY: bridge.alma.apiKey,
  TLS_CERTIFICATE: 'listeners stay as they are',
  TLS_KEY: 'listeners stay as they are',
  KIOSK_HASH,
  BROKER_KEY: passwords.broker,
  DEPOT_KEY: passwords.depot,
})

const renamed =
  (libraryName: string): Edit =>
  (config) => ({
    ...config,
    profiles: { ...config.profiles, plain: { libraryName } },
  })

t.test('a session under way finishes under its old profile, a new one gets the new', async (t) => {
  const { bridge, reload } = await start(t)
  const before = await bridge.connect({ listener: 'known' })
  t.equal((await before.ask(sip2.status)).get('AM'), 'Demo University')
  reload(renamed('New Name'))
  t.equal((await before.ask(sip2.status)).get('AM'), 'Demo University')
  const after = await bridge.connect({ listener: 'known' })
  t.equal((await after.ask(sip2.status)).get('AM'), 'New Name')
})

t.test('a connection that logs in after the change finds the terminals of now', async (t) => {
  const { bridge, reload } = await start(t)
  const [old, fresh] = [await bridge.connect(), await bridge.connect()]
  reload((config) => ({
    ...config,
    terminals: config.terminals.map((terminal) =>
      terminal.name === 'kiosk-1' && 'login' in terminal
        ? { ...terminal, login: { ...terminal.login, user: 'renamed' } }
        : terminal,
    ),
  }))
  t.equal((await old.ask(sip2.login('kiosk', passwords.kiosk))).fixed, '0')
  t.equal((await fresh.ask(sip2.login('renamed', passwords.kiosk))).fixed, '1')
})

t.test('an institution gets its new key at once, sessions under way included', async (t) => {
  const { bridge, reload } = await start(t, (config) => config, { ALMA_KEY: 'not-the-key' })
  const kiosk = await bridge.logIn()
  t.equal((await kiosk.ask(sip2.checkout(cards.jonas, copy(1)))).fixed.charAt(0), '0')
  reload((config) => config)
  t.equal((await kiosk.ask(sip2.checkout(cards.jonas, copy(1)))).fixed.charAt(0), '1')
  t.equal(bridge.borrowerOf(copy(1)), cards.jonas)
})

t.test('screen texts', async (t) => {
  const { bridge, reload } = await start(t)
  reload((config) => ({ ...config, texts: { en: { refused: { 'item-unknown': 'Never seen.' } } } }))
  const kiosk = await bridge.logIn()
  t.same((await kiosk.ask(sip2.checkout(cards.jonas, '404'))).all('AF'), ['Never seen.'])
})

t.test('NCIP partners', async (t) => {
  const { bridge, reload } = await start(t)
  const message = request('LookupUser', user(cards.jonas), { from: 'PARTNER', to: '01DEMO_INST' })
  t.equal(problemIn(await bridge.post(message)), undefined)
  reload((config) => config, { BROKER_KEY: 'another-key' })
  t.ok(problemIn(await bridge.post(message)), 'the old key is refused')
  t.equal(problemIn(await bridge.post(message, { 'x-circbridge-key': 'another-key' })), undefined)
})

t.test('an institution that leaves still serves who is logged in, one that comes is served', async (t) => {
  const { bridge, reload } = await start(t)
  const before = await bridge.connect({ listener: 'known' })
  reload((config) => ({
    ...config,
    institutions: [{ ...config.institutions[0], id: 'other', name: 'Other University' }],
    terminals: [
      {
        name: 'known',
        from: { listener: 'known' },
        institution: 'other',
        library: 'MAIN',
        circulationDesk: 'DEFAULT_CIRC_DESK',
      },
    ],
    ncip: { ...config.ncip, partners: [] },
  }))
  t.match((await before.ask(sip2.patronStatus(cards.jonas))).get('BL'), 'Y')
  const after = await bridge.connect({ listener: 'known' })
  t.equal((await after.ask(sip2.status)).get('AM'), 'Other University')
  t.equal((await after.ask(sip2.patronStatus(cards.jonas))).get('BL'), 'Y')
  t.match((await bridge.get('/readyz')).text, /"other"/)
  t.notMatch((await bridge.get('/readyz')).text, /"demo"/)
})

t.test('wholly or not at all', async (t) => {
  const { bridge, reload } = await start(t)
  t.throws(() => reload(renamed('New Name'), { ALMA_KEY: 'no key can have a\nline end' }))
  const kiosk = await bridge.connect({ listener: 'known' })
  t.equal((await kiosk.ask(sip2.status)).get('AM'), 'Demo University')
  t.equal((await kiosk.ask(sip2.patronStatus(cards.jonas))).get('BL'), 'Y')
})
