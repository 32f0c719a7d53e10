/** Many kiosks in a process of their own: each sends a request, waits for the reply, and sends the next. */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext } from 'node:tls'
import iconv from 'iconv-lite'
import { answerParent } from '../child.ts'
import { quantile } from '../report.ts'
import {
  itemBarcode,
  type KindName,
  type LineParts,
  numberedItem,
  numberedPatron,
  requestKinds,
  seal,
  transactionDate,
} from '../workload.ts'

export interface Target {
  readonly port: number
  /** PEM of the certificate to trust; TCP without it. */
  readonly ca?: string | undefined
}

export interface Load {
  readonly kinds: readonly KindName[]
  /** Requests of all kiosks together. */
  readonly requests: number
  readonly ms: number
  /** Time that a kiosk waits between a reply and its next request. */
  readonly pauseMs: number
  /** The kinds are one visit of one patron; else every request is another patron's. */
  readonly visits?: boolean
  /** Every request is about another copy. */
  readonly manyItems?: boolean
  /** Of the place of a checkin, in which there are accents; none without it. */
  readonly charset?: string
}

export interface LoadResult {
  readonly requests: number
  readonly ms: number
  readonly p50Ms: number
  readonly p99Ms: number
}

interface Kiosk {
  readonly socket: Socket
  sequence: number
  take: (reply: string) => void
  fail: (error: Error) => void
}

let kiosks: Kiosk[] = []
/** Numbers requests over all loads. */
let count = 0

const questions = {
  /** Closes the connections that are open and opens others. */
  async connect({ target, connections }: { target: Target; connections: number }): Promise<void> {
    for (const { socket } of kiosks) socket.destroy()
    kiosks = []
    const secureContext = target.ca === undefined ? undefined : createSecureContext({ ca: target.ca })
    const openOne = async (): Promise<void> => {
      while (kiosks.length + opening < connections) {
        opening += 1
        const kiosk = await open(target.port, secureContext)
        opening -= 1
        kiosks.push(kiosk)
      }
    }
    let opening = 0
    await Promise.all(Array.from({ length: openedAtOnce }, openOne))
  },

  /** The same lines by every kiosk, so that every session has begun. */
  async greet(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      const replies = await Promise.all(kiosks.map((kiosk) => ask(kiosk, seal(line, nextSequence(kiosk)))))
      const bad = replies.find((reply) => !/^(941|98Y)/.test(reply))
      if (bad !== undefined) throw new Error(`${line} was answered with ${JSON.stringify(bad)}`)
    }
  },

  /** The replies to one request of each kind. */
  async sample(kinds: readonly KindName[]): Promise<string[]> {
    const [kiosk] = kiosks
    if (!kiosk) throw new Error('no connection')
    const replies: string[] = []
    const patron = numberedPatron(count + 1)
    for (const kind of kinds) replies.push(await askFor(kind, kiosk, { patron, item: itemBarcode, place: '' }))
    return replies
  },

  async run({ kinds, requests, ms, pauseMs, visits = false, manyItems = false, charset }: Load): Promise<LoadResult> {
    const place = charset === undefined ? '' : iconv.encode('Lesesaal S\u00fcd, Caf\u00e9', charset).toString('latin1')
    const latencies: number[] = []
    let left = requests
    const startedAt = performance.now()
    const endAt = startedAt + ms
    const work = async (kiosk: Kiosk, index: number): Promise<void> => {
      if (pauseMs > 0) await sleep((pauseMs * index) / kiosks.length)
      let patron = ''
      // Changes of one item wait for each other, so that each kiosk has one of its own.
      const ownItem = numberedItem(index + 1)
      // Those of a visit build on each other, so that each kiosk begins with the first.
      for (let turn = visits ? 0 : index; left > 0 && performance.now() < endAt; turn++) {
        left -= 1
        const at = turn % kinds.length
        if (at === 0 || !visits) patron = numberedPatron(count + 1)
        const sentAt = performance.now()
        const item = manyItems ? numberedItem(count + 1) : ownItem
        await askFor(kinds[at] as KindName, kiosk, { patron, item, place })
        latencies.push(performance.now() - sentAt)
        if (pauseMs > 0) await sleep(pauseMs)
      }
    }
    await Promise.all(kiosks.map(work))
    return {
      requests: latencies.length,
      ms: performance.now() - startedAt,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
    }
  },
}

export type KiosksQuestions = typeof questions

const openedAtOnce = 32

function open(port: number, secureContext: ReturnType<typeof createSecureContext> | undefined): Promise<Kiosk> {
  return new Promise((resolve, reject) => {
    const where = { host: '127.0.0.1', port }
    const socket = secureContext
      ? connectTls({ ...where, secureContext, servername: 'localhost' }, () => resolve(kiosk))
      : connectTcp(where, () => resolve(kiosk))
    const kiosk: Kiosk = { socket, sequence: 0, take: () => {}, fail: reject }
    let received = ''
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
      if (!received.endsWith('\r')) return
      const reply = received
      received = ''
      kiosk.take(reply)
    })
    socket.on('error', (error) => kiosk.fail(error))
    socket.on('end', () => kiosk.fail(new Error('a connection was ended')))
  })
}

function ask(kiosk: Kiosk, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    kiosk.take = resolve
    kiosk.fail = reject
    kiosk.socket.write(line, 'latin1')
  })
}

async function askFor(kind: KindName, kiosk: Kiosk, parts: Omit<LineParts, 'date'>): Promise<string> {
  count += 1
  const { line, reply } = requestKinds[kind]
  const answer = await ask(kiosk, seal(line({ ...parts, date: transactionDate(count) }), nextSequence(kiosk)))
  if (!answer.startsWith(reply)) throw new Error(`a ${kind} was answered with ${JSON.stringify(answer)}`)
  return answer
}

function nextSequence(kiosk: Kiosk): number {
  kiosk.sequence = (kiosk.sequence + 1) % 10
  return kiosk.sequence
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

answerParent(questions)
