/** The lines that were typed at the prompt, kept between sessions where that was asked for. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'

export const longestHistory = 500

/** Lines that may hold a PIN or a password are remembered nowhere, not even for the arrow keys. */
export function isSecretLine(line: string): boolean {
  return /(^|\s)--(pin|password)|^\s*raw\b/.test(line)
}

/** Newest first, as readline has it. */
export function readHistory(file: string): string[] {
  if (!existsSync(file)) return []
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).slice(-longestHistory).toReversed()
  } catch {
    throw new CommandFailure(exitCodes.usage, `The history ${file} cannot be read.`)
  }
}

/** Only its owner may read it: it names patrons. */
export function writeHistory(file: string, newestFirst: readonly string[]): void {
  try {
    writeFileSync(
      file,
      newestFirst
        .toReversed()
        .map((line) => `${line}\n`)
        .join(''),
      { mode: 0o600 },
    )
  } catch {
    throw new CommandFailure(exitCodes.usage, `The history ${file} cannot be written.`)
  }
}
