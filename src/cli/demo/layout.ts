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

/**
 * Rows in aligned columns. What is too long for its column goes on below; the last text of a row may take the room to
 * its right. A column in which nothing stands is left out.
 */
export function layOut(rows: readonly (readonly string[])[], all: readonly Column[], width: number): string[] {
  const used = all.map((_, at) => at).filter((at) => rows.some((row) => row[at]))
  const columns = used.map((at) => all[at]).filter((column) => column !== undefined)
  const texts = rows.map((row) => used.map((at) => row[at] ?? ''))
  const widths = columns.map(({ most, align }, at) => {
    const fixed = texts.filter((row) => align === 'right' || at < lastOf(row))
    return Math.min(most, Math.max(0, ...fixed.map((row) => lengthOf(row[at] ?? ''))))
  })
  return texts.flatMap((row) => layOutRow(row, columns, widths, width))
}

function layOutRow(
  row: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  width: number,
): string[] {
  const last = lastOf(row)
  const before = widths.slice(0, last).reduce((sum, one) => sum + one + gap, 0)
  const room = columns.map(({ align }, at) =>
    at === last && align !== 'right' ? Math.max(1, width - before) : (widths[at] ?? 0),
  )
  const cells = columns.map((_, at) => (at > last ? [] : wrap(row[at] ?? '', room[at] ?? 0)))
  const height = Math.max(1, ...cells.map(({ length }) => length))
  return Array.from({ length: height }, (_, line) =>
    columns
      .slice(0, last + 1)
      .map(({ align, paint = (text) => text }, at) => {
        const text = cells[at]?.[line] ?? ''
        const space = ' '.repeat(at === last && align !== 'right' ? 0 : Math.max(0, (room[at] ?? 0) - lengthOf(text)))
        const painted = text === '' ? '' : paint(text)
        return align === 'right' ? space + painted : painted + space
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}

/** Where the last text of a row stands. */
const lastOf = (row: readonly string[]): number => row.findLastIndex((text) => text !== '')

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
