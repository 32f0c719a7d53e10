/** A back end that answers at once, with the bytes that the simulated Alma once answered. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { answerParent } from '../child.ts'
import { type AlmaKind, almaPaths, patronBarcode, primaryId } from '../workload.ts'

interface Answer {
  readonly status: number
  readonly headers: Record<string, string | number>
  readonly body: Buffer
}

const questions = {
  async start(): Promise<{ url: string }> {
    const answers = await record()
    const server = createServer((request, response) => {
      const { method = '', url = '' } = request
      const kind = kindOf(method, url)
      const answer = answers[kind]
      response.writeHead(answer.status, answer.headers)
      response.end(kind === 'user' ? nameUser(answer.body, url) : answer.body)
    })
    server.keepAliveTimeout = 60_000
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  },
}

export type AlmaQuestions = typeof questions

function kindOf(method: string, path: string): AlmaKind {
  if (method === 'POST') return path.includes('/bibs/') ? 'scan' : 'lend'
  if (path.includes('/loans?')) return 'loans'
  if (path.includes('/requests?')) return 'requests'
  if (path.includes('/fees')) return 'fees'
  return path.includes('/items?') ? 'lookUp' : 'user'
}

/** The user whom the path names, so that no two patrons are taken for one. */
function nameUser(body: Buffer, path: string): Buffer {
  const named = Buffer.from(body)
  named.write(path.slice(path.lastIndexOf('/') + 1, path.indexOf('?')), named.indexOf(primaryId))
  return named
}

/** The lists first, then the loan and its return. */
async function record(): Promise<Record<AlmaKind, Answer>> {
  const alma = await startAlmaSimulator({ perSecond: 'none' })
  const headers = { authorization: `apikey ${alma.apiKey}`, accept: 'application/json' }
  const ask = async (kind: AlmaKind): Promise<Answer> => {
    const { method, path, body } = almaPaths[kind]
    const contentType = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(`${alma.url}/almaws/v1${path(patronBarcode)}`, {
      method,
      headers: { ...headers, ...contentType },
      body: body ?? null,
      redirect: 'manual',
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    if (response.status >= 400) throw new Error(`the simulator answered ${kind} with ${bytes.toString()}`)
    const location = response.headers.get('location')
    return {
      status: response.status,
      headers: {
        'content-type': 'application/json;charset=UTF-8',
        'content-length': bytes.length,
        'x-exl-api-remaining': 1_000_000,
        ...(location !== null && { location }),
      },
      body: bytes,
    }
  }
  const answers = {
    user: await ask('user'),
    loans: await ask('loans'),
    requests: await ask('requests'),
    fees: await ask('fees'),
    lookUp: await ask('lookUp'),
    lend: await ask('lend'),
    scan: await ask('scan'),
  }
  await alma.close()
  return answers
}

answerParent(questions)
