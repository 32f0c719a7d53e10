import type { Circulation } from '../circulation/circulation.ts'
import { type ChangeOutcome, refused, unavailable, unknown } from '../circulation/outcome.ts'
import type { Call, Clock } from '../circulation/ports.ts'
import type { Visit } from '../circulation/visit.ts'
import { finishReply } from './fields/finish-reply.ts'
import type { Message, Reply, Request } from './message.ts'
import { blockPatronOperation, patronEnableOperation } from './operations/block-patron.ts'
import { checkinOperation } from './operations/checkin.ts'
import { checkoutOperation } from './operations/checkout.ts'
import { endSessionOperation } from './operations/end-session.ts'
import { feePaidOperation } from './operations/fee-paid.ts'
import { holdOperation } from './operations/hold.ts'
import { itemInformationOperation } from './operations/item-information.ts'
import { itemStatusUpdateOperation } from './operations/item-status-update.ts'
import { type Operation, type ReplyContext, machineTimeOf } from './operations/operation.ts'
import { patronInformationOperation } from './operations/patron-information.ts'
import { patronStatusOperation } from './operations/patron-status.ts'
import { renewAllOperation, renewOperation } from './operations/renew.ts'
import { statusOperation } from './operations/status.ts'
import type { RequestCode } from './spec/messages.ts'
import { type Terminal, isServed } from './terminal.ts'
import { type Language, ScreenTexts } from './texts/screen-texts.ts'

/** Requests that have a reply of their own and are not about the connection itself. */
export type OperationCode = Exclude<RequestCode, '93' | '97'>

// oxlint-disable-next-line typescript/no-explicit-any -- each operation's own types hold between its two halves
type AnyOperation = Operation<any, any, any>

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
const changing: ReadonlySet<string> = new Set<OperationCode>(['01', '09', '11', '15', '19', '25', '29', '37', '65'])

export const isChanging = (code: string): boolean => changing.has(code)

const builtInTexts = new ScreenTexts()

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
  readonly manner: Manner
}

/** How a session speaks, by what the terminal has said so far. */
export interface Manner {
  readonly language?: Language | undefined
  /** Characters of a line on its paper. */
  readonly paperWidth?: number | undefined
}

export interface Dispatched {
  readonly reply: Reply
  readonly outcome: ChangeOutcome<unknown>
  readonly manner: Manner
  /** An error that was caught at the boundary: a bug. */
  readonly error: unknown
}

/** One request to its one reply, before its deadline, whatever fails behind. Never throws. */
export async function dispatch(input: DispatchInput): Promise<Dispatched> {
  const { request, terminal, circulation } = input
  const { profile } = terminal
  const operation = operations[request.code]
  const texts = terminal.texts ?? builtInTexts
  const asked = 'language' in request.fixed ? request.fixed.language : undefined
  const language = texts.choose(asked, input.manner.language, profile)
  const paperWidth = request.code === '99' ? widthOf(request.fixed.maxPrintWidth) : input.manner.paperWidth
  // The next patron may choose another language.
  const manner = { paperWidth, ...(request.code !== '35' && { language }) }
  const catalogue = texts.catalogueOf(language)
  const context: ReplyContext = {
    terminal,
    catalogue,
    language,
    paperWidth,
    timeZone: circulation?.system.timeZone ?? 'UTC',
    currency: circulation?.system.currency ?? 'EUR',
    limits: circulation?.limits ?? { loans: undefined, overdue: undefined, fees: undefined },
    now: input.clock.now(),
  }
  let outcome: ChangeOutcome<unknown>
  let error: unknown
  try {
    outcome = await execute(input, operation, context)
  } catch (caught) {
    error = caught
    outcome = changing.has(request.code) ? unknown('internal error') : unavailable('internal')
  }
  try {
    return {
      reply: finishReply(operation.reply(request, outcome, context), request.code, outcome, context),
      outcome,
      manner,
      error,
    }
  } catch (caught) {
    const failed = unavailable('internal')
    return {
      reply: finishReply(operation.reply(request, failed, context), request.code, failed, context),
      outcome: failed,
      manner,
      error: caught,
    }
  }
}

/** Machines without paper say 0 or 999. */
const widthOf = (told: number): number | undefined => (told >= 16 && told <= 255 ? told : undefined)

async function execute(
  { request, terminal, circulation, visit, messageId, occurrence }: DispatchInput,
  operation: AnyOperation,
  context: ReplyContext,
): Promise<ChangeOutcome<unknown>> {
  if (!circulation) {
    // A terminal may ask for the status before it logs in; what it may do then is told after.
    return request.code === '99'
      ? { kind: 'done', value: { online: true, promising: true } }
      : refused('not-permitted', context.catalogue.notLoggedIn)
  }
  if (!isServed(request.code, terminal.profile)) return refused('not-supported')

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
    return await new Promise<ChangeOutcome<unknown>>((resolve, reject) => {
      timer = setTimeout(() => {
        controller.abort()
        timer = setTimeout(() => {
          resolve(changing.has(request.code) ? unknown('deadline') : unavailable('timeout', 'deadline'))
        }, graceMs)
      }, deadlineMs)
      operation.execute(request, { ...context, circulation, visit, call, occurrence }).then(resolve, reject)
    })
  } finally {
    clearTimeout(timer)
  }
}

export const isOperation = (message: Message): message is Request<OperationCode> => message.code in operations
