/** One life of the bridge: its own parts on a simulated disk, network and clock. A kill leaves nothing but the disk. */
import { createAlmaSystem } from '../../src/alma/system.ts'
import { Backlog } from '../../src/circulation/backlog.ts'
import type { Circulation } from '../../src/circulation/circulation.ts'
import type { Journal } from '../../src/circulation/ports.ts'
import { SeenPatrons } from '../../src/circulation/seen-patrons.ts'
import { SqliteJournal } from '../../src/journal/sqlite.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { formatFaults } from '../../src/runtime/config/fault.ts'
import { parseConfig } from '../../src/runtime/config/load.ts'
import type { Log } from '../../src/runtime/log.ts'
import { LoginReader } from '../../src/sip2/login-reader.ts'
import { Session, type SessionParts } from '../../src/sip2/session.ts'
import { makeSessionLines } from '../../src/sip2/session-log.ts'
import { StrangerTurns } from '../../src/sip2/stranger-turns.ts'
import type { Terminal } from '../../src/sip2/terminal.ts'
import { Terminals } from '../../src/sip2/terminals.ts'
import { toAlmaConfig } from '../../src/wiring/alma-config.ts'
import { readWriteKey } from '../../simulators/alma/transport/api-keys.ts'
import { byAmountProfile, machineProfile } from '../errands/machine-profile.ts'
import type { Disk } from './disk.ts'
import type { FaultCount } from './fault-count.ts'
import { SimulatedGateway } from './gateway.ts'
import type { Institution } from './institution.ts'
import type { Mutant } from './mutants/mutant.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { Weather } from './weather.ts'
import { Wire } from './wire.ts'

export interface World {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly faults: FaultCount
  readonly institution: Institution
  readonly disk: Disk
  readonly log: Log
  readonly mutant: Mutant | undefined
  readonly kiosks: readonly string[]
  weather(): Weather
  /** An error that only a bug can cause. */
  tellBug(error: unknown): void
}

export const journalKey = { id: 'simulated', secret: Buffer.alloc(32, 7) }
const dayMs = 86_400_000

const machineProfiles = {
  plain: machineProfile,
  // Lends within limits while Alma is away.
  lending: { ...machineProfile, offline: { checkout: 'limited' } },
  'by-amount': byAmountProfile,
} as const

const config = readConfig()
const institutionConfig = firstOf(config.institutions)
const almaConfig = toAlmaConfig(institutionConfig)

/** Of the first machine, the second, and so on. */
const profileNames = Object.keys(machineProfiles) as (keyof typeof machineProfiles)[]
const profileNameOf = (at: number): keyof typeof machineProfiles => profileNames[at % profileNames.length] ?? 'plain'
export const paysByAmount = (at: number): boolean => profileNameOf(at) === 'by-amount'
export const { deadlineMs } = config.profiles.plain

const settleMs = 1800

export class BridgeProcess {
  readonly owner: string
  readonly #world: World
  readonly #gateway: SimulatedGateway
  readonly #wires = new Set<Wire>()
  #parts: SessionParts | undefined
  #journal: Journal | undefined
  #backlog: Backlog | undefined

  constructor(world: World, life: number) {
    this.owner = `bridge ${life}`
    this.#world = world
    const { scheduler, faults, institution } = world
    this.#gateway = new SimulatedGateway({
      scheduler,
      faults,
      institution,
      random: world.random.fork(),
      weather: world.weather,
      bridge: this.owner,
    })
  }

  /** Connections are taken from now on. */
  async start(): Promise<void> {
    const { disk, log, mutant, scheduler, kiosks } = this.#world
    const clock = systemClock
    const opened = new SqliteJournal(
      {
        file: 'simulated',
        keys: [journalKey],
        keepMs: 600_000,
        maxEntries: 10_000,
        maxPending: 1000,
        maxPendingPerMachine: 1000,
        purgeAfterMs: 30 * dayMs,
        maxBytes: 100_000_000,
        busyMs: 1000,
      },
      { clock, log, openStore: disk.open },
    )
    await opened.start()
    const journal = mutant?.journal?.(opened) ?? opened
    const alma = createAlmaSystem(almaConfig, { clock, dispatcher: this.#gateway })
    const system = mutant?.system?.(alma) ?? alma
    const backlog = new Backlog(
      () => circulation,
      institutionConfig.backlog,
      ({ error }) => {
        if (error !== undefined) this.#world.tellBug(error)
      },
    )
    const circulation: Circulation = {
      system,
      clock,
      journal,
      settleMs: mutant?.settleMs ?? settleMs,
      limits: { loans: undefined, overdue: undefined, fees: undefined },
      backlog,
      seen: new SeenPatrons(() => clock.monotonic()),
    }
    backlog.start()
    let messages = 0
    this.#journal = journal
    this.#backlog = backlog
    this.#parts = {
      terminals: makeTerminals(kiosks),
      stranger: makeTerminal(''),
      loginReader: makeLoginReader(kiosks),
      strangerTurns: new StrangerTurns(),
      circulationOf: () => circulation,
      clock,
      log,
      lines: makeSessionLines(() => clock.monotonic()),
      newId: () => `${this.owner} message ${(messages += 1)}`,
      limits: {
        maxFrameBytes: 8192,
        maxLoginFrameBytes: 1024,
        maxPipelined: 16,
        loginTimeoutMs: 30_000,
        idleTimeoutMs: 600_000,
        requestTimeoutMs: 30_000,
        writeTimeoutMs: 30_000,
        loginAttempts: 3,
        repeatWindowMs: 120_000,
      },
    }
    scheduler.note('listening')
  }

  connect(): Wire | undefined {
    const { scheduler, random, faults } = this.#world
    const parts = this.#parts
    if (!parts) return undefined
    const wire = new Wire({ scheduler, faults, random: random.fork(), bridge: this.owner })
    this.#wires.add(wire)
    const serve = (): void => new Session(wire.socket, { listener: 'sim', address: '10.0.0.1' }, parts).start()
    scheduler.after(random.between(0.1, 2), 'connection taken', serve, this.owner)
    return wire
  }

  /** What waits in the journal, and what of it is being tried. */
  get waiting(): number {
    const { queued, unsettled } = this.#journal?.counts('sim') ?? { queued: 0, unsettled: 0 }
    return queued + unsettled + (this.#backlog?.underWay.length ?? 0)
  }

  /** It serves, and nothing waits. */
  get idle(): boolean {
    return this.#parts !== undefined && this.waiting === 0
  }

  get wires(): ReadonlySet<Wire> {
    return this.#wires
  }

  kill(): void {
    this.#parts = undefined
    this.#world.scheduler.drop(this.owner)
    this.#gateway.lose()
    for (const wire of this.#wires) wire.lose()
  }
}

function readConfig() {
  const text = JSON.stringify({
    institutions: [
      {
        id: 'sim',
        agency: '01SIM_INST',
        name: 'Simulated',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        alma: { baseUrl: 'http://alma.simulated', key: 'env:ALMA_KEY' },
      },
    ],
    profiles: machineProfiles,
  })
  const parsed = parseConfig(text, { file: 'simulated', env: { ALMA_KEY: readWriteKey } })
  if (!parsed.ok) throw new Error(formatFaults(parsed.faults))
  return parsed.config
}

function firstOf<T>(list: readonly T[]): T {
  const [first] = list
  if (first === undefined) throw new Error('there is none')
  return first
}

function makeTerminal(name: string, at = 0): Terminal {
  const place = { library: 'MAIN', circulationDesk: 'SELFCHECK' }
  const profile = config.profiles[profileNameOf(at)] ?? config.profiles.plain
  return { name, institution: 'sim', agency: '01SIM_INST', libraryName: 'Simulated', place, profile }
}

const makeLoginReader = (names: readonly string[]): LoginReader =>
  new LoginReader(
    makeTerminal('').profile,
    names.map((user, at) => ({ user, profile: makeTerminal(user, at).profile })),
  )

function makeTerminals(names: readonly string[]): Terminals {
  const entries = names.map((name, at) => ({
    config: {
      name,
      institution: 'sim',
      library: 'MAIN',
      circulationDesk: 'SELFCHECK',
      profile: 'plain',
      login: { user: name, passwordHash: { reveal: () => name } },
    },
    terminal: makeTerminal(name, at),
  }))
  return new Terminals(entries as never, async (password) => password === 'secret')
}
