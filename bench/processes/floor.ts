/**
 * The least that can stand between a kiosk and the library system: a line server that makes one request a line, reads
 * its body, and writes one line back. It decodes nothing, checks nothing and knows no time limit.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Pool, request } from 'undici'
import { almaConnections } from '../bench-config.ts'
import { answerParent } from '../child.ts'
import { almaPaths, type KindName, patronBarcode, requestKinds } from '../workload.ts'
import { measureIdleUsage, measureUsage } from './usage.ts'

export interface FloorParts {
  /** Without it no request is made: every line has its answer at once. */
  readonly almaUrl?: string | undefined
  /** What is written for a line, by the two characters that it begins with. */
  readonly replies: Readonly<Record<string, string>>
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
}

export interface FloorPorts {
  readonly tcp: number
  readonly tls: number | undefined
}

type Answer = (line: string) => string | Promise<string>

const questions = {
  async start({ almaUrl, replies, tls }: FloorParts): Promise<FloorPorts> {
    const toReply = (line: string): string => replies[line.slice(0, 2)] ?? ''
    const answer = almaUrl === undefined ? toReply : makeAsker(almaUrl, toReply)
    const serve = (socket: Socket) => serveLines(socket, answer)
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }
    return {
      tcp: await listen(createServer(options, serve)),
      tls: tls && (await listen(createTlsServer({ ...options, cert: tls.certificate, key: tls.key }, serve))),
    }
  },
  usage: measureUsage,
  idleUsage: measureIdleUsage,
}

export type FloorQuestions = typeof questions

function makeAsker(almaUrl: string, toReply: (line: string) => string): Answer {
  const dispatcher = new Pool(almaUrl, { connections: almaConnections })
  const headers = { accept: 'application/json' }
  const jsonHeaders = { ...headers, 'content-type': 'application/json' }
  return async (line) => {
    const { call } = requestKinds[line.slice(0, 2) as KindName]
    if (call === undefined) return toReply(line)
    const { method, path, body = null } = almaPaths[call]
    const response = await request(`${almaUrl}/almaws/v1${path(patronBarcode)}`, {
      dispatcher,
      method,
      headers: body === null ? headers : jsonHeaders,
      body,
    })
    await response.body.text()
    return toReply(line)
  }
}

function serveLines(socket: Socket, answer: Answer): void {
  let received = ''
  socket.setEncoding('latin1')
  socket.on('error', () => socket.destroy())
  socket.on('data', async (chunk: string) => {
    received += chunk
    for (let end = received.indexOf('\r'); end >= 0; end = received.indexOf('\r')) {
      const line = received.slice(0, end)
      received = received.slice(end + 1)
      socket.write(await answer(line), 'latin1')
    }
  })
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

answerParent(questions)
