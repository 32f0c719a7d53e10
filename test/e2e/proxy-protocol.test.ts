/** Machines behind a proxy that tells their address, over TCP and TLS. [HAProxy: The PROXY protocol] */
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { sampleKiosk, startBridge, type TestBridge } from '../helpers/bridge.ts'
import { binaryHeader, ipv4Block, textHeader } from '../helpers/proxy-header.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

interface Options {
  readonly proxyProtocol?: object
  readonly more?: object
}

/** The proxy is 127.0.0.2; the listener tells kiosks apart by their addresses. */
const start = (t: Test, { proxyProtocol = {}, more = {} }: Options = {}): Promise<TestBridge> =>
  startBridge(t, {
    config: (base) => ({
      ...base,
      listeners: {
        ...base.listeners,
        sip2: base.listeners.sip2.map((listener) => ({
          ...listener,
          proxyProtocol: { trustedProxies: ['127.0.0.2'], ...proxyProtocol },
          ...more,
        })),
      },
      terminals: [
        { ...sampleKiosk, name: 'hall', login: undefined, from: { addresses: ['10.1.0.0/16'] } },
        { ...sampleKiosk, name: 'annex', login: undefined, from: { addresses: ['2001:db8::/32'] } },
        { ...sampleKiosk, name: 'direct', login: undefined, from: { addresses: ['127.0.0.1'] } },
        { ...sampleKiosk, name: 'proxy', login: undefined, from: { addresses: ['127.0.0.2'] } },
      ],
    }),
  })

const localAddress = '127.0.0.2'

/** The terminal's name that the bridge tells in AN of 98. */
const nameOf = async (bridge: TestBridge, listener: string, preamble?: string | Uint8Array) =>
  (await (await bridge.connect({ listener, localAddress, ...(preamble && { preamble }) })).ask(sip2.status)).get('AN')

for (const listener of ['tcp', 'tls']) {
  t.test(`the address in the header counts, over ${listener}`, async (t) => {
    const bridge = await start(t)
    t.equal(await nameOf(bridge, listener, textHeader('10.1.2.3')), 'hall')
    t.equal(await nameOf(bridge, listener, binaryHeader({ block: ipv4Block('10.1.2.3') })), 'hall')
    t.equal(await nameOf(bridge, listener, 'PROXY TCP6 2001:db8::1 ::1 1 2\r\n'), 'annex')
    const local = binaryHeader({ command: 0x20, family: 0, block: Buffer.alloc(0) })
    t.equal(await nameOf(bridge, listener, local), 'proxy', 'of a proxy that speaks for itself its own')
    t.equal(await nameOf(bridge, listener, 'PROXY UNKNOWN\r\n'), 'proxy')
  })

  t.test(`only trusted proxies are believed, over ${listener}`, async (t) => {
    const bridge = await start(t)
    await bridge.dial({ listener, preamble: textHeader('10.1.2.3') }).end()
    await bridge.dial({ listener }).end()
    t.match((await bridge.get('/metrics')).text, /change="refused",reason="address-not-allowed"} 2/)
    const open = await start(t, { proxyProtocol: { direct: 'served' } })
    const kiosk = await open.connect({ listener })
    t.equal((await kiosk.ask(sip2.status)).get('AN'), 'direct', 'a direct connection has its own address')
  })

  t.test(`a trusted proxy must send a header, over ${listener}`, async (t) => {
    const bridge = await start(t, { proxyProtocol: { headerTimeoutMs: 300, maxHeaderBytes: 300 } })
    const refused = [
      bridge.dial({ listener, localAddress }),
      bridge.dial({ listener, localAddress, preamble: 'PROXY TCP4 10.1.2.3 ' }),
      bridge.dial({ listener, localAddress, preamble: binaryHeader({ block: Buffer.alloc(400) }) }),
    ]
    // A machine that speaks first is not taken for a header.
    refused.at(0)?.write('9900802.00\r')
    await Promise.all(refused.map((kiosk) => kiosk.end()))
    t.match((await bridge.get('/metrics')).text, /change="refused",reason="proxy-header"} 3/)
  })
}

t.test('a header in single bytes, with the first request right behind it', async (t) => {
  const bridge = await start(t)
  const { port = 0 } = bridge.bridge.addresses.sip2.find(({ name }) => name === 'tcp')?.address ?? {}
  const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true })
  t.teardown(() => socket.destroy())
  const header = Buffer.concat([binaryHeader({ block: ipv4Block('10.1.2.3') }), Buffer.from('9900802.00\r99')])
  for (const byte of header) {
    socket.write(Buffer.from([byte]))
    await new Promise(setImmediate)
  }
  socket.write('00802.00\r')
  let answer = ''
  while ((answer.match(/\r/g) ?? []).length < 2) answer += String(await once(socket, 'data'))
  t.equal((answer.match(/\|ANhall\|/g) ?? []).length, 2)
})

t.test('limits and allowed addresses are about the machine and not about the proxy', async (t) => {
  const bridge = await start(t, { more: { maxConnectionsPerAddress: 1, allowFrom: ['10.1.0.0/16'] } })
  for (const address of ['10.1.0.1', '10.1.0.2']) {
    t.equal(await nameOf(bridge, 'tcp', textHeader(address)), 'hall')
  }
  await bridge.dial({ listener: 'tcp', localAddress, preamble: textHeader('10.1.0.1') }).end()
  await bridge.dial({ listener: 'tcp', localAddress, preamble: textHeader('10.2.0.1') }).end()
  const { text } = await bridge.get('/metrics')
  t.match(text, /reason="address-limit"} 1/)
  t.match(text, /reason="address-not-allowed"} 1/)
})

t.test('a proxy that looks whether the port is open is no fault, and headers that never come give way', async (t) => {
  const bridge = await start(t, { more: { maxHandshakes: 2 } })
  bridge.dial({ listener: 'tcp', localAddress }).socket.end()
  const [oldest] = [1, 2, 3].map(() => bridge.dial({ listener: 'tcp', localAddress }))
  await oldest?.end()
  t.equal(await nameOf(bridge, 'tcp', textHeader('10.1.0.1')), 'hall')
  t.notMatch((await bridge.get('/metrics')).text, /reason="proxy-header"/)
})
