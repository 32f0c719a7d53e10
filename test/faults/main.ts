/** Fault runs for as long as one likes: `node test/faults/main.ts --minutes 10 --seed 7`. Exits with 1 when a law was broken. */
import { Command, InvalidArgumentError } from 'commander'
import { describeFigures } from './figures.ts'
import { describeRecovery, measureRecovery } from './recovery.ts'
import { allowedClockErrorMs, run } from './run.ts'

interface Options {
  readonly minutes: number
  readonly seed: number
  readonly kiosks: number
  readonly partners: number
  readonly clockError: number
  readonly recovery: number
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function readNumber(written: string): number {
  const value = Number(written)
  if (written.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be a number.')
  return value
}

const options = new Command('faults')
  .description('Runs the bridge under faults and compares what machines were told with what Alma holds.')
  .option('--minutes <n>', 'how long things go wrong', readNumber, 1)
  .option('--seed <n>', 'repeats the choices of an earlier run', readNumber, Date.now() % 1_000_000)
  .option('--kiosks <n>', 'machines that speak SIP2, at least 4', readNumber, 9)
  .option('--partners <n>', 'systems that speak NCIP', readNumber, 3)
  .option('--clock-error <s>', "how far the bridge's clock may be wrong", readNumber, allowedClockErrorMs / 1000)
  .option('--recovery <n>', 'pending changes of the measured recovery; 0 leaves it out', readNumber, 10_000)
  .parse()
  .opts<Options>()

const { minutes, seed, kiosks, partners, clockError, recovery } = options
print(`Seed ${seed}, ${minutes} minutes`)
const clockErrorMs = clockError * 1000
const rounds = Number.POSITIVE_INFINITY
const result = await run({ seed, ms: minutes * 60_000, rounds, kiosks, partners, clockErrorMs })
print(describeFigures(result))
if (recovery > 0) print(describeRecovery(await measureRecovery(recovery)))
if (result.violations.length > 0) {
  for (const { kind, about } of result.violations.slice(0, 50)) print(`${kind}: ${about}`)
  print(`Everything about this run lies in ${result.folder}.`)
  const again = { minutes, seed, kiosks, partners, 'clock-error': clockError }
  const flags = Object.entries(again).map(([name, value]) => `--${name} ${value}`)
  print(`To repeat its choices: npm run faults -- ${flags.join(' ')}`)
  process.exitCode = 1
}
