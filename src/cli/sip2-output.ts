/** What was said over SIP2, for people and for programs. Passwords and PINs are shown to neither. */
import { type DescribedField, describe } from '../sip2/describe.ts'
import type { Message } from '../sip2/message.ts'
import { messages } from '../sip2/spec/messages.ts'
import { exitCodes } from '../runtime/exit-codes.ts'
import { paint, print, printable, printJson } from './paint.ts'
import { type Exchange, type ExchangeWarning, exchangeWarnings, type Sip2ClientError } from './sip2-client.ts'
import type { Spoken } from './sip2-kiosk.ts'

const mask = '****'
const labelWidth = 32

/** The last exchange in full, those before it by their lines. */
export function printSpoken(spoken: readonly Spoken[]): void {
  const last = spoken.at(-1)
  for (const { exchange } of spoken.slice(0, -1)) printLines(exchange)
  if (last === undefined) return
  const { exchange, exitCode } = last
  print(`${paint('cyan', '>')} ${printable(exchange.sentLine)}`)
  if (exchange.request !== undefined) printMessage(exchange.request)
  print(`${paint('cyan', '<')} ${printable(exchange.receivedLine)}`)
  printMessage(exchange.reply)
  for (const warning of exchange.warnings) print(`  ${paint('yellow', 'warning')} ${explainWarning(warning)}`)
  const verdict = exitCode === exitCodes.done ? paint('green', 'yes') : paint('red', 'no')
  print(`  ${verdict}, after ${exchange.durationMs.toFixed(1)} ms, ${describeErrorDetection(exchange.reply)}`)
}

function printLines({ sentLine, receivedLine }: Exchange): void {
  print(paint('dim', `> ${printable(sentLine)}`))
  print(paint('dim', `< ${printable(receivedLine)}`))
}

function printMessage(message: Message): void {
  print(`  ${paint('bold', `${message.code} ${nameOf(message)}`)}`)
  for (const field of describe(message)) {
    const { id, label, meaning } = field
    const said = meaning === '' ? '' : paint('dim', ` (${meaning})`)
    print(`    ${id.padEnd(2)} ${label.padEnd(labelWidth)} ${printable(shown(field))}${said}`)
  }
}

/** `patronInformationResponse` as `patron information response`. */
function nameOf({ code }: Message): string {
  return messages[code].name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function shown({ privacy, value }: DescribedField): string {
  return privacy === 'secret' && value !== '' ? mask : value
}

function explainWarning(warning: ExchangeWarning): string {
  switch (warning.about) {
    case 'exchange':
      return exchangeWarnings[warning.code]
    case 'request':
      return `The request was mended before it was sent: ${warning.code}${warning.field === '' ? '' : ` (${warning.field})`}.`
    case 'reply':
      return `The reply breaks a rule and was read all the same: ${warning.code}.`
  }
}

function describeErrorDetection({ sequence, checksum }: Message): string {
  const sums = { absent: 'no checksum', bytes: 'checksum right', 'code-points': 'checksum of characters', wrong: '' }
  return sequence === undefined ? sums[checksum] : `sequence ${printable(sequence)}, ${sums[checksum]}`
}

/** One object: the last exchange, with those before it in `before`. */
export function printSpokenJson(spoken: readonly Spoken[]): void {
  const [last, ...earlier] = spoken.toReversed()
  if (last === undefined) return
  const { request, reply, sentLine, receivedLine, durationMs, warnings } = last.exchange
  printJson({
    ok: last.exitCode === exitCodes.done,
    request: { line: sentLine, ...(request === undefined ? {} : toJson(request)) },
    reply: {
      line: receivedLine,
      sequence: reply.sequence,
      checksum: reply.checksum,
      ...toJson(reply),
    },
    durationMs: Math.round(durationMs * 1000) / 1000,
    warnings,
    before: earlier.toReversed().map(({ exchange }) => ({
      request: { line: exchange.sentLine },
      reply: { line: exchange.receivedLine },
    })),
  })
}

function toJson(message: Message) {
  return {
    code: message.code,
    name: messages[message.code].name,
    fields: describe(message).map((field) => ({
      ...(field.id === '' ? {} : { id: field.id }),
      name: field.name,
      label: field.label,
      value: shown(field),
      ...(field.meaning === '' ? {} : { meaning: field.meaning }),
    })),
  }
}

export function printClientErrorJson({ kind, message, receivedLine }: Sip2ClientError): void {
  printJson({
    ok: false,
    error: { kind, message, ...(receivedLine === '' ? {} : { line: receivedLine }) },
  })
}
