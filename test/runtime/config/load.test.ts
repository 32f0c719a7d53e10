import t from 'tap'
import { formatFaults } from '../../../src/runtime/config/fault.ts'
import { loadConfig, parseConfig } from '../../../src/runtime/config/load.ts'
import type { Config } from '../../../src/runtime/config/schema.ts'

const env = { ALMA_KEY: 'l7xx-canary' }
const small = (rest = ''): string => `institutions:
  - id: demo
    agency: 01DEMO
    name: Demo
    timeZone: Europe/Berlin
    currency: EUR
    alma: { region: eu, key: env:ALMA_KEY }
${rest}`

function load(text: string, variables: Record<string, string> = env): Config {
  const result = parseConfig(text, { file: 'test.yaml', env: variables })
  if (!result.ok) throw new Error(formatFaults(result.faults))
  return result.config
}

function faultsOf(text: string, variables: Record<string, string> = env): string[] {
  const result = parseConfig(text, { file: 'test.yaml', env: variables })
  return result.ok ? [] : formatFaults(result.faults).split('\n')
}

t.test('fills every default', async (t) => {
  const config = load(small())
  t.equal(config.institutions[0]?.alma.baseUrl, 'https://api-eu.hosted.exlibrisgroup.com')
  t.equal(config.institutions[0]?.alma.quota.perSecond, 20)
  t.equal(config.listeners.http.port, 8080)
  t.equal(config.profiles.plain.charset, 'cp850')
  t.equal(config.profiles.plain.messages.checkout, true)
  t.same(config.terminals, [])
  t.equal(config.ncip.path, '/ncip')
})

t.test('a profile of the file keeps its keys beside the defaults, and plain can be changed', async (t) => {
  const config = load(small('profiles: { plain: { charset: utf-8 }, kiosk: { pinPolicy: alma } }'))
  t.equal(config.profiles.plain.charset, 'utf-8')
  t.equal(config.profiles['kiosk']?.pinPolicy, 'alma')
  t.equal(config.profiles['kiosk']?.charset, 'cp850')
})

t.test('one value or a list where a list is meant', async (t) => {
  const profile =
    'profiles: { s: { sortBins: { rules: [{ bin: "1", when: { destination: shelf, library: [A, B] } }] } } }'
  const rule = load(small(profile)).profiles['s']?.sortBins.rules[0]
  t.same(rule?.when, { destination: ['shelf'], library: ['A', 'B'] })
})

t.test('secrets come from the environment and from files beside the config, and do not print', async (t) => {
  const folder = t.testdir({
    'c.yaml': small().replace('env:ALMA_KEY', 'file:keys/alma'),
    keys: { alma: 'file-canary\n' },
  })
  t.equal(load(small()).institutions[0]?.alma.key.reveal(), 'l7xx-canary')
  const result = loadConfig(`${folder}/c.yaml`)
  if (!result.ok) throw new Error(formatFaults(result.faults))
  const key = result.config.institutions[0]?.alma.key
  t.equal(key?.reveal(), 'file-canary')
  const printed = `${JSON.stringify(result.config)} ${String(key)} ${(await import('node:util')).inspect(result.config, { depth: 9 })}`
  t.notMatch(printed, /canary/)
})

t.test('all faults at once, each with its place', async (t) => {
  const faults = faultsOf(
    `institutions:
  - id: demo
    agency: 01DEMO
    name: Demo
    timezone: Europe/Berlin
    currency: EUR
    alma: { region: ue, key: l7xx-inline-canary, quota: { perSecond: 0 } }
listeners:
  sip2:
    - { name: hall, port: 6001 }
    - { name: side, port: 6001, tls: { certificate: file:missing.crt, key: env:MISSING } }
terminals:
  - name: kiosk
    from: { listener: [hal, hall] }
    institution: dem
    library: 12
    circulationDesk:
    profile: kisk
profiles:
  kiosk: { deadlineMs: 20000, dueDateForm: dd, sortBins: { rules: [{ bin: "1", when: { destination: [shelff] } }] } }
`,
  )
  t.same(faults, [
    'test.yaml:2:5: institutions[0].timeZone: is missing: IANA zone in which the library keeps its dates.',
    'test.yaml:5:5: institutions[0].timezone: is not a key that may stand here; did you mean timeZone?',
    'test.yaml:7:21: institutions[0].alma.region: must be one of eu, na, ap, aps, ca, cn; did you mean eu?',
    'test.yaml:7:30: institutions[0].alma.key: must not stand in this file: write env:NAME for an environment variable or file:PATH for a file',
    'test.yaml:7:70: institutions[0].alma.quota.perSecond: must be at least 1 calls/s',
    'test.yaml:11:27: listeners.sip2[1].port: is the port of another listener already',
    'test.yaml:11:53: listeners.sip2[1].tls.certificate: points to file:missing.crt, but the file is not there',
    'test.yaml:11:76: listeners.sip2[1].tls.key: points to env:MISSING, but that variable is not set',
    'test.yaml:14:24: terminals[0].from.listener[0]: names no SIP2 listener of this file; did you mean hall?',
    'test.yaml:15:18: terminals[0].institution: names no institution of this file; did you mean demo?',
    'test.yaml:16:14: terminals[0].library: must be a text, not a number (quotes make it a text)',
    'test.yaml:17:21: terminals[0].circulationDesk: must be a text, not empty',
    'test.yaml:18:14: terminals[0].profile: names no profile of this file; did you mean kiosk?',
    'test.yaml:20:24: profiles.kiosk.deadlineMs: must be shorter than timeoutTenths, or the machine gives up before it is answered',
    'test.yaml:20:44: profiles.kiosk.dueDateForm: must be "sip" or a pattern of yyyy, MM, dd, HH and mm such as "dd.MM.yyyy HH:mm"',
    'test.yaml:20:102: profiles.kiosk.sortBins.rules[0].when.destination[0]: must be one of shelf, hold-shelf, transit, department, unknown; did you mean shelf?',
  ])
  t.notMatch(faults.join('\n'), /canary/, 'a fault never repeats a value')
})

t.test('what one key says about another', async (t) => {
  const terminal = (name: string, rest: string): string =>
    `  - { name: ${name}, institution: demo, library: M, circulationDesk: D, ${rest} }\n`
  const cases: readonly (readonly [string, RegExp])[] = [
    ['terminals:\n' + terminal('a', 'from: {}'), /terminals\[0\]\.from: needs listener, addresses or certificate/],
    ['terminals:\n' + terminal('a', 'profile: plain'), /terminals\[0\]: needs login, from or both/],
    [
      'terminals:\n' + terminal('a', 'from: { addresses: [10.0.0.0/33] }'),
      /addresses\[0\]: must be an address or a network/,
    ],
    [
      `terminals:\n${terminal('a', 'from: { addresses: [10.0.0.1] }')}${terminal('a', 'from: { addresses: [::1] }')}`,
      /terminals\[1\]\.name: stands for another terminal already/,
    ],
    [
      `terminals:\n${terminal('a', 'login: { user: u, passwordHash: env:ALMA_KEY }')}${terminal('b', 'login: { user: u, passwordHash: env:ALMA_KEY }, from: { addresses: [::1] }')}`,
      /terminals\[1\]: is never reached/,
    ],
    [
      `terminals:\n${terminal('a', 'from: { certificate: { subject: CN=a } }')}`,
      /terminals\[0\]\.from\.certificate: never fits: no listener of this terminal asks/,
    ],
    [
      `terminals:\n${terminal('a', 'from: { certificate: {} }')}`,
      /terminals\[0\]\.from\.certificate: needs subject, san or fingerprint/,
    ],
    [
      `terminals:\n${terminal('a', 'from: { certificate: { subject: kiosk, fingerprint: "12" } }')}`,
      /subject: must be a part of the subject, such as CN=kiosk-1[^]*fingerprint: must be a SHA-256 fingerprint/,
    ],
    ['terminals:\n' + terminal('a', 'location: HALL'), /terminals\[0\]: needs login, from or both/],
    [
      'listeners: { sip2: [{ name: a, port: 1, proxyProtocol: { trustedProxies: [] } }] }',
      /proxyProtocol\.trustedProxies: must not be empty/,
    ],
    [
      'listeners: { sip2: [{ name: a, port: 1, allowFrom: [10.0.0.0/8, kiosk] }] }',
      /allowFrom\[1\]: must be an address or a network/,
    ],
    ['limits: { loginThrottle: { maxDelayMs: 60000 } }', /maxDelayMs: must be at most 30000 ms/],
    ['terminals:\n' + terminal('a', 'login: { user: u, passwordHash: secret }'), /must be an argon2id hash/],
    [
      `terminals:\n${terminal('a', 'login: { user: u, passwordHash: env:ALMA_KEY }')}`,
      /passwordHash: is no argon2id hash that can be used/,
    ],
    ['ncip: { partners: [{ institution: dmo }] }', /partners\[0\]\.institution: names no institution.*demo/],
    ['listeners: { sip2: [{ name: a, port: 8080 }] }', /listeners\.http\.port: is the port/],
    ['profiles: { a: { languages: [de] } }', /defaultLanguage: must be one of languages/],
    ['profiles: { "a b": {} }', /profiles\.a b: must be a name/],
    ['limits: []', /limits: must be a group of keys, not a list/],
    ['limits: { loginAttempts: 1.5 }', /loginAttempts: must be a whole number/],
    ['log: { level: warning }', /level: must be one of debug, info, warn, error; did you mean warn/],
    ['institutons: []', /institutons: is not a key that may stand here; did you mean institutions/],
  ]
  for (const [rest, expected] of cases) t.match(faultsOf(small(rest)).join('\n'), expected)
})

t.test('two institutions with one agency', async (t) => {
  const two = `${small()}  - { id: two, agency: X, agencyAliases: [01DEMO], name: T, timeZone: UTC, currency: EUR, alma: { baseUrl: "http://127.0.0.1:1/", key: env:ALMA_KEY } }`
  t.match(faultsOf(two), [/institutions\[1\]\.agencyAliases\[0\]: is an agency that stands in this file already/])
})

t.test('region and base address exclude each other', async (t) => {
  t.match(faultsOf(small().replace('region: eu', 'region: eu, baseUrl: http://x')), [
    /alma: needs either region or baseUrl/,
  ])
  t.match(faultsOf(small().replace('region: eu,', '')), [/alma: needs either region or baseUrl/])
  t.equal(load(small().replace('region: eu', 'baseUrl: http://x/')).institutions[0]?.alma.baseUrl, 'http://x')
})

t.test('what is no configuration at all', async (t) => {
  t.match(faultsOf(''), [/^test\.yaml:1:1: institutions: is missing/])
  t.match(faultsOf('- 1'), [/test\.yaml:1:1: must be a group of keys, not a list/])
  t.match(faultsOf('a: [1\nb: c: d')[0], /^test\.yaml:2:\d+: is not YAML/)
  t.equal(faultsOf('a:\n  b: 1\n c: 2\n  d: 3\n').length, 1, 'what follows from the first fault is not told')
  t.match(faultsOf('a: &x [*y]')[0], /is not YAML|alias/)
  const folder = t.testdir({ 'empty.key': '' })
  const missing = loadConfig(`${folder}/none.yaml`)
  t.equal(missing.ok ? '' : formatFaults(missing.faults), `${folder}/none.yaml: is not there`)
  const directory = loadConfig(folder)
  t.match(directory.ok ? '' : formatFaults(directory.faults), /is a folder/)
  t.match(faultsOf(small(), { ALMA_KEY: '' }), [/alma\.key: points to env:ALMA_KEY, but that variable is not set/])
  t.match(faultsOf(small().replace('env:ALMA_KEY', `file:${folder}/empty.key`)), [/but that file is empty/])
})

t.test('the journal: a file needs keys, and each of 32 bytes under a name of its own', async (t) => {
  const key = Buffer.alloc(32, 1).toString('base64')
  const withKeys = (keys: string) => `${small()}journal: { sqlite: { file: journal.db${keys} } }\n`
  const config = load(withKeys(', keys: [{ id: one, secret: env:KEY }]'), { ...env, KEY: key })
  t.match(config.journal.sqlite, { keepMs: 600_000, purgeAfterDays: 30, keys: [{ id: 'one' }] })
  t.equal(load(small()).journal.sqlite, undefined, 'without it the journal lies in memory')

  t.match(faultsOf(withKeys('')), [/journal\.sqlite\.keys: is missing/])
  t.match(faultsOf(withKeys(', keys: []')), [/journal\.sqlite\.keys: /])
  const short = faultsOf(withKeys(', keys: [{ id: one, secret: env:KEY }]'), { ...env, KEY: 'short-canary' })
  t.match(short, [/keys\[0\]\.secret: is no key of 32 bytes in base64/])
  t.notMatch(short.join(), /canary/)
  const twice = withKeys(', keys: [{ id: one, secret: env:KEY }, { id: one, secret: env:KEY }]')
  t.match(faultsOf(twice, { ...env, KEY: key }), [/keys\[1\]\.id: stands for another key already/])
})

t.test('an alias that names what it stands in, and a file without an end, are faults', async (t) => {
  t.match(parseConfig('a: &a { b: *a }', { file: 'x.yaml' }), {
    ok: false,
    faults: [{ sentence: /names what it stands in/ }],
  })
  t.match(loadConfig('/dev/zero'), { ok: false, faults: [{ sentence: /too large/ }] })
})
