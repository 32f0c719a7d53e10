/**
 * What durability costs: a change written before and after it, against the least that any journal on this disk must do,
 * two writes of a page that are on the disk one after the other.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { accepted, done, unavailable } from '../src/circulation/outcome.ts'
import type { Change } from '../src/circulation/ports.ts'
import { SqliteJournal } from '../src/journal/sqlite.ts'
import { systemClock } from '../src/runtime/clock.ts'
import { silentLog } from '../src/runtime/log.ts'
import { type BenchOptions, type Report, median, quantile, verdict } from './report.ts'

const concurrencies = [1, 10, 100]
/** For one operation alone, the median. */
const goalMs = 5
const goalPerSecond = 300
const recoveryGoalMs = 2000
const pageBytes = 4096

/** As large as what a checkout leaves. */
const outcome = done({
  loan: { id: '1', title: 'x'.repeat(200), due: new Date(), note: 'x'.repeat(600) },
  renewed: false,
})

const makeChange = (name: string): Change => ({
  kind: 'checkout',
  institution: 'bench',
  machine: 'kiosk',
  callId: name,
  identity: name,
  subject: name,
  details: { patron: name, item: name, place: { library: 'MAIN', circulationDesk: 'DESK' } },
  machineTime: new Date(),
  begunAt: new Date(),
  happenedAt: new Date(),
  deadline: new Date(),
})

export async function run({ smoke }: BenchOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'circbridge-bench-'))
  const journal = makeJournal(join(folder, 'journal.db'))
  const lines = ['Journal: SQLite, WAL, synchronous=FULL; one operation is a beginning and an end, each on the disk']
  let ok = true
  try {
    await journal.start()
    await measure(journal, 'warm', 4, 40)
    for (const concurrency of concurrencies) {
      const operations = (smoke ? 2 : 40) * Math.max(concurrency, 10)
      const floor = measureFloor(join(folder, 'floor'), smoke ? 20 : 200)
      const { times, perSecond, stallMs } = await measure(journal, `at ${concurrency}`, concurrency, operations)
      const added = median(times)
      const goal = concurrency === 1 ? added < goalMs : perSecond >= goalPerSecond
      ok &&= goal
      lines.push(
        `  ${String(concurrency).padStart(3)} at once: ${added.toFixed(2)} ms added (p99 ${quantile(times, 0.99).toFixed(1)}), ` +
          `${(added / floor).toFixed(1)} x two bare syncs of ${(floor / 2).toFixed(2)} ms, ` +
          `${perSecond.toFixed(0)} operations/s, event loop held ${stallMs.toFixed(1)} ms at most; ` +
          `goal ${concurrency === 1 ? `< ${goalMs} ms` : `>= ${goalPerSecond}/s`}: ${verdict(goal)}`,
      )
    }
    const pending = smoke ? 200 : 10_000
    const recoveryMs = await measureRecovery(join(folder, 'recovery.db'), pending)
    ok &&= recoveryMs < recoveryGoalMs
    lines.push(
      `  open again with ${pending} changes that wait: ${recoveryMs.toFixed(0)} ms; ` +
        `goal < ${recoveryGoalMs} ms: ${verdict(recoveryMs < recoveryGoalMs)}`,
    )
  } finally {
    await journal.close()
    rmSync(folder, { recursive: true })
  }
  return { lines, ok }
}

function makeJournal(file: string): SqliteJournal {
  return new SqliteJournal(
    {
      file,
      keys: [{ id: 'bench', secret: Buffer.alloc(32, 1) }],
      keepMs: 600_000,
      maxEntries: 20_000,
      maxPending: 100_000,
      maxPendingPerMachine: 100_000,
      purgeAfterMs: 86_400_000,
      maxBytes: 1_000_000_000,
      busyMs: 1000,
    },
    { clock: systemClock, log: silentLog },
  )
}

async function measureRecovery(file: string, pending: number): Promise<number> {
  const before = makeJournal(file)
  await before.start()
  await Promise.all(Array.from({ length: pending }, (_, index) => promise(before, makeChange(`pending ${index}`))))
  await before.close()
  const after = makeJournal(file)
  const from = performance.now()
  await after.start()
  const recoveryMs = performance.now() - from
  if (after.counts('bench').queued !== pending) throw new Error('what waits was not all taken over')
  await after.close()
  return recoveryMs
}

async function promise(journal: SqliteJournal, change: Change): Promise<void> {
  const begun = await journal.begin(change)
  if (begun.state !== 'new') throw new Error('every change of the benchmark is new')
  await journal.accept(begun.entry, unavailable('offline'), accepted())
}

async function measure(journal: SqliteJournal, name: string, concurrency: number, operations: number) {
  const times: number[] = []
  let left = operations
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const change = makeChange(`${name} ${left}`)
      const from = performance.now()
      const begun = await journal.begin(change)
      if (begun.state !== 'new') throw new Error('every change of the benchmark is new')
      await journal.end(begun.entry, outcome)
      times.push(performance.now() - from)
    }
  }
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  stalls.enable()
  const from = performance.now()
  await Promise.all(Array.from({ length: concurrency }, work))
  const seconds = (performance.now() - from) / 1000
  stalls.disable()
  return { times, perSecond: operations / seconds, stallMs: stalls.max / 1e6 }
}

/** Milliseconds for two pages, one after the other on the disk: the median. */
function measureFloor(file: string, rounds: number): number {
  const descriptor = openSync(file, 'w')
  const page = Buffer.alloc(pageBytes, 1)
  const times = Array.from({ length: rounds }, () => {
    const from = performance.now()
    for (let count = 0; count < 2; count += 1) {
      writeSync(descriptor, page)
      fdatasyncSync(descriptor)
    }
    return performance.now() - from
  })
  closeSync(descriptor)
  return median(times)
}
