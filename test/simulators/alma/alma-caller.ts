/** Calls a simulated Alma over HTTP, as a client would. */
import type { Test } from 'tap'
import { Agent, request } from 'undici'
import { type AlmaSimulator, type SimulatorOptions, startAlmaSimulator } from '../../../simulators/alma/simulator.ts'

export interface CallOptions {
  readonly body?: unknown
  /** `null` sends no key. */
  readonly key?: string | null
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The member at a path of names and numbers, `item_loan.0.loan_id`; undefined when there is none. */
  at(path: string): unknown
  /** The same as text, for addresses; empty when there is none. */
  textAt(path: string): string
  /** Code of the first error, empty when the answer is none. */
  readonly code: string
}

export interface Alma {
  readonly simulator: AlmaSimulator
  readonly control: AlmaSimulator['control']
  call(method: string, path: string, options?: CallOptions): Promise<Reply>
  get(path: string, options?: CallOptions): Promise<Reply>
  post(path: string, body?: unknown): Promise<Reply>
  put(path: string, body: unknown): Promise<Reply>
  /** Address below `/almaws/v1` of the item with a barcode. */
  itemPath(barcode: string): Promise<string>
}

/** A moment in the working day of the sample library: Tuesday, 11:00 in Berlin. */
export const tuesday = '2026-03-10T10:00:00Z'

/** Starts a simulator for a test and closes it at its end. Without other options: no limit a second, fixed time. */
export async function startAlma(t: Test, options: SimulatorOptions = {}): Promise<Alma> {
  const simulator = await startAlmaSimulator({ perSecond: 'none', clock: () => new Date(tuesday), ...options })
  const agent = new Agent({ pipelining: 1 })
  t.teardown(async () => {
    await agent.destroy()
    await simulator.close()
  })

  async function call(method: string, path: string, sent: CallOptions = {}): Promise<Reply> {
    const { body, key = simulator.apiKey, accept = 'application/json', headers = {} } = sent
    const isText = typeof body === 'string'
    const url = path.startsWith('http')
      ? path
      : `${simulator.url}${path.startsWith('/control') ? '' : '/almaws/v1'}${path}`
    const response = await request(url, {
      dispatcher: agent,
      method: method as 'GET',
      headers: {
        accept,
        ...(key === null ? {} : { authorization: `apikey ${key}` }),
        ...(body === undefined ? {} : { 'content-type': isText ? 'application/xml' : 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : isText ? body : JSON.stringify(body),
    })
    return toReply(response.statusCode, response.headers, await response.body.text())
  }

  return {
    simulator,
    control: simulator.control,
    call,
    get: (path, sent) => call('GET', path, sent),
    post: (path, body) => call('POST', path, { body }),
    put: (path, body) => call('PUT', path, { body }),
    itemPath: async (barcode) => {
      const { headers } = await call('GET', `/items?item_barcode=${barcode}`)
      return String(headers.location).replace(/^.*\/almaws\/v1/, '')
    },
  }
}

function toReply(status: number, headers: Reply['headers'], text: string): Reply {
  const json: unknown = String(headers['content-type']).includes('json') && text !== '' ? JSON.parse(text) : undefined
  const at = (path: string): unknown => memberAt(json, path)
  const textAt = (path: string): string => {
    const member = at(path)
    return typeof member === 'string' || typeof member === 'number' ? String(member) : ''
  }
  return { status, headers, text, at, textAt, code: textAt('errorList.error.0.errorCode') }
}

export function memberAt(value: unknown, path: string): unknown {
  let found = value
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

/** Body of a loan at the main desk. */
export const mainDesk = { circ_desk: { value: 'DEFAULT_CIRC_DESK' }, library: { value: 'MAIN' } }
