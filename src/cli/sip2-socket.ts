/** A connection to a SIP2 server, over TCP or TLS. */
import { type Socket, connect as connectTcp, isIP } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { explainConnectionError } from './connection-error.ts'
import { Sip2ClientError } from './sip2-exchange.ts'

export interface Sip2Address {
  readonly host: string
  readonly port: number
  /** Present for TLS. */
  readonly tls?: Sip2ClientTls | undefined
  /** How long a connection, and then each reply, may take. */
  readonly timeoutMs?: number | undefined
}

export interface Sip2ClientTls {
  /** PEM of the authorities to trust in place of the well-known ones. */
  readonly ca?: string | undefined
  /** Takes any certificate. */
  readonly insecure?: boolean | undefined
}

export const defaultTimeoutMs = 10_000

/** Rejects with a `Sip2ClientError` when there is no connection in time, or the certificate is not trusted. */
export async function openSocket(options: Sip2Address): Promise<Socket> {
  const { host, port, timeoutMs = defaultTimeoutMs } = options
  const socket = options.tls === undefined ? connectTcp({ host, port }) : connectTls(tlsOptions(options))
  socket.setNoDelay(true)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => reject(new Sip2ClientError('unreachable', 'no connection in time')), timeoutMs)
  const refuse = (error: Error) => reject(new Sip2ClientError('unreachable', explainConnectionError(error)))
  socket.once(options.tls === undefined ? 'connect' : 'secureConnect', resolve)
  socket.once('error', refuse)
  try {
    await promise
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    socket.off('error', refuse)
  }
}

function tlsOptions({ host, port, tls }: Sip2Address): ConnectionOptions {
  return {
    host,
    port,
    rejectUnauthorized: tls?.insecure !== true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
  }
}
