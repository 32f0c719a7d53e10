/** Use-cases against a simulated Alma over HTTP: what a patron, an item and an account look like before and after. */
import type { Test } from 'tap'
import { type AlmaSimulator, startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { type AlmaConfig, almaDefaults } from '../../src/alma/config.ts'
import { type AlmaSystem, createAlmaSystem } from '../../src/alma/system.ts'
import type { Circulation } from '../../src/circulation/circulation.ts'
import type { ChangeOutcome, Outcome } from '../../src/circulation/outcome.ts'
import { performPending } from '../../src/circulation/perform-pending.ts'
import type { Clock, PendingChange } from '../../src/circulation/ports.ts'
import { SeenPatrons } from '../../src/circulation/seen-patrons.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { MemoryJournal } from '../../src/journal/memory.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { makeConfig } from '../alma/sample-config.ts'
import { makeCall } from '../helpers/call.ts'

const titleOf = (barcode: string, mms_id: string, library: string, more = {}) => ({
  barcode,
  mms_id,
  title: `Title ${mms_id}`,
  library,
  location: library === 'MAIN' ? 'STACKS' : 'OPEN',
  ...more,
})

export const titles = { first: '9900000000000001', second: '9900000000000002', third: '9900000000000003' }

export const library = {
  institution: { code: '01TEST_INST', name: 'Test', time_zone: 'Europe/Vienna', currency: 'EUR' },
  code_tables: {
    WorkbenchPaymentMethod: { CHEQUE: 'Cheque' },
    NoteTypes: { POPUP: 'Pop-up' },
    Campuses: { NORTH: 'North campus' },
    CallNumberType: { '2': 'NLM' },
  },
  libraries: [
    {
      code: 'MAIN',
      name: 'Main Library',
      default_location: 'STACKS',
      locations: [{ code: 'STACKS', name: 'Open Stacks' }],
      circ_desks: [{ code: 'DESK', name: 'Main Desk', has_hold_shelf: true, location: [{ location_code: 'STACKS' }] }],
    },
    {
      code: 'BRANCH',
      name: 'Branch Library',
      default_location: 'OPEN',
      locations: [{ code: 'OPEN', name: 'Open Shelves' }],
      circ_desks: [{ code: 'DESK', name: 'Branch Desk', has_hold_shelf: true }],
    },
  ],
  loan_rules: [{ policy: 'REFERENCE', requestable: false, loanable: false }, { days: 28 }],
  users: [
    { primary_id: 'jdoe', first_name: 'Jane', last_name: 'Doe', barcode: '2001' },
    { primary_id: 'max', first_name: 'Max', last_name: 'Muster', barcode: '2002' },
  ],
  items: [
    titleOf('3001', titles.first, 'MAIN'),
    titleOf('3002', titles.first, 'BRANCH', { policy: 'REFERENCE' }),
    titleOf('3003', titles.first, 'BRANCH'),
    titleOf('3004', titles.second, 'MAIN'),
    titleOf('3005', titles.third, 'MAIN', { policy: 'REFERENCE' }),
  ],
  fees: [
    { user_primary_id: 'jdoe', id: '500', type: 'OVERDUEFINE', original_amount: 2.1, creation_time: '-10d' },
    { user_primary_id: 'jdoe', id: '501', type: 'OTHER', original_amount: 5, creation_time: '-20d' },
    { user_primary_id: 'jdoe', id: '502', type: 'OTHER', original_amount: 1.5, creation_time: '-5d' },
  ],
}

export interface Bench {
  readonly simulator: AlmaSimulator
  readonly system: AlmaSystem
  readonly circulation: Circulation
  readonly clock: Clock
  /** Every event is one of its own. */
  readonly once: () => { visit: Visit; identity: string }
  /** Runs a step and tells which operations of the API it cost. */
  readonly cost: <T>(step: Promise<T>) => Promise<readonly [T, readonly string[]]>
  /** One object of the API, by its path below the base. */
  readonly read: (path: string) => Promise<Record<string, unknown>>
}

export async function startBench(t: Test, options: Partial<AlmaConfig['options']> = {}, data = {}): Promise<Bench> {
  const simulator = await startAlmaSimulator({ data: { ...library, ...data }, perSecond: 'none' })
  let skippedMs = 0
  // Pauses take no time here, and the simulated time goes on by them.
  const clock: Clock = {
    now: () => new Date(Date.now() + skippedMs),
    monotonic: () => systemClock.monotonic() + skippedMs,
    sleep: async (ms, signal) => {
      if (signal.aborted) return
      skippedMs += ms
      simulator.control.setClockOffset(skippedMs)
    },
  }
  const config = makeConfig(simulator.url, {
    apiKey: simulator.apiKey,
    options: { ...almaDefaults.options, ...options },
  })
  const system = createAlmaSystem(config, { clock })
  t.teardown(async () => {
    await system.close()
    await simulator.close()
  })
  return {
    simulator,
    system,
    clock,
    circulation: {
      system,
      clock,
      journal: new MemoryJournal(clock, { keepMs: 60_000, maxEntries: 100 }),
      settleMs: 0,
      limits: { loans: undefined, overdue: undefined, fees: undefined },
      backlog: { clear: async () => true, underWay: [] },
      seen: new SeenPatrons(() => clock.monotonic()),
    },
    once: () => ({ visit: new Visit(() => clock.monotonic()), identity: crypto.randomUUID() }),
    cost: async (step) => {
      simulator.control.clearCalls()
      const value = await step
      return [value, simulator.control.calls().map(({ operation }) => operation)]
    },
    read: async (path) => {
      const headers = { authorization: `apikey ${simulator.apiKey}`, accept: 'application/json' }
      const response = await fetch(`${simulator.url}/almaws/v1${path}`, { headers })
      return (await response.json()) as Record<string, unknown>
    },
  }
}

/** The value of a change that is done; anything else fails the test. */
export function valueOf<T>(outcome: ChangeOutcome<T>): T {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome.value
}

/** What the backlog does with a change that nobody was promised, long after its attempt was over. */
export const lookFor = (change: PendingChange, circulation: Circulation): Promise<Outcome<unknown>> =>
  performPending(
    change,
    { since: change.since, again: true, quiet: true, lookOnly: true },
    circulation,
    makeCall({ priority: 'background' }),
  )
