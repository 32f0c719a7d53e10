/** Prints every figure as a ratio to a floor that was measured in the same run, beside its goal. */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { run as runBridge } from './bridge.ts'
import { run as runCalls } from './calls.ts'
import { run as runCodec } from './codec.ts'
import { run as runDurability } from './durability.ts'
import { run as runIdle } from './idle.ts'
import { run as runJournal } from './journal.ts'
import type { BenchOptions, Report } from './report.ts'
import { run as runSessions } from './sessions.ts'

const parts = {
  codec: runCodec,
  bridge: runBridge,
  sessions: runSessions,
  idle: runIdle,
  calls: runCalls,
  journal: runJournal,
  durability: runDurability,
} satisfies Readonly<Record<string, (options: BenchOptions) => Promise<Report>>>

const help = `node bench/main.ts [--only ${Object.keys(parts).join('|')}] [--smoke] [--strict]

  --only PART  measures this part alone; may be given more than once
  --smoke      small loads that show only that everything works
  --strict     exit code 1 when a goal is missed
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: Object.keys(parts) },
      smoke: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = values.only.find((name) => !Object.hasOwn(parts, name))
  if (values.help || unknown !== undefined) {
    process.stdout.write(unknown === undefined ? help : `there is no part called ${unknown}\n\n${help}`)
    return unknown === undefined ? 0 : 2
  }
  const [cpu] = cpus()
  console.log(
    `${new Date().toISOString()}, Node ${process.version}, ${availableParallelism()} cores, ${cpu?.model.trim() ?? ''}`,
  )
  let ok = true
  for (const [name, run] of Object.entries(parts)) {
    if (!values.only.includes(name)) continue
    const report = await run({ smoke: values.smoke })
    console.log(`\n${report.lines.join('\n')}`)
    ok &&= report.ok
  }
  console.log(ok ? '\nEvery goal was met.' : '\nNot every goal was met.')
  return ok || !values.strict ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error('could not measure:', error)
  process.exitCode = 1
}
