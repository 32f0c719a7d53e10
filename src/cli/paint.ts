/** Text for people on standard output. */
import { styleText } from 'node:util'

/** Coloured on a terminal, plain elsewhere and where NO_COLOR is set. */
export function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** What a peer sent must not steer the terminal that shows it. */
export function printable(text: string): string {
  return text.replace(/[\p{Control}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\u00b7')
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value))
}

export function printError(text: string): void {
  process.stderr.write(`${text}\n`)
}
