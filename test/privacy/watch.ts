/** Everything that a run lets out beside its answers: log lines, diagnostics events, warnings and standard error. */
import { Channel } from 'node:diagnostics_channel'
import type { Test } from 'tap'
import * as diagnostics from '../../src/runtime/diagnostics.ts'
import { defaultMaskers, type Log, logDropChannel, makeLog, type Maskers } from '../../src/runtime/log.ts'
import { findCanaries, withoutNumbers } from './canaries.ts'

/** Our own channels. */
export const channels: readonly Channel[] = [
  ...Object.values(diagnostics).filter((exported) => exported instanceof Channel),
  logDropChannel,
]

export class Watch {
  readonly log: Log
  /** Codes of the lines that were logged, to see that a run went where it should. */
  readonly codes = new Set<string>()
  /** Names of the channels on which something was told. */
  readonly told = new Set<string>()
  readonly #texts: string[] = []

  constructor(t: Test, maskers: Maskers = defaultMaskers) {
    this.log = makeLog({
      level: 'debug',
      pretty: 'never',
      maskers,
      destination: { write: (line) => this.#takeLine(line) },
    })
    for (const each of channels) {
      const listen = (event: unknown): void => {
        this.told.add(String(each.name))
        this.add(withoutNumbers(event))
      }
      each.subscribe(listen)
      t.teardown(() => each.unsubscribe(listen))
    }
    this.#watchStandardError(t)
  }

  add(text: string): void {
    this.#texts.push(text)
  }

  /** Where canaries were found, each with the text that holds them; empty when all is well. */
  findings(): readonly string[] {
    return this.#texts.flatMap((text) => {
      const found = findCanaries(text)
      return found.length === 0 ? [] : [`${found.join(', ')}: ${text}`]
    })
  }

  #takeLine(line: string): void {
    const parsed = JSON.parse(line) as { readonly code: string }
    this.codes.add(parsed.code)
    this.add(withoutNumbers(parsed))
  }

  #watchStandardError(t: Test): void {
    const { stderr } = process
    const write = stderr.write
    stderr.write = ((...args: Parameters<typeof write>) => {
      this.add(String(args[0]))
      return write.apply(stderr, args)
    }) as typeof write
    const warn = (warning: Error): void => this.add(`${warning.name} ${warning.message}`)
    process.on('warning', warn)
    t.teardown(() => {
      stderr.write = write
      process.off('warning', warn)
    })
  }
}

/** Samples of metrics without their values. */
export const metricLabels = (text: string): string => text.replace(/ [\d.e+-]+$/gm, '')
