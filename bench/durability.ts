/**
 * What a machine pays for a journal on the disk: the same load at two bridges, one with the journal in memory, by
 * turns. And what a bridge with it takes while the library system is away, and how fast that is booked after.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, Crew } from './child.ts'
import type { AlmaQuestions } from './processes/alma.ts'
import type { BridgeQuestions } from './processes/bridge.ts'
import type { KiosksQuestions } from './processes/kiosks.ts'
import { type BenchOptions, median, type Report, verdict } from './report.ts'
import { mostRequestsARound, takeTurns } from './turns.ts'
import type { KindName } from './workload.ts'

/** Added to one operation alone, the median. */
const goalMs = 5
const goalPerSecond = 100

const loop: readonly KindName[] = ['11', '09']
const judgedConnections = 1

const fullSize = { connections: [1, 50], rounds: 5, warmUpMs: 1500, roundMs: 900, awayMs: 3000, most: 3000 }
const smokeSize = { connections: [1, 50], rounds: 3, warmUpMs: 500, roundMs: 300, awayMs: 500, most: 200 }

export async function run({ smoke }: BenchOptions): Promise<Report> {
  const size = smoke ? smokeSize : fullSize
  const folder = mkdtempSync(join(tmpdir(), 'circbridge-bench-'))
  const crew = new Crew()
  try {
    const alma = crew.start<AlmaQuestions>('alma.ts')
    const { url: almaUrl } = await alma.ask('start', { accented: false })
    const startOne = async (journalFile: string | undefined) => {
      const bridge = crew.start<BridgeQuestions>('bridge.ts')
      const ports = await bridge.ask('start', { almaUrl, almaKey: 'benchmark', journalFile, impatient: true })
      const kiosks = crew.start<KiosksQuestions>('kiosks.ts')
      return { bridge, port: ports.cheap, kiosks, usage: () => bridge.ask('usage') }
    }
    const durable = await startOne(join(folder, 'journal.db'))
    const memory = await startOne(undefined)
    const lines = ['durability, tcp, loop of 11, 09: journal in SQLite beside the journal in memory']
    let ok = true
    for (const connections of size.connections) {
      for (const { kiosks, port } of [durable, memory]) await kiosks.ask('connect', { target: { port }, connections })
      const { bridge, floor } = await takeTurns(durable.bridge, durable, memory, size, { kinds: loop })
      const added = median(bridge.map(({ load }, round) => load.p50Ms - (floor[round]?.load.p50Ms ?? Number.NaN)))
      const rate = (samples: typeof bridge): string =>
        median(samples.map(({ load }) => (load.requests * 1000) / load.ms)).toFixed(0)
      const judged = connections === judgedConnections
      const met = !judged || added < goalMs
      ok &&= met
      lines.push(
        `  ${String(connections).padStart(2)} ${connections === 1 ? 'kiosk' : 'kiosks'}: ${added.toFixed(2)} ms added to an operation (p50)${judged ? ` (goal: under ${goalMs} ms: ${verdict(met)})` : ''}; ${rate(bridge)} operations/s, in memory ${rate(floor)}`,
      )
    }
    const away = await measureAway(alma, durable, size)
    return { lines: [...lines, ...away.lines], ok: ok && away.ok }
  } finally {
    await crew.end()
    rmSync(folder, { recursive: true })
  }
}

interface Durable {
  readonly bridge: Child<BridgeQuestions>
  readonly kiosks: Child<KiosksQuestions>
}

/** Returns while nobody books them, and the time until all of them are booked. */
async function measureAway(
  alma: Child<AlmaQuestions>,
  { bridge, kiosks }: Durable,
  { awayMs, most }: { readonly awayMs: number; readonly most: number },
): Promise<Report> {
  const port = await alma.ask('leave')
  const load = { kinds: ['09'] as const, manyItems: true, pauseMs: 0, requests: most, ms: awayMs }
  // The first ones find out.
  await kiosks.ask('run', { ...load, requests: mostRequestsARound, ms: 300 })
  const { requests, ms, p50Ms } = await kiosks.ask('run', load)
  const { waiting, exceptions } = await bridge.ask('backlog')
  const from = performance.now()
  await bridge.ask('takeCalls')
  await alma.ask('comeBack', port)
  while ((await bridge.ask('backlog')).waiting > 0) await sleep(20)
  const seconds = (performance.now() - from) / 1000
  const { count } = await bridge.ask('takeCalls')
  const refused = (await bridge.ask('backlog')).exceptions - exceptions
  if (refused > 0) throw new Error(`${refused} changes were not booked`)
  const perSecond = (requests * 1000) / ms
  const met = perSecond >= goalPerSecond
  return {
    ok: met,
    lines: [
      '  while the library system is away, 50 kiosks, 09:',
      `    ${perSecond.toFixed(0)} operations/s accepted (goal: at least ${goalPerSecond}: ${verdict(met)}), p50 ${p50Ms.toFixed(2)} ms; ${waiting} wait`,
      `    back again: ${waiting} booked in ${seconds.toFixed(2)} s, ${(waiting / seconds).toFixed(0)} operations/s, ${(count / waiting).toFixed(2)} calls each`,
    ],
  }
}
