/** Runs the seeds that it is given, one after the other, in a world of their own. */
import { parentPort, workerData } from 'node:worker_threads'
import { installVirtualGlobals } from './virtual-globals.ts'

export interface WorkerOptions {
  readonly mutant: string | undefined
  readonly keepLines: boolean
}

installVirtualGlobals()
const { runSeed } = await import('./run-seed.ts')
const { findMutant } = await import('./mutants/mutants.ts')

const { mutant: name, keepLines } = workerData as WorkerOptions
const mutant = findMutant(name)
mutant?.install?.()

parentPort?.on('message', (seed: number) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  void runSeed(seed, { mutant, keepLines }).then((report) => parentPort?.postMessage(report))
})
