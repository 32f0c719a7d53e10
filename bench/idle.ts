/**
 * Memory of many kiosks that are logged in over TLS and silent, against as many TLS sockets of a bare server that
 * answered the same lines and holds nothing but the sockets.
 */
import { type Certificate, makeCertificate } from '../src/cli/demo/certificate.ts'
import { Crew } from './child.ts'
import type { AlmaQuestions } from './processes/alma.ts'
import type { BridgeQuestions } from './processes/bridge.ts'
import type { FloorQuestions } from './processes/floor.ts'
import type { KiosksQuestions } from './processes/kiosks.ts'
import type { Usage } from './processes/usage.ts'
import { type BenchOptions, type Report, verdict } from './report.ts'

/** Times the memory of the bare server. */
const goal = 1.5
/** Log-in and status, as kiosks begin their day. */
const greeting = ['9300CNkiosk|COkiosk|', '9900802.00']
const greetingReplies = { '93': '941AY0AZFDFC\r', '99': `98${'Y'.repeat(6)}${' '.repeat(120)}\r` }
/** A process that opens more would be slower than two. */
const kioskProcesses = 2

interface Memory {
  readonly before: number
  readonly after: number
}

export async function run({ smoke }: BenchOptions): Promise<Report> {
  const connections = smoke ? 500 : 10_000
  const certificate = await makeCertificate()
  const floor = await measureFloor(certificate, connections)
  const bridge = await measureBridge(certificate, connections)
  const ratio = bridge.after / floor.after
  const met = ratio <= goal
  return {
    ok: met,
    lines: [
      `idle, ${connections} kiosks logged in over TLS, resident memory after a collection:`,
      `  ${megabytes(bridge.after)} (${perSocket(bridge, connections)} a kiosk over ${megabytes(bridge.before)} at rest), bare TLS sockets ${megabytes(floor.after)} (${perSocket(floor, connections)} each over ${megabytes(floor.before)}), ratio ${ratio.toFixed(2)} (goal: at most ${goal}: ${verdict(met)})`,
    ],
  }
}

async function measureFloor(tls: Certificate, connections: number): Promise<Memory> {
  const crew = new Crew()
  try {
    const floor = crew.start<FloorQuestions>('floor.ts')
    const ports = await floor.ask('start', { tls, replies: greetingReplies })
    return await measure(crew, () => floor.ask('idleUsage'), ports.tls ?? 0, tls, connections)
  } finally {
    await crew.end()
  }
}

async function measureBridge(tls: Certificate, connections: number): Promise<Memory> {
  const crew = new Crew()
  try {
    const { url: almaUrl } = await crew.start<AlmaQuestions>('alma.ts').ask('start', { accented: false })
    const bridge = crew.start<BridgeQuestions>('bridge.ts')
    const ports = await bridge.ask('start', { almaUrl, almaKey: 'benchmark', tls })
    return await measure(crew, () => bridge.ask('idleUsage'), ports.tls, tls, connections)
  } finally {
    await crew.end()
  }
}

async function measure(
  crew: Crew,
  usage: () => Promise<Usage>,
  port: number,
  { certificate: ca }: Certificate,
  connections: number,
): Promise<Memory> {
  const { residentBytes: before } = await usage()
  const share = connections / kioskProcesses
  const kiosks = Array.from({ length: kioskProcesses }, () => crew.start<KiosksQuestions>('kiosks.ts'))
  await Promise.all(kiosks.map((some) => some.ask('connect', { target: { port, ca }, connections: share })))
  await Promise.all(kiosks.map((some) => some.ask('greet', greeting)))
  const { residentBytes: after } = await usage()
  return { before, after }
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
const perSocket = ({ before, after }: Memory, connections: number): string =>
  `${((after - before) / connections / 1024).toFixed(1)} KiB`
