import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { type AlmaSimulator, type SimulatorOptions, startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { makePasswords } from '../../src/runtime/password.ts'
import { runCli } from './run-cli.ts'

const hash = await makePasswords({ concurrency: 1 }).hash('secret', { memory: 8, passes: 1, parallelism: 1 })

interface Desk {
  readonly library: string
  readonly circulationDesk: string
  readonly profile?: string
}

const selfCheck: Desk = { library: 'MAIN', circulationDesk: 'SELFCHECK' }

function writeConfig(test: Test, baseUrl: string, desks: readonly Desk[], more = ''): string {
  const terminals = desks.map((desk, index) => {
    const login = { user: `kiosk-${index}`, passwordHash: hash }
    return `  - ${JSON.stringify({ name: `kiosk-${index}`, login, institution: 'demo', ...desk })}`
  })
  const text = `
institutions:
  - id: demo
    agency: 01DEMO_INST
    name: Demo
    timeZone: Europe/Berlin
    currency: EUR
    alma: { baseUrl: "${baseUrl}", key: env:ALMA_KEY }
terminals:
${terminals.join('\n')}
profiles:
  sorter: { messages: { checkout: false } }
${more}`
  const file = join(test.testdir(), 'circbridge.yaml')
  writeFileSync(file, text)
  return file
}

async function startAlma(test: Test, options: SimulatorOptions = {}): Promise<AlmaSimulator> {
  const simulator = await startAlmaSimulator({ perSecond: 'none', ...options })
  test.teardown(() => simulator.close())
  return simulator
}

const key = { ALMA_KEY: 'demo-key-read-write' }

t.test('all is well: one line each, exit code 0, few calls, none of them a change', async (t) => {
  const alma = await startAlma(t)
  const file = writeConfig(t, alma.url, [selfCheck, selfCheck])
  const { exitCode, stdout, stderr } = await runCli(['check', '--config', file], { env: key })
  t.equal(exitCode, 0, stdout + stderr)
  t.match(stdout, /ok +demo +key +works at 01DEMO_INST \(Demo University\), sandbox/)
  for (const right of ['Users, read', 'Users, write', 'Bibs, read', 'Bibs, write']) {
    t.match(stdout, new RegExp(`ok +demo +right ${right} +is there`))
  }
  t.match(stdout, /ok +demo +library MAIN +is there: Main Library/)
  t.match(stdout, /ok +demo +desk MAIN\.SELFCHECK +lends and takes back at 1 location \(used by kiosk-0, kiosk-1\)/)
  t.match(stdout, /ok +demo +table RequestCancellationReasons +has CancelledAtPatronRequest/)
  t.notMatch(stdout, /\u001b|demo-key/)
  const calls = alma.control.parts.calls.list()
  t.equal(calls.length, 8)
})

t.test('what is missing is told with what to do, and is exit code 1', async (t) => {
  const alma = await startAlma(t)
  const desks = [
    { ...selfCheck, circulationDesk: 'NOPE' },
    { ...selfCheck, library: 'NOLIB' },
  ]
  const { exitCode, stdout } = await runCli(['check', '--config', writeConfig(t, alma.url, desks)], { env: key })
  t.equal(exitCode, 1)
  t.match(stdout, /fail +demo +library NOLIB +does not exist in Alma\n +-> It has: MAIN, BRANCH\./)
  t.match(stdout, /fail +demo +desk MAIN\.NOPE +does not exist in Alma\n +-> Correct circulationDesk of kiosk-0/)
})

t.test('what a desk may not do: a warning for some locations, a failure for all', async (t) => {
  const location = (location_code: string, check_in: boolean, check_out: boolean) => ({
    location_code,
    check_in,
    check_out,
  })
  const alma = await startAlma(t, {
    data: {
      libraries: [
        {
          code: 'MAIN',
          locations: [{ code: 'A' }, { code: 'B' }],
          circ_desks: [
            { code: 'SOME', location: [location('A', true, true), location('B', true, false)] },
            { code: 'NEVER', location: [location('A', true, false)] },
          ],
        },
      ],
    } as never,
  })
  const at = (circulationDesk: string, profile = 'plain') => ({ library: 'MAIN', circulationDesk, profile })
  const run = (desks: readonly Desk[]) =>
    runCli(['check', '--json', '--config', writeConfig(t, alma.url, desks)], { env: key })
  const findings = (stdout: string) =>
    JSON.parse(stdout).findings.filter((each: { level: string }) => each.level !== 'ok')

  const kiosks = await run([at('SOME'), at('NEVER')])
  t.equal(kiosks.exitCode, 1)
  t.match(
    findings(kiosks.stdout).filter((each: { subject: string }) => each.subject.startsWith('desk')),
    [
      { level: 'warn', subject: 'desk MAIN.SOME', sentence: 'may not lend at B (used by kiosk-0)' },
      { level: 'fail', subject: 'desk MAIN.NEVER', sentence: 'may not lend at A (used by kiosk-1)' },
    ],
  )
  const sorter = await run([at('NEVER', 'sorter')])
  t.equal(sorter.exitCode, 0, 'a sorter need not lend')
})

t.test('a key without its rights', async (t) => {
  const readOnly = await startAlma(t)
  const file = writeConfig(t, readOnly.url, [selfCheck])
  const missing = await runCli(['check', '--config', file], { env: { ALMA_KEY: 'demo-key-read-only' } })
  t.equal(missing.exitCode, 1)
  t.match(missing.stdout, /ok +demo +right Users, read +is there/)
  t.match(missing.stdout, /fail +demo +right Users, write +is missing\n +-> Give the API key this right/)
  const unknown = await runCli(['check', '--config', file], { env: { ALMA_KEY: 'canary-key' } })
  t.equal(unknown.exitCode, 1)
  t.match(unknown.stdout, /fail +demo +key +is refused by Alma/)
  t.notMatch(unknown.stdout + unknown.stderr, /canary/)

  const noConf = await startAlma(t, { apiKeys: [{ key: 'k', rights: { users: 'read-write', bibs: 'read-write' } }] })
  const partly = await runCli(['check', '--config', writeConfig(t, noConf.url, [selfCheck])], {
    env: { ALMA_KEY: 'k' },
  })
  t.equal(partly.exitCode, 1)
  t.match(partly.stdout, /fail +demo +right Configuration, read +is missing: libraries, desks and codes cannot be/)
  t.match(partly.stdout, /ok +demo +right Bibs, write +is there/)

  const blank = await runCli(['check', '--config', file], { env: { ALMA_KEY: 'two words' } })
  t.match(blank.stdout, /fail +demo +key +holds blanks/)
})

t.test('Alma is away: exit code 3; --offline does not ask', async (t) => {
  const file = writeConfig(t, 'http://127.0.0.1:1', [selfCheck])
  const away = await runCli(['check', '--config', file], { env: key })
  t.equal(away.exitCode, 3)
  t.match(away.stdout, /fail +demo +key +Alma cannot be reached/)
  const offline = await runCli(['check', '--offline', '--config', file], { env: key })
  t.equal(offline.exitCode, 0)
})

t.test('every fault of the file, with line and column, on standard error', async (t) => {
  const file = writeConfig(t, 'http://127.0.0.1:1', [{ ...selfCheck, profile: 'nope' }])
  const { exitCode, stdout, stderr } = await runCli(['check', '--config', file])
  t.equal(exitCode, 2)
  t.equal(stdout, '')
  const lines = stderr.trim().split('\n')
  t.equal(lines.length, 2)
  t.match(lines[0], /circbridge\.yaml:8:\d+: institutions\[0\]\.alma\.key: .*ALMA_KEY.*not set/)
  t.match(lines[1], /circbridge\.yaml:10:\d+: terminals\[0\]\.profile: /)
  const inJson = await runCli(['check', '--json', '--config', file])
  t.equal(inJson.exitCode, 2)
  t.equal(JSON.parse(inJson.stdout).faults.length, 2)
  t.equal((await runCli(['check', '--config', '/nowhere.yaml'])).exitCode, 2)
  t.equal((await runCli(['check'])).exitCode, 2)
})

t.test('certificates: unusable, about to expire, good', async (t) => {
  const make = async (days: number) => {
    const notAfterDate = new Date(Date.now() + days * 86_400_000)
    return generate([{ name: 'commonName', value: 'x' }], { keyType: 'ec', notAfterDate })
  }
  const [good, soon] = [await make(365), await make(5)]
  const listener = (name: string, port: number, cert: string) =>
    `    - { name: ${name}, port: ${port}, tls: { certificate: 'env:${cert}', key: 'env:GOOD_KEY' } }`
  const more = ['listeners:', '  sip2:', listener('good', 6001, 'GOOD'), listener('wrong', 6002, 'SOON')].join('\n')
  const file = writeConfig(t, 'http://127.0.0.1:1', [selfCheck], more)
  const env = { ...key, GOOD: good.cert, GOOD_KEY: good.private, SOON: soon.cert }
  const both = await runCli(['check', '--offline', '--config', file], { env })
  t.equal(both.exitCode, 1)
  t.match(both.stdout, /ok +good +tls +the certificate is good until \d{4}-\d\d-\d\d/)
  t.match(both.stdout, /fail +wrong +tls +the certificate or its key cannot be used/)
  const expiring = { ...env, GOOD: soon.cert, GOOD_KEY: soon.private }
  const { stdout } = await runCli(['check', '--offline', '--config', file], { env: expiring })
  t.match(stdout, /warn +good +tls +the certificate expires on/)
})
