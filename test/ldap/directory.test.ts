import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Client } from 'ldapts'
import t, { type Test } from 'tap'
import type { LdapConfig } from '../../src/ldap/config.ts'
import { LdapDirectory } from '../../src/ldap/directory.ts'
import { probeHosts } from '../../src/ldap/probe.ts'
import type { Log } from '../../src/runtime/log.ts'
import { makeCall } from '../helpers/call.ts'
import { CountingProxy } from './counting-proxy.ts'
import { account, noSlapd, oddName, password, people, Slapd, suffix } from './slapd.ts'

const skip = noSlapd
const bySearch = { account, base: people, scope: 'sub', filter: '(uid={identifier})' } as const
const byTemplate = { userDn: `uid={identifier},${people}` }

function recordingLog() {
  const lines: string[] = []
  const write = (...line: unknown[]) => lines.push(JSON.stringify(line))
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log }
  return { log, lines }
}

function makeDirectory(t: Test, urls: readonly string[], changes: Partial<LdapConfig> = {}) {
  const { log, lines } = recordingLog()
  const directory = new LdapDirectory(
    {
      institution: 'demo',
      urls,
      startTls: false,
      ca: undefined,
      serverName: undefined,
      find: bySearch,
      identifierKind: undefined,
      connectTimeoutMs: 2000,
      answerTimeoutMs: 5000,
      connections: 2,
      maxQueued: 10,
      idleMs: 60_000,
      ...changes,
    },
    { monotonic: () => performance.now(), log },
  )
  t.teardown(() => directory.close())
  const verify = (identifier: string, secret: string, signal?: AbortSignal) =>
    directory.verify(identifier, secret, makeCall(signal && { signal }))
  return { directory, verify, lines }
}

const yes = { kind: 'done', value: true }
const wrong = { kind: 'refused', reason: 'patron-pin-wrong' }
const offline = { kind: 'unavailable', cause: 'offline' }
const late = { kind: 'unavailable', cause: 'timeout' }

t.test('both ways of finding the entry, over every kind of connection', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const ways: Readonly<Record<string, readonly [string, Partial<LdapConfig>]>> = {
    'in clear on this computer': [slapd.url, {}],
    ldaps: [slapd.secureUrl, { ca: slapd.certificate }],
    startTls: [slapd.url, { ca: slapd.certificate, startTls: true }],
    'another name in the certificate': [slapd.secureUrl, { ca: slapd.certificate, serverName: 'ldap.example.org' }],
  }
  for (const [name, [url, changes]] of Object.entries(ways)) {
    for (const find of [bySearch, byTemplate]) {
      const { verify, lines } = makeDirectory(t, [url], { ...changes, find })
      t.match(await verify('anna', password), yes, name)
      t.match(await verify('anna', 'wrong'), wrong, name)
      t.match(await verify('anna', password), yes, `${name}: a refused bind leaves the connection of use`)
      t.match(await verify('nobody', password), wrong, `${name}: nobody of that name is a wrong PIN`)
      t.same(lines, [], name)
    }
  }
})

t.test('an empty password never binds, although this directory would say yes', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const client = new Client({ url: slapd.url })
  await t.resolves(client.bind(`uid=anna,${people}`, ''), 'the directory takes it for an anonymous bind')
  await client.unbind()
  const { verify } = makeDirectory(t, [slapd.url])
  t.match(await verify('anna', ''), wrong)
  t.match(await verify('', password), wrong)
})

t.test('an identifier stays one value, whatever it is made of', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  for (const find of [bySearch, byTemplate]) {
    const { verify } = makeDirectory(t, [slapd.url], { find })
    t.match(await verify(oddName, password), yes, 'a person of an odd name')
    for (const trick of [
      '*',
      'ann*',
      'anna)(uid=*',
      'anna,ou=people',
      'anna\\',
      '\0',
      ' anna,',
      '=',
      'anna+uid=jonas',
    ]) {
      t.match(await verify(trick, password), wrong, JSON.stringify(trick))
    }
  }
})

t.test('locked and expired accounts, and one without a password', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const { verify } = makeDirectory(t, [slapd.url])
  t.match(await verify('locked', password), { kind: 'refused', reason: 'patron-blocked', evidence: 'ldap 49 policy 1' })
  t.match(await verify('expired', password), {
    kind: 'refused',
    reason: 'patron-blocked',
    evidence: 'ldap 49 policy 0',
  })
  t.match(await verify('open', password), wrong)
})

t.test('a filter that does not tell persons apart lets nobody in', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const { verify } = makeDirectory(t, [slapd.url], { find: { ...bySearch, filter: '(employeeNumber={identifier})' } })
  t.match(await verify('21234000000001', password), yes)
  t.match(await verify('shared', password), wrong, 'three of them')
})

t.test('connections are kept, bounded, and made anew after a cut', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const proxy = await CountingProxy.start(t, slapd.port)
  const { verify, lines } = makeDirectory(t, [proxy.url])
  for (let count = 0; count < 5; count++) t.match(await verify('anna', password), yes)
  t.equal(proxy.opened, 2, 'one that searches and one that binds')

  const many = await Promise.all(Array.from({ length: 8 }, () => verify('jonas', password)))
  t.match(
    many,
    Array.from({ length: 8 }, () => yes),
  )
  t.equal(proxy.opened, 4, 'two of each at most')

  proxy.cut()
  t.match(await verify('anna', password), yes, 'what was kept is broken, what is new works')
  t.equal(proxy.opened, 6)
  t.same(lines, [], 'the host has not failed')
})

t.test('one that is not used is closed', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const proxy = await CountingProxy.start(t, slapd.port)
  const { verify } = makeDirectory(t, [proxy.url], { idleMs: 20 })
  t.match(await verify('anna', password), yes)
  while (proxy.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  t.match(await verify('anna', password), yes)
  t.equal(proxy.opened, 4)
})

t.test('the queue is bounded, and closing ends what waits', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const { verify, directory } = makeDirectory(t, [slapd.url], { connections: 1, maxQueued: 1 })
  t.match(await verify('anna', password), yes)
  slapd.freeze()
  const first = verify('anna', password)
  const second = verify('anna', password)
  t.match(await verify('anna', password), { kind: 'unavailable', cause: 'overload' })
  const gone = new AbortController()
  gone.abort()
  t.match(await verify('anna', password, gone.signal), late, 'whose time is over does not wait')
  directory.close()
  t.match(await first, { kind: 'unavailable' })
  t.match(await second, { kind: 'unavailable' })
})

for (const startTls of [false, true]) {
  t.test(
    `a directory that says nothing, then one that is restarted${startTls ? ', under StartTLS' : ''}`,
    { skip },
    async (t) => {
      const slapd = await Slapd.start(t)
      const { verify, lines } = makeDirectory(t, [slapd.url], {
        answerTimeoutMs: 300,
        startTls,
        ca: slapd.certificate,
      })
      t.match(await verify('anna', password), yes)
      slapd.freeze()
      t.match(await verify('anna', password), late)
      t.match(await verify('anna', password, AbortSignal.timeout(50)), late, "the message's own deadline comes first")
      slapd.thaw()
      t.match(await verify('anna', password), yes)
      await slapd.stop()
      t.match(await verify('anna', password), offline)
      t.match(await verify('anna', password), offline)
      await slapd.run()
      t.match(await verify('anna', password), yes)
      const codes = lines.map((line) => (JSON.parse(line) as [string, object])[0])
      t.same(codes, ['LDAP_HOST_FAILED', 'LDAP_HOST_BACK', 'LDAP_HOST_FAILED', 'LDAP_HOST_BACK'], 'told once each')
      t.notMatch(lines.join(), /anna|Gr|canary|example|secret/)
    },
  )
}

t.test('hosts are tried in order, and one that failed is left alone for a while', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  let asked = 0
  const silent = createServer((socket) => {
    asked += 1
    socket.on('error', () => {})
    t.teardown(() => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const silentUrl = `ldap://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const { verify } = makeDirectory(t, ['ldap://127.0.0.1:1', silentUrl, slapd.url], { answerTimeoutMs: 300 })
  t.match(await verify('anna', password), yes)
  t.equal(asked, 1)
  t.match(await verify('anna', 'wrong'), wrong)
  t.equal(asked, 1)
})

t.test('nothing is said where the encryption fails', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const cases: readonly (readonly [string, Partial<LdapConfig>, string])[] = [
    [slapd.secureUrl, {}, 'ldap DEPTH_ZERO_SELF_SIGNED_CERT'],
    [slapd.url, { startTls: true }, 'ldap DEPTH_ZERO_SELF_SIGNED_CERT'],
    [slapd.secureUrl, { ca: slapd.certificate, serverName: 'other.example.org' }, 'ldap ERR_TLS_CERT_ALTNAME_INVALID'],
  ]
  for (const [url, changes, evidence] of cases) {
    const { verify } = makeDirectory(t, [url], changes)
    t.match(await verify('anna', password), { ...offline, evidence })
  }
})

t.test('an account that is refused, and a base that is not there', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const wrongAccount = { ...bySearch, account: { ...account, password: 'no' } }
  const { verify, lines } = makeDirectory(t, [slapd.url], { find: wrongAccount })
  t.match(await verify('anna', password), { kind: 'unavailable', cause: 'key-refused', evidence: 'ldap 49 account' })
  t.match(await verify('anna', password), { kind: 'unavailable', cause: 'key-refused' })
  t.same(lines, ['["LDAP_ACCOUNT_REFUSED",{"institution":"demo","errorCode":"49"}]'])
  const elsewhere = makeDirectory(t, [slapd.url], { find: { ...bySearch, base: `ou=none,${suffix}` } })
  t.match(await elsewhere.verify('anna', password), { kind: 'unavailable', cause: 'internal', evidence: 'ldap 32' })
})

t.test('the probe tells each host apart', { skip }, async (t) => {
  const slapd = await Slapd.start(t)
  const config = {
    institution: 'demo',
    urls: [slapd.url, 'ldap://127.0.0.1:1'],
    startTls: true,
    ca: slapd.certificate,
    serverName: undefined,
    identifierKind: undefined,
    connectTimeoutMs: 2000,
    answerTimeoutMs: 5000,
    connections: 1,
    maxQueued: 1,
    idleMs: 1000,
  }
  const probe = async (find: LdapConfig['find']) => {
    const failures: string[] = []
    for await (const { failure } of probeHosts({ ...config, find }, AbortSignal.timeout(20_000))) failures.push(failure)
    return failures
  }
  t.same(await probe(bySearch), ['none', 'unreachable'])
  t.same(await probe(byTemplate), ['none', 'unreachable'])
  t.same(await probe({ ...bySearch, account: { ...account, password: 'no' } }), ['account-refused', 'unreachable'])
  t.same(await probe({ ...bySearch, base: `ou=none,${suffix}` }), ['base-missing', 'unreachable'])
})
