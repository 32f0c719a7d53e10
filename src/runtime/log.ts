/**
 * The log. It writes what the table of facts names and nothing else: every value passes the masker of its kind, an
 * error gives its class, code and place, and the sentence comes from the table of codes.
 */
import { channel } from 'node:diagnostics_channel'
import { type DestinationStream, destination as openDestination, type Logger, pino } from 'pino'
import { codes, type LogCode, type Severity } from './codes.ts'
import { describeError, errorMaskers } from './describe-error.ts'
import { factKinds, type Facts, factTable } from './facts.ts'
import { formatPretty } from './pretty.ts'

export type { Facts } from './facts.ts'

/** A function is asked for its facts when the line is really written: for what would be logged with every message. */
export type GivenFacts = Facts | (() => Facts)

export interface Log {
  debug(code: LogCode, facts?: GivenFacts, error?: unknown): void
  info(code: LogCode, facts?: GivenFacts, error?: unknown): void
  warn(code: LogCode, facts?: GivenFacts, error?: unknown): void
  error(code: LogCode, facts?: GivenFacts, error?: unknown): void
  /** A log whose every line carries these facts. */
  child(facts: Facts): Log
}

type AnyMasker = (...values: unknown[]) => unknown

/** Everything that stands between a value and the log. A test takes one out and must see its canary. */
export const defaultMaskers = {
  ...factKinds,
  ...errorMaskers,
  /** A fact that the table does not name. */
  unnamedFact: (): unknown => undefined,
  /** The code itself, which picks the sentence. */
  logCode: (code: unknown): unknown =>
    typeof code === 'string' && Object.hasOwn(codes, code) ? code : 'INTERNAL_ERROR',
} as const

export type MaskerName = keyof typeof defaultMaskers
export type Maskers = { readonly [N in MaskerName]: AnyMasker }

/** Published with the name of the fact whenever one was left out. */
export interface LogDropEvent {
  readonly fact: string
}
export const logDropChannel = channel('circbridge:log-drop')

export interface LogOptions {
  readonly level: Severity
  /** Readable lines instead of JSON; `auto` when the output is a terminal. */
  readonly pretty?: 'auto' | 'always' | 'never'
  /** Where lines go; standard output when left out. */
  readonly destination?: DestinationStream
  readonly maskers?: Maskers
}

export function makeLog(options: LogOptions): Log {
  const { level, maskers = defaultMaskers } = options
  const writer = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {},
    },
    openOutput(options),
  )
  return new PinoLog(writer, maskers, {})
}

/** A log that writes nothing, for tests and tools. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
}

type Writer = Logger
interface Masked {
  readonly facts: Readonly<Record<string, unknown>>
  readonly dropped: number
}

class PinoLog implements Log {
  readonly #writer: Writer
  readonly #maskers: Maskers
  readonly #bound: Readonly<Record<string, unknown>>

  constructor(writer: Writer, maskers: Maskers, bound: Readonly<Record<string, unknown>>) {
    this.#writer = writer
    this.#maskers = maskers
    this.#bound = bound
  }

  debug(code: LogCode, facts?: GivenFacts, error?: unknown): void {
    this.#write('debug', code, facts, error)
  }

  info(code: LogCode, facts?: GivenFacts, error?: unknown): void {
    this.#write('info', code, facts, error)
  }

  warn(code: LogCode, facts?: GivenFacts, error?: unknown): void {
    this.#write('warn', code, facts, error)
  }

  error(code: LogCode, facts?: GivenFacts, error?: unknown): void {
    this.#write('error', code, facts, error)
  }

  child(facts: Facts): Log {
    return new PinoLog(this.#writer, this.#maskers, { ...this.#bound, ...maskFacts(facts, this.#maskers).facts })
  }

  #write(severity: Severity, givenCode: LogCode, facts: GivenFacts | undefined, error: unknown): void {
    if (!this.#writer.isLevelEnabled(severity)) return
    const code = String(this.#maskers.logCode(givenCode))
    const masked = maskFacts((typeof facts === 'function' ? facts() : facts) ?? {}, this.#maskers)
    const line = {
      code,
      ...this.#bound,
      ...masked.facts,
      ...(masked.dropped === 0 ? {} : { dropped: masked.dropped }),
      ...(error === undefined ? {} : { error: describeError(error, this.#maskers) }),
    }
    this.#writer[severity](line, codes[code as LogCode]?.sentence ?? '')
  }
}

function maskFacts(facts: Facts, maskers: Maskers): Masked {
  const passed: Record<string, unknown> = {}
  let dropped = 0
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue
    const kind = Object.hasOwn(factTable, name) ? factTable[name as keyof typeof factTable] : undefined
    const masked = maskers[kind ?? 'unnamedFact'](value)
    if (masked !== undefined) passed[name] = masked
    else {
      dropped++
      if (logDropChannel.hasSubscribers)
        logDropChannel.publish({ fact: kind === undefined ? 'unnamed' : name } satisfies LogDropEvent)
    }
  }
  return { facts: passed, dropped }
}

function openOutput({ destination, pretty = 'auto' }: LogOptions): DestinationStream {
  const terminal = destination === undefined && process.stdout.isTTY === true
  const output = destination ?? openDestination({ dest: 1, sync: true })
  if (pretty === 'never' || (pretty === 'auto' && !terminal)) return output
  const colour = terminal && (process.env['NO_COLOR'] ?? '') === ''
  return { write: (line) => output.write(formatPretty(line, colour)) }
}
