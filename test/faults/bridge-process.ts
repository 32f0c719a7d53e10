import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '../..')

export interface BridgeFiles {
  readonly config: string
  /** Takes what the bridge prints. */
  readonly log: string
  /** Tells by how many milliseconds its clock is wrong. */
  readonly clock: string
}

/** How a life of the bridge ended. */
export interface BridgeEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One life of the real program: `node src/cli.ts serve`. */
export class BridgeProcess {
  /** Resolves when the process has gone. */
  readonly ended: Promise<BridgeEnd>
  /** Ports by the names of the listeners, known once it has started. */
  readonly ports = new Map<string, number>()
  readonly #child: ChildProcess
  readonly #files: BridgeFiles
  #serves = false
  readonly #started = Promise.withResolvers<void>()

  /** @param killAt as `kill-at.ts` reads it */
  constructor(files: BridgeFiles, env: Readonly<Record<string, string>>, killAt = '') {
    this.#files = files
    const { PATH = '', HOME = '' } = process.env
    const preload = join(import.meta.dirname, 'kill-at.ts')
    this.#child = spawn(
      process.execPath,
      ['--import', preload, join(root, 'src/cli.ts'), 'serve', '--config', files.config],
      {
        env: { PATH, HOME, ...env, FAULTS_CLOCK: files.clock, FAULTS_KILL_AT: killAt },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const { stdout, stderr } = this.#child
    if (!stdout || !stderr) throw new Error('a child with pipes has none')
    createInterface({ input: stdout }).on('line', (line) => this.#read(line))
    stderr.on('data', (text: Buffer) => appendFileSync(files.log, text))
    this.ended = once(this.#child, 'exit').then(([code, signal]) => ({ code, signal }) as BridgeEnd)
  }

  /** Resolves when it serves, or false when it ended before. */
  async started(): Promise<boolean> {
    return Promise.race([this.#started.promise.then(() => true), this.ended.then(() => false)])
  }

  /** Sets its clock wrong by so many milliseconds. */
  shiftClock(ms: number): void {
    writeFileSync(this.#files.clock, String(ms))
    // Before it listens for signals it would die of one, and it reads the file at its start anyway.
    if (this.#serves) this.#child.kill('SIGUSR2')
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Ends it as an operator does. */
  async stop(): Promise<BridgeEnd> {
    this.#child.kill('SIGTERM')
    return this.ended
  }

  #read(line: string): void {
    appendFileSync(this.#files.log, `${line}\n`)
    if (!line.includes('"LISTENER_STARTED"') && !line.includes('"PROCESS_STARTED"')) return
    const { code, listener, port } = JSON.parse(line) as { code: string; listener?: string; port?: number }
    if (listener !== undefined && port !== undefined) this.ports.set(listener, port)
    if (code !== 'PROCESS_STARTED') return
    this.#serves = true
    this.#started.resolve()
  }
}
