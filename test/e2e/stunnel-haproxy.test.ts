/**
 * With the programs that stand between kiosks and servers in real libraries: stunnel at the kiosk, which gives TLS to a
 * machine that has none, and HAProxy in front of the bridge, which tells the kiosk's address.
 */
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { Authority, type Issued, withoutOpenssl } from '../helpers/authority.ts'
import { cards, copy, passwords, sampleKiosk, startBridge, type TestBridge } from '../helpers/bridge.ts'
import { findFreePort, runProgram, withoutProgram } from '../helpers/peer-program.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import { SocketKiosk } from '../helpers/socket-kiosk.ts'

const withoutStunnel = withoutProgram('stunnel4', '-version', 'stunnel4') || withoutOpenssl
const withoutHaproxy = withoutProgram('haproxy', '-v', 'haproxy')

const portOf = (bridge: TestBridge, name: string): number =>
  bridge.bridge.addresses.sip2.find((listener) => listener.name === name)?.address.port ?? 0

interface StartOptions {
  readonly authority?: Authority
  readonly proxied?: boolean
}

/** The kiosk is known by its certificate, or else by its address. */
const start = (t: Test, { authority, proxied = false }: StartOptions): Promise<TestBridge> => {
  const server = authority?.issue('bridge')
  return startBridge(t, {
    config: (base) => ({
      ...base,
      listeners: {
        ...base.listeners,
        sip2: base.listeners.sip2.map((listener) => ({
          ...listener,
          ...(proxied && { proxyProtocol: { trustedProxies: ['127.0.0.1'] } }),
          ...(listener.name === 'tls' &&
            authority &&
            server && {
              tls: {
                certificate: `file:${server.certificateFile}`,
                key: `file:${server.keyFile}`,
                clientCertificates: { ca: `file:${authority.certificateFile}`, crl: `file:${authority.crlFile}` },
              },
            }),
        })),
      },
      terminals: [
        ...(authority ? [{ ...sampleKiosk, name: 'certified', from: { certificate: { subject: 'CN=kiosk' } } }] : []),
        { ...sampleKiosk, name: 'hall', from: { addresses: ['127.0.0.5'] } },
        { ...sampleKiosk, name: 'annex', from: { addresses: ['127.0.0.6'] } },
      ],
    }),
  })
}

/** The port at which a kiosk that has no TLS finds its stunnel. */
async function runStunnel(
  t: Test,
  authority: Authority,
  machine: Issued,
  connectTo: number,
  more = '',
): Promise<number> {
  const port = await findFreePort()
  const file = join(t.testdir({}), 'stunnel.conf')
  writeFileSync(
    file,
    `foreground = yes
pid =
[sip2]
client = yes
accept = 127.0.0.1:${port}
connect = 127.0.0.1:${connectTo}
cert = ${machine.certificateFile}
key = ${machine.keyFile}
CAfile = ${authority.certificateFile}
verifyChain = yes
checkIP = 127.0.0.1
${more}
`,
  )
  await runProgram(t, 'stunnel4', [file], port)
  return port
}

async function runHaproxy(t: Test, connectTo: number, sendProxy: string): Promise<number> {
  const port = await findFreePort()
  const file = join(t.testdir({}), 'haproxy.cfg')
  writeFileSync(
    file,
    `defaults
  mode tcp
  timeout connect 5s
  timeout client 1m
  timeout server 1m
listen sip2
  bind 127.0.0.1:${port}
  server bridge 127.0.0.1:${connectTo} ${sendProxy}
`,
  )
  await runProgram(t, 'haproxy', ['-db', '-f', file], port)
  return port
}

async function visit(t: Test, kiosk: SocketKiosk, name: string): Promise<void> {
  await kiosk.opened()
  t.equal((await kiosk.ask(sip2.login('kiosk', passwords.kiosk))).fixed, '1')
  t.equal((await kiosk.ask(sip2.status)).get('AN'), name)
  t.match((await kiosk.ask(sip2.checkout(cards.jonas, copy(1)))).fixed, /^1/)
  t.match((await kiosk.ask(sip2.checkin(copy(1)))).fixed, /^1/)
  const many = '9900802.00\r'.repeat(50)
  kiosk.write(many)
  for (let count = 0; count < 50; count += 1) t.match(await kiosk.line(), /^98Y/)
  kiosk.socket.end()
  await kiosk.end()
}

t.test('a kiosk without TLS behind a real stunnel, with its own certificate', { skip: withoutStunnel }, async (t) => {
  const authority = new Authority(t)
  const bridge = await start(t, { authority })
  for (const [name, more] of [
    ['newest', ''],
    ['TLS 1.2', 'sslVersionMax = TLSv1.2'],
  ] as const) {
    await t.test(name, async (t) => {
      const port = await runStunnel(t, authority, authority.issue('kiosk'), portOf(bridge, 'tls'), more)
      await visit(t, new SocketKiosk({ port }), 'certified')
    })
  }
  await t.test('a certificate that was revoked', async (t) => {
    const lost = authority.issue('kiosk')
    authority.revoke(lost)
    await bridge.bridge.reloadCertificates()
    const port = await runStunnel(t, authority, lost, portOf(bridge, 'tls'))
    const kiosk = await new SocketKiosk({ port }).opened()
    kiosk.write(`${sip2.status}\r`)
    await kiosk.end()
    t.equal(kiosk.unread, '')
  })
})

for (const sendProxy of ['send-proxy', 'send-proxy-v2', 'send-proxy-v2 check inter 100ms']) {
  t.test(
    `kiosks behind a real HAProxy with ${sendProxy} are told apart by address`,
    { skip: withoutHaproxy },
    async (t) => {
      const bridge = await start(t, { proxied: true })
      const port = await runHaproxy(t, portOf(bridge, 'tcp'), sendProxy)
      await visit(t, new SocketKiosk({ port, localAddress: '127.0.0.5' }), 'hall')
      await visit(t, new SocketKiosk({ port, localAddress: '127.0.0.6' }), 'annex')
      const elsewhere = await new SocketKiosk({ port, localAddress: '127.0.0.7' }).opened()
      t.equal((await elsewhere.ask(sip2.login('kiosk', passwords.kiosk))).fixed, '0')
      elsewhere.destroy()
    },
  )
}

t.test('stunnel, then HAProxy, then the bridge', { skip: withoutStunnel || withoutHaproxy }, async (t) => {
  const authority = new Authority(t)
  const bridge = await start(t, { authority, proxied: true })
  await t.test('the chain', async (t) => {
    const front = await runHaproxy(t, portOf(bridge, 'tls'), 'send-proxy-v2')
    await t.test('a kiosk', async (t) => {
      const machine = authority.issue('other', { san: 'DNS:other.example.org' })
      const port = await runStunnel(t, authority, machine, front, 'local = 127.0.0.6')
      await visit(t, new SocketKiosk({ port }), 'annex')
    })
  })
})
