/** Peers that send everything but sense, at a whole bridge on real sockets, and the judgement of each exchange. */
import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readSampleFile, sampleLibraryPath } from '../../simulators/alma/state/load.ts'
import type { CallRecord } from '../../simulators/alma/transport/call-log.ts'
import { startBridge, type TestBridge } from '../helpers/bridge.ts'
import { readAnswer } from '../helpers/ncip.ts'
import { Random } from '../simulation/random.ts'
import { CalmKiosk } from './calm-kiosk.ts'
import { type Change, ChangeLedger } from './change-ledger.ts'
import { readFrames } from './frames.ts'
import { judgeHttp, judgeSip2 } from './judge.ts'
import { httpKinds, makeHttpCase } from './ncip-cases.ts'
import { ObservedLog } from './observed-log.ts'
import { changesOf, mostGrowthBytes } from './outcomes.ts'
import { play } from './peer.ts'
import { makeSip2Case, sip2Kinds, whyNoRecordedLines } from './sip2-cases.ts'
import { canariesOf, type Holding, makeFuzzConfig, makeHolding, makeLibrary, maxFrameBytes } from './world.ts'

export interface FuzzOptions {
  readonly seed: number
  /** Rounds of `casesARound` cases a peer; no further one begins once the time is over. */
  readonly rounds: number
  readonly ms: number
  /** One case alone, by its name. */
  readonly only?: CaseName | undefined
}

/** `mutated-3-815`: the kind of case, the peer that sends it, and the seed of its bytes. */
export interface CaseName {
  readonly kind: string
  readonly peer: number
  readonly seed: number
}

export const formatCase = ({ kind, peer, seed }: CaseName): string => `${kind}-${peer}-${seed}`

export function parseCase(text: string): CaseName | undefined {
  const [, kind = '', peer, seed] = /^(\w+)-(\d+)-(\d+)$/.exec(text) ?? []
  return Number(peer) < peers && kinds.includes(kind) ? { kind, peer: Number(peer), seed: Number(seed) } : undefined
}

export interface Finding {
  readonly fault: string
  /** Undefined when it cannot be laid at the door of one case. */
  readonly name: CaseName | undefined
  readonly sent: Buffer
  readonly received: Buffer
}

export interface FuzzReport {
  readonly findings: readonly Finding[]
  readonly cases: ReadonlyMap<string, number>
  readonly requests: number
  readonly sentBytes: number
  readonly changes: number
  readonly visits: number
  readonly slowestMs: number
  readonly grownBytes: number
  /** Kinds of cases that were left out, and why. */
  readonly skipped: string | undefined
}

export const peers = 8
const casesARound = 30
/** The first rounds fill caches. */
const warmUpRounds = 2
const mostFindings = 20

const kinds: readonly string[] = [...sip2Kinds, ...httpKinds]
/** How often a kind is drawn, where it is not once. Those that wait for a time-out are rare. */
const weights: Readonly<Record<string, number>> = {
  mutated: 40,
  recorded: 20,
  stranger: 10,
  random: 15,
  torn: 5,
  ncip: 40,
  http: 8,
  flood: 3,
}
const drawn = kinds
  .filter((kind) => kind !== 'recorded' || whyNoRecordedLines === undefined)
  .flatMap((kind) => Array.from({ length: weights[kind] ?? 1 }, () => kind))

export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const run = new FuzzRun()
  const uncaught = (error: unknown): void => run.find(`an error was not caught: ${String(error)}`)
  process.on('uncaughtException', uncaught)
  process.on('unhandledRejection', uncaught)
  try {
    await run.start()
    return await run.work(options)
  } finally {
    await run.stop()
    process.off('uncaughtException', uncaught)
    process.off('unhandledRejection', uncaught)
  }
}

const nothing = Buffer.alloc(0)

class FuzzRun {
  readonly #holdings = Array.from({ length: peers }, (_, peer) => makeHolding(peer))
  readonly #calmHolding = makeHolding(peers)
  readonly #canaries = [...this.#holdings, this.#calmHolding].map(canariesOf)
  readonly #ledger = new ChangeLedger(this.#holdings)
  readonly #log = new ObservedLog()
  readonly #findings: Finding[] = []
  readonly #cases = new Map<string, number>()
  readonly #changes: Change[] = []
  readonly #teardowns: (() => unknown)[] = []
  #bridge: TestBridge | undefined
  #connections = 0
  #requests = 0
  #sentBytes = 0
  #untouched = ''

  get bridge(): TestBridge {
    if (!this.#bridge) throw new Error('the bridge was not started')
    return this.#bridge
  }

  find(fault: string, name?: CaseName, sent: Buffer = nothing, received: Buffer = nothing): void {
    if (this.#findings.length < mostFindings) this.#findings.push({ fault, name, sent, received })
  }

  async start(): Promise<void> {
    const teardown = (end: () => unknown): void => void this.#teardowns.push(end)
    const data = makeLibrary(readSampleFile(sampleLibraryPath), [...this.#holdings, this.#calmHolding])
    this.#bridge = await startBridge({ teardown }, { alma: { data }, config: makeFuzzConfig, log: this.#log })
    this.#untouched = this.#digestUntouched()
  }

  async stop(): Promise<void> {
    for (const end of this.#teardowns) await end()
  }

  async work({ seed, rounds, ms, only }: FuzzOptions): Promise<FuzzReport> {
    const endAt = performance.now() + ms
    const calm = new CalmKiosk(this.bridge, this.#calmHolding)
    const visiting = calm.run()
    const randoms = this.#holdings.map((_, peer) => new Random(seed * peers + peer))
    let before = usedBytes()
    if (only) {
      await this.#play(only)
      this.#judgeState()
    }
    for (let round = 0; !only && round < rounds && performance.now() < endAt; round += 1) {
      await Promise.all(randoms.map((random, peer) => this.#playRound(random, peer)))
      this.#judgeState()
      if (round + 1 === warmUpRounds) before = usedBytes()
      if (this.#findings.length > 0) break
    }
    calm.stop()
    await visiting
    if (calm.fault !== undefined) this.find(calm.fault)
    const grownBytes = usedBytes() - before
    if (grownBytes > mostGrowthBytes) this.find(`${grownBytes} bytes more are in use than before`)
    return {
      findings: this.#findings,
      cases: this.#cases,
      requests: this.#requests,
      sentBytes: this.#sentBytes,
      changes: this.#changes.length,
      visits: calm.visits,
      slowestMs: calm.slowestMs,
      grownBytes,
      skipped: whyNoRecordedLines && `recorded: ${whyNoRecordedLines}`,
    }
  }

  async #playRound(random: Random, peer: number): Promise<void> {
    // After a finding the round is not played to its end: each case of silence takes long.
    for (let count = 0; count < casesARound && this.#findings.length === 0; count += 1) {
      await this.#play({ kind: random.pick(drawn), peer, seed: random.integer(0, 999_999_999) })
    }
  }

  async #play(name: CaseName): Promise<void> {
    this.#cases.set(name.kind, (this.#cases.get(name.kind) ?? 0) + 1)
    const errorsBefore = this.#log.errors.length
    await ((httpKinds as readonly string[]).includes(name.kind) ? this.#playHttp(name) : this.#playSip2(name))
    const errors = this.#log.errors.slice(errorsBefore)
    if (errors.length > 0) this.find(`the log says, now or beside it: ${errors.join(', ')}`, name)
  }

  async #playSip2(name: CaseName): Promise<void> {
    const { dialect, finish, mayClose, pieces } = makeSip2Case(name.kind, name.seed, this.#holdingOf(name))
    const localAddress = this.#nextAddress()
    this.#log.takeClosings(localAddress)
    const owed = readFrames(Buffer.concat(pieces.map(({ bytes }) => bytes)), maxFrameBytes).length
    const isComplete = (received: Buffer): boolean => countLines(received) >= owed
    const { port = 0 } = this.bridge.bridge.addresses.sip2.find((one) => one.name === dialect.listener)?.address ?? {}
    const told = await play({ port, localAddress }, { pieces, finish, isComplete })
    this.#sentBytes += told.sent.length
    const frames = readFrames(told.sent, maxFrameBytes)
    this.#requests += frames.length
    if (dialect.listener !== 'tcp') {
      for (const { line } of frames) this.#ledger.askBySip2(line, dialect.errorDetection !== 'never')
    }
    const logged = this.#log.takeClosings(localAddress)
    const exchange = { ...told, form: dialect, maxFrameBytes, logged, mayClose, foreign: this.#foreignTo(name) }
    for (const fault of judgeSip2(exchange)) this.find(fault, name, told.sent, told.received)
  }

  async #playHttp(name: CaseName): Promise<void> {
    const { body, finish, owed, pieces } = makeHttpCase(name.kind as 'ncip' | 'http', name.seed, this.#holdingOf(name))
    const address = { port: this.bridge.bridge.addresses.http.port, localAddress: `127.0.1.${name.peer + 1}` }
    this.#ledger.askByNcip(body)
    // An answer is complete when the other side ends, which every request asks for or brings about.
    const told = await play(address, { pieces, finish, isComplete: (received) => received.length > 0 })
    this.#sentBytes += told.sent.length
    this.#requests += 1
    const readMessage = (xml: string): string => readAnswer(xml).body.name
    for (const fault of judgeHttp({ ...told, owed, foreign: this.#foreignTo(name), readMessage })) {
      this.find(fault, name, told.sent, told.received)
    }
  }

  /** Another one each time: the log has few lines of one address. */
  #nextAddress(): string {
    this.#connections += 1
    return `127.${1 + ((this.#connections >> 16) % 200)}.${(this.#connections >> 8) & 255}.${this.#connections & 255}`
  }

  #holdingOf({ peer }: CaseName): Holding {
    return this.#holdings[peer] as Holding
  }

  #foreignTo({ peer }: CaseName): readonly string[] {
    return this.#canaries.filter((_, other) => other !== peer).flat()
  }

  /** All peers are between two cases. */
  #judgeState(): void {
    const { control } = this.bridge.alma
    const calls = control.calls()
    if (calls.length < control.callCount()) this.find('the simulator forgot calls before they were judged')
    const changing = calls.filter(
      (call) => call.executed && call.method !== 'GET' && call.operation !== 'authenticateUser',
    )
    const changes = changing.map((call) => this.#toChange(call))
    this.#changes.push(
      ...changes.filter(({ card, item }) => card !== this.#calmHolding.card && item !== this.#calmHolding.items[0]),
    )
    control.clearCalls()
    for (const fault of this.#ledger.judge(this.#changes)) this.find(fault)
    if (this.#digestUntouched() !== this.#untouched) this.find('something changed that belongs to no peer')
  }

  #toChange({ operation, path, query }: CallRecord): Change {
    const { store } = this.bridge.alma.control
    const [, owner] = /\/users\/([^/]+)/.exec(path) ?? []
    const [, pid] = /\/items\/([^/]+)/.exec(path) ?? []
    const [, loan] = /\/loans\/([^/]+)/.exec(path) ?? []
    const everybody = [...this.#holdings, this.#calmHolding]
    const named = owner === undefined ? undefined : decodeURIComponent(owner)
    const holding = everybody.find(({ card, primaryId }) => card === named || primaryId === named)
    const barcode =
      query['item_barcode'] ??
      store.itemByPid(pid ?? query['item_pid'] ?? '')?.barcode ??
      store.loans.get(loan ?? '')?.item.barcode
    const item = everybody.flatMap(({ items }) => items).find((one) => one === barcode)
    return {
      operation: changesOf.has(operation) ? operation : `${operation}, which nothing asks for,`,
      card: holding?.card,
      item,
    }
  }

  /** Of everything in the simulator that no peer owns. */
  #digestUntouched(): string {
    const { users, items } = this.bridge.alma.control.dump()
    const owned = [...this.#holdings, this.#calmHolding].flatMap(({ primaryId, items: barcodes }) => [
      primaryId,
      ...barcodes,
    ])
    const others = [...users, ...items]
      .map((one) => JSON.stringify(one))
      .filter((text) => !owned.some((id) => text.includes(id)))
    return createHash('sha256').update(others.join('\n')).digest('hex')
  }
}

function countLines(received: Buffer): number {
  let count = 0
  for (let at = received.indexOf(0x0d); at >= 0; at = received.indexOf(0x0d, at + 1)) count += 1
  return count
}

/** After the garbage is gone. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
