/** Machines with certificates of their own; revocation; certificates that change while the bridge runs. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { Authority, type Issued, withoutOpenssl } from '../helpers/authority.ts'
import { sampleKiosk, startBridge, type TestBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import type { SocketKiosk } from '../helpers/socket-kiosk.ts'

interface Setting {
  readonly bridge: TestBridge
  readonly authority: Authority
  readonly server: Issued
  /** Connects with a certificate, and logs in by nothing else. */
  dial(machine?: Issued, options?: ConnectionOptions): SocketKiosk
  reload(): Promise<string | undefined>
}

interface Options {
  readonly mode?: 'required' | 'optional'
  readonly crl?: boolean
  readonly revoked?: (authority: Authority) => readonly string[]
  readonly tls?: object
}

async function start(t: Test, { mode = 'required', crl = false, revoked, tls = {} }: Options = {}): Promise<Setting> {
  const authority = new Authority(t)
  const server = authority.issue('server')
  const clientCertificates = {
    ca: `file:${authority.certificateFile}`,
    mode,
    ...(crl && { crl: `file:${authority.crlFile}` }),
    revokedFingerprints: [...(revoked?.(authority) ?? [])],
  }
  const own = { certificate: `file:${server.certificateFile}`, key: `file:${server.keyFile}`, watchMs: 0 }
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      listeners: {
        ...base.listeners,
        sip2: base.listeners.sip2.map((listener) =>
          listener.name === 'tls' ? { ...listener, tls: { ...own, clientCertificates, ...tls } } : listener,
        ),
      },
      terminals: [
        { ...sampleKiosk, name: 'hall', login: undefined, from: { certificate: { subject: 'CN=hall' } } },
        { ...sampleKiosk, name: 'annex', from: { certificate: { san: 'annex.example.org' } } },
        { ...sampleKiosk, name: 'bare', login: { ...sampleKiosk.login, user: 'bare' } },
      ],
    }),
  })
  const ca = readFileSync(authority.certificateFile, 'utf8')
  return {
    bridge,
    authority,
    server,
    dial: (machine, options) =>
      bridge.dial({ tls: { ca, ...(machine && { cert: machine.certificate, key: machine.key }), ...options } }),
    reload: async () => (await bridge.bridge.reloadCertificates()).find((one) => one !== 'unchanged'),
  }
}

const nameOf = async (kiosk: SocketKiosk) => (await (await kiosk.opened()).ask(sip2.status)).get('AN')

/** A machine learns only after its own part of the handshake that its certificate was refused. */
async function isRefused(kiosk: SocketKiosk): Promise<boolean> {
  await kiosk.end()
  return kiosk.unread === ''
}

const skip = withoutOpenssl

t.test('a machine is known by the subject or an alternative name of its certificate', { skip }, async (t) => {
  const { authority, dial } = await start(t)
  t.equal(await nameOf(dial(authority.issue('hall'))), 'hall')
  const annex = await dial(authority.issue('second', { san: 'DNS:annex.example.org' })).opened()
  t.notOk((await annex.ask(sip2.status)).get('AN'), 'this one must log in as well')
  t.equal((await annex.ask(sip2.login('kiosk', 'kiosk-secret'))).fixed, '1')
  t.equal((await annex.ask(sip2.status)).get('AN'), 'annex')
  const other = await dial(authority.issue('other')).opened()
  t.equal(
    (await other.ask(sip2.login('kiosk', 'kiosk-secret'))).fixed,
    '0',
    'the right password with another certificate',
  )
})

t.test('no certificate, a foreign one, one that has expired: refused', { skip }, async (t) => {
  const { bridge, authority, dial } = await start(t)
  const foreign = new Authority(t).issue('hall')
  for (const machine of [undefined, foreign, authority.issue('hall', { days: -1 })]) {
    t.ok(await isRefused(dial(machine)))
  }
  t.match((await bridge.get('/metrics')).text, /reason="certificate"} 3/)
})

t.test(
  'certificates are optional: none is served as far as the terminals go, a wrong one is refused',
  { skip },
  async (t) => {
    const { authority, dial } = await start(t, { mode: 'optional' })
    t.equal(await nameOf(dial(authority.issue('hall'))), 'hall')
    const bare = await dial().opened()
    t.equal((await bare.ask(sip2.login('kiosk', 'kiosk-secret'))).fixed, '0', 'this terminal needs one')
    t.equal((await bare.ask(sip2.login('bare', 'kiosk-secret'))).fixed, '1')
    const foreign = new Authority(t).issue('hall')
    t.ok(await isRefused(dial(foreign)))
  },
)

t.test('a certificate whose fingerprint is on the list is refused', { skip }, async (t) => {
  let lost: Issued | undefined
  const { authority, dial } = await start(t, { revoked: (made) => [(lost = made.issue('hall')).fingerprint] })
  t.ok(await isRefused(dial(lost)))
  t.equal(await nameOf(dial(authority.issue('hall'))), 'hall', 'a new one of the same name is served')
})

t.test('a revocation list that changes counts at once for new connections, resumed ones too', { skip }, async (t) => {
  const { authority, dial, reload } = await start(t, { crl: true })
  const machine = authority.issue('hall')
  const before = dial(machine)
  const sessions: Buffer[] = []
  before.socket.on('session', (session: Buffer) => sessions.push(session))
  t.equal(await nameOf(before), 'hall')
  t.equal(await reload(), undefined, 'nothing has changed')

  authority.revoke(machine)
  t.equal(await reload(), 'changed')
  t.ok(await isRefused(dial(machine)))
  for (const session of [...sessions, undefined]) t.ok(await isRefused(dial(machine, { session })))
  t.equal((await before.ask(sip2.status)).code, '98', 'open connections are not dropped')
  t.equal(await nameOf(dial(authority.issue('hall'))), 'hall')
})

t.test('certificate, key and authority change without a drop; what is broken is not taken', { skip }, async (t) => {
  const { authority, dial, reload, server } = await start(t)
  const machine = authority.issue('hall')
  const before = dial(machine)
  t.equal(await nameOf(before), 'hall')
  const shownTo = async (kiosk: SocketKiosk) => {
    await kiosk.opened()
    return (kiosk.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256
  }
  t.equal(await shownTo(dial(machine)), server.fingerprint)

  writeFileSync(server.keyFile, 'no key')
  t.equal(await reload(), 'invalid')
  t.equal(await shownTo(dial(machine)), server.fingerprint, 'the old one stays')

  const renewed = authority.issue('renewed')
  writeFileSync(server.certificateFile, renewed.certificate)
  t.equal(await reload(), 'invalid', 'one half of a pair')
  writeFileSync(server.keyFile, renewed.key)
  t.equal(await reload(), 'changed')
  t.equal(await shownTo(dial(machine)), renewed.fingerprint)

  const next = new Authority(t)
  writeFileSync(authority.certificateFile, readFileSync(next.certificateFile))
  t.equal(await reload(), 'changed')
  t.ok(await isRefused(dial(machine)), 'signed by the authority of before')
  t.equal(await nameOf(dial(next.issue('hall'))), 'hall')
  t.equal((await before.ask(sip2.status)).get('AN'), 'hall', 'open connections are not dropped')
})

t.test('files are looked at without being told', { skip }, async (t) => {
  const { authority, dial } = await start(t, { crl: true, tls: { watchMs: 20 } })
  const machine = authority.issue('hall')
  t.equal(await nameOf(dial(machine)), 'hall')
  authority.revoke(machine)
  while (true) {
    const kiosk = await dial(machine).opened()
    kiosk.write('9900802.00\r')
    if ((await kiosk.line()) === undefined) break
    kiosk.destroy()
  }
  t.pass('the machine is refused by now')
})

t.test('a revocation list that has expired refuses everybody', { skip }, async (t) => {
  const { authority, dial, reload } = await start(t, { crl: true })
  authority.writeCrl('-crl_lastupdate', '20200101000000Z', '-crl_nextupdate', '20200102000000Z')
  t.equal(await reload(), 'changed')
  t.ok(await isRefused(dial(authority.issue('hall'))))
})

t.test('versions and ciphers', { skip }, async (t) => {
  const protocolOf = async (setting: Setting, options: ConnectionOptions) => {
    const socket = (await setting.dial(undefined, options).opened()).socket as TLSSocket
    return `${socket.getProtocol()} ${socket.getCipher().standardName}`
  }
  const modern = await start(t, { mode: 'optional' })
  t.match(await protocolOf(modern, {}), /^TLSv1\.3 /)
  t.match(await protocolOf(modern, { maxVersion: 'TLSv1.2' }), /^TLSv1\.2 TLS_ECDHE_.*(GCM|CHACHA20)/)
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
  await t.rejects(modern.dial(undefined, old).opened())
  const cbc = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA' } as const
  await t.rejects(modern.dial(undefined, cbc).opened())
  const compatible = await start(t, { mode: 'optional', tls: { ciphers: 'compatible' } })
  t.match(await protocolOf(compatible, cbc), /^TLSv1\.2 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA/)
  await t.rejects(
    compatible.dial(undefined, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:AES256-GCM-SHA384' }).opened(),
    'no forward secrecy',
  )
  const newest = await start(t, { mode: 'optional', tls: { minVersion: 'TLSv1.3' } })
  await t.rejects(newest.dial(undefined, { maxVersion: 'TLSv1.2' }).opened())
})
