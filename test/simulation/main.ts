/** Looks for a seed that breaks a law, or shows one seed event by event. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { findMutant, mutantNames } from './mutants/mutants.ts'
import { runSeeds, seedsFrom } from './pool.ts'
import { Tally } from './tally.ts'

const help = `npm run simulate -- [--seeds N] [--from S] [--threads N] [--mutant NAME]
npm run simulate -- --seed X [--mutant NAME]

  --seeds N      how many seeds are run, 1000 when left out
  --from S       the first seed, 1 when left out
  --seed X       one seed alone, with everything that happened
  --threads N    how many run at the same time, one a processor when left out
  --mutant NAME  puts in a mistake: ${mutantNames.join(', ')}

Exit code 1 when a law is broken.
`

const mostShown = 10

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      mutant: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  findMutant(values.mutant)
  const first = readCount(values.seed ?? values.from, 'seed')
  const count = values.seed === undefined ? readCount(values.seeds, 'seeds') : 1
  const threads = Math.min(count, readCount(values.threads, 'threads'))
  const keepLines = values.seed !== undefined
  const replay = (seed: number): string =>
    `npm run simulate -- --seed ${seed}${values.mutant === undefined ? '' : ` --mutant ${values.mutant}`}`

  const tally = new Tally()
  const startedAt = performance.now()
  await runSeeds({
    seeds: seedsFrom(first, count),
    threads,
    mutant: values.mutant,
    keepLines,
    onReport(report) {
      tally.add(report)
      if (keepLines) process.stdout.write(`${report.lines?.join('\n')}\n\nTrace ${report.hash}\n\n`)
      else if (process.stderr.isTTY)
        process.stderr.write(`\r${tally.seeds} of ${count} seeds, ${tally.broken.length} broken`)
      return true
    },
  })
  if (process.stderr.isTTY && !keepLines) process.stderr.write('\n\n')
  process.stdout.write(`${tally.toLines(performance.now() - startedAt).join('\n')}\n`)
  for (const { seed, breaches } of tally.broken.toSorted((a, b) => a.seed - b.seed).slice(0, mostShown)) {
    process.stdout.write(`\nSeed ${seed} breaks a law. To see it again: ${replay(seed)}\n`)
    for (const { law, text } of breaches) process.stdout.write(`  ${law}: ${text}\n`)
  }
  return tally.broken.length === 0 ? 0 : 1
}

function readCount(written: string, name: string): number {
  if (!/^\d{1,9}$/.test(written) || Number(written) === 0) throw new Error(`--${name} must be a whole number from 1`)
  return Number(written)
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
