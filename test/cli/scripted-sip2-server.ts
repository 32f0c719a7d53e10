/** A SIP2 server that answers by a script, right or wrong as the test wants it. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { checksumOf } from '../../src/sip2/checksum.ts'

/** Ends the connection in place of an answer. */
export const hangUp = Symbol('hang up')

/** What the script may do with a request: send one or several texts as they are, nothing, or hang up. */
export type Answer = string | readonly string[] | undefined | typeof hangUp

export interface ScriptedServer {
  readonly port: number
  /** Every line that came, in order. */
  readonly lines: string[]
  close(): Promise<void>
}

export interface ServerOptions {
  readonly tls?: { readonly cert: string; readonly key: string }
}

export async function startScriptedServer(
  script: (line: string, index: number) => Answer,
  { tls }: ServerOptions = {},
): Promise<ScriptedServer> {
  const lines: string[] = []
  const sockets = new Set<Socket>()
  const serve = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      const parts = (text + chunk).split('\r')
      text = parts.pop() ?? ''
      for (const line of parts) {
        lines.push(line)
        const answer = script(line, lines.length - 1)
        if (answer === hangUp) socket.destroy()
        else for (const each of [answer ?? []].flat()) socket.write(each, 'latin1')
      }
    })
  }
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve)
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A reply with the sequence number of its request and the right checksum, and a CR. */
export function answerTo(line: string, reply: string): string {
  const sequence = /AY(\d)AZ/.exec(line)?.[1]
  return seal(`${reply}${sequence === undefined ? '' : `AY${sequence}`}`)
}

/** Adds the checksum and a CR. */
export function seal(text: string): string {
  return `${text}AZ${checksumOf(Buffer.from(`${text}AZ`, 'latin1'))}\r`
}

/** The error with which something ends that must not succeed. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
}
