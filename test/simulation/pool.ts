/** Seeds spread over threads, each in a world of its own. */
import { Worker } from 'node:worker_threads'
import type { SeedReport } from './run-seed.ts'
import type { WorkerOptions } from './worker.ts'

export interface PoolOptions extends Partial<WorkerOptions> {
  readonly seeds: Iterable<number>
  readonly threads: number
  /** Called in the order in which the seeds end. @returns false to stop. */
  readonly onReport: (report: SeedReport) => boolean
}

/** Rejects when a thread fails. */
export async function runSeeds({ seeds, threads, onReport, mutant, keepLines = false }: PoolOptions): Promise<void> {
  const left = seeds[Symbol.iterator]()
  const workerData: WorkerOptions = { mutant, keepLines }
  let stopped = false
  const runThread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, name: 'simulation' })
      const next = (): void => {
        const seed = stopped ? undefined : left.next()
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        if (seed && seed.done !== true) worker.postMessage(seed.value)
        else void worker.terminate()
      }
      worker.on('message', (report: SeedReport) => {
        if (!stopped && !onReport(report)) stopped = true
        next()
      })
      worker.on('error', reject)
      worker.on('exit', () => resolve())
      next()
    })
  await Promise.all(Array.from({ length: threads }, runThread))
}

export function* seedsFrom(first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed += 1) yield seed
}
