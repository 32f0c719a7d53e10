/**
 * The whole bridge between kiosks and a library system that answers at once, against a line server that does nothing
 * but make one request a line to that same system. Both take turns, so that whatever else the machine does hits both.
 */
import { type Certificate, makeCertificate } from '../src/cli/demo/certificate.ts'
import { type Child, Crew } from './child.ts'
import type { AlmaQuestions } from './processes/alma.ts'
import type { BridgePorts, BridgeQuestions } from './processes/bridge.ts'
import type { FloorPorts, FloorQuestions } from './processes/floor.ts'
import type { KiosksQuestions, Target } from './processes/kiosks.ts'
import { type BenchOptions, median, type Report, verdict } from './report.ts'
import { mostRequestsARound, per, ratio, type Side, type Size, sum, takeTurns, times } from './turns.ts'
import type { KindName } from './workload.ts'

const goals = {
  /** Requests per second of processor time, as a share of the floor's. */
  throughput: 0.5,
  /** Times the floor's p99 at `judgedConnections`. */
  p99: 2,
  /** Between a kiosk's request and its reply, without the calls themselves, in milliseconds. */
  addedMs: 1,
}

const judgedConnections = 50
const loop: readonly KindName[] = ['63', '11', '09']

const fullSize: Size = { connections: [1, 50, 200], rounds: 7, warmUpMs: 3000, roundMs: 900 }
const smokeSize: Size = { connections: [1, 50], rounds: 3, warmUpMs: 2000, roundMs: 400 }

interface Stage {
  readonly bridge: Child<BridgeQuestions>
  readonly bridgePorts: BridgePorts
  readonly floor: Child<FloorQuestions>
  readonly floorPorts: FloorPorts
  /** Kiosks of the bridge and of the floor. */
  readonly kiosks: readonly [Child<KiosksQuestions>, Child<KiosksQuestions>]
  readonly certificate: Certificate
}

/** Measures over TCP and TLS at every number of connections. */
export async function run({ smoke }: BenchOptions): Promise<Report> {
  const size = smoke ? smokeSize : fullSize
  const crew = new Crew()
  try {
    const stage = await setUp(crew)
    const reports: Report[] = []
    for (const transport of ['tcp', 'tls'] as const) {
      for (const connections of size.connections) reports.push(await compare(stage, transport, connections, size))
    }
    reports.push(await compareExact(stage, size), await measurePaced(stage, size))
    return { lines: reports.flatMap(({ lines }) => lines), ok: reports.every(({ ok }) => ok) }
  } finally {
    await crew.end()
  }
}

async function setUp(crew: Crew): Promise<Stage> {
  const certificate = await makeCertificate()
  const alma = crew.start<AlmaQuestions>('alma.ts')
  const bridge = crew.start<BridgeQuestions>('bridge.ts')
  const floor = crew.start<FloorQuestions>('floor.ts')
  const kiosks = [crew.start<KiosksQuestions>('kiosks.ts'), crew.start<KiosksQuestions>('kiosks.ts')] as const
  const { url: almaUrl } = await alma.ask('start', { accented: false })
  const bridgePorts = await bridge.ask('start', { almaUrl, almaKey: 'benchmark', tls: certificate })
  // The floor writes lines as long as the bridge's.
  await kiosks[0].ask('connect', { target: { port: bridgePorts.cheap }, connections: 1 })
  const replies = await kiosks[0].ask('sample', loop)
  const floorPorts = await floor.ask('start', {
    almaUrl,
    tls: certificate,
    replies: Object.fromEntries(loop.map((kind, index) => [kind, replies[index] ?? ''])),
  })
  return { bridge, bridgePorts, floor, floorPorts, kiosks, certificate }
}

/** Kiosks in a loop of 63, 11 and 09, each of which costs one call. */
async function compare(stage: Stage, transport: 'tcp' | 'tls', connections: number, size: Size): Promise<Report> {
  const ca = transport === 'tls' ? stage.certificate.certificate : undefined
  const [ours, floors] = await connectBoth(
    stage,
    { port: transport === 'tls' ? stage.bridgePorts.tls : stage.bridgePorts.cheap, ca },
    { port: (transport === 'tls' ? stage.floorPorts.tls : stage.floorPorts.tcp) ?? 0, ca },
    connections,
  )
  const { bridge, floor, calls } = await takeTurns(stage.bridge, ours, floors, size, { kinds: loop })
  const throughput = ratio(bridge, floor, (sample) => sample.perCpuSecond)
  const p99 = ratio(bridge, floor, (sample) => sample.load.p99Ms)
  const callsARequest = calls.count / sum(bridge)
  const added = median(bridge.map(({ load }) => load.p50Ms)) - calls.p50Ms

  const throughputMet = throughput >= goals.throughput
  const p99Met = connections !== judgedConnections || p99 <= goals.p99
  const addedMet = connections !== 1 || added < goals.addedMs
  const goalOf = (judged: boolean, text: string, met: boolean) => (judged ? ` (${text}: ${verdict(met)})` : '')
  return {
    ok: throughputMet && p99Met && addedMet,
    lines: [
      `bridge, ${transport}, ${connections} ${connections === 1 ? 'kiosk' : 'kiosks'}, loop of 63, 11, 09:`,
      `  requests per processor second ${per(bridge)}, floor ${per(floor)}, ratio ${throughput.toFixed(2)} (goal: at least ${goals.throughput}: ${verdict(throughputMet)}); ${callsARequest.toFixed(2)} calls a request, ratio per call ${(throughput * callsARequest).toFixed(2)}`,
      `  p50 ${times(bridge, 'p50Ms')}, floor ${times(floor, 'p50Ms')}; p99 ${times(bridge, 'p99Ms')}, floor ${times(floor, 'p99Ms')}, ratio ${p99.toFixed(2)}${goalOf(connections === judgedConnections, `goal: at most ${goals.p99}`, p99Met)}`,
      `  p50 over the calls' own ${calls.p50Ms.toFixed(2)} ms: ${added.toFixed(2)} ms${goalOf(connections === 1, `goal: under ${goals.addedMs} ms`, addedMet)}`,
    ],
  }
}

/** For information: a 63 that counts everything exactly asks the library system several times. */
async function compareExact(stage: Stage, size: Size): Promise<Report> {
  const [ours, floors] = await connectBoth(
    stage,
    { port: stage.bridgePorts.exact },
    { port: stage.floorPorts.tcp },
    judgedConnections,
  )
  const { bridge, floor, calls } = await takeTurns(stage.bridge, ours, floors, size, { kinds: ['63'] })
  const throughput = ratio(bridge, floor, (sample) => sample.perCpuSecond)
  const callsARequest = calls.count / sum(bridge)
  return {
    ok: true,
    lines: [
      `bridge, tcp, ${judgedConnections} kiosks, 63 with exact counts of a patron with loans, holds and fees:`,
      `  requests per processor second ${per(bridge)}, floor ${per(floor)}, ratio ${throughput.toFixed(2)}; ${callsARequest.toFixed(2)} calls a request, ratio per call ${(throughput * callsARequest).toFixed(2)}`,
    ],
  }
}

/** What the bridge adds when it is not saturated: many kiosks, each used by a person. */
async function measurePaced(stage: Stage, size: Size): Promise<Report> {
  const [kiosks] = stage.kiosks
  const target = { port: stage.bridgePorts.tls, ca: stage.certificate.certificate }
  await kiosks.ask('connect', { target, connections: judgedConnections })
  const load = { kinds: loop, requests: mostRequestsARound, ms: size.roundMs * 2, pauseMs: 200 }
  await kiosks.ask('run', load)
  await stage.bridge.ask('takeCalls')
  const { p50Ms, requests, ms } = await kiosks.ask('run', load)
  const calls = await stage.bridge.ask('takeCalls')
  const added = p50Ms - calls.p50Ms
  const met = added < goals.addedMs
  return {
    ok: met,
    lines: [
      `bridge, tls, ${judgedConnections} kiosks that pause, ${((requests / ms) * 1000).toFixed(0)} requests a second:`,
      `  p50 ${p50Ms.toFixed(2)} ms, over the calls' own ${calls.p50Ms.toFixed(2)} ms: ${added.toFixed(2)} ms (goal: under ${goals.addedMs} ms: ${verdict(met)})`,
    ],
  }
}

async function connectBoth(stage: Stage, ours: Target, floors: Target, connections: number): Promise<[Side, Side]> {
  const [forBridge, forFloor] = stage.kiosks
  await forBridge.ask('connect', { target: ours, connections })
  await forFloor.ask('connect', { target: floors, connections })
  return [
    { usage: () => stage.bridge.ask('usage'), kiosks: forBridge },
    { usage: () => stage.floor.ask('usage'), kiosks: forFloor },
  ]
}
