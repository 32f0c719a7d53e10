/**
 * Whole visits of patrons with accents in their names, message by message, in each character set of
 * the terminals, against a floor that makes a call where the budget has one. For information: no goal is set.
 */
import { benchCharsets } from './bench-config.ts'
import { Crew } from './child.ts'
import type { AlmaQuestions } from './processes/alma.ts'
import type { BridgeQuestions } from './processes/bridge.ts'
import type { FloorQuestions } from './processes/floor.ts'
import type { KiosksQuestions } from './processes/kiosks.ts'
import type { BenchOptions, Report } from './report.ts'
import { per, ratio, sum, takeTurns, times } from './turns.ts'
import { visitKinds } from './workload.ts'

const connections = 50
const fullSize = { rounds: 5, warmUpMs: 2000, roundMs: 900 }
const smokeSize = { rounds: 3, warmUpMs: 1000, roundMs: 400 }

export async function run({ smoke }: BenchOptions): Promise<Report> {
  const size = smoke ? smokeSize : fullSize
  const crew = new Crew()
  try {
    const alma = crew.start<AlmaQuestions>('alma.ts')
    const bridge = crew.start<BridgeQuestions>('bridge.ts')
    const floor = crew.start<FloorQuestions>('floor.ts')
    const forBridge = crew.start<KiosksQuestions>('kiosks.ts')
    const forFloor = crew.start<KiosksQuestions>('kiosks.ts')
    const { url: almaUrl } = await alma.ask('start', { accented: true })
    const ports = await bridge.ask('start', { almaUrl, almaKey: 'benchmark' })
    // The floor writes lines as long as the bridge's.
    await forBridge.ask('connect', { target: { port: ports.cp850 }, connections: 1 })
    const replies = await forBridge.ask('sample', visitKinds)
    const floorPorts = await floor.ask('start', {
      almaUrl,
      replies: Object.fromEntries(visitKinds.map((kind, index) => [kind, replies[index] ?? ''])),
    })
    await forFloor.ask('connect', { target: { port: floorPorts.tcp }, connections })
    const ours = { usage: () => bridge.ask('usage'), kiosks: forBridge }
    const floors = { usage: () => floor.ask('usage'), kiosks: forFloor }

    const lines = [`sessions, tcp, ${connections} kiosks, visits of ${visitKinds.join(' ')} with accents:`]
    for (const charset of benchCharsets) {
      await forBridge.ask('connect', { target: { port: ports[charset] }, connections })
      const work = { kinds: visitKinds, visits: true, charset }
      const { bridge: samples, floor: bare, calls } = await takeTurns(bridge, ours, floors, size, work)
      const throughput = ratio(samples, bare, (sample) => sample.perCpuSecond)
      const p99 = ratio(samples, bare, (sample) => sample.load.p99Ms)
      const callsARequest = calls.count / sum(samples)
      lines.push(
        `  ${charset.padEnd(12)} requests per processor second ${per(samples)}, floor ${per(bare)}, ratio ${throughput.toFixed(2)}; ${callsARequest.toFixed(2)} calls a request`,
        `  ${''.padEnd(12)} p50 ${times(samples, 'p50Ms')}, floor ${times(bare, 'p50Ms')}; p99 ${times(samples, 'p99Ms')}, floor ${times(bare, 'p99Ms')}, ratio ${p99.toFixed(2)}`,
      )
    }
    return { lines, ok: true }
  } finally {
    await crew.end()
  }
}
