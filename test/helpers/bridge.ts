/** The whole bridge on free ports in front of a simulated Alma, with kiosks and a partner on real sockets. */
import type { ConnectionOptions } from 'node:tls'
import { generate } from 'selfsigned'
import type { Test } from 'tap'
import { request as requestHttp } from 'undici'
import type { Item, User } from '../../simulators/alma/state/entities.ts'
import { type AlmaSimulator, type SimulatorOptions, startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import type { CallRecord } from '../../simulators/alma/transport/call-log.ts'
import { formatFaults } from '../../src/runtime/config/fault.ts'
import { parseConfig } from '../../src/runtime/config/load.ts'
import type { Config, ConfigInput } from '../../src/runtime/config/schema.ts'
import { type Log, silentLog } from '../../src/runtime/log.ts'
import { makePasswords } from '../../src/runtime/password.ts'
import { Bridge } from '../../src/server.ts'
import { type NcipAnswer, readAnswer } from './ncip.ts'
import * as sip2 from './raw-sip2.ts'
import { SocketKiosk } from './socket-kiosk.ts'

/** Of the sample library. */
export const cards = {
  anna: '21234000000001',
  jonas: '21234000000002',
  mia: '21234000000003',
  lukas: '21234000000004',
  sofia: '21234000000005',
  paul: '21234000000006',
  emma: '21234000000007',
  zofia: '21234000000008',
} as const

/** Barcode of an item of the sample library by its last two digits. */
export const copy = (number: number): string => `312340000000${String(number).padStart(2, '0')}`

export const passwords = { kiosk: 'kiosk-secret', broker: 'broker-key', depot: 'depot-key' } as const

/** A terminal to make others of. */
export const sampleKiosk = {
  name: 'kiosk-1',
  login: { user: 'kiosk', passwordHash: 'env:KIOSK_HASH' },
  institution: 'demo',
  library: 'MAIN',
  circulationDesk: 'SELFCHECK',
} as const

export type SampleKiosk = typeof sampleKiosk

export interface TestBridgeOptions {
  readonly alma?: SimulatorOptions
  /** Changes the configuration before it is read. */
  readonly config?: (config: BaseConfig) => ConfigInput
  /** Further variables to which the configuration refers. */
  readonly env?: Readonly<Record<string, string>>
  readonly log?: Log
}

export type BaseConfig = ReturnType<typeof describeConfig>

export interface ConnectOptions {
  /** Name of the listener; `tls` when left out. */
  readonly listener?: string
  readonly localAddress?: string
  /** See `KioskAddress`. */
  readonly preamble?: string | Uint8Array
  readonly tls?: ConnectionOptions
}

export class TestBridge {
  readonly alma: AlmaSimulator
  bridge: Bridge
  readonly #make: () => Bridge
  readonly #certificate: string
  readonly #kiosks: SocketKiosk[] = []

  constructor(alma: AlmaSimulator, make: () => Bridge, certificate: string) {
    this.alma = alma
    this.bridge = make()
    this.#make = make
    this.#certificate = certificate
  }

  /** Ends the bridge and starts another one with the same configuration, on other ports. */
  async restart(): Promise<void> {
    await this.bridge.stop()
    this.bridge = this.#make()
    await this.bridge.start()
  }

  /** `http://127.0.0.1:49152`, without a path. */
  get url(): string {
    return `http://127.0.0.1:${this.bridge.addresses.http.port}`
  }

  /** A connection whose handshake may still be under way. */
  dial({ listener = 'tls', ...options }: ConnectOptions = {}): SocketKiosk {
    const found = this.bridge.addresses.sip2.find(({ name }) => name === listener)
    if (found === undefined) throw new Error(`there is no listener ${listener}`)
    const kiosk = new SocketKiosk({
      port: found.address.port,
      certificate: found.tls ? this.#certificate : undefined,
      ...options,
    })
    this.#kiosks.push(kiosk)
    return kiosk
  }

  connect(options?: ConnectOptions): Promise<SocketKiosk> {
    return this.dial(options).opened()
  }

  /** A kiosk that has logged in as a terminal. */
  async logIn(user = 'kiosk', options?: ConnectOptions): Promise<SocketKiosk> {
    const kiosk = await this.connect(options)
    const reply = await kiosk.ask(sip2.login(user, passwords.kiosk))
    if (reply.fixed !== '1') throw new Error('the log-in was refused')
    return kiosk
  }

  /** Posts an NCIP message as the broker. */
  async post(message: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<NcipAnswer> {
    const response = await requestHttp(`${this.url}/ncip`, {
      method: 'POST',
      headers: { 'content-type': 'application/xml; charset=utf-8', 'x-circbridge-key': passwords.broker, ...headers },
      body: message,
    })
    return { status: response.statusCode, ...readAnswer(await response.body.text()) }
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await requestHttp(`${this.url}${path}`)
    return { status: response.statusCode, text: await response.body.text() }
  }

  /** What one piece of work asks of Alma, by the names of the simulator. */
  async callsOf(work: () => Promise<unknown>): Promise<string[]> {
    this.alma.control.clearCalls()
    await work()
    return this.alma.control.calls().map(({ operation }) => operation)
  }

  /** Calls that Alma carried out. */
  executed(operation: string): readonly CallRecord[] {
    return this.alma.control.calls().filter((call) => call.operation === operation && call.executed)
  }

  item(barcode: string): Item {
    return needed(this.alma.control.store.itemByBarcode(barcode))
  }

  user(card: string): User {
    return needed(this.alma.control.store.userByIdentifier(card, undefined, true))
  }

  /** Card number of whoever has an item on loan. */
  borrowerOf(barcode: string): string | undefined {
    const user = this.item(barcode).loan?.user
    return user?.record.user_identifier?.[0]?.value
  }

  /** What was paid in all, in cents. */
  paidBy(card: string): number {
    return this.user(card)
      .fees.flatMap(({ transactions }) => transactions)
      .reduce((sum, { type, minor }) => sum + (type === 'PAYMENT' ? minor : 0), 0)
  }

  async close(): Promise<void> {
    for (const kiosk of this.#kiosks) kiosk.destroy()
    await this.bridge.stop()
    await this.alma.close()
  }
}

export async function startBridge(t: Pick<Test, 'teardown'>, options: TestBridgeOptions = {}): Promise<TestBridge> {
  const alma = await startAlmaSimulator({ perSecond: 'none', ...options.alma })
  const { certificate, key } = await sharedCertificate()
  const env = {
    ALMA_KEY: alma.apiKey,
    TLS_CERTIFICATE: certificate,
    TLS_KEY: key,
    KIOSK_HASH: await sharedHash(),
    BROKER_KEY: passwords.broker,
    DEPOT_KEY: passwords.depot,
    ...options.env,
  }
  const base = describeConfig(alma.url)
  let config: Config
  try {
    config = readConfig(options.config?.(base) ?? base, env)
  } catch (error) {
    await alma.close()
    throw error
  }
  const started = new TestBridge(alma, () => new Bridge(config, options.log ?? silentLog), certificate)
  await started.bridge.start()
  t.teardown(() => started.close())
  return started
}

export function readConfig(input: ConfigInput, env: Readonly<Record<string, string>>): Config {
  const parsed = parseConfig(JSON.stringify(input), { file: 'test', env })
  if (!parsed.ok) throw new Error(formatFaults(parsed.faults))
  return parsed.config
}

/** Limits of ours are out of the way, so that only a test that is about them meets them. */
function describeConfig(almaUrl: string) {
  const host = '127.0.0.1'
  const desk = { institution: 'demo', library: 'MAIN' } as const
  const kioskLogin = (user: string) => ({ user, passwordHash: 'env:KIOSK_HASH' })
  const institution = {
    id: 'demo',
    agency: '01DEMO_INST',
    name: 'Demo University',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    alma: {
      baseUrl: almaUrl,
      key: 'env:ALMA_KEY',
      callTimeoutMs: 2000,
      quota: { perSecond: 1000, burst: 1000 },
      breaker: { failures: 1000 },
    },
    patronLimits: { loans: 30, overdue: 5, fees: 5000 },
  }
  return {
    institutions: [institution] as [typeof institution],
    listeners: {
      sip2: [
        { name: 'tcp', address: host, port: 0 },
        { name: 'tls', address: host, port: 0, tls: { certificate: 'env:TLS_CERTIFICATE', key: 'env:TLS_KEY' } },
        { name: 'known', address: host, port: 0 },
      ],
      http: { address: host, port: 0 },
    },
    terminals: [
      { name: 'kiosk-1', login: kioskLogin('kiosk'), ...desk, circulationDesk: 'SELFCHECK' },
      { name: 'kiosk-2', login: kioskLogin('kiosk-2'), ...desk, circulationDesk: 'SELFCHECK' },
      { name: 'desk', login: kioskLogin('desk'), ...desk, circulationDesk: 'DEFAULT_CIRC_DESK', profile: 'sorter' },
      { name: 'depot', login: kioskLogin('depot'), ...desk, circulationDesk: 'DEPOT_DESK' },
      { name: 'known', from: { listener: 'known' }, ...desk, circulationDesk: 'DEFAULT_CIRC_DESK' },
    ],
    profiles: {
      plain: {},
      sorter: {
        sendMediaType: true,
        sortBins: {
          rules: [
            { bin: 'hold', when: { destination: 'hold-shelf' as const } },
            { bin: 'transit', when: { destination: 'transit' as const } },
          ],
          default: 'shelf',
        },
      },
    },
    ncip: {
      deadlineMs: 8000,
      partners: [
        {
          name: 'broker',
          agency: 'PARTNER',
          key: 'env:BROKER_KEY',
          ...desk,
          circulationDesk: 'DEFAULT_CIRC_DESK',
        },
        {
          name: 'depot',
          agency: 'DEPOT',
          key: 'env:DEPOT_KEY',
          ...desk,
          circulationDesk: 'DEPOT_DESK',
          services: ['CheckInItem' as const, 'CheckOutItem' as const],
          remoteStorage: { circulationDesks: ['MAIN.DEPOT_DESK'] },
        },
      ],
    },
  } satisfies ConfigInput
}

let certificate: Promise<{ readonly certificate: string; readonly key: string }> | undefined

/** One for all bridges of a test file. */
function sharedCertificate() {
  certificate ??= generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  }).then((made) => ({ certificate: made.cert, key: made.private }))
  return certificate
}

let hash: Promise<string> | undefined

function sharedHash(): Promise<string> {
  hash ??= makePasswords({ concurrency: 1 }).hash(passwords.kiosk, { memory: 64, passes: 1, parallelism: 1 })
  return hash
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the sample library lacks it')
  return value
}
