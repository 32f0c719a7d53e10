/**
 * Turns what came back over HTTP into an answer or one of the outcomes. For a change the question is always: may Alma
 * have executed it? Without trustworthy evidence that it did or did not, the outcome is unknown.
 */
import {
  type Done,
  done,
  type NotDone,
  type UnavailableCause,
  refused,
  unavailable,
  unknown,
} from '../circulation/outcome.ts'
import { type Fault, looksLikeHtml, readFault, readJsonFault, readJsonObject } from './envelope.ts'
import { meaningOf, type Operation, readBlockDescription } from './errors.ts'
import type { RawAnswer } from './interceptors/exchange.ts'
import type { JsonObject } from './json.ts'

/** What a good answer holds: an object, a redirection or nothing that matters. */
export type Expected = 'object' | 'object-or-redirect' | 'anything'

export interface Question {
  readonly operation: Operation
  /** True when the call changes something in Alma. */
  readonly changes: boolean
  readonly expects: Expected
}

export interface Answer {
  /** Empty when the answer had no JSON object. */
  readonly body: JsonObject
  /** Target of a redirection, or empty. */
  readonly location: string
}

export interface NoAnswer {
  readonly kind: 'no-answer'
  /** Alma's, the gateway's or the transport's code. */
  readonly code: string
  readonly outcome: NotDone
}

export type Reply = Done<Answer> | NoAnswer

/** What a reply says about whether Alma can be reached; undefined when it says nothing. */
export type Reach = 'reached' | 'away' | undefined

export function judge(question: Question, raw: RawAnswer, sent: boolean): Reply {
  if (raw.error !== undefined) return judgeError(question, raw.error.code, sent)
  if (raw.status >= 400) return judgeFault(question, raw.status, readFault(raw.body))
  if (raw.status >= 300) {
    if (question.expects === 'object-or-redirect' && raw.location !== '') {
      return done({ body: {}, location: raw.location })
    }
    return noAnswer('UNEXPECTED_REDIRECT', unavailable('internal', evidence(raw.status, 'UNEXPECTED_REDIRECT')))
  }
  const body = readJsonObject(raw.body)
  if (body?.['errorsExist'] === true) return judgeFault(question, raw.status, readJsonFault(body))
  const readable = question.expects === 'anything' ? !looksLikeHtml(raw.body) : body !== undefined
  return readable ? done({ body: body ?? {}, location: '' }) : badAnswer(question, raw.status)
}

/** An answer that came with success but cannot be what it claims to be. */
export function badAnswer(question: Question, status = 200): NoAnswer {
  const code = 'BAD_ANSWER'
  const text = evidence(status, code)
  return noAnswer(code, question.changes ? unknown(text) : unavailable('internal', text))
}

/** What a call that ended after `lastedMs`, its time in the queue not counted, says about Alma. */
export function reachOf(raw: RawAnswer, sent: boolean, lastedMs: number): Reach {
  if (raw.error === undefined) return raw.status >= 500 ? 'away' : 'reached'
  if (raw.error.code === 'QUOTA') return undefined
  if (raw.error.code === 'CALL_ABORTED') return sent && lastedMs >= slowMs ? 'away' : undefined
  return 'away'
}

/** A caller that gave up sooner than this proves nothing about Alma. */
const slowMs = 1_000

function judgeError(question: Question, errorCode: unknown, sent: boolean): NoAnswer {
  const code = typeof errorCode === 'string' ? errorCode : 'ERROR'
  if (sent && question.changes) return noAnswer(code, unknown(code))
  return noAnswer(code, unavailable(errorCauses[code] ?? 'offline', code))
}

const errorCauses: Readonly<Record<string, UnavailableCause>> = {
  QUOTA: 'quota',
  CALL_ABORTED: 'timeout',
  CALL_TIMEOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'offline',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'internal',
}

function judgeFault(question: Question, status: number, fault: Fault): NoAnswer {
  const text = evidence(status, fault.code, fault.trackingId)
  const code = fault.code || `HTTP_${status}`
  if (status === 429) return noAnswer(code, unavailable('quota', text))
  // A path that the gateway does not know, in spite of the code that it also has for a missing key.
  if (status === 404 && fault.code === 'GENERAL_ERROR') return noAnswer(code, unavailable('internal', text))
  const meaning = meaningOf(fault.code, question.operation)
  if (status >= 500) {
    // Behind a 5xx a change may have been made, unless the gateway says that it found no way to Alma.
    if (status === 503 && fault.code === 'ROUTING_ERROR') return noAnswer(code, unavailable('offline', text))
    if (question.changes) return noAnswer(code, unknown(text))
    return noAnswer(code, unavailable(status === 500 ? 'internal' : 'offline', text))
  }
  if (meaning === 'failed-inside') {
    return noAnswer(code, question.changes ? unknown(text) : unavailable('internal', text))
  }
  if (meaning !== undefined && 'unavailable' in meaning) return noAnswer(code, unavailable(meaning.unavailable, text))
  if (meaning !== undefined) {
    const words = meaning.block ? readBlockDescription(fault.message) : ''
    return noAnswer(code, refused(meaning.refuse, words, text))
  }
  if (status === 401 || status === 403) return noAnswer(code, unavailable('key-refused', text))
  if (status < 400) return badAnswer(question, status)
  // A 4xx means that nothing was changed, whatever its code; without an envelope it was not Alma that spoke.
  if (fault.code === '') return noAnswer(code, unavailable('internal', text))
  return noAnswer(code, refused('request-invalid', '', text))
}

export function noAnswer(code: string, outcome: NotDone): NoAnswer {
  return { kind: 'no-answer', code, outcome }
}

/** `401861 E01-0101010101-ABCDE-AWAE123`: codes alone, no words. */
function evidence(status: number, code: string, trackingId = ''): string {
  return [code || `HTTP_${status}`, trackingId].filter((part) => part !== '').join(' ')
}
