/** Law 5: whatever comes in and whatever fails, nothing personal and no secret reaches a log, a metric or an event. */
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { request as requestHttp } from 'undici'
import { answerForms, type Fault } from '../../simulators/alma/transport/faults.ts'
import { formatFaults } from '../../src/runtime/config/fault.ts'
import { parseConfig } from '../../src/runtime/config/load.ts'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import type { LogCode } from '../../src/runtime/codes.ts'
import { defaultMaskers, type Facts, type MaskerName, type Maskers } from '../../src/runtime/log.ts'
import { makePasswords } from '../../src/runtime/password.ts'
import { startBridge, type TestBridge } from '../helpers/bridge.ts'
import { appendChecksum } from '../helpers/checksum.ts'
import type { FakeAnswers } from '../helpers/fake-library-system.ts'
import { fakeCirculation } from '../helpers/fake-library-system.ts'
import { Kiosk } from '../helpers/kiosk.ts'
import { item, post, request, requestRef, startNcip, typed, user, userElements } from '../helpers/ncip.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import type { SocketKiosk } from '../helpers/socket-kiosk.ts'
import { canaries, type CanaryName, findCanaries } from './canaries.ts'
import { library } from './library.ts'
import { channels, metricLabels, Watch } from './watch.ts'

const { card, barcode, lastName, firstName, pin, kioskPassword, terminalPassword, partnerKey, ncipPassword } = canaries

t.test('the search finds a canary whole, in part, in any case and encoded, and nothing else', async (t) => {
  const finds = (text: string, canary: CanaryName) => t.ok(findCanaries(text).includes(canary), text)
  finds(`{"user":"${lastName}"}`, 'lastName')
  finds(lastName.toUpperCase(), 'lastName')
  finds(`…${lastName.slice(2, 8)}…`, 'lastName')
  finds(card.slice(-6), 'card')
  finds(encodeURIComponent(canaries.email), 'email')
  finds(canaries.phone.replace(/\D/g, ''), 'phone')
  for (const before of ['', 'a', 'ab']) {
    finds(Buffer.from(`${before}${kioskPassword}, more`).toString('base64'), 'kioskPassword')
    finds(Buffer.from(`${before}${card}, more`).toString('base64url'), 'card')
  }
  finds(Buffer.from(pin).toString('hex'), 'pin')
  t.same(findCanaries('A request of a machine was answered. {"machine":"kiosk-1","kind":"11","result":"done"}'), [])
})

async function startWatched(t: Test, watch: Watch): Promise<TestBridge> {
  const hash = await makePasswords({ concurrency: 1 }).hash(kioskPassword, { memory: 64, passes: 1, parallelism: 1 })
  const bridge = await startBridge(t, {
    log: watch.log,
    env: { KIOSK_HASH: hash, BROKER_KEY: partnerKey },
    alma: { data: library, apiKeys: [{ key: canaries.almaKey, rights: 'read-write' }] },
    config: (base): ConfigInput => {
      const [institution] = base.institutions
      const alma = { ...institution.alma, callTimeoutMs: 500, breaker: { failures: 8, openMs: 100 } }
      return {
        ...base,
        institutions: [{ ...institution, alma }],
        profiles: {
          ...base.profiles,
          plain: {
            pinPolicy: 'alma',
            sendContact: true,
            deadlineMs: 3000,
            messages: { blockPatron: true, patronEnable: true, itemStatusUpdate: true },
            patronBlock: { type: 'GENERAL', description: '03-CONDUCT' },
            itemProperties: 'internal-note-1',
            payments: { order: 'oldest-first', writeOff: { types: '06', reason: 'OTHER' } },
          },
        },
        limits: { loginAttempts: 3 },
      }
    },
  })
  return bridge
}

async function logIn(bridge: TestBridge): Promise<SocketKiosk> {
  const kiosk = await bridge.connect()
  await kiosk.ask(sip2.login('kiosk', kioskPassword))
  return kiosk
}

/** Every request of a visit, with a secret or a name wherever one fits. */
function visitLines(patron: string = card, copy: string = barcode): string[] {
  const own = (line: string) => line.replace('|AC|', `|AC${terminalPassword}|`).replace('|AD|', `|AD${pin}|`)
  return [
    sip2.status,
    sip2.patronStatus(patron),
    sip2.patronInformation(patron),
    sip2.patronInformation(patron, '   Y      '),
    sip2.checkout(patron, copy),
    sip2.checkout(patron, copy, { renewal: true }),
    sip2.patronInformation(patron, '  Y       '),
    sip2.renew(patron, copy),
    sip2.renewAll(patron),
    sip2.itemInformation(copy),
    sip2.feePaid(patron, '1.00', `BK${canaries.receipt}|`),
    sip2.feePaid(patron, lastName, `CG${lastName}|`),
    sip2.checkin(copy),
    sip2.feePaid(patron, '1.00', `BK${canaries.receipt}|`).replace(/^(37.{20})00/, '$106'),
    sip2.patronInformation(patron, '      Y   '),
    sip2.hold(patron, { fields: `AB${copy}|` }),
    sip2.hold(patron, { fields: `AB${copy}|BSMAIN|BW20990101    000000|`, mode: '*' }),
    sip2.hold(patron, { fields: `AJ${canaries.title}|BS${lastName}|BY2|` }),
    sip2.hold(patron, { fields: `AJ${canaries.title}|`, mode: '-' }),
    sip2.itemStatusUpdate(copy, canaries.note),
    sip2.blockPatron(patron, canaries.blockNote),
    sip2.patronEnable(patron),
    sip2.endSession(patron),
  ].map(own)
}

async function visit(kiosk: SocketKiosk, watchWire: (line: string) => void, patron?: string, copy?: string) {
  for (const line of visitLines(patron, copy)) watchWire((await kiosk.ask(line)).line)
}

const withKey = { 'x-circbridge-key': partnerKey }
const toUs = { to: '01DEMO_INST' }

function partnerMessages(patron: string = card, copy: string = barcode): string[] {
  const everything = userElements('Name Information', 'User Address Information', 'User Id', 'User Privilege')
  const login = typed('Barcode Id', patron) + typed('Password', ncipPassword)
  return [
    request('LookupUser', `${user(patron)}${everything}<LoanedItemsDesired/><UserFiscalAccountDesired/>`, toUs),
    request('LookupUser', login, toUs),
    request('LookupItem', item(copy), toUs),
    request('CheckOutItem', user(patron) + item(copy), toUs),
    request('RenewItem', user(patron) + item(copy), toUs),
    request('CheckInItem', item(copy), toUs),
    request('RequestItem', `${user(patron)}${item(copy)}<PickupLocation>${lastName}</PickupLocation>`, toUs),
    request('CancelRequestItem', user(patron) + requestRef(lastName), toUs),
  ]
}

/** What the outside may read of us. */
async function readPages(bridge: TestBridge, watch: Watch): Promise<void> {
  watch.add(metricLabels((await bridge.get('/metrics')).text))
  for (const path of ['/readyz', '/healthz']) watch.add((await bridge.get(path)).text)
}

t.test('a whole visit at a kiosk and of a partner', async (t) => {
  const watch = new Watch(t)
  const bridge = await startWatched(t, watch)
  let wire = ''
  await visit(await logIn(bridge), (line) => {
    wire += line
  })
  await visit(await logIn(bridge), () => {}, `${card}2`, `${barcode}2`)
  for (const message of partnerMessages()) wire += (await bridge.post(message, withKey)).xml
  await readPages(bridge, watch)
  t.same(watch.findings(), [])
  for (const told of ['message', 'alma-call', 'connection']) t.ok(watch.told.has(`circbridge:${told}`), told)
  t.ok(bridge.executed('createLoan').length >= 2)
  for (const canary of ['firstName', 'lastName', 'title', 'email', 'phone', 'address'] as const)
    t.ok(findCanaries(wire).includes(canary), `the answers do tell ${canary}, so the run came across it`)
})

t.test('malformed, foreign and unknown messages that carry canaries', async (t) => {
  const watch = new Watch(t)
  const bridge = await startWatched(t, watch)
  const kiosk = await logIn(bridge)
  const lines = [
    `${appendChecksum(sip2.checkout(card, barcode), 1).slice(0, -4)}0000`,
    `11YN${lastName}`,
    `11${card}|AA${lastName}|AB${barcode}`,
    `${lastName}|AA${card}|`,
    `QZ${lastName}|`,
    `77${card}|`,
    '9',
    `11${'x'.repeat(9000)}${lastName}|`,
    sip2.checkout(card, barcode).replace('|AC|', `|ZZ${lastName}|${firstName}|x${card}|${lastName}=${pin}|`),
    `63001${sip2.nextStamp()}${lastName.padEnd(10).slice(0, 10)}AO${lastName}|AA${card}|BP${lastName}|BQ${pin}|`,
    `37${lastName.padEnd(18).slice(0, 18)}ZwyAO${lastName}|AA${card}|BV${lastName}|`,
    `9300CN${lastName}|CO${pin}|CP${lastName}|`,
    `93${lastName.slice(0, 2)}CN${card}|CO${kioskPassword}|`,
    '97',
  ]
  for (const line of lines) {
    kiosk.write(Buffer.from(`${line}\r`))
    t.match(await kiosk.line(), /^\d\d/)
  }
  const guesser = await bridge.connect()
  for (const name of [lastName, card, 'kiosk']) await guesser.ask(sip2.login(name, pin))
  await guesser.end()
  for (const line of visitLines()) {
    // Only so many requests are answered before the log-in.
    const stranger = await bridge.connect()
    await stranger.ask(line)
    stranger.destroy()
  }

  await Promise.all([shout(bridge, 'tls', lastName), shoutInTls(bridge)])
  t.ok(watch.codes.has('TLS_HANDSHAKE_FAILED'))
  for (const code of ['SIP2_CHECKSUM_WRONG', 'SIP2_FRAME_TOO_LONG', 'SIP2_MESSAGE_UNKNOWN', 'LOGIN_REFUSED'])
    t.ok(watch.codes.has(code), code)
  await readPages(bridge, watch)
  t.same(watch.findings(), [])
})

async function shout(bridge: TestBridge, listener: string, text: string): Promise<void> {
  const { port = 0 } = bridge.bridge.addresses.sip2.find(({ name }) => name === listener)?.address ?? {}
  const socket = connect({ host: '127.0.0.1', port })
  socket.on('error', () => {}).resume()
  socket.write(`${text}\r`)
  await new Promise((resolve) => socket.once('close', resolve))
}

/** A name where TLS has room for one, from a machine that does not trust us. */
async function shoutInTls(bridge: TestBridge): Promise<void> {
  const { port = 0 } = bridge.bridge.addresses.sip2.find(({ name }) => name === 'tls')?.address ?? {}
  const socket = connectTls({ host: '127.0.0.1', port, servername: `${lastName}.example`, ca: [] })
  socket.on('error', () => {}).resume()
  await new Promise((resolve) => socket.once('close', resolve))
}

t.test('NCIP that is malformed, not let in or not served', async (t) => {
  const watch = new Watch(t)
  const bridge = await startWatched(t, watch)
  const good = request('LookupUser', user(card), toUs)
  const bodies = [
    `<${lastName}>${card}</${firstName}>`,
    good.slice(0, -30),
    `<!DOCTYPE ${lastName} [<!ENTITY e "${pin}">]>${good}`,
    good.replaceAll('LookupUser', lastName),
    good.replaceAll('LookupUser', 'UndoCheckOutItem'),
    good.replace('ncip_v2_02', lastName),
    request(lastName, user(card)),
    request('LookupUser', user(card), { from: lastName, to: firstName }),
    request('LookupUser', user(card), { ...toUs, authentication: pin, fromSystem: lastName, profile: lastName }),
    request('CheckInItem', item(barcode), { from: 'DEPOT', ...toUs, onBehalfOf: `${lastName}.${firstName}` }),
    `${lastName}=${card}&pin=${pin}`,
    `<a>${`<b>${card}</b>`.repeat(20_000)}</a>`,
    Buffer.from(`<?xml version="1.0" encoding="${lastName}"?>${good}`),
  ]
  for (const body of bodies) {
    for (const key of [partnerKey, pin]) await bridge.post(body, { 'x-circbridge-key': key })
    await bridge.post(body, {
      authorization: `Bearer ${partnerKey}`,
      'content-type': `text/${lastName}; charset=${lastName}`,
    })
  }
  for (const path of [`/${lastName}`, `/ncip?pin=${pin}`, `/users/${card}/loans?apikey=${canaries.almaKey}`]) {
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const response = await requestHttp(`${bridge.url}${path}`, { method, ...(method === 'POST' && { body: good }) })
      await response.body.dump()
    }
  }
  const { port } = bridge.bridge.addresses.http
  const rude = connect({ host: '127.0.0.1', port })
  rude.on('error', () => {}).resume()
  rude.end(`${lastName} /${card} HTTP/9.9\r\n${pin}\r\n\r\n`)
  await once(rude, 'close')
  await readPages(bridge, watch)
  for (const code of ['NCIP_DOCTYPE_REFUSED', 'NCIP_PARTNER_REFUSED', 'NCIP_MESSAGE_MALFORMED'])
    t.ok(watch.codes.has(code), code)
  t.same(watch.findings(), [])
})

/** Error bodies, transport errors and redirects, each with canaries where texts and codes stand. */
const faults: readonly (Fault & { readonly code?: string })[] = [
  ...answerForms.map(
    (form): Fault => ({ kind: 'answer', form, message: `User ${lastName} (${card}): ${canaries.note}` }),
  ),
  { kind: 'answer', form: 'envelope', code: lastName, message: pin },
  { kind: 'answer', form: 'envelope', code: card, message: pin },
  { kind: 'answer', form: 'gateway-json', code: lastName, message: canaries.almaKey },
  { kind: 'answer', form: 'gateway-xml', code: card, status: 403, message: canaries.almaKey },
  { kind: 'answer', form: 'bare-error', code: `${lastName}_${firstName}`, message: canaries.email },
  {
    kind: 'answer',
    form: 'envelope',
    code: '401201',
    message: `LOAN  -   02-LOST. ${canaries.blockNote} Scope: ${lastName}`,
  },
  { kind: 'answer', form: 'text', status: 200, message: `${lastName} ${card}` },
  { kind: 'drop-after' },
  { kind: 'refuse' },
  { kind: 'threshold', which: 'day' },
]

t.test('faults of Alma whose bodies hold canaries', async (t) => {
  const watch = new Watch(t)
  const bridge = await startWatched(t, watch)
  for (const fault of faults) {
    bridge.alma.control.setFaults(fault)
    const kiosk = await logIn(bridge)
    await Promise.all([
      kiosk.ask(sip2.patronInformation(card)),
      bridge.post(request('LookupUser', user(card), toUs), withKey),
      bridge.post(request('LookupItem', item(barcode), toUs), withKey),
    ])
    kiosk.destroy()
    bridge.alma.control.clearFaults()
    while ((await bridge.get('/readyz')).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  bridge.alma.control.setFaults([
    { kind: 'drop-after', match: { method: 'POST' } },
    { kind: 'answer', form: 'html', match: { method: 'GET' } },
  ])
  await visit(await logIn(bridge), () => {})
  await bridge.alma.stopListening()
  await visit(await logIn(bridge), () => {})
  await readPages(bridge, watch)
  for (const code of ['ALMA_CALL_FAILED', 'ALMA_OFFLINE', 'QUOTA_DAY_EXCEEDED']) t.ok(watch.codes.has(code), code)
  t.same(watch.findings(), [])
})

/** An error as somebody could throw it: canaries in every part that is text. */
function makeError(): Error {
  const cause = new AggregateError([new TypeError(`no ${canaries.email}`)], `user ${card}`)
  const error = new CanaryError(`cannot lend ${barcode} to\n    at ${lastName} (/home/${lastName}/${pin}.ts:1:1)`, {
    cause,
  })
  return Object.assign(error, { code: `E ${lastName}`, name: lastName, patron: card, url: `/users/${card}?pin=${pin}` })
}

class CanaryError extends Error {}
Object.defineProperty(CanaryError, 'name', { value: `no error but ${lastName}` })

const throwing: FakeAnswers = (() => {
  const fail = async (): Promise<never> => {
    throw makeError()
  }
  return {
    patrons: { find: fail, verifyPassword: fail },
    loans: { ofPatron: fail, ofItem: fail, create: fail, renew: fail },
    items: { find: fail, identify: fail, queueLength: fail, scanIn: fail },
    holds: { ofPatron: fail, create: fail, cancel: fail },
    fees: { ofPatron: fail, pay: fail },
  }
})()

/** A visit during which every port throws. */
async function visitThrowingPorts(t: Test, watch: Watch): Promise<void> {
  const kiosk = new Kiosk(t, { circulation: fakeCirculation(throwing), log: watch.log, profile: { pinPolicy: 'alma' } })
  await kiosk.logIn()
  for (const line of visitLines()) await kiosk.ask(line)
  const app = await startNcip({ answers: throwing, log: watch.log })
  t.teardown(() => app.close())
  for (const message of partnerMessages()) await post(app, message.replaceAll('01DEMO_INST', '01INST'))
}

t.test('exceptions inside', async (t) => {
  const watch = new Watch(t)
  await visitThrowingPorts(t, watch)
  t.ok(watch.codes.has('INTERNAL_ERROR'))
  t.same(watch.findings(), [])
})

t.test('every channel that the source opens is watched', async (t) => {
  const source = new URL('../../src/', import.meta.url)
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'))
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, source), 'utf8')))
  const opened = texts.flatMap((text) => [...text.matchAll(/\bchannel\('([^']+)'\)/g)].map(([, name]) => name))
  t.same(opened.toSorted(), channels.map(({ name }) => String(name)).toSorted())
})

t.test('faults of the configuration do not repeat its secrets', async (t) => {
  const faulty = {
    institutions: [{ id: 'demo', alma: { region: canaries.almaKey, key: canaries.almaKey } }],
    listeners: { sip2: [{ name: 'tls', port: 1, tls: { certificate: canaries.almaKey, key: kioskPassword } }] },
    terminals: [{ name: 'k', login: { user: 'k', passwordHash: kioskPassword, password: kioskPassword } }],
    ncip: { partners: [{ name: 'p', agency: 'P', key: partnerKey }] },
  }
  const parsed = parseConfig(JSON.stringify(faulty), { file: 'test', env: {} })
  t.equal(parsed.ok, false)
  if (!parsed.ok) t.same(findCanaries(formatFaults(parsed.faults)), [])
})

interface Probe {
  /** Facts, an error or a code as hostile or careless code could give them. */
  readonly facts?: Record<string, unknown>
  readonly error?: unknown
  readonly code?: string
}

/** For each masker something that it alone holds back; `visit` where the visit above meets it. */
const probes: Readonly<Record<MaskerName, Probe | 'visit'>> = {
  number: { facts: { count: card } },
  flag: { facts: { online: lastName } },
  messageId: { facts: { messageId: `${lastName}, ${firstName}` } },
  configName: { facts: { machine: `${firstName} ${lastName}`, listener: canaries.email } },
  reason: { facts: { reason: lastName } },
  result: { facts: { result: lastName } },
  protocol: { facts: { protocol: lastName } },
  priority: { facts: { priority: lastName } },
  change: { facts: { change: lastName } },
  messageKind: { facts: { kind: sip2.checkout(card, barcode) } },
  warning: { facts: { warning: `field of ${lastName}` } },
  errorCode: { facts: { almaCode: card } },
  trackingId: { facts: { trackingId: card } },
  template: { facts: { template: `/users/${card}/loans?pin=${pin}` } },
  httpMethod: { facts: { method: lastName } },
  address: { facts: { peer: `${lastName}.example` } },
  file: { facts: { file: `/home/${lastName}/circbridge.yaml` } },
  setting: { facts: { setting: `${lastName}.${firstName}` } },
  version: { facts: { version: card } },
  unnamedFact: { facts: { patron: card } },
  logCode: { code: lastName },
  errorClass: 'visit',
  thrownCode: 'visit',
  errorStack: 'visit',
}

async function probe(t: Test, masker: MaskerName, maskers: Maskers): Promise<readonly string[]> {
  const watch = new Watch(t, maskers)
  const what = probes[masker]
  if (what === 'visit') await visitThrowingPorts(t, watch)
  else watch.log.warn((what.code ?? 'INTERNAL_ERROR') as LogCode, (what.facts ?? {}) as Facts, what.error)
  return watch.findings()
}

const identity = (value: unknown): unknown => value

t.test('without any one of its maskers a log shows a canary', async (t) => {
  t.same(Object.keys(probes).toSorted(), Object.keys(defaultMaskers).toSorted(), 'each masker has its probe')
  for (const masker of Object.keys(defaultMaskers) as MaskerName[]) {
    await t.test(masker, async (t) => {
      t.same(await probe(t, masker, defaultMaskers), [], 'held back')
      t.not((await probe(t, masker, { ...defaultMaskers, [masker]: identity })).length, 0, 'shown when it is taken out')
    })
  }
})
