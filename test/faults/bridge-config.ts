import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalKey } from '../../src/journal/sealer.ts'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import { makePasswords } from '../../src/runtime/password.ts'
import { callTimeoutMs } from '../e2e/fault-table.ts'
import { byAmountProfile, machineProfile } from '../errands/machine-profile.ts'

export const kioskPassword = 'kiosk-secret'

/** Longer than the bridge takes for an answer, as it is told in 98. */
export const patienceMs = 6_000
const deadlineMs = 4_500
/** The last machine: see `byAmountProfile`. */
export const paysByAmount = (kiosks: readonly string[], name: string): boolean => kiosks.at(-1) === name

const limits = { deadlineMs, timeoutTenths: patienceMs / 100 }

export interface RunFolder {
  readonly path: string
  readonly config: string
  readonly journal: string
  readonly log: string
  readonly clock: string
  readonly key: JournalKey
}

export interface RunParts {
  readonly almaPort: number
  readonly kiosks: readonly string[]
  readonly partners: readonly string[]
}

/** Writes what the bridge needs to run in a folder, a key of its own for the journal too. */
export async function writeRunFolder(path: string, parts: RunParts): Promise<RunFolder> {
  const secret = randomBytes(32)
  writeFileSync(join(path, 'journal.key'), `${secret.toString('base64')}\n`)
  const folder: RunFolder = {
    path,
    config: join(path, 'circbridge.yaml'),
    journal: join(path, 'journal.db'),
    log: join(path, 'bridge.log'),
    clock: join(path, 'clock.txt'),
    key: { id: 'run', secret },
  }
  writeFileSync(folder.clock, '0')
  const hash = await makePasswords({ concurrency: 1 }).hash(kioskPassword, { memory: 64, passes: 1, parallelism: 1 })
  // JSON is YAML too.
  writeFileSync(folder.config, JSON.stringify(describeConfig(folder, parts, hash), null, 2))
  return folder
}

function describeConfig(folder: RunFolder, { almaPort, kiosks, partners }: RunParts, passwordHash: string) {
  const address = '127.0.0.1'
  const place = { institution: 'demo', library: 'MAIN', circulationDesk: 'DEFAULT_CIRC_DESK' }
  return {
    institutions: [
      {
        id: 'demo',
        agency: '01DEMO_INST',
        name: 'Demo University',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        alma: {
          baseUrl: `http://${address}:${almaPort}`,
          key: 'env:ALMA_KEY',
          callTimeoutMs,
          quota: { perSecond: 1000, burst: 1000 },
          breaker: { failures: 4, openMs: 500 },
        },
        backlog: { everyMs: 200 },
      },
    ],
    listeners: { sip2: [{ name: 'kiosks', address, port: 0 }], http: { address, port: 0 } },
    // Every second kiosk lends while Alma is away.
    terminals: kiosks.map((name, index) => ({
      name,
      login: { user: name, passwordHash },
      ...place,
      profile: paysByAmount(kiosks, name) ? 'by-amount' : index % 2 === 0 ? 'plain' : 'lending',
    })),
    profiles: {
      plain: { ...limits, ...machineProfile },
      lending: { ...limits, ...machineProfile, offline: { checkout: 'limited' as const } },
      'by-amount': { ...limits, ...byAmountProfile },
    },
    ncip: {
      deadlineMs,
      partners: partners.map((name) => ({ name, agency: name, allowFrom: [address], ...place })),
    },
    journal: {
      sqlite: {
        file: folder.journal,
        keys: [{ id: folder.key.id, secret: `file:${join(folder.path, 'journal.key')}` }],
      },
    },
  } satisfies ConfigInput
}
