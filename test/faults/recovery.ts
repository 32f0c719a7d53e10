/**
 * How soon a bridge that was killed with many open changes serves again: `node test/faults/recovery.ts`. A figure, and
 * no test, since it depends on the machine.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { login } from '../helpers/raw-sip2.ts'
import { kioskPassword, patienceMs, writeRunFolder } from './bridge-config.ts'
import { BridgeProcess } from './bridge-process.ts'
import { countJournal } from './evidence.ts'
import { Line } from './line.ts'
import { startAlma } from './library.ts'

export interface Recovery {
  readonly pending: number
  /** From the start of the process to the first 200 of `/readyz`. */
  readonly readyMs: number
  /** From the start of the process to the answer to a kiosk's first request, its log-in before it. */
  readonly answeredMs: number
}

const goalMs = 2000

export async function measureRecovery(pending: number): Promise<Recovery> {
  const path = mkdtempSync(join(tmpdir(), 'circbridge-recovery-'))
  const alma = await startAlma()
  let bridge: BridgeProcess | undefined
  try {
    const folder = await writeRunFolder(path, { almaPort: alma.port, kiosks: ['kiosk-1'], partners: [] })
    await writePending(folder.journal, Buffer.from(folder.key.secret).toString('base64'), pending)
    const startedAt = performance.now()
    bridge = new BridgeProcess(folder, { ALMA_KEY: alma.apiKey })
    if (!(await bridge.started())) throw new Error('the bridge did not start')
    const [readyMs, answeredMs] = await Promise.all([
      untilReady(bridge.ports.get('http') ?? 0).then(() => performance.now() - startedAt),
      untilAnswered(bridge.ports.get('kiosks') ?? 0).then(() => performance.now() - startedAt),
    ])
    return { pending, readyMs, answeredMs }
  } finally {
    bridge?.kill()
    await bridge?.ended
    await alma.close()
    rmSync(path, { recursive: true, force: true })
  }
}

/** A process that leaves so many changes under way or promised, and is then killed. */
async function writePending(file: string, secret: string, pending: number): Promise<void> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'write-pending.ts'), file, String(pending)], {
    env: { PATH: process.env['PATH'] ?? '', JOURNAL_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(writer, 'exit')
  await Promise.race([once(writer.stdout, 'data'), exited])
  writer.kill('SIGKILL')
  await exited
  const states = countJournal(file)
  const written = (states.get('under-way') ?? 0) + (states.get('queued') ?? 0)
  if (written !== pending) throw new Error(`${written} changes are pending, not ${pending}`)
}

async function untilReady(port: number): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`)
    await response.arrayBuffer()
    if (response.status === 200) return
    await sleep(10)
  }
}

async function untilAnswered(port: number): Promise<void> {
  const line = await Line.open(port)
  await line?.ask(`${login('kiosk-1', kioskPassword)}\r`, patienceMs)
  const answer = await line?.ask('63001                            AO|AA29000000000001|AC|\r', patienceMs)
  line?.destroy()
  if (!answer?.startsWith('64')) throw new Error('the kiosk was not answered')
}

export function describeRecovery({ pending, readyMs, answeredMs }: Recovery): string {
  const verdict = (ms: number): string =>
    `${Math.round(ms)} ms, goal of ${goalMs} ms ${ms <= goalMs ? 'met' : 'MISSED'}`
  return [
    `killed with ${pending} pending changes`,
    `  /readyz answers after         ${verdict(readyMs)}`,
    `  a kiosk has its answer after  ${verdict(answeredMs)}`,
  ].join('\n')
}

if (import.meta.main) process.stdout.write(`${describeRecovery(await measureRecovery(10_000))}\n`)
