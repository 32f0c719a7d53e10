/** One step of the visit: what is said, what comes back, what it cost, and whether it came out as it should. */
import type { CallRecord } from '../../../simulators/alma/transport/call-log.ts'

/** One field of a message as people are shown it. */
export interface ShownField {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly meaning: string
}

/** One message: its raw text, secrets masked, and its fields. */
export interface ShownMessage {
  readonly name: string
  readonly raw: string
  readonly fields: readonly ShownField[]
}

/** Something that must be so after a step. */
export interface Check {
  readonly what: string
  readonly ok: boolean
}

export interface Scene {
  readonly sent: ShownMessage
  readonly received: ShownMessage
  /** From the first byte sent to the reply. */
  readonly durationMs: number
  readonly checks: readonly Check[]
}

export interface Step {
  /** What happens, in plain words. */
  readonly heading: string
  /** Who speaks to the bridge. */
  readonly who: 'kiosk' | 'partner'
  /** Most Alma calls that it may cost. */
  readonly budget: number
  play(): Promise<Scene>
}

export interface PlayedStep extends Step, Scene {
  readonly calls: readonly CallRecord[]
  readonly ok: boolean
}

/** The simulator's record of what it was asked. */
export interface CallWitness {
  calls(): readonly CallRecord[]
  clearCalls(): void
}

export async function playStep(step: Step, alma: CallWitness): Promise<PlayedStep> {
  alma.clearCalls()
  const scene = await step.play()
  const calls = alma.calls()
  const budget = check(`it costs ${describeCost(calls.length, step.budget)}`, calls.length <= step.budget)
  const checks = [...scene.checks, budget]
  return { ...step, ...scene, checks, calls, ok: checks.every(({ ok }) => ok) }
}

export const check = (what: string, ok: boolean): Check => ({ what, ok })

function describeCost(calls: number, budget: number): string {
  const cost = calls === 0 ? 'no Alma call' : `${calls} Alma ${calls === 1 ? 'call' : 'calls'}`
  return calls === budget ? `${cost}, as budgeted` : `${cost}; the budget is ${budget}`
}
