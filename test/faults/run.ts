/** One fault run: the real bridge in a process of its own, machines around it, and everything going wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AlmaSimulator } from '../../simulators/alma/simulator.ts'
import { kioskPassword, patienceMs, paysByAmount, type RunFolder, writeRunFolder } from './bridge-config.ts'
import { type BridgeEnd, BridgeProcess } from './bridge-process.ts'
import { Chaos } from './chaos.ts'
import { CuttingProxy } from './cutting-proxy.ts'
import { CallKeeper, countJournal, type Evidence, readAlma, readErrands, readJournal } from './evidence.ts'
import { exceptionsOf, judge, type Violation } from './judge.ts'
import { Kiosk } from './kiosk.ts'
import type { Subject } from '../errands/errand.ts'
import { Library, startAlma } from './library.ts'
import { type Operation, Operations } from './operation.ts'
import { Partner } from './partner.ts'
import { Random } from './random.ts'
import * as stories from './stories.ts'

export interface RunOptions {
  readonly seed: number
  /** Longest time in which things go wrong. Then everything is well, and what waits is given time to end. */
  readonly ms: number
  /** How often the bridge is killed at every step, when the time allows it. */
  readonly rounds: number
  readonly kiosks: number
  readonly partners: number
  /** How far the bridge's clock may be wrong; within what it allows for when left out. */
  readonly clockErrorMs?: number
}

/** However wrong the bridge's clock is: a quarter of an hour stands for any. */
export const allowedClockErrorMs = 900_000

export interface RunResult {
  readonly operations: readonly Operation[]
  readonly violations: readonly Violation[]
  /** How often the bridge was killed, by step; `any moment` where it came to none. */
  readonly kills: ReadonlyMap<string, number>
  readonly faults: ReadonlyMap<string, number>
  readonly cuts: number
  readonly calls: number
  readonly clockJumps: number
  readonly absences: number
  readonly droughts: number
  readonly exceptions: number
  /** Milliseconds from the start of a killed bridge to its first open port, by life. */
  readonly startMs: readonly number[]
  /** Where everything about the run lies, when something was wrong. */
  readonly folder: string | undefined
}

/** Where the bridge is killed, each in turn. Those of the backlog come only when something waited. */
export const killSteps: readonly string[] = [
  'change-begun',
  'call-sending',
  'call-answered',
  'change-ending',
  'change-ended',
  'change-accepting',
  'change-accepted',
  'reply-writing',
  'reply-written',
  'change-resumed',
  'backlog-call-sending',
  'backlog-call-answered',
  'backlog-change-ending',
  'backlog-change-ended',
]

/** Killed from outside, whatever it is doing. */
const anyMoment = 'any moment'

/** Nothing is promised, and nothing waits, while Alma is there. */
const needsAbsence = (step: string): boolean => /^(change-accept|change-resumed|backlog-)/.test(step)

/** Longest time in which what waits must come to an end once everything is well. */
const drainMs = 30_000

export async function run(options: RunOptions): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'circbridge-faults-'))
  const run = new Run(options, folder)
  try {
    const result = await run.toEnd()
    if (result.violations.length === 0) rmSync(folder, { recursive: true, force: true })
    return result
  } finally {
    await run.close()
  }
}

class Run {
  readonly #options: RunOptions
  readonly #path: string
  readonly #random: Random
  readonly #operations = new Operations()
  readonly #subjects: Subject[] = []
  readonly #violations: Violation[] = []
  readonly #kills = new Map<string, number>()
  readonly #startMs: number[] = []
  readonly #closing: (() => Promise<unknown>)[] = []
  #folder: RunFolder | undefined
  #bridge: BridgeProcess | undefined
  #loadEnds = false

  constructor(options: RunOptions, path: string) {
    this.#options = options
    this.#path = path
    this.#random = new Random(options.seed)
  }

  async toEnd(): Promise<RunResult> {
    const { kiosks, partners } = this.#options
    const random = this.#random
    const alma = await startAlma()
    this.#closing.push(() => alma.close())
    const calls = new CallKeeper(alma)
    const toAlma = await this.#openProxy(() => alma.port)
    const toSip2 = await this.#openProxy(() => this.#bridge?.ports.get('kiosks'))
    const toHttp = await this.#openProxy(() => this.#bridge?.ports.get('http'))
    const names = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`)
    const kioskNames = names('kiosk', kiosks)
    const partnerNames = names('partner', partners)
    const folder = await writeRunFolder(this.#path, {
      almaPort: toAlma.port,
      kiosks: kioskNames,
      partners: partnerNames,
    })
    this.#folder = folder

    const machine = { operations: this.#operations, patienceMs }
    const chaos = new Chaos({
      alma,
      random: random.fork(),
      toBridge: [toSip2, toHttp],
      toAlma,
      clockErrorMs: this.#options.clockErrorMs ?? allowedClockErrorMs,
      shiftClock: (by) => this.#bridge?.shiftClock(by),
    })
    this.#closing.push(async () => chaos.stop())
    const library = new Library(alma)
    const lives = this.#live(alma.apiKey, chaos, random.fork())
    const load = this.#load(
      kioskNames.map(
        (name) =>
          new Kiosk({
            ...machine,
            name,
            password: kioskPassword,
            port: toSip2.port,
            retries: 3,
            paysByAmount: paysByAmount(kioskNames, name),
            random: random.fork(),
          }),
      ),
      partnerNames.map(
        (name) => new Partner({ ...machine, name, port: toHttp.port, retries: 8, random: random.fork() }),
      ),
      library,
    )
    const disturbing = chaos.run()
    const gathering = setInterval(() => calls.gather(), 1000).unref()
    await lives
    chaos.stop()
    await disturbing
    this.#loadEnds = true
    await load
    await this.#settle(folder)
    clearInterval(gathering)
    await this.#bridge?.stop()
    return this.#conclude(alma, calls, folder, chaos, [toAlma, toSip2, toHttp])
  }

  async close(): Promise<void> {
    this.#loadEnds = true
    this.#bridge?.kill()
    await this.#bridge?.ended
    for (const close of this.#closing) await close()
  }

  async #openProxy(target: () => number | undefined): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, this.#random.fork())
    await proxy.listen()
    this.#closing.push(() => proxy.close())
    return proxy
  }

  /** One life of the bridge after the other; the last one goes on. */
  async #live(almaKey: string, chaos: Chaos, random: Random): Promise<void> {
    const { ms, rounds } = this.#options
    const endAt = performance.now() + ms
    for (let round = 0; round < rounds && performance.now() < endAt; round += 1) {
      for (const step of random.shuffle([...killSteps, anyMoment, anyMoment])) {
        if (performance.now() > endAt) break
        const bridge = await this.#start(almaKey, step === anyMoment ? '' : `${step}:${random.between(1, 3)}`)
        const waits = needsAbsence(step)
        if (waits) void chaos.sendAway(random.between(300, 900))
        const lifeMs = random.between(1000, 3000) + (waits ? 2000 : 0)
        const died = await Promise.race([bridge.ended.then(() => true), sleep(lifeMs).then(() => false)])
        if (!died) bridge.kill()
        this.#noteEnd(await bridge.ended, died ? step : anyMoment)
      }
    }
    await this.#start(almaKey, '')
  }

  #noteEnd({ code, signal }: BridgeEnd, step: string): void {
    if (signal === 'SIGKILL') this.#kills.set(step, (this.#kills.get(step) ?? 0) + 1)
    else this.#violations.push({ kind: 'crash', about: `the bridge ended with ${code ?? signal}` })
  }

  async #start(almaKey: string, killAt: string): Promise<BridgeProcess> {
    const { config, log, clock } = this.#folder as RunFolder
    const startedAt = performance.now()
    const bridge = new BridgeProcess({ config, log, clock }, { ALMA_KEY: almaKey }, killAt)
    this.#bridge = bridge
    if (await bridge.started()) this.#startMs.push(performance.now() - startedAt)
    else if ((await bridge.ended).signal !== 'SIGKILL') throw new Error(`the bridge did not start, see ${log}`)
    return bridge
  }

  async #load(kiosks: readonly Kiosk[], partners: readonly Partner[], library: Library): Promise<void> {
    const random = this.#random
    const sceneOf = (): stories.Scene => ({
      library,
      operations: this.#operations,
      subjects: this.#subjects,
      random: random.fork(),
      goesOn: () => !this.#loadEnds,
    })
    const repeat = async (tell: (scene: stories.Scene) => Promise<void>): Promise<void> => {
      const scene = sceneOf()
      while (!this.#loadEnds) {
        await tell(scene)
        await sleep(scene.random.between(0, 30))
      }
    }
    // Some machines act together, the others each for itself.
    const together = kiosks.slice(0, 3)
    await Promise.all([
      repeat((scene) =>
        scene.random.chance(0.6) ? stories.fightForBook(together, scene) : stories.payTogether(together, scene),
      ),
      ...kiosks.slice(3).map((kiosk) => repeat((scene) => tellAtKiosk(kiosk, scene))),
      ...partners.map((partner) =>
        repeat((scene) =>
          scene.random.chance(0.5) ? stories.lendForPartner(partner, scene) : stories.requestForPartner(partner, scene),
        ),
      ),
    ])
    for (const kiosk of kiosks) kiosk.disconnect()
    await Promise.all(partners.map((partner) => partner.close()))
  }

  /** Waits until nothing is open in the journal, at most as long as that may take. */
  async #settle({ journal }: RunFolder): Promise<void> {
    const giveUpAt = performance.now() + drainMs
    const openStates = ['under-way', 'unsettled', 'queued']
    while (performance.now() < giveUpAt) {
      const counts = countJournal(journal)
      if (openStates.every((state) => !counts.get(state))) return
      await sleep(200)
    }
  }

  #conclude(
    alma: AlmaSimulator,
    calls: CallKeeper,
    folder: RunFolder,
    chaos: Chaos,
    proxies: readonly CuttingProxy[],
  ): RunResult {
    const entries = readJournal(folder.journal, folder.key)
    const exceptions = exceptionsOf({ entries })
    const errands = readErrands(this.#subjects, alma, exceptions)
    const evidence: Evidence = { ...readAlma(alma), executed: calls.executed(), entries, errands }
    const violations = [...this.#violations, ...judge(this.#operations, evidence)]
    if (violations.length > 0) this.#keep(folder.path, evidence, calls, violations)
    return {
      operations: this.#operations.all,
      violations,
      kills: this.#kills,
      faults: chaos.hits,
      cuts: proxies.reduce((sum, { cuts }) => sum + cuts, 0),
      calls: calls.total,
      clockJumps: chaos.clockJumps,
      absences: chaos.absences,
      droughts: chaos.droughts,
      exceptions: exceptions.length,
      startMs: this.#startMs,
      folder: violations.length > 0 ? folder.path : undefined,
    }
  }

  #keep(path: string, evidence: Evidence, calls: CallKeeper, violations: readonly Violation[]): void {
    const write = (name: string, value: unknown): void =>
      writeFileSync(join(path, name), `${JSON.stringify(value, null, 1)}\n`)
    write('violations.json', violations)
    write('operations.json', this.#operations.all)
    write('evidence.json', { ...evidence, executed: [...evidence.executed] })
    write('calls.json', calls.changes)
  }
}

function tellAtKiosk(kiosk: Kiosk, scene: stories.Scene): Promise<void> {
  const dice = scene.random.next()
  if (kiosk.paysByAmount || dice < 0.3) return stories.runErrands(kiosk, scene)
  if (dice < 0.5) return stories.lendAndReturn(kiosk, scene)
  if (dice < 0.6) return stories.takeBackAtOnce(kiosk, scene)
  return dice < 0.8 ? stories.payByAndBy(kiosk, scene) : stories.uploadLoans(kiosk, scene)
}
