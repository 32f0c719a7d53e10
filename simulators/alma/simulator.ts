/**
 * A simulated Alma: the REST API of an institution over HTTP, its state in memory, and a second door through which
 * tests and demonstrations load data, order faults and read what was called.
 */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Control } from './control/control.ts'
import { makeServer } from './server.ts'
import { readSampleFile, sampleLibraryPath } from './state/load.ts'
import type { SampleData } from './state/sample-data.ts'
import { defaultSwitches, type Switches } from './switches.ts'
import { type ApiKey, ApiKeys, defaultApiKeys } from './transport/api-keys.ts'
import { CallLog } from './transport/call-log.ts'
import { type Fault, Faults } from './transport/faults.ts'
import { Quota } from './transport/quota.ts'

export interface SimulatorOptions {
  /** 0 takes a free one. */
  readonly port?: number
  readonly host?: string
  /** Path of a YAML file, or the data themselves; the sample library when left out. */
  readonly data?: string | SampleData
  /** Items of a generated library beside the data, with a tenth as many patrons. */
  readonly generate?: number
  /** Read-write `demo-key-read-write` and read-only `demo-key-read-only` when left out. */
  readonly apiKeys?: readonly ApiKey[]
  readonly clock?: () => Date
  /** Calls a second that the institution may make: 25 as Alma has, or `none`. */
  readonly perSecond?: number | 'none'
  /** Calls left until midnight. */
  readonly dailyRemaining?: number
  readonly switches?: Partial<Switches>
  readonly faults?: readonly Fault[]
}

export interface AlmaSimulator {
  /** `http://127.0.0.1:8090`, without a path. */
  readonly url: string
  readonly port: number
  /** The first key. */
  readonly apiKey: string
  readonly control: Control
  /** Goes away: every connection is cut, new ones are refused by the system until `listenAgain`. */
  stopListening(): Promise<void>
  /** Comes back at the same address. */
  listenAgain(): Promise<void>
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

/** Calls a second per institution that Ex Libris names. */
const defaultPerSecond = 25
const defaultDailyRemaining = 1_000_000

export async function startAlmaSimulator(options: SimulatorOptions = {}): Promise<AlmaSimulator> {
  const keys = options.apiKeys ?? defaultApiKeys
  const { data = readSampleFile(sampleLibraryPath), clock = () => new Date() } = options
  const control = new Control({
    data: typeof data === 'string' ? readSampleFile(data) : data,
    generate: options.generate ?? 0,
    clock,
    calls: new CallLog(),
    faults: new Faults(),
    quota: new Quota({
      perSecond: options.perSecond ?? defaultPerSecond,
      remaining: options.dailyRemaining ?? defaultDailyRemaining,
    }),
    switches: { ...defaultSwitches, ...options.switches },
  })
  if (options.faults) control.setFaults(options.faults)
  const server = makeServer(control, new ApiKeys(keys))
  const { host = '127.0.0.1' } = options
  await server.listen({ port: options.port ?? 0, host })
  const { port } = server.server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    apiKey: keys[0]?.key ?? '',
    control,
    stopListening: () => stopListening(server.server),
    listenAgain: () => listenAgain(server.server, port, host),
    close: () => server.close(),
  }
}

function stopListening(server: Server): Promise<void> {
  const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  return stopped
}

async function listenAgain(server: Server, port: number, host: string): Promise<void> {
  server.listen({ port, host })
  await once(server, 'listening')
}
