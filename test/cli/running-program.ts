/** The real program as a child that keeps running: what it prints, a signal, how it ended. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

export class RunningProgram {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #ended: Promise<number | null>
  #wake = (): void => undefined
  stdout = ''
  stderr = ''

  constructor(t: Test, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    // Nothing of the tester's own settings may reach the program.
    const { PATH = '', HOME = '' } = process.env
    const options = { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] }
    this.#child = spawn(process.execPath, [program, ...args], options)
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#wake()
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.#ended = new Promise((resolve) => this.#child.on('close', (code) => resolve(code)))
    void this.#ended.then(() => this.#wake())
    t.teardown(async () => {
      this.#child.kill('SIGKILL')
      await this.#ended
    })
  }

  /** The first match in what was printed to standard output, now or later. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout)
      if (match !== null) return match
      if (this.#child.exitCode !== null) throw new Error(`ended without printing ${pattern}: ${this.stderr}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** The exit code. */
  ended(): Promise<number | null> {
    return this.#ended
  }
}
