/** One seed: a day at a library where much goes wrong, then everything heals, and the laws are looked at. */
import { BridgeProcess, paysByAmount, type World } from './bridge-process.ts'
import { Disk } from './disk.ts'
import { FaultCount } from './fault-count.ts'
import { Errands } from './errands.ts'
import { type Deed, Floor } from './floor.ts'
import type { Errand } from '../errands/errand.ts'
import { library } from './library.ts'
import { watchFairness } from './fairness.ts'
import { Institution } from './institution.ts'
import { judge } from './judge.ts'
import { Kiosk } from './kiosk.ts'
import { type Breach, type Law, LawBook } from './laws.ts'
import { watchLog, watchWrittenLog } from './log-watch.ts'
import type { Mutant } from './mutants/mutant.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { enter } from './virtual-globals.ts'
import { busyMs, calm, makeWeather, type Kill, type Weather } from './weather.ts'

export interface SeedReport {
  readonly seed: number
  readonly breaches: readonly Breach[]
  readonly faults: ReadonlyMap<string, number>
  readonly checks: ReadonlyMap<Law, number>
  readonly operations: number
  /** How often a machine was told yes, by what it asked for. */
  readonly done: ReadonlyMap<string, number>
  readonly calls: number
  readonly steps: number
  readonly virtualMs: number
  /** Equal for two runs that went the same way. */
  readonly hash: string
  readonly lines: readonly string[] | undefined
}

export interface SeedOptions {
  readonly mutant?: Mutant | undefined
  readonly keepLines?: boolean
}

/** What is left undone by then never ends. */
const healingMs = 420_000
const restMs = 5_000
/** Logging costs half as much as all the rest. */
const loggedShare = 0.1

let tellBug: (error: unknown) => void = () => {}
process.on('unhandledRejection', (error) => tellBug(error))

export async function runSeed(seed: number, { mutant, keepLines = false }: SeedOptions = {}): Promise<SeedReport> {
  const random = new Random(seed)
  const scheduler = new Scheduler({ keepLines })
  const laws = new LawBook()
  const faults = new FaultCount()
  enter({ scheduler, random: random.fork() })
  tellBug = (error) => {
    scheduler.note(`bug ${String(error)}`)
    laws.check('sound', false, () => (error instanceof Error ? (error.stack ?? error.message) : String(error)))
  }

  let weather = makeWeather(random.fork())
  const now = (): Weather => weather
  const institution = new Institution(library, weather.perSecond, scheduler)
  const diskParts = { scheduler, faults, random: random.fork(), weather: now }
  let disk = new Disk(diskParts)
  const floor = new Floor(random.fork())
  const errands = new Errands(random.fork(), institution.control.store)
  const names = Array.from({ length: random.integer(2, 4) }, (_, at) => `kiosk-${at + 1}`)
  const log = random.chance(loggedShare) ? watchWrittenLog(laws, tellBug) : watchLog(tellBug)
  const unwatchFairness = watchFairness(scheduler, laws)

  const world: World = {
    scheduler,
    faults,
    institution,
    get disk() {
      return disk
    },
    log,
    mutant,
    random: random.fork(),
    kiosks: names,
    weather: now,
    tellBug,
  }
  const lives: BridgeProcess[] = []
  let down = true
  const start = (): void => {
    if (mutant?.forgetsDisk === true && lives.length > 0) {
      disk.close()
      disk = new Disk(diskParts)
    }
    const life = new BridgeProcess(world, lives.length + 1)
    lives.push(life)
    down = false
    const begin = (): void => {
      life.start().catch(tellBug)
    }
    scheduler.after(0, 'process starts', begin, life.owner)
  }
  const kill = ({ downMs }: Pick<Kill, 'downMs'>): void => {
    if (down) return
    down = true
    faults.add('kill')
    scheduler.note('killed')
    lives.at(-1)?.kill()
    scheduler.after(downMs, 'restart', start, 'world')
  }
  planKills(weather, scheduler, kill)
  for (const { atMs, offsetMs } of weather.wallJumps) {
    const jump = (): void => {
      faults.add('wall clock jumps')
      scheduler.wallOffset = offsetMs
    }
    scheduler.after(atMs, 'wall clock jumps', jump, 'world')
  }
  start()

  const kiosks = names.map(
    (name, at) =>
      new Kiosk({
        name,
        scheduler,
        floor,
        errands,
        paysByAmount: paysByAmount(at),
        laws,
        faults,
        random: random.fork(),
        weather: now,
        connect: () => (down ? undefined : lives.at(-1)?.connect()),
      }),
  )
  let working = kiosks.length
  for (const kiosk of kiosks) {
    void kiosk
      .work(random.integer(6, 14), busyMs)
      .catch(tellBug)
      .finally(() => {
        working -= 1
      })
  }
  const stuck = !(await scheduler.run(busyMs + healingMs, () => working === 0))
  laws.check('sound', !stuck, () => 'a machine waits for ever')

  weather = calm
  scheduler.note('healed')
  await comeToRest()
  // What the last process did not say itself, the next one finds on the disk.
  kill({ downMs: 100 })
  await comeToRest()

  judge({ floor, errands, institution, disk, lives, laws })
  unwatchFairness()
  const report: SeedReport = {
    seed,
    breaches: laws.breaches,
    faults: faults.counts,
    checks: laws.checks,
    operations: kiosks.reduce((sum, { operations }) => sum + operations, 0),
    done: countDone([...floor.deeds, ...errands.all]),
    calls: institution.control.callCount(),
    steps: scheduler.steps,
    virtualMs: scheduler.now,
    hash: scheduler.hash,
    lines: scheduler.lines,
  }
  disk.close()
  return report

  async function comeToRest(): Promise<void> {
    const latest = scheduler.now + healingMs
    let quiet = false
    while (!quiet && scheduler.now < latest) {
      await scheduler.run(scheduler.now + restMs, () => false)
      quiet = !down && (lives.at(-1)?.idle ?? false)
    }
    laws.check('settled', quiet, () => `${lives.at(-1)?.waiting} changes wait for ever`)
    // What was given up has arrived by then.
    await scheduler.run(scheduler.now + restMs, () => false)
  }
}

/** Where deeds have the same kind. */
const errandNames: Readonly<Record<string, string>> = { renew: 'renew all', 'pay-fee': 'pay certain fees' }

function countDone(tasks: readonly (Deed | Errand)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const task of tasks) {
    if (task.told !== 'yes') continue
    const isDeed = 'cancels' in task
    const kind = isDeed ? (task.cancels ? `${task.kind} (cancel)` : task.kind) : (errandNames[task.kind] ?? task.kind)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

function planKills({ kills }: Weather, scheduler: Scheduler, kill: (kill: Kill) => void): void {
  const armed: { kill: Kill; left: number }[] = []
  for (const one of kills) {
    const arm = (): void => {
      if (one.after === undefined) kill(one)
      else armed.push({ kill: one, left: one.after.count })
    }
    scheduler.after(one.atMs, 'kill is due', arm, 'world')
  }
  scheduler.onStep((label) => {
    const hit = armed.find((one) => one.kill.after?.label === label && (one.left -= 1) === 0)
    if (!hit) return
    armed.splice(armed.indexOf(hit), 1)
    kill(hit.kill)
  })
}
