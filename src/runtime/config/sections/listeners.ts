import { z } from 'zod'
import { count, milliseconds, name, network, networkAddress, port, setting } from '../fields.ts'
import { tls } from './tls.ts'

const proxyProtocol = z.strictObject({
  trustedProxies: setting(
    z.array(network).min(1),
    'Trusted proxies',
    'Networks of the proxies in front. Every connection from there must begin with a header, whose address counts.',
  ),
  direct: setting(
    z.enum(['refused', 'served']).default('refused'),
    'Other connections',
    'Whether a connection from elsewhere is refused, or served under its own address and without a header.',
  ),
  headerTimeoutMs: setting(
    milliseconds(100, 60_000).default(3000),
    'Time to send the header',
    'A proxy that has not sent its header by then is cut off.',
    'ms',
  ),
  maxHeaderBytes: setting(
    count(232, 65_551).default(2048),
    'Longest header',
    'A longer one is refused. Only the extensions of version 2 make it long.',
    'bytes',
  ),
})

const sip2 = z.strictObject({
  name: setting(name, 'Name', 'Name of the listener in this file, in logs and in metrics.'),
  address: setting(networkAddress.default('0.0.0.0'), 'Address', 'Network address of this machine to listen at.'),
  port: setting(port, 'Port', 'TCP port; 0 takes a free one.'),
  tls: setting(tls.optional(), 'TLS', 'Present when the listener speaks TLS.'),
  proxyProtocol: setting(
    proxyProtocol.optional(),
    'PROXY protocol',
    'Present when proxies in front tell the address of the machine, by the PROXY protocol 1 or 2.',
  ),
  allowFrom: setting(
    z.array(network).default([]),
    'Allowed addresses',
    'Networks from which machines may connect; none means any. Behind a proxy the address that it tells counts.',
  ),
  maxConnections: setting(
    count(1, 100_000).default(2000),
    'Most connections',
    'For one more, one that has not logged in gives way; when there is none, the new one is closed at once.',
  ),
  maxConnectionsPerAddress: setting(
    count(1, 100_000).default(200),
    'Most connections from one address',
    'As above, among those of the address. A branch may share one address. An IPv6 network of 64 bits counts as one.',
  ),
  maxHandshakes: setting(
    count(1, 100_000).default(200),
    'Most handshakes',
    'Connections whose PROXY header or TLS handshake is under way. For one more, the oldest of the busiest address gives way.',
  ),
  maxHandshakesPerSecond: setting(
    count(1, 10_000).default(50),
    'Handshakes a second from one address',
    'TLS handshakes that one address may begin; of those that wait, one after the other is drawn by lot.',
    '1/s',
  ),
  idleTimeoutMs: setting(
    milliseconds(1000, 86_400_000).default(900_000),
    'Longest silence',
    'A machine that sends nothing for so long is disconnected.',
    'ms',
  ),
  loginTimeoutMs: setting(
    milliseconds(100, 3_600_000).default(60_000),
    'Time to log in',
    'A machine that has not logged in by then is disconnected.',
    'ms',
  ),
  requestTimeoutMs: setting(
    milliseconds(100, 600_000).default(15_000),
    'Time to send a request',
    'A machine that has begun a request and not ended it by then is disconnected.',
    'ms',
  ),
  writeTimeoutMs: setting(
    milliseconds(100, 600_000).default(10_000),
    'Time to take a reply',
    'A machine that does not read its reply by then is disconnected.',
    'ms',
  ),
  maxFrameBytes: setting(
    count(256, 1_048_576).default(8192),
    'Longest request',
    'A longer line is answered with a request to send again and dropped.',
    'bytes',
  ),
  maxLoginFrameBytes: setting(
    count(256, 8192).default(1024),
    'Longest request before the log-in',
    'The same for a machine that has not logged in; a log-in with long names fits.',
    'bytes',
  ),
  maxPipelined: setting(
    count(1, 1000).default(16),
    'Requests ahead',
    'Requests of one machine that may wait for their turn before it is read no further.',
  ),
  keepAliveMs: setting(
    milliseconds(0, 3_600_000).default(60_000),
    'TCP keep-alive',
    'Silence after which the operating system asks whether the machine is still there; 0 switches it off.',
    'ms',
  ),
})

const http = z.strictObject({
  address: setting(networkAddress.default('127.0.0.1'), 'Address', 'Network address of this machine to listen at.'),
  port: setting(port.default(8080), 'Port', 'TCP port for NCIP, health and metrics; 0 takes a free one.'),
  maxBodyBytes: setting(
    count(1024, 16_777_216).default(262_144),
    'Largest request',
    'A larger body is refused.',
    'bytes',
  ),
  maxConnections: setting(count(1, 100_000).default(500), 'Most connections', 'One more is closed at once.'),
  maxInFlight: setting(
    count(1, 10_000).default(64),
    'Most requests at once',
    'One more is answered with a temporary failure.',
  ),
  requestTimeoutMs: setting(
    milliseconds(100, 600_000).default(15_000),
    'Time to send a request',
    'A peer that has not sent its whole request by then is disconnected.',
    'ms',
  ),
  keepAliveTimeoutMs: setting(
    milliseconds(0, 600_000).default(30_000),
    'Idle connection',
    'An idle connection is closed after this time.',
    'ms',
  ),
  trustedProxies: setting(
    z.array(network).default([]),
    'Trusted proxies',
    'Reverse proxies whose X-Forwarded-For is believed when an address is checked.',
  ),
})

export const listeners = setting(
  z
    .strictObject({
      sip2: setting(z.array(sip2).default([]), 'SIP2 listeners', 'Ports at which machines speak SIP2.'),
      http: setting(http.prefault({}), 'HTTP listener', 'Port for NCIP, health and metrics.'),
    })
    .prefault({}),
  'Listeners',
  'Where machines and partners connect.',
)

export type Sip2ListenerConfig = z.infer<typeof sip2>
export type ProxyProtocolConfig = z.infer<typeof proxyProtocol>
export type HttpListenerConfig = z.infer<typeof http>
