import type { Circulation } from '../circulation/circulation.ts'
import { type Outcome, refused, unavailable, unknown } from '../circulation/outcome.ts'
import type { Call, Clock } from '../circulation/ports.ts'
import type { Visit } from '../circulation/visit.ts'
import type { Message, Reply, Request } from './message.ts'
import { checkinOperation } from './operations/checkin.ts'
import { checkoutOperation } from './operations/checkout.ts'
import { endSessionOperation } from './operations/end-session.ts'
import { feePaidOperation } from './operations/fee-paid.ts'
import { itemInformationOperation } from './operations/item-information.ts'
import { type Operation, type ReplyContext, machineTimeOf } from './operations/operation.ts'
import { patronInformationOperation } from './operations/patron-information.ts'
import { patronStatusOperation } from './operations/patron-status.ts'
import {
  blockPatronOperation,
  holdOperation,
  itemStatusUpdateOperation,
  patronEnableOperation,
} from './operations/refusals.ts'
import { renewAllOperation, renewOperation } from './operations/renew.ts'
import { statusOperation } from './operations/status.ts'
import type { RequestCode } from './spec/messages.ts'
import { type Profile, type Terminal, isServed } from './terminal.ts'
import { maximumValueLength } from './codec.ts'
import { wrapText } from './wrap-text.ts'
import { type Language, catalogueOf, chooseLanguage } from './texts/texts.ts'

/** Requests that have a reply of their own and are not about the connection itself. */
export type OperationCode = Exclude<RequestCode, '93' | '97'>

// oxlint-disable-next-line typescript/no-explicit-any -- each operation's own types hold between its two halves
type AnyOperation = Pick<Operation<any, any>, 'reply'> & Partial<Operation<any, any>>

const operations: Readonly<Record<OperationCode, AnyOperation>> = {
  '01': blockPatronOperation,
  '09': checkinOperation,
  '11': checkoutOperation,
  '15': holdOperation,
  '17': itemInformationOperation,
  '19': itemStatusUpdateOperation,
  '23': patronStatusOperation,
  '25': patronEnableOperation,
  '29': renewOperation,
  '35': endSessionOperation,
  '37': feePaidOperation,
  '63': patronInformationOperation,
  '65': renewAllOperation,
  '99': statusOperation,
}

/** Operations whose end is unknown, not failed, when they overrun their deadline. */
const changing: ReadonlySet<string> = new Set<OperationCode>(['09', '11', '29', '37', '65'])

export const isChanging = (code: string): boolean => changing.has(code)

/** What a message that overran its deadline still gets, so that its own answer may arrive. */
const graceMs = 250

export interface DispatchInput {
  readonly request: Request<OperationCode>
  readonly terminal: Terminal
  /** Undefined while nobody is logged in. */
  readonly circulation: Circulation | undefined
  readonly visit: Visit
  readonly clock: Clock
  readonly messageId: string
  /** See `OperationContext.occurrence`. */
  readonly occurrence: number
  /** Language of the session so far. */
  readonly language: Language | undefined
}

export interface Dispatched {
  readonly reply: Reply
  readonly outcome: Outcome<unknown>
  readonly language: Language
  /** An error that was caught at the boundary: a bug. */
  readonly error: unknown
}

/** One request to its one reply, before its deadline, whatever fails behind. Never throws. */
export async function dispatch(input: DispatchInput): Promise<Dispatched> {
  const { request, terminal, circulation } = input
  const { profile } = terminal
  const operation = operations[request.code]
  const language =
    'language' in request.fixed
      ? chooseLanguage(request.fixed.language, profile.languages, input.language ?? profile.defaultLanguage)
      : (input.language ?? profile.defaultLanguage)
  const catalogue = catalogueOf(language)
  const context: ReplyContext = {
    terminal,
    catalogue,
    timeZone: circulation?.system.timeZone ?? 'UTC',
    currency: circulation?.system.currency ?? 'EUR',
    limits: circulation?.limits ?? { loans: undefined, overdue: undefined, fees: undefined },
    now: input.clock.now(),
  }
  let outcome: Outcome<unknown>
  let error: unknown
  try {
    outcome = await execute(input, operation, context)
  } catch (caught) {
    error = caught
    outcome = changing.has(request.code) ? unknown('internal error') : unavailable('internal')
  }
  try {
    return { reply: wrapLines(operation.reply(request, outcome, context), profile), outcome, language, error }
  } catch (caught) {
    const failed = unavailable('internal')
    return {
      reply: wrapLines(operation.reply(request, failed, context), profile),
      outcome: failed,
      language,
      error: caught,
    }
  }
}

async function execute(
  { request, terminal, circulation, visit, messageId, occurrence }: DispatchInput,
  operation: AnyOperation,
  context: ReplyContext,
): Promise<Outcome<unknown>> {
  if (!circulation) {
    // A terminal may ask for the status before it logs in; what it may do then is told after.
    return request.code === '99'
      ? { kind: 'done', value: { online: true } }
      : refused('not-permitted', context.catalogue.notLoggedIn)
  }
  const { execute: run } = operation
  if (!run || !isServed(request.code, terminal.profile)) return refused('not-supported')

  const controller = new AbortController()
  const { deadlineMs } = terminal.profile
  const call: Call = {
    id: messageId,
    priority: 'patron',
    signal: controller.signal,
    deadline: performance.now() + deadlineMs,
    machine: terminal.name,
    machineTime: machineTimeOf(request, context),
  }
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<Outcome<unknown>>((resolve, reject) => {
      timer = setTimeout(() => {
        controller.abort()
        timer = setTimeout(() => {
          resolve(changing.has(request.code) ? unknown('deadline') : unavailable('timeout', 'deadline'))
        }, graceMs)
      }, deadlineMs)
      run(request, { ...context, circulation, visit, call, occurrence }).then(resolve, reject)
    })
  } finally {
    clearTimeout(timer)
  }
}

/** AF: a text that is longer than a line becomes several fields, so that nothing of it is cut. */
function wrapLines(reply: Reply, { printWidth }: Profile): Reply {
  const fields = reply.fields as { readonly AF?: readonly string[] | undefined }
  if (fields.AF === undefined || fields.AF.length === 0) return reply
  const AF = fields.AF.flatMap((text) => wrapText(text, printWidth ?? maximumValueLength))
  return { ...reply, fields: { ...fields, AF } } as Reply
}

export const isOperation = (message: Message): message is Request<OperationCode> => message.code in operations
