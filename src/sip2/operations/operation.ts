/**
 * An operation is a request's way to its use-case and the outcome's way to the reply. The reply is built from any
 * outcome, so that whatever fails behind us the terminal gets a well-formed answer.
 */
import type { Circulation, PatronLimits } from '../../circulation/circulation.ts'
import type { ChangeOutcome, Outcome } from '../../circulation/outcome.ts'
import type { Call } from '../../circulation/ports.ts'
import type { Visit } from '../../circulation/visit.ts'
import { parseDate } from '../dates.ts'
import type { Message } from '../message.ts'
import type { Terminal } from '../terminal.ts'
import type { ReplyTo, RequestCode } from '../spec/messages.ts'
import type { Language } from '../texts/screen-texts.ts'
import type { Catalogue } from '../texts/texts.ts'

/** What the reply of any outcome may need. */
export interface ReplyContext {
  readonly terminal: Terminal
  readonly catalogue: Catalogue
  /** Of the catalogue. */
  readonly language: Language
  /** Characters of a line on the terminal's paper, when it told. */
  readonly paperWidth: number | undefined
  readonly timeZone: string
  readonly currency: string
  readonly limits: PatronLimits
  readonly now: Date
}

export interface OperationContext extends ReplyContext {
  readonly circulation: Circulation
  readonly visit: Visit
  readonly call: Call
  /** How many equal requests the terminal sent on this connection after it had seen the answer to the one before. */
  readonly occurrence: number
}

export interface Operation<C extends RequestCode, T, O extends ChangeOutcome<T> = Outcome<T>> {
  execute(request: Message<C>, context: OperationContext): Promise<O>
  reply(request: Message<C>, outcome: O, context: ReplyContext): Message<ReplyTo<C>>
}

/** One that changes something, which may be promised while the library system is away. */
export type ChangeOperation<C extends RequestCode, T> = Operation<C, T, ChangeOutcome<T>>

const hourMs = 3_600_000

/** A terminal's clock that is off by more than this, zones and all, says nothing about when something happened. */
const clockToleranceMs = 36 * hourMs

/** What a terminal did while it was off line may be so old when it is sent. */
const reportedWithinMs = 31 * 24 * hourMs

/**
 * Two requests that mean the same event have the same identity: one terminal, one time of its clock, one content. That
 * is how a request is known again that comes on a new connection. A clock that stands still tells no events apart, so
 * with a date that is far off every request is an event of its own.
 */
export function identityOf(request: Message, context: OperationContext, ...parts: string[]): string {
  const event = context.call.machineTime ? [stampOf(request), context.occurrence] : [context.call.id]
  return JSON.stringify([context.terminal.name, request.code, ...event, ...parts])
}

/**
 * As {@link identityOf}, of a request to which the machine gave a name of its own, such as a transaction id. It is the
 * same however often it comes and however wrong the clock is that stamped it, since a machine that has seen no answer
 * repeats it after minutes. With another stamp it is another: there are machines that give all the same name.
 */
export const namedIdentityOf = (request: Message, context: OperationContext, ...parts: string[]): string =>
  JSON.stringify([context.terminal.name, request.code, stampOf(request), ...parts])

/** When it happened by the terminal's own clock; undefined when that clock is far off. */
export function machineTimeOf(request: Message, { timeZone, now }: ReplyContext): Date | undefined {
  const date = parseDate(stampOf(request), timeZone)
  if (date === undefined) return undefined
  const ageMs = now.getTime() - date.getTime()
  const mostMs = isReported(request) ? reportedWithinMs : clockToleranceMs
  return ageMs >= -clockToleranceMs && ageMs <= mostMs ? date : undefined
}

/**
 * When an item came back, where the terminal says that this was before it took it back: it may lie in a drop overnight.
 * Undefined when it says nothing, or nothing that can be. [SIP2 2.00 return date]
 */
export function returnTimeOf(request: Message<'09'>, context: OperationContext): Date | undefined {
  const { machineTime } = context.call
  const returned = parseDate(request.fixed.returnDate, context.timeZone)
  if (returned === undefined || machineTime === undefined || returned >= machineTime) return undefined
  return context.now.getTime() - returned.getTime() <= reportedWithinMs ? returned : undefined
}

/** No block: it happened already, and must not be refused. [SIP2 2.00 no block] */
export const isReported = ({ code, fixed }: Message): boolean =>
  (code === '09' || code === '11' || code === '29') && 'noBlock' in fixed && fixed.noBlock

/** Loans without an end go to some day of this century. A due date that is farther away, either way, is none. */
const longestLoanMs = 100 * 365 * 24 * hourMs

/** Only a transaction that already happened carries a due date that the patron was told. [SIP2 2.00 nb due date] */
export function toldDueDate(request: Message<'11' | '29'>, context: OperationContext): Date | undefined {
  const due = isReported(request) ? parseDate(request.fixed.nbDueDate, context.timeZone) : undefined
  const ahead = due === undefined ? Number.NaN : due.getTime() - context.now.getTime()
  return Math.abs(ahead) < longestLoanMs ? due : undefined
}

const stampOf = ({ fixed }: Message): string => ('transactionDate' in fixed ? fixed.transactionDate : '')
