/** `circbridge check` of a small configuration, against a simulated Alma with the sample library. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type AlmaSimulator, startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { readSampleFile, sampleLibraryPath } from '../../simulators/alma/state/load.ts'
import type { SampleData } from '../../simulators/alma/state/sample-data.ts'
import type { CallRecord } from '../../simulators/alma/transport/call-log.ts'
import type { CheckFinding } from '../../src/cli/check-finding.ts'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import { runCli } from './run-cli.ts'

export interface CheckedConfig extends Pick<ConfigInput, 'profiles' | 'ncip' | 'terminals'> {
  /** Beside what every institution must have. */
  readonly institution?: { readonly ldap?: object; readonly alma?: object }
}

export interface Checked {
  readonly exitCode: number | null
  readonly findings: readonly CheckFinding[]
  readonly calls: readonly CallRecord[]
}

export const sampleData: SampleData = readSampleFile(sampleLibraryPath)

/** A machine in front of the desk for self-check. */
export const kiosk = {
  name: 'kiosk',
  from: { listener: 'kiosks' },
  institution: 'demo',
  library: 'MAIN',
  circulationDesk: 'SELFCHECK',
  profile: 'kiosk',
} as const

/** Partner of the sample library's main desk. */
export const broker = {
  name: 'broker',
  agency: 'BROKER',
  key: 'env:ALMA_KEY',
  institution: 'demo',
  library: 'MAIN',
  circulationDesk: 'DEFAULT_CIRC_DESK',
} as const

export async function askCheck(
  t: Test,
  { institution, ...config }: CheckedConfig,
  { data = sampleData, prepare }: { data?: SampleData; prepare?: (alma: AlmaSimulator) => void } = {},
): Promise<Checked> {
  const alma = await startAlmaSimulator({ perSecond: 'none', data })
  t.teardown(() => alma.close())
  prepare?.(alma)
  const file = join(t.testdir(), 'circbridge.yaml')
  const whole = {
    institutions: [
      {
        id: 'demo',
        agency: '01DEMO_INST',
        name: 'Demo',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        ...institution,
        alma: { baseUrl: alma.url, key: 'env:ALMA_KEY', ...institution?.alma },
      },
    ],
    listeners: { sip2: [{ name: 'kiosks', address: '127.0.0.1', port: 6001 }] },
    terminals: [kiosk],
    ...config,
  }
  writeFileSync(file, JSON.stringify(whole))
  const { exitCode, stdout, stderr } = await runCli(['check', '--json', '--config', file], {
    env: { ALMA_KEY: alma.apiKey },
  })
  if (stderr !== '') throw new Error(stderr)
  const { faults, findings } = JSON.parse(stdout)
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return { exitCode, findings, calls: alma.control.calls() }
}

/** The findings whose subject begins so, as `level subject: sentence -> advice`. */
export const told = ({ findings }: Checked, subject: string): readonly string[] =>
  findings
    .filter((finding) => finding.subject.startsWith(subject))
    .map(
      ({ level, subject: of, sentence, advice }) =>
        `${level} ${of}: ${sentence}${advice === '' ? '' : ` -> ${advice}`}`,
    )

export const countCalls = ({ calls }: Checked, operation: string): number =>
  calls.filter((call) => call.operation === operation).length
