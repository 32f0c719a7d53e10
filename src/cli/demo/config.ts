/** The configuration of the demonstration: an ordinary one, with its secrets in an environment of its own. */
import { parseConfig } from '../../runtime/config/load.ts'
import { formatFaults } from '../../runtime/config/fault.ts'
import type { Config, ConfigInput } from '../../runtime/config/schema.ts'
import { makePasswords, type PasswordCost } from '../../runtime/password.ts'
import { type DemoPartner, type DemoTerminal, institution, partners, terminals } from './cast.ts'
import type { Certificate } from './certificate.ts'

export interface DemoPorts {
  readonly sip2: number
  readonly sip2Tls: number
  readonly http: number
}

export interface DemoConfigParts {
  readonly ports: DemoPorts
  readonly almaUrl: string
  readonly almaApiKey: string
  readonly certificate: Certificate
}

/** Names of the listeners, which a start that fails names. The HTTP listener is always called so. */
export const listenerNames = { sip2: 'sip2', sip2Tls: 'sip2-tls', http: 'http' } as const

const host = '127.0.0.1'
/** Somebody who types SIP2 by hand needs a while. */
const byHandMs = 3_600_000
/** The script is faster than any patron: it shall not wait for its turn. */
const quota = { perSecond: 20, burst: 50 }
/** Less than the default: three hashes are made before anything is shown, and guard nothing. */
const passwordCost: PasswordCost = { memory: 8192, passes: 1, parallelism: 1 }

export async function makeDemoConfig(parts: DemoConfigParts): Promise<Config> {
  const { almaApiKey, certificate } = parts
  const env = {
    ALMA_KEY: almaApiKey,
    TLS_CERTIFICATE: certificate.certificate,
    TLS_KEY: certificate.key,
    ...(await hashPasswords()),
    ...Object.fromEntries(partners.map((partner) => [keyVariable(partner), partner.key])),
  }
  const parsed = parseConfig(JSON.stringify(describeConfig(parts)), { file: 'demonstration', env })
  if (!parsed.ok) throw new Error(`the demonstration's configuration has faults:\n${formatFaults(parsed.faults)}`)
  return parsed.config
}

function describeConfig({ ports, almaUrl }: DemoConfigParts): ConfigInput {
  const patient = { address: host, loginTimeoutMs: byHandMs, idleTimeoutMs: byHandMs }
  const tls = { certificate: 'env:TLS_CERTIFICATE', key: 'env:TLS_KEY' }
  return {
    institutions: [
      {
        ...institution,
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        alma: { baseUrl: almaUrl, key: 'env:ALMA_KEY', quota },
        patronLimits: { overdue: 5, fees: 5000 },
      },
    ],
    listeners: {
      sip2: [
        { ...patient, name: listenerNames.sip2, port: ports.sip2 },
        { ...patient, name: listenerNames.sip2Tls, port: ports.sip2Tls, tls },
      ],
      http: { address: host, port: ports.http },
    },
    terminals: terminals.map(describeTerminal),
    profiles: {
      german: { languages: ['de'], defaultLanguage: 'de', pinPolicy: 'alma', dueDateForm: 'dd.MM.yyyy' },
      sorter: {
        sendMediaType: true,
        sortBins: {
          rules: [
            { bin: '3 hold shelf', when: { destination: 'hold-shelf' } },
            { bin: '2 transit', when: { destination: 'transit' } },
          ],
          default: '1 shelves',
        },
      },
    },
    ncip: { partners: partners.map(describePartner) },
  }
}

const describeTerminal = (terminal: DemoTerminal) => ({
  name: terminal.name,
  login: { user: terminal.user, passwordHash: `env:${hashVariable(terminal)}` },
  institution: institution.id,
  library: terminal.library,
  circulationDesk: terminal.circulationDesk,
  profile: terminal.profile,
})

const describePartner = (partner: DemoPartner) => ({
  name: partner.name,
  agency: partner.agency,
  key: `env:${keyVariable(partner)}`,
  institution: institution.id,
  library: partner.library,
  circulationDesk: partner.circulationDesk,
  ...(partner.storage && {
    services: ['CheckInItem' as const, 'CheckOutItem' as const],
    remoteStorage: { systemId: partner.storage.systemId, circulationDesks: [partner.storage.desk] },
  }),
})

const keyVariable = ({ name }: DemoPartner): string => variable(`KEY_${name}`)
const hashVariable = ({ name }: DemoTerminal): string => variable(`HASH_${name}`)
const variable = (name: string): string => name.toUpperCase().replaceAll('-', '_')

async function hashPasswords(): Promise<Record<string, string>> {
  const passwords = makePasswords({ concurrency: terminals.length })
  const hashes = terminals.map(async (terminal) => {
    return [hashVariable(terminal), await passwords.hash(terminal.password, passwordCost)] as const
  })
  return Object.fromEntries(await Promise.all(hashes))
}
