/** Fuzzes a whole bridge for as long as one likes, or plays one case again. */
import { parseArgs } from 'node:util'
import { type Finding, formatCase, type FuzzReport, parseCase, runFuzz } from './run.ts'

const help = `npm run fuzz -- [--seconds N] [--seed S]
npm run fuzz -- --case NAME

  --seconds N  how long, 60 when left out
  --seed S     repeats the choices of an earlier run
  --case NAME  one case alone, as a finding names it

Exit code 1 when something happened that is not allowed.
`

const mostShownBytes = 4096

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      case: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    print(help)
    return 0
  }
  const only = values.case === undefined ? undefined : parseCase(values.case)
  if (values.case !== undefined && !only) throw new Error(`there is no case called ${values.case}`)
  const seed = readCount(values.seed, 'seed')
  const ms = readCount(values.seconds, 'seconds') * 1000
  if (!only) print(`Seed ${seed}, ${ms / 1000} s`)
  const report = await runFuzz({ seed, rounds: Number.POSITIVE_INFINITY, ms, only })
  print(describe(report))
  for (const finding of report.findings) print(describeFinding(finding, seed))
  return report.findings.length === 0 ? 0 : 1
}

function describe(report: FuzzReport): string {
  const { cases, changes, findings, grownBytes, requests, sentBytes, skipped, slowestMs, visits } = report
  const kinds = [...cases].map(([kind, count]) => `${kind} ${count}`).join(', ')
  const total = [...cases.values()].reduce((sum, count) => sum + count, 0)
  return [
    `${requests} requests in ${total} cases (${kinds}), ${sentBytes} bytes, ${changes} changes at Alma`,
    `beside it ${visits} visits of a calm kiosk, slowest answer ${slowestMs.toFixed(0)} ms; memory grew by ${(grownBytes / 1e6).toFixed(1)} MB`,
    ...(skipped === undefined ? [] : [`left out: ${skipped}`]),
    findings.length === 0 ? 'Every outcome was an allowed one.' : `${findings.length} outcomes were not allowed.`,
  ].join('\n')
}

function describeFinding({ fault, name, sent, received }: Finding, seed: number): string {
  if (!name) return `\n${fault}\n  again: npm run fuzz -- --seed ${seed}`
  const hex = (bytes: Buffer): string =>
    bytes.length > mostShownBytes
      ? `${bytes.toString('hex', 0, mostShownBytes)}… (${bytes.length} bytes)`
      : bytes.toString('hex')
  return `\n${formatCase(name)}: ${fault}\n  sent     ${hex(sent)}\n  received ${hex(received)}\n  again: npm run fuzz -- --case ${formatCase(name)}`
}

function readCount(written: string, name: string): number {
  if (!/^\d{1,9}$/.test(written)) throw new Error(`--${name} must be a whole number`)
  return Number(written)
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`fuzz: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
