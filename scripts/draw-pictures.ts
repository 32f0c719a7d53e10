/** Makes the pictures of the README from a run of the demonstration: `node scripts/draw-pictures.ts`. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drawTerminal } from './draw-terminal.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const anyPort = ['--sip2-port', '--sip2-tls-port', '--http-port', '--alma-port'].flatMap((option) => [option, '0'])
const output = execFileSync(process.execPath, ['src/cli.ts', 'demo', '--once', ...anyPort], {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1' },
})

/** One step of the visit, from its heading to the next. */
function cutStep(heading: RegExp): string {
  const step = output.split(/^(?=── )/m).find((part) => heading.test(part.split('\n')[0] ?? ''))
  if (step === undefined) throw new Error(`the demonstration has no step ${heading}`)
  return step
}

/** The closing table, from its rule to the next one. */
function cutSummary(): string {
  const at = output.lastIndexOf('Step  ')
  if (at < 0) throw new Error('the demonstration has no closing table')
  return output.slice(output.lastIndexOf('\n', at) + 1).split(/^──/m)[0] ?? ''
}

writeFileSync(`${root}docs/pictures/checkout.svg`, drawTerminal(cutStep(/borrows "The Name of the Rose"/)))
writeFileSync(`${root}docs/pictures/summary.svg`, drawTerminal(cutSummary()))
