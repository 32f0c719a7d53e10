/** What goes wrong during a run, and when: drawn from the seed, so that a run can be repeated. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AlmaSimulator } from '../../simulators/alma/simulator.ts'
import type { Fault, FaultKind } from '../../simulators/alma/transport/faults.ts'
import { faultTable } from '../e2e/fault-table.ts'
import type { CuttingProxy } from './cutting-proxy.ts'
import type { Random } from './random.ts'

export interface ChaosParts {
  readonly alma: AlmaSimulator
  readonly random: Random
  readonly toBridge: readonly CuttingProxy[]
  readonly toAlma: CuttingProxy
  /** How far the bridge's clock may be wrong. */
  readonly clockErrorMs: number
  shiftClock(ms: number): void
}

const changes = [
  'createLoan',
  'scanItem',
  'renewLoan',
  'payAllFees',
  'payFee',
  'waiveFee',
  'createRequest',
  'updateRequest',
  'cancelRequest',
  'updateUser',
  'updateItem',
  'updateLoan',
] as const
const reads = [
  'getUser',
  'listLoans',
  'listItemLoans',
  'findItemByBarcode',
  'getItem',
  'listRequests',
  'listFees',
] as const

/** Faults on order at the same time: some hit only calls that are seldom made. */
const mostFaults = 4

interface Ordered {
  readonly kind: FaultKind
  readonly operation: string | undefined
}

export class Chaos {
  clockJumps = 0
  /** Times that Alma went away. */
  absences = 0
  /** Seconds in which Alma allowed few calls. */
  droughts = 0
  readonly #parts: ChaosParts
  readonly #stopping = new AbortController()
  #waiting: Ordered[] = []
  #isAway = false
  readonly #hits = new Map<string, number>()

  constructor(parts: ChaosParts) {
    this.#parts = parts
  }

  /** How often each kind of fault hit a call. */
  get hits(): ReadonlyMap<string, number> {
    return this.#hits
  }

  /** Disturbs until it is told to stop; then everything is well again. */
  async run(): Promise<void> {
    const { random } = this.#parts
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await sleep(random.between(150, 450), undefined, { signal }).catch(() => {})
      if (!signal.aborted) await this.#disturb()
    }
    await this.#heal()
  }

  /** Alma is away for a while; when it is already, that will do. */
  async sendAway(ms: number): Promise<void> {
    if (this.#isAway || this.#stopping.signal.aborted) return
    const { alma } = this.#parts
    this.#isAway = true
    this.absences += 1
    await alma.stopListening()
    await sleep(ms)
    await alma.listenAgain()
    this.#isAway = false
  }

  stop(): void {
    this.#stopping.abort()
  }

  async #disturb(): Promise<void> {
    const { random, toBridge, toAlma } = this.#parts
    const dice = random.next()
    if (dice < 0.65) this.#orderFault()
    else if (dice < 0.75) random.pick([...toBridge, toAlma]).cutAll()
    else if (dice < 0.85) await this.#cutForAWhile()
    else if (dice < 0.9) await this.#limitCalls()
    else if (dice < 0.95) this.#jump()
    else await this.sendAway(random.between(500, 2500))
  }

  /** Every kind comes once before any comes again. */
  #orderFault(): void {
    const { random, alma } = this.#parts
    if (this.#waiting.length === 0) this.#waiting = this.#list()
    const ordered = this.#waiting.pop()
    if (ordered === undefined) return
    const { kind, operation } = ordered
    const match = operation === undefined ? {} : { match: { operation } }
    const kept = this.#takeFaults().slice(1 - mostFaults)
    alma.control.setFaults([...kept, { ...kind, ...match, times: random.between(1, 4) } as Fault])
  }

  #list(): Ordered[] {
    const { random } = this.#parts
    const table = faultTable.map(({ kind, only }) => ({ kind, only: only?.[0] }))
    return random.shuffle(table).map(({ kind, only }) => {
      const dice = random.next()
      const some = dice < 0.4 ? undefined : dice < 0.8 ? random.pick(changes) : random.pick(reads)
      return { kind, operation: only ?? some }
    })
  }

  /** Counts what hit a call so far, and gives what is still to come. */
  #takeFaults(): Fault[] {
    const left: Fault[] = []
    for (const { fault, hits } of this.#parts.alma.control.faults()) {
      const name = fault.kind === 'answer' ? `answer ${fault.form}` : fault.kind
      if (hits > 0) this.#hits.set(name, (this.#hits.get(name) ?? 0) + hits)
      const times = (fault.times ?? 0) - hits
      if (times > 0) left.push({ ...fault, times })
    }
    return left
  }

  async #cutForAWhile(): Promise<void> {
    const { random, toBridge, toAlma } = this.#parts
    const proxies = [...toBridge, toAlma]
    for (const proxy of proxies) proxy.cutChance = 0.08
    await sleep(random.between(200, 1000))
    for (const proxy of proxies) proxy.cutChance = 0
  }

  async #limitCalls(): Promise<void> {
    const { random, alma } = this.#parts
    this.droughts += 1
    alma.control.setQuota({ perSecond: 3 })
    await sleep(random.between(300, 900))
    alma.control.setQuota({ perSecond: 'none' })
  }

  #jump(): void {
    this.clockJumps += 1
    const { random, clockErrorMs, shiftClock } = this.#parts
    shiftClock(random.between(-clockErrorMs, clockErrorMs))
  }

  async #heal(): Promise<void> {
    const { alma, shiftClock } = this.#parts
    this.#takeFaults()
    alma.control.clearFaults()
    shiftClock(0)
  }
}
