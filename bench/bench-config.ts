/** The bridge as the benchmarks run it: terminals known by their listener, no limit in the way. */
import { parseConfig } from '../src/runtime/config/load.ts'
import { formatFaults } from '../src/runtime/config/fault.ts'
import type { Config, ConfigInput } from '../src/runtime/config/schema.ts'

export interface BenchConfigParts {
  readonly almaUrl: string
  readonly almaKey: string
  /** PEM; no TLS listener without it. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
  /** The journal is kept there; in memory without it. */
  readonly journalFile?: string | undefined
  /** One call without an answer turns the library system away, as soon as that. */
  readonly impatient?: boolean | undefined
}

/** Sockets to the library system, of the bridge and of the floor alike. */
export const almaConnections = 64

/** Listeners and the profile that a machine at each of them has. */
const plainListeners = {
  cheap: 'cheap',
  exact: 'plain',
  media: 'media',
  spread: 'spread',
  cp850: 'cp850',
  'utf-8': 'utf-8',
  'iso-8859-1': 'iso-8859-1',
  'windows-1252': 'windows-1252',
} as const

/** Each has a listener and a profile of its name. */
export const benchCharsets = ['cp850', 'utf-8', 'iso-8859-1', 'windows-1252'] as const

export type ListenerName = keyof typeof plainListeners | 'tls'

const many = 20_000

export function makeBenchConfig(parts: BenchConfigParts): Config {
  const { almaKey, tls } = parts
  const parsed = parseConfig(JSON.stringify(describe(parts)), {
    file: 'benchmark',
    env: {
      ALMA_KEY: almaKey,
      TLS_CERTIFICATE: tls?.certificate,
      TLS_KEY: tls?.key,
      JOURNAL_KEY: Buffer.alloc(32, 1).toString('base64'),
    },
  })
  if (!parsed.ok) throw new Error(formatFaults(parsed.faults))
  // More than Alma allows anybody, and therefore more than the file may say.
  for (const { alma } of parsed.config.institutions) Object.assign(alma.quota, { perSecond: 1e6, burst: 1e6 })
  return parsed.config
}

function describe({ almaUrl, tls: certificate, journalFile, impatient = false }: BenchConfigParts): ConfigInput {
  const listener = {
    address: '127.0.0.1',
    port: 0,
    maxConnections: many,
    maxConnectionsPerAddress: many,
    idleTimeoutMs: 3_600_000,
  }
  const tls = { certificate: 'env:TLS_CERTIFICATE', key: 'env:TLS_KEY' }
  const place = { institution: 'bench', library: 'MAIN', circulationDesk: 'DEFAULT_CIRC_DESK' }
  const listeners: Record<string, string> = certificate ? { ...plainListeners, tls: 'cheap' } : plainListeners
  return {
    institutions: [
      {
        id: 'bench',
        agency: '01DEMO_INST',
        name: 'Benchmark Library',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        alma: {
          baseUrl: almaUrl,
          key: 'env:ALMA_KEY',
          connections: almaConnections,
          ...(impatient && { breaker: { failures: 1, openMs: 200 } }),
        },
        ...(impatient && { backlog: { everyMs: 50 } }),
      },
    ],
    listeners: {
      sip2: Object.keys(listeners).map((name) => ({ ...listener, name, ...(name === 'tls' && { tls }) })),
      http: { address: '127.0.0.1', port: 0 },
    },
    terminals: Object.entries(listeners).map(([name, profile]) => ({
      name: `kiosk-${name}`,
      from: { listener: name },
      ...place,
      profile,
    })),
    profiles: {
      cheap: {
        exactCounts: false,
        messages: { blockPatron: true, patronEnable: true, itemStatusUpdate: true },
        patronBlock: { type: 'GENERAL', description: '03-CONDUCT' },
        itemProperties: 'internal-note-3',
        payments: { writeOff: { types: '06', reason: 'OTHER' } },
      },
      media: { sendMediaType: true, exactCounts: false },
      spread: { exactCounts: false, payments: { order: 'oldest-first' } },
      ...Object.fromEntries(benchCharsets.map((charset) => [charset, { charset, exactCounts: false }])),
    },
    ...(journalFile !== undefined && {
      journal: { sqlite: { file: journalFile, keys: [{ id: 'bench', secret: 'env:JOURNAL_KEY' }] } },
    }),
    ncip: { partners: [{ name: 'partner', agency: 'PARTNER', allowFrom: ['127.0.0.1'], ...place }] },
    log: { level: 'error' },
  }
}
