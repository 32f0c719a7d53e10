/** The bridge in a process of its own. */
import type { Readiness } from '../../src/admin/health.ts'
import { type AlmaCallEvent, almaCallChannel } from '../../src/runtime/diagnostics.ts'
import { makeLog } from '../../src/runtime/log.ts'
import { Bridge } from '../../src/server.ts'
import { type BenchConfigParts, type ListenerName, makeBenchConfig } from '../bench-config.ts'
import { answerParent } from '../child.ts'
import { median } from '../report.ts'
import { measureIdleUsage, measureUsage } from './usage.ts'

export type BridgePorts = Readonly<Record<ListenerName, number>>

let bridge: Bridge | undefined
let callDurations: number[] = []

const questions = {
  async start(parts: BenchConfigParts): Promise<BridgePorts> {
    bridge = new Bridge(makeBenchConfig(parts), makeLog({ level: 'error' }))
    await bridge.start()
    almaCallChannel.subscribe((event) => callDurations.push((event as AlmaCallEvent).durationMs))
    const { sip2 } = bridge.addresses
    return Object.fromEntries(sip2.map(({ name, address }) => [name, address.port])) as BridgePorts
  },
  usage: measureUsage,
  idleUsage: measureIdleUsage,
  /** The calls to the library system since the last time that this was asked. */
  takeCalls(): { count: number; p50Ms: number } {
    const taken = callDurations
    callDurations = []
    return { count: taken.length, p50Ms: median(taken) }
  },
  /** What waits for the library system, and what for a person. */
  async backlog(): Promise<{ waiting: number; exceptions: number }> {
    const response = await fetch(`http://127.0.0.1:${bridge?.addresses.http.port}/readyz`)
    const { institutions } = (await response.json()) as Readiness
    const changes = institutions.map((institution) => institution.changes)
    return {
      waiting: changes.reduce((sum, { queued, unsettled }) => sum + queued + unsettled, 0),
      exceptions: changes.reduce((sum, { exceptions }) => sum + exceptions, 0),
    }
  },
  stop: () => bridge?.stop(),
}

export type BridgeQuestions = typeof questions

answerParent(questions)
