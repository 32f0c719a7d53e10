/** Text in columns for a terminal. */
import { stripVTControlCharacters } from 'node:util'

const narrowest = 80
const widest = 120
/** Where there is no terminal that says how wide it is. */
const usual = 100

export const screenWidth = (columns: number | undefined = process.stdout.columns): number =>
  Math.min(Math.max(columns ?? usual, narrowest), widest)

export interface Column {
  /** Widest that the column may become. */
  readonly most: number
  readonly align?: 'right'
  paint?(text: string): string
}

const gap = 2

/** Rows in aligned columns; what is too long for its column goes on below. The last column takes what is left. */
export function layOut(rows: readonly (readonly string[])[], columns: readonly Column[], width: number): string[] {
  const widths = fitColumns(rows, columns, width)
  return rows.flatMap((row) => {
    const cells = columns.map((_, at) => wrap(row[at] ?? '', widths[at] ?? 0))
    const height = Math.max(...cells.map(({ length }) => length))
    return Array.from({ length: height }, (_, line) =>
      columns
        .map(({ align, paint = (text) => text }, at) => {
          const text = cells[at]?.[line] ?? ''
          const space = ' '.repeat(Math.max(0, (widths[at] ?? 0) - lengthOf(text)))
          return align === 'right' ? space + paint(text) : paint(text) + space
        })
        .join(' '.repeat(gap))
        .trimEnd(),
    )
  })
}

function fitColumns(rows: readonly (readonly string[])[], columns: readonly Column[], width: number): number[] {
  const natural = columns.map(({ most }, at) =>
    Math.min(most, Math.max(0, ...rows.map((row) => lengthOf(row[at] ?? '')))),
  )
  const before = natural.slice(0, -1).reduce((sum, one) => sum + one + gap, 0)
  return [...natural.slice(0, -1), Math.max(1, Math.min(natural.at(-1) ?? 0, width - before))]
}

/** Breaks at blanks, and within a word that is longer than a line. */
export function wrap(text: string, width: number): string[] {
  if (lengthOf(text) <= width) return [text]
  const lines: string[] = []
  let rest = [...text]
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width)
    const end = blank > width / 2 ? blank : width
    lines.push(rest.slice(0, end).join('').trimEnd())
    rest = rest.slice(rest[end] === ' ' ? end + 1 : end)
  }
  return [...lines, rest.join('')]
}

/** Cuts into pieces of one width, wherever that may be: for lines of which every character counts. */
export function cut(text: string, width: number): string[] {
  const characters = [...text]
  const count = Math.max(1, Math.ceil(characters.length / width))
  return Array.from({ length: count }, (_, at) => characters.slice(at * width, (at + 1) * width).join(''))
}

export const indent = (lines: readonly string[], by: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line))

const lengthOf = (text: string): number => [...stripVTControlCharacters(text)].length
