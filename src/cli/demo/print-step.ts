/** The visit for people: each step in full, and a table of all. */
import { paint, printable } from '../paint.ts'
import { cut, indent, layOut } from './layout.ts'
import type { PlayedStep, ShownMessage } from './step.ts'

const margin = 2
const fieldIndent = 4
/** Widest columns of fields: identifier, label, value. What a value means takes the rest. */
const labelWidth = 52
const valueWidth = 34
const mostRawLines = 8

const tick = (ok: boolean): string => (ok ? paint('green', '✔') : paint('red', '✘'))

export function formatStep(step: PlayedStep, number: number, width: number): string {
  const title = ` ${number}  ${step.heading} `
  const rule = '─'.repeat(Math.max(0, width - title.length - margin))
  return [
    '',
    `${paint('cyan', '──')}${paint('bold', title)}${paint('cyan', rule)}`,
    ...formatMessage(`${step.who} → bridge`, step.sent, width),
    ...formatMessage(`bridge → ${step.who}`, step.received, width),
    ...formatCost(step, width),
    ...step.checks.map(({ what, ok }) => `  ${tick(ok)} ${what}`),
  ].join('\n')
}

function formatMessage(direction: string, { name, raw, fields }: ShownMessage, width: number): string[] {
  const rows = fields.map(({ id, label, value, meaning }) => [id, label, printable(value), meaning])
  const columns = [
    { most: 2, paint: (text: string) => paint('cyan', text) },
    { most: labelWidth },
    { most: valueWidth },
    { most: width, paint: (text: string) => paint('dim', text) },
  ]
  return [
    '',
    `  ${paint('bold', direction)}  ${name}`,
    ...indent(formatRaw(printable(raw), width - fieldIndent), fieldIndent),
    ...indent(layOut(rows, columns, width - fieldIndent), fieldIndent),
  ]
}

/** A SIP2 line whole; of a long document the beginning, since its elements follow. */
function formatRaw(raw: string, width: number): string[] {
  const lines = cut(raw, width)
  const shown = lines.slice(0, mostRawLines).map((line) => paint('yellow', line))
  return lines.length > shown.length ? [...shown, paint('dim', `… ${raw.length} characters in all`)] : shown
}

function formatCost({ calls, durationMs }: PlayedStep, width: number): string[] {
  const rows = calls.map(({ method, template, status, durationMs: ms }) => [
    method,
    template,
    String(status),
    `${ms.toFixed(1)} ms`,
  ])
  const columns = [{ most: 6 }, { most: width - 40 }, { most: 3 }, { most: 12, align: 'right' as const }]
  return [
    '',
    `  ${paint('bold', `Alma calls: ${calls.length || 'none'}`)}  ${paint('dim', `reply after ${durationMs.toFixed(1)} ms`)}`,
    ...indent(layOut(rows, columns, width - fieldIndent), fieldIndent),
  ]
}

export function formatSummary(steps: readonly PlayedStep[], width: number): string {
  const rows = steps.map((step, at) => [
    String(at + 1),
    step.heading,
    step.ok ? 'ok' : 'NOT ok',
    `${step.calls.length} of ${step.budget}`,
    step.durationMs.toFixed(1),
  ])
  const calls = steps.reduce((sum, step) => sum + step.calls.length, 0)
  const budget = steps.reduce((sum, step) => sum + step.budget, 0)
  const duration = steps.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const total = ['', 'Together', '', `${calls} of ${budget}`, duration.toFixed(1)]
  const paintResult = (text: string): string =>
    text === 'ok' ? paint('green', text) : text === 'NOT ok' ? paint('red', text) : text
  const columns = [
    { most: 2, align: 'right' as const },
    { most: width - 36 },
    { most: 6, paint: paintResult },
    { most: 10, align: 'right' as const },
    { most: 8, align: 'right' as const },
  ]
  const [head = '', ...lines] = layOut(
    [['', 'Step', 'Result', 'Alma calls', 'ms'], ...rows, total],
    columns,
    width - margin,
  )
  const rule = paint('cyan', '─'.repeat(width))
  return ['', rule, ...indent([paint('bold', head), ...lines], margin), rule].join('\n')
}
