/**
 * Draws text as an SVG picture of a terminal: `node scripts/draw-terminal.ts < text > picture.svg`. The pictures of the
 * README are made from the demonstration by `scripts/draw-pictures.ts`.
 */
import { text as readText } from 'node:stream/consumers'

const columnWidth = 8.43
const lineHeight = 18
const margin = 16
const colours = { paper: '#10151c', ink: '#d5dde6', good: '#7ddc8a', heading: '#f2c94c', kiosk: '#6cb6ff' }

export function drawTerminal(text: string): string {
  const lines = text.replace(/\s+$/, '').split('\n')
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * columnWidth) + 2 * margin
  const height = lines.length * lineHeight + 2 * margin
  const rows = lines.map((line, index) => {
    const y = margin + (index + 0.8) * lineHeight
    return `<text x="${margin}" y="${y.toFixed(1)}" fill="${colourOf(line)}">${escape(line)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="${colours.paper}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function colourOf(line: string): string {
  if (line.startsWith('──')) return colours.heading
  if (/^\s+✔/.test(line)) return colours.good
  return /→/.test(line) ? colours.kiosk : colours.ink
}

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

if (import.meta.main) process.stdout.write(drawTerminal(await readText(process.stdin)))
