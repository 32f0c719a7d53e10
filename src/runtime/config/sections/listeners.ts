import { z } from 'zod'
import { count, milliseconds, name, network, networkAddress, port, secret, setting } from '../fields.ts'

const tls = z.strictObject({
  certificate: setting(
    secret,
    'Certificate',
    'Reference to the certificate chain in PEM, such as file:tls/kiosks.crt.',
  ),
  key: setting(secret, 'Private key', 'Reference to the private key in PEM.'),
  minVersion: setting(
    z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
    'Oldest version',
    'Oldest version of TLS that a machine may speak.',
  ),
  handshakeTimeoutMs: setting(
    milliseconds(100, 120_000).default(10_000),
    'Longest handshake',
    'A machine that has not finished its handshake by then is cut off.',
    'ms',
  ),
})

const sip2 = z.strictObject({
  name: setting(name, 'Name', 'Name of the listener in this file, in logs and in metrics.'),
  address: setting(networkAddress.default('0.0.0.0'), 'Address', 'Network address of this machine to listen at.'),
  port: setting(port, 'Port', 'TCP port; 0 takes a free one.'),
  tls: setting(tls.optional(), 'TLS', 'Present when the listener speaks TLS.'),
  maxConnections: setting(count(1, 100_000).default(2000), 'Most connections', 'One more is closed at once.'),
  maxConnectionsPerAddress: setting(
    count(1, 100_000).default(200),
    'Most connections from one address',
    'One more is closed at once. A branch may share one address.',
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
export type TlsConfig = z.infer<typeof tls>
export type HttpListenerConfig = z.infer<typeof http>
