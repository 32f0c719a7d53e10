import type { ExitCode } from '../runtime/exit-codes.ts'

/** Ends a command with sentences for people instead of a stack trace. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode

  /** @param sentences one or more lines, without a line break at the end; empty when all has been said already. */
  constructor(exitCode: ExitCode, sentences: string) {
    super(sentences)
    this.name = 'CommandFailure'
    this.exitCode = exitCode
  }
}
