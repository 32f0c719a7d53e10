/** One command a line, typed at a prompt or read from a pipe. */
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { Command, CommanderError } from 'commander'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import { printError } from './paint.ts'
import { isSecretLine, longestHistory, readHistory, writeHistory } from './sip2-history.ts'
import { addMessages, type Errand } from './sip2-messages.ts'
import { splitWords } from './sip2-words.ts'

/** Runs an errand, prints what came of it, and gives its exit code. Rejects with a `CommandFailure` without a reply. */
export type RunErrand = (errand: Errand) => Promise<ExitCode>

export class Sip2Prompt {
  readonly #lines: Interface
  readonly #onTerminal = process.stdin.isTTY === true
  readonly #historyFile: string | undefined
  #history: string[]
  #hidden = false
  #leaving = false
  #closed = false

  constructor(historyFile: string | undefined) {
    this.#historyFile = historyFile
    this.#history = historyFile === undefined ? [] : readHistory(historyFile)
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#hidden) process.stdout.write(chunk)
        done()
      },
    })
    this.#lines = createInterface({
      input: process.stdin,
      ...(this.#onTerminal ? { output, completer: complete } : {}),
      terminal: this.#onTerminal,
      history: [...this.#history],
      historySize: longestHistory,
      removeHistoryDuplicates: true,
      prompt: 'sip2> ',
    })
    this.#lines.on('history', (lines: string[]) => {
      if (this.#hidden || isSecretLine(lines[0] ?? '')) lines.shift()
      this.#history = [...lines]
    })
    this.#lines.on('SIGINT', () => this.#lines.close())
    this.#lines.on('close', () => {
      this.#closed = true
    })
  }

  /** Asks without echo. Nobody answers in a pipe. */
  async askSecret(question: string): Promise<string> {
    if (!this.#onTerminal) throw new CommandFailure(exitCodes.usage, 'Nobody can be asked here: give the value itself.')
    process.stdout.write(question)
    this.#hidden = true
    try {
      return await new Promise((resolve, reject) => {
        this.#lines.once('close', () => reject(new CommandFailure(exitCodes.interrupted, '')))
        this.#lines.question('', resolve)
      })
    } finally {
      this.#hidden = false
      process.stdout.write('\n')
    }
  }

  /**
   * Runs every line until the input ends or somebody leaves. At a terminal a failure is told and the next line awaited;
   * in a pipe the first one ends it all. Gives the first exit code that is not `done`.
   */
  async run(runErrand: RunErrand): Promise<ExitCode> {
    let result: ExitCode = exitCodes.done
    this.#showPrompt()
    for await (const line of this.#lines) {
      const exitCode = await this.#runLine(line, runErrand)
      if (result === exitCodes.done && !this.#onTerminal) result = exitCode
      if (this.#leaving || (!this.#onTerminal && exitCode > exitCodes.refused)) break
      this.#showPrompt()
    }
    this.#lines.close()
    if (this.#historyFile !== undefined) writeHistory(this.#historyFile, this.#history)
    return result
  }

  #showPrompt(): void {
    if (this.#onTerminal && !this.#closed) this.#lines.prompt()
  }

  async #runLine(line: string, runErrand: RunErrand): Promise<ExitCode> {
    const words = splitWords(line)
    if (words.length === 0 || words[0]?.startsWith('#') === true) return exitCodes.done
    let result: ExitCode = exitCodes.done
    const program = makeLineProgram(
      async (errand) => {
        result = await runErrand(errand)
      },
      () => {
        this.#leaving = true
      },
    )
    try {
      await program.parseAsync(words, { from: 'user' })
    } catch (error) {
      if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
      if (!(error instanceof CommandFailure)) throw error
      if (error.message !== '') printError(error.message)
      return error.exitCode
    }
    return result
  }
}

function makeLineProgram(run: (errand: Errand) => Promise<void>, leave: () => void): Command {
  const help = new Command('help').argument('[message]').description('the messages, or the options of one')
  const program = new Command('sip2>').usage('<message> [arguments]').helpOption(false)
  program.addHelpCommand(help.helpGroup('Session:'))
  addMessages(program, run)
  program.commandsGroup('Session:')
  program.command('quit').alias('exit').description('end the session').action(leave)
  for (const command of [program, ...program.commands]) command.exitOverride().showHelpAfterError('Try "help".')
  return program
}

const completions = makeLineProgram(
  () => Promise.resolve(),
  () => undefined,
)

/** Completes the name of a message, and behind it the names of its options. */
function complete(line: string): [string[], string] {
  const words = line.split(/\s+/)
  const last = words.at(-1) ?? ''
  const command = completions.commands.find((known) => known.name() === words[0] || known.alias() === words[0])
  const names =
    words.length === 1 || words[0] === 'help'
      ? ['help', ...completions.commands.map((known) => known.name())]
      : (command?.options.map((option) => option.long ?? '') ?? [])
  const fitting = names.filter((name) => name.startsWith(last) && last !== name)
  return [fitting.map((name) => `${name} `), last]
}
