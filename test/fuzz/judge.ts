/** Says what is wrong with an exchange, by the lists of `outcomes.ts`. Knows neither sockets nor the product. */
import { judgeChecksum, readFrames, type Frame, sequenceOf } from './frames.ts'
import {
  askAgainCode,
  brokenRequestStatuses,
  type ClosingReason,
  closingReasons,
  messageStatus,
  replyOf,
  resendCode,
} from './outcomes.ts'
import { findFault, type LineForm, sequenceOfReply } from './reply-form.ts'

/** Who ended it: we did after the last reply, we tore it down, the other side did, or nothing came any more. */
export type Ending = 'ours' | 'torn' | 'theirs' | 'silence'

export interface Sip2Exchange {
  readonly sent: Buffer
  readonly received: Buffer
  readonly ending: Ending
  readonly form: LineForm
  readonly maxFrameBytes: number
  /** Codes that the log wrote about this connection. */
  readonly logged: readonly string[]
  /** For which the other side may end this connection. */
  readonly mayClose: readonly ClosingReason[]
  /** Cards, names, barcodes and titles that only other connections know. */
  readonly foreign: readonly string[]
}

/** @returns a sentence for everything that is not allowed */
export function judgeSip2(exchange: Sip2Exchange): readonly string[] {
  const { sent, received, ending, form, maxFrameBytes } = exchange
  const faults = [...judgeEnding(exchange), ...findForeign(received, sent, exchange.foreign)]
  const text = received.toString('latin1')
  const lines = text.split(form.terminator)
  const tail = lines.pop()
  if (tail !== '' && ending !== 'torn') faults.push('a reply has no end')
  const frames = readFrames(sent, maxFrameBytes)
  if (lines.length > frames.length) faults.push(`${frames.length} requests drew ${lines.length} replies`)
  if (lines.length < frames.length && (ending === 'ours' || ending === 'silence')) {
    faults.push(`${frames.length} requests drew only ${lines.length} replies`)
  }
  let last: string | undefined
  for (const [index, line] of lines.entries()) {
    const frame = frames[index]
    if (!frame) break
    const fault = findFault(line, form) ?? findMismatch(frame, line, last, form)
    if (fault !== undefined) faults.push(`reply ${index + 1}, a ${line.slice(0, 2)}: ${fault}`)
    if (!isResend(frame)) last = line
  }
  return faults
}

function judgeEnding({ ending, logged, mayClose }: Sip2Exchange): string[] {
  if (ending === 'silence') return ['nothing came any more']
  if (ending !== 'theirs') return []
  const reason = closingReasons.find((code) => logged.includes(code))
  if (reason === undefined) return ['the connection was ended without a reason']
  return mayClose.includes(reason) ? [] : [`the connection was ended for ${reason}`]
}

const isResend = ({ line }: Frame): boolean => line.startsWith(resendCode)

/** Whether a well-formed reply is one of those that its request may draw. */
function findMismatch(frame: Frame, reply: string, last: string | undefined, form: LineForm): string | undefined {
  const code = reply.slice(0, 2)
  const asked = frame.line.slice(0, 2)
  const again = code === askAgainCode
  if (frame.overlong) return again ? undefined : 'what was too long was served'
  if (isResend(frame)) return again || reply === last ? undefined : 'it is not the last reply'
  const expected = replyOf.get(asked)
  if (expected === undefined) return again ? undefined : 'what is no request was served'
  if (!again && code !== expected) return `a ${asked} must draw a ${expected}`
  const checksum = form.errorDetection === 'never' ? 'absent' : judgeChecksum(frame.line)
  if (again) return checksum === 'absent' || checksum === 'right' ? 'nothing was wrong with the request' : undefined
  if (checksum === 'wrong') return 'the checksum of the request was wrong'
  if (checksum !== 'right') return undefined
  return sequenceOfReply(reply) === sequenceOf(frame.line) ? undefined : 'it has not the sequence number of the request'
}

/** What a peer knows because it sent it may come back to it. */
function findForeign(received: Buffer, sent: Buffer, foreign: readonly string[]): string[] {
  return foreign
    .filter((canary) => received.includes(canary, 'latin1') && !sent.includes(canary, 'latin1'))
    .map(() => 'it holds data of another connection')
}

export interface HttpExchange {
  readonly sent: Buffer
  readonly received: Buffer
  readonly ending: Ending
  /** The request is well-formed HTTP to the path of NCIP, so that a message is owed. */
  readonly owed: boolean
  readonly foreign: readonly string[]
  /** Reads one NCIP message, or throws. @returns the name of what is in it */
  readMessage(xml: string): string
}

export function judgeHttp(exchange: HttpExchange): readonly string[] {
  const { sent, received, ending, owed } = exchange
  const faults = findForeign(received, sent, exchange.foreign)
  if (ending === 'torn') return faults
  if (ending === 'silence') return [...faults, 'nothing came any more']
  const [, version, status, head = '', body = ''] =
    /^(HTTP\/1\.1) (\d{3})[^\r]*\r\n(.*?)\r\n\r\n(.*)$/s.exec(received.toString('utf8')) ?? []
  if (version === undefined) return owed ? [...faults, 'there is no answer'] : faults
  if (Number(status) !== messageStatus) {
    if (owed) faults.push(`the status of an answer was ${status}`)
    else if (!brokenRequestStatuses.has(Number(status))) faults.push(`the status was ${status}`)
    return faults
  }
  if (!owed) return faults
  if (Number(/^content-length: (\d+)/im.exec(head)?.[1]) !== Buffer.byteLength(body)) faults.push('the length is wrong')
  try {
    const name = exchange.readMessage(body)
    const service = /^(.*)Response$/.exec(name)?.[1]
    if (name !== 'Problem' && (service === undefined || !mentions(sent, service))) {
      faults.push(`${name} answers nothing that was asked`)
    }
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error))
  }
  return faults
}

/** In whatever charset of one or two bytes a character. */
const mentions = (sent: Buffer, name: string): boolean => sent.toString('latin1').replaceAll('\0', '').includes(name)
