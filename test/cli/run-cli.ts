/** Runs the real program as a child, as a person or a script does. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface CliResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; empty when left out. */
  readonly input?: string
  /** Told the output so far whenever there is more, to end a program that runs until it is stopped. */
  readonly onOutput?: (stdout: string, stop: () => void) => void
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = `${root}src/cli.ts`

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return runNode([program, ...args], options)
}

export function runNode(
  args: readonly string[],
  options: CliOptions = {},
  node = process.execPath,
): Promise<CliResult> {
  const { env = {}, input = '', onOutput } = options
  // Nothing of the tester's own settings may reach the program.
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(node, args, { env: { PATH, HOME, ...env }, stdio: 'pipe' })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    onOutput?.(stdout, () => child.kill('SIGTERM'))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
  })
}
