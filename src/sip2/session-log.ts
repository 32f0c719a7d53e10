import type { ChangeOutcome } from '../circulation/outcome.ts'
import { BoundedLines } from '../runtime/bounded-lines.ts'
import { codes, type LogCode } from '../runtime/codes.ts'
import { type MessageEvent, messageChannel, protocolWarningChannel } from '../runtime/diagnostics.ts'
import type { Facts, Log } from '../runtime/log.ts'
import { sourceOf } from '../runtime/networks.ts'
import type { MessageCode } from './spec/messages.ts'
import type { Terminal } from './terminal.ts'
import type { Origin } from './terminals.ts'

/** How much connections may write, of each code of the log. */
export interface SessionLines {
  /** Machines that have not logged in, by address. */
  readonly strangers: BoundedLines
  /** Warnings and errors of terminals, by name and address. */
  readonly terminals: BoundedLines
  /** What terminals did rightly, by connection. */
  readonly requests: BoundedLines
}

export function makeSessionLines(now: () => number): SessionLines {
  const few = { atOnce: 20, everyMs: 1000 }
  return {
    strangers: new BoundedLines({ each: few, all: { atOnce: 500, everyMs: 50 }, now }),
    terminals: new BoundedLines({ each: few, all: { atOnce: 500, everyMs: 50 }, now }),
    requests: new BoundedLines({ each: { atOnce: 500, everyMs: 100 }, all: { atOnce: 10_000, everyMs: 5 }, now }),
  }
}

/** What one connection tells: lines of the log, as many as it may write, and events, which leave out nothing. */
export class SessionLog {
  readonly #origin: Origin
  readonly #log: Log
  readonly #lines: SessionLines
  readonly #source: string
  readonly #connection: string
  /** Undefined before the log-in. */
  terminal: Terminal | undefined

  /** @param connection names it among all connections */
  constructor(origin: Origin, connection: string, { log, lines }: { readonly log: Log; readonly lines: SessionLines }) {
    this.#origin = origin
    this.#connection = connection
    this.#log = log
    this.#lines = lines
    this.#source = sourceOf(origin.address)
  }

  /** Who shares the address: see {@link sourceOf}. */
  get source(): string {
    return this.#source
  }

  /** A line as severe as the table of codes says. */
  write(code: LogCode, facts: Facts = {}, error?: unknown): void {
    const { severity } = codes[code]
    const { lines, key } = this.#boundsOf(severity === 'warn' || severity === 'error')
    lines.write(code, key, (leftOut) =>
      this.#log[severity](code, () => ({ ...this.#facts(), ...facts, ...leftOut }), error),
    )
  }

  /** Something against the rules of SIP2. @param warning the word of the metrics for it */
  warn(code: LogCode, warning: string = code): void {
    this.write(code, warning === code ? {} : { warning })
    if (!protocolWarningChannel.hasSubscribers) return
    protocolWarningChannel.publish({ protocol: 'sip2', code: warning, machine: this.terminal?.name ?? '' })
  }

  /** A request was answered. */
  tellAnswered(kind: MessageCode, outcome: ChangeOutcome<unknown>, id: string, durationMs: number): void {
    const reason = reasonOf(outcome)
    this.#publish(kind, outcome.kind, reason, id, durationMs)
    const result = outcome.kind
    this.write('SIP2_MESSAGE', { messageId: id, kind, result, ...(reason !== undefined && { reason }), durationMs })
  }

  /** The last reply was sent again. */
  tellResent(kind: MessageCode, id: string): void {
    this.#publish(kind, 'resent', undefined, id, 0)
    this.write('SIP2_MESSAGE_REPEATED', { kind })
  }

  #boundsOf(isTrouble: boolean): { readonly lines: BoundedLines; readonly key: string } {
    const { strangers, terminals, requests } = this.#lines
    if (!this.terminal) return { lines: strangers, key: this.#source }
    if (isTrouble) return { lines: terminals, key: `${this.terminal.name} ${this.#source}` }
    return { lines: requests, key: this.#connection }
  }

  #facts(): Facts {
    const { listener, address } = this.#origin
    return { listener, peer: address, ...(this.terminal && { machine: this.terminal.name }), protocol: 'sip2' }
  }

  #publish(
    kind: string,
    result: MessageEvent['result'],
    reason: MessageEvent['reason'],
    id: string,
    durationMs: number,
  ): void {
    if (!messageChannel.hasSubscribers) return
    const machine = this.terminal?.name ?? ''
    const institution = this.terminal?.institution ?? ''
    const event: MessageEvent = { id, protocol: 'sip2', kind, machine, institution, result, reason, durationMs }
    messageChannel.publish(event)
  }
}

/** Why not, also of a change that was taken all the same. */
function reasonOf(outcome: ChangeOutcome<unknown>): MessageEvent['reason'] {
  if (outcome.kind === 'refused') return outcome.reason
  if (outcome.kind === 'unavailable') return outcome.cause
  return outcome.kind === 'accepted' ? outcome.refusal : undefined
}
