/** `docs/errors.md`, made from the table of codes. */
import { type CodeEntry, codeAreas } from './codes.ts'
import { exitCodeMeanings, exitCodes } from './exit-codes.ts'

const introduction = `# Codes

Every line of the log carries one of these codes, and beside it only facts that are not personal: the id of the message, the
name of the terminal or partner, the institution, counts and times. All lines with one \`messageId\` belong to one request.
`

export function renderCodes(): string {
  const areas = Object.entries(codeAreas).map(([area, entries]) => renderArea(area, entries))
  return [introduction, ...areas, renderExitCodes()].join('\n')
}

function renderExitCodes(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[]
  const rows = names.map((name) => `| ${exitCodes[name]} | ${exitCodeMeanings[name]} |`)
  return ['## Exit codes', '', '| exit code | meaning |', '|---|---|', ...rows, ''].join('\n')
}

function renderArea(area: string, entries: Readonly<Record<string, CodeEntry>>): string {
  const rows = Object.entries(entries).map(
    ([code, { severity, sentence, advice }]) => `| \`${code}\` | ${severity} | ${sentence} | ${advice} |`,
  )
  return [`## ${area}`, '', '| code | severity | what happened | what to do |', '|---|---|---|---|', ...rows, ''].join(
    '\n',
  )
}
