/** A back end that answers at once, with the bytes that the simulated Alma once answered. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { readSampleFile, sampleLibraryPath } from '../../simulators/alma/state/load.ts'
import type { SampleData } from '../../simulators/alma/state/sample-data.ts'
import { answerParent } from '../child.ts'
import { type AlmaKind, almaPaths, itemBarcode, patronBarcode, primaryId } from '../workload.ts'

interface Answer {
  readonly status: number
  readonly headers: Record<string, string | number>
  readonly body: Buffer
}

let server: Server | undefined

const questions = {
  /** @param input whether the answers hold names and titles with accents */
  async start({ accented }: { accented: boolean }): Promise<{ url: string }> {
    const answers = await record(accented)
    server = createServer((request, response) => {
      const { method = '', url = '' } = request
      const kind = kindOf(method, url)
      const answer = answers[kind]
      response.writeHead(answer.status, answer.headers)
      response.end(nameSubject(kind, answer.body, url))
    })
    server.keepAliveTimeout = 60_000
    return { url: `http://127.0.0.1:${await listen(server, 0)}` }
  },

  /** Goes away: every connection is cut, and new ones are refused. */
  async leave(): Promise<number> {
    if (!server) throw new Error('it was not started')
    const { port } = server.address() as AddressInfo
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
    return port
  },

  async comeBack(port: number): Promise<void> {
    if (server) await listen(server, port)
  },
}

export type AlmaQuestions = typeof questions

function listen(listener: Server, port: number): Promise<number> {
  return new Promise((resolve) => {
    listener.listen(port, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port))
  })
}

function kindOf(method: string, path: string): AlmaKind {
  if (method === 'POST') {
    if (path.includes('/bibs/')) return 'scan'
    if (path.includes('/fees/')) return 'pay'
    return path.includes('/loans/') ? 'renew' : 'lend'
  }
  if (path.includes('/bibs/')) return 'item'
  if (path.includes('/loans?')) return 'loans'
  if (path.includes('/requests?')) return 'requests'
  if (path.includes('/fees')) return 'fees'
  return path.includes('/items?') ? 'lookUp' : 'user'
}

let loans = 0
/** Of the loan that was recorded. */
let loanDigits = 0

/** The user, the loan and the item that the path names, so that no two of them are taken for one. */
function nameSubject(kind: AlmaKind, body: Buffer, path: string): Buffer {
  const last = path.slice(path.lastIndexOf('/') + 1, path.indexOf('?'))
  switch (kind) {
    case 'user':
      return overwrite(body, body.indexOf(primaryId), last)
    case 'lend':
      loans += 1
      return nameItem(overwrite(body, placeOfLoan(body), String(loans).padStart(loanDigits, '0')), path)
    case 'renew':
      return overwrite(body, placeOfLoan(body), last)
    default:
      return body
  }
}

function overwrite(body: Buffer, at: number, text: string): Buffer {
  const named = Buffer.from(body)
  named.write(text, at)
  return named
}

function nameItem(body: Buffer, path: string): Buffer {
  const asked = new URLSearchParams(path.slice(path.indexOf('?'))).get('item_barcode')
  const at = body.indexOf(itemBarcode)
  return asked === null || at < 0 ? body : overwrite(body, at, asked)
}

const loanMember = '"loan_id":"'
const placeOfLoan = (body: Buffer): number => body.indexOf(loanMember) + loanMember.length

/** The lists first, then the loan and its return. */
async function record(accented: boolean): Promise<Record<AlmaKind, Answer>> {
  const data = readSampleFile(sampleLibraryPath)
  const alma = await startAlmaSimulator({ perSecond: 'none', data: accented ? addAccents(data) : data })
  const headers = { authorization: `apikey ${alma.apiKey}`, accept: 'application/json' }
  const ask = async (kind: AlmaKind, loan?: string): Promise<Answer> => {
    const { method, path, body } = almaPaths[kind]
    const contentType = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(`${alma.url}/almaws/v1${path(patronBarcode, loan)}`, {
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
  const lists = {
    user: await ask('user'),
    loans: await ask('loans'),
    requests: await ask('requests'),
    fees: await ask('fees'),
    lookUp: await ask('lookUp'),
    item: await ask('item'),
  }
  const lend = await ask('lend')
  const { loan_id: loan } = JSON.parse(lend.body.toString()) as { loan_id: string }
  loanDigits = loan.length
  const answers = {
    ...lists,
    lend,
    renew: await ask('renew', loan),
    scan: await ask('scan'),
    pay: await ask('pay'),
  }
  await alma.close()
  return answers
}

/** To the patron and the item that are asked for. */
function addAccents(data: SampleData): SampleData {
  const [patron, ...patrons] = data.users ?? []
  const [item, ...items] = data.items ?? []
  if (!patron || !item) throw new Error('the sample library lacks them')
  return {
    ...data,
    users: [{ ...patron, first_name: 'Zo\u00eb', last_name: 'M\u00fcller-\u0141\u0105cka' }, ...patrons],
    items: [
      { ...item, title: '\u00dcber die Gr\u00f6\u00dfe \u2013 \u201ena\u00efvet\u00e9\u201c in \u0141\u00f3d\u017a' },
      ...items,
    ],
  }
}

answerParent(questions)
