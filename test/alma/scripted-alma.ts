import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Script = (request: SeenRequest, response: ServerResponse, attempt: number) => void

export interface ScriptedAlma {
  readonly url: string
  readonly seen: SeenRequest[]
  answer(script: Script): void
  close(): Promise<void>
}

/** A gateway that answers as the test says, for what no simulated library would ever do. */
export async function startScriptedAlma(first: Script): Promise<ScriptedAlma> {
  let script = first
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const entry = { method, url, headers, body: Buffer.concat(chunks).toString() }
      seen.push(entry)
      script(entry, response, seen.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (next) => {
      script = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-exl-api-remaining': '4999' })
  response.end(JSON.stringify(body))
}

export function sendError(response: ServerResponse, code: string, status = 400): void {
  sendJson(response, { errorsExist: true, errorList: { error: [{ errorCode: code, errorMessage: '' }] } }, status)
}
