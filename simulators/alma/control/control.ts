/** The second door: data, clock, faults, switches, quota and the log of calls, for callers in the same process. */
import { loadStore, parseSample } from '../state/load.ts'
import type { SampleData } from '../state/sample-data.ts'
import type { Store } from '../state/store.ts'
import type { Switches } from '../switches.ts'
import type { CallLog, CallRecord } from '../transport/call-log.ts'
import type { ActiveFault, Fault, Faults } from '../transport/faults.ts'
import type { Quota, QuotaSettings } from '../transport/quota.ts'
import { dumpState, type StateDump } from './dump.ts'

export interface ControlledParts {
  readonly calls: CallLog
  readonly faults: Faults
  readonly quota: Quota
  /** Changed in place. */
  readonly switches: Switches
}

export interface ControlOptions extends ControlledParts {
  readonly data: SampleData
  readonly generate: number
  readonly clock: () => Date
}

export class Control {
  readonly parts: ControlledParts
  readonly #clock: () => Date
  readonly #firstSwitches: Readonly<Switches>
  #data: SampleData
  #generate: number
  #clockOffsetMs = 0
  #store: Store

  constructor({ data, generate, clock, calls, faults, quota, switches }: ControlOptions) {
    this.parts = { calls, faults, quota, switches }
    this.#firstSwitches = { ...switches }
    this.#clock = clock
    this.#data = data
    this.#generate = generate
    this.#store = this.#build(data, generate)
  }

  get store(): Store {
    return this.#store
  }

  #build(data: SampleData, generate: number): Store {
    const now = (): number => this.#clock().getTime() + this.#clockOffsetMs
    return loadStore({ data, generate, now })
  }

  /** Replaces the library by sample data, given as an object or as YAML or JSON text. */
  load(data: SampleData | string, generate = this.#generate): void {
    const parsed = typeof data === 'string' ? parseSample(data) : data
    this.#store = this.#build(parsed, generate)
    this.#data = parsed
    this.#generate = generate
  }

  /** Puts the library back as it was loaded; with `everything` also clock, switches, faults and log. */
  reset(everything = false): void {
    if (everything) {
      this.#clockOffsetMs = 0
      Object.assign(this.parts.switches, this.#firstSwitches)
      this.clearFaults()
      this.clearCalls()
    }
    this.#store = this.#build(this.#data, this.#generate)
  }

  /** The state in Alma's words; generated objects appear once they were used. */
  dump(): StateDump {
    return dumpState(this.#store)
  }

  /** The latest calls, oldest first. */
  calls(): readonly CallRecord[] {
    return this.parts.calls.list()
  }

  /** How many calls came since the log was cleared, also those that fell out of it. */
  callCount(): number {
    return this.parts.calls.total
  }

  clearCalls(): void {
    this.parts.calls.clear()
  }

  /** Replaces the faults. */
  setFaults(faults: readonly Fault[] | Fault): void {
    this.parts.faults.set([faults].flat())
  }

  addFaults(faults: readonly Fault[] | Fault): void {
    this.parts.faults.add([faults].flat())
  }

  faults(): readonly ActiveFault[] {
    return this.parts.faults.active
  }

  clearFaults(): void {
    this.parts.faults.clear()
  }

  setSwitches(switches: Partial<Switches>): void {
    Object.assign(this.parts.switches, switches)
  }

  switches(): Readonly<Switches> {
    return this.parts.switches
  }

  /** Moves the simulated time; later settings replace earlier ones. */
  setClockOffset(ms: number): void {
    this.#clockOffsetMs = ms
  }

  setQuota(settings: Partial<QuotaSettings>): void {
    this.parts.quota.configure(settings)
  }
}
