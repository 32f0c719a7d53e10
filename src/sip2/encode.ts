/**
 * A message to bytes, strict: widths and order by the tables, nothing in a value that could end it.
 */
import { type Charset, encodeText, fitText, singleBytes } from './charset.ts'
import { complement, sumBytes } from './checksum.ts'
import { forceFixedValue, writeFixedValue } from './fixed-value.ts'
import type { ExtraField, Message } from './message.ts'
import { type FieldPlan, type FixedPlan, type MessagePlan, plans } from './plan.ts'
import type { EncodeWarning } from './warnings.ts'

export interface EncodeOptions {
  readonly charset: Charset
  /** One ASCII character. */
  readonly delimiter: string
  /** Appended to the message, part of neither the checksum nor the frame: usually `\r`. */
  readonly terminator: string
  /**
   * The AY of the request, if it had one, and whether an AZ is sent. 96 and 97 carry no AY whatever is given here.
   */
  readonly errorDetection: { readonly sequence?: string | undefined; readonly checksum: boolean }
  /** Told what had to be done to the values, with the field's identifier or name, never its value. */
  readonly onWarning?: (warning: EncodeWarning, field: string) => void
}

/** Longest value of a field, in characters. [SIP2 2.00 variable-length fields] */
export const maximumValueLength = 255

const initialCapacity = 512
const hexDigits = Buffer.from('0123456789ABCDEF')

/** Encodes one message with its terminator. No value makes it throw or break the message. */
export function encode(message: Message, options: EncodeOptions): Buffer {
  const plan = plans[message.code]
  const writer = new MessageWriter(options)
  writer.text(plan.code)
  writeFixedPart(writer, plan, message)
  writeFields(writer, plan, message)
  writeTrailer(writer, plan, options)
  return writer.finish()
}

function writeFixedPart(writer: MessageWriter, plan: MessagePlan, message: Message): void {
  const values = message.fixed as Readonly<Record<string, unknown>>
  for (const field of plan.fixed) writer.fixed(field, values[field.name])
}

type FieldRecord = Readonly<Record<string, string | readonly string[] | undefined>>

function writeFields(writer: MessageWriter, plan: MessagePlan, message: Message): void {
  const fields = message.fields as FieldRecord
  let guests = 0
  for (const _ in fields) guests++
  guests -= writeListed(writer, plan.fields, fields) + countListed(plan.closing, fields)
  if (guests > 0) writeListed(writer, plan.guests, fields)
  for (const field of message.extraFields) writer.extraField(field)
  writeListed(writer, plan.closing, fields)
}

/** Writes the fields of a list and tells how many there were. */
function writeListed(writer: MessageWriter, list: readonly FieldPlan[], fields: FieldRecord): number {
  let present = 0
  for (const field of list) {
    const value = fields[field.id]
    if (value === undefined) {
      if (field.required) writer.field(field, '')
      continue
    }
    present++
    if (typeof value === 'string') writer.field(field, value)
    else for (const each of value) writer.field(field, each)
  }
  return present
}

function countListed(list: readonly FieldPlan[], fields: FieldRecord): number {
  let present = 0
  for (const field of list) if (fields[field.id] !== undefined) present++
  return present
}

function writeTrailer(writer: MessageWriter, plan: MessagePlan, { errorDetection, terminator }: EncodeOptions): void {
  const { sequence, checksum } = errorDetection
  if (plan.sequenced && sequence !== undefined && /^\d+$/.test(sequence)) {
    writer.text('AY')
    writer.text(sequence)
  }
  if (checksum) {
    writer.text('AZ')
    writer.checksum()
  }
  writer.text(terminator)
}

type ValueRules = Pick<FieldPlan, 'width' | 'fill'> & { readonly id: string }

/** Two capitals or digits that are not the envelope's own. */
const extraFieldId = /^(?!A[YZ])[A-Z0-9]{2}$/

/** Writes the parts of a message one behind the other, and sums their bytes on the way. */
class MessageWriter {
  readonly #options: EncodeOptions
  readonly #rules: DelimiterRules
  readonly #singleBytes: ReadonlyMap<number, number>
  #bytes = Buffer.allocUnsafe(initialCapacity)
  #length = 0
  #sum = 0

  constructor(options: EncodeOptions) {
    this.#options = options
    this.#rules = rulesFor(options.delimiter)
    this.#singleBytes = singleBytes(options.charset)
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  fixed({ name, kind, length, fallback }: FixedPlan, value: unknown): void {
    const text = writeFixedValue(kind, length, value)
    if (text !== undefined && this.#writePlain(text)) return
    this.#warn('fixed-field-invalid', name)
    const forced = text ?? forceFixedValue(kind, length, fallback, value)
    const tidy = forced.replace(this.#rules.unwanted, (run) => ' '.repeat(run.length)).replace(/[^ -~]/g, '?')
    this.text(tidy)
  }

  field(rules: ValueRules, value: string): void {
    const { id, width } = rules
    this.#reserve(2)
    this.#byte(id.charCodeAt(0))
    this.#byte(id.charCodeAt(1))
    const fits = value.length <= (width ?? maximumValueLength)
    if (!fits || !this.#writePlain(fillValue(value, rules))) this.#writeTidy(value, rules)
    this.text(this.#options.delimiter)
  }

  extraField({ id, value }: ExtraField): void {
    if (extraFieldId.test(id)) this.field({ id, width: undefined, fill: ' ' }, value)
    else this.#warn('field-id-invalid', '')
  }

  /** Writes text that is ASCII. */
  text(text: string): void {
    this.#reserve(text.length)
    for (let index = 0; index < text.length; index++) this.#byte(text.charCodeAt(index))
  }

  /** Writes the digits of AZ for everything so far. */
  checksum(): void {
    const value = complement(this.#sum)
    this.#reserve(4)
    for (let shift = 12; shift >= 0; shift -= 4) this.#byte(hexDigits[(value >> shift) & 0xf] as number)
  }

  /**
   * Writes a text if every character can be sent as it is, as nearly all can, and says whether it did. Nothing is
   * written otherwise.
   */
  #writePlain(text: string): boolean {
    const { length } = text
    this.#reserve(length)
    const { plain } = this.#rules
    const bytes = this.#bytes
    const beyondAscii = this.#singleBytes
    const begin = this.#length
    let sum = 0
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index)
      const byte = unit < 0x80 ? unit : beyondAscii.get(unit)
      if (byte === undefined || plain[byte] !== 1) return false
      bytes[begin + index] = byte
      sum += byte
    }
    this.#length = begin + length
    this.#sum += sum
    return true
  }

  #writeTidy(value: string, rules: ValueRules): void {
    const bytes = encodeText(this.#tidy(value, rules), this.#options.charset)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    this.#sum += sumBytes(bytes)
  }

  #tidy(value: string, rules: ValueRules): string {
    const bare = this.#clean(value)
    const fitted = fitText(bare, this.#options.charset)
    // A substitute can be the delimiter itself.
    const clean = this.#clean(fitted.text)
    if (bare !== value || clean !== fitted.text) this.#warn('value-cleaned', rules.id)
    if (fitted.lossy) this.#warn('character-replaced', rules.id)
    const cut = cutText(clean, rules.width ?? maximumValueLength)
    if (cut !== clean) this.#warn('value-cut', rules.id)
    return fillValue(cut, rules)
  }

  /** A run of what may not be in a value becomes one blank between two words and nothing at either end. */
  #clean(text: string): string {
    return text.replace(this.#rules.unwanted, (run, at: number) =>
      at === 0 || at + run.length === text.length ? '' : ' ',
    )
  }

  #byte(byte: number): void {
    this.#bytes[this.#length++] = byte
    this.#sum += byte
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#length + count, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }

  #warn(warning: EncodeWarning, field: string): void {
    this.#options.onWarning?.(warning, field)
  }
}

/** Widens a value to its field; an empty one stays empty. */
function fillValue(value: string, { width, fill }: ValueRules): string {
  if (width === undefined || value.length === width || value === '') return value
  return fill === '0' ? value.padStart(width, '0') : value.padEnd(width)
}

/** The first `limit` characters; a pair of surrogates is one character and is never cut in two. */
function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  let end = 0
  let count = 0
  for (const character of text) {
    if (++count > limit) break
    end += character.length
  }
  return text.slice(0, end)
}

/** What a delimiter means for values. */
interface DelimiterRules {
  /** 1 for every byte that may be in a value. */
  readonly plain: Uint8Array
  /** Runs of characters that may not be in a value. */
  readonly unwanted: RegExp
}

const rulesByDelimiter = new Map<string, DelimiterRules>()

function rulesFor(delimiter: string): DelimiterRules {
  const known = rulesByDelimiter.get(delimiter)
  if (known !== undefined) return known
  const unit = delimiter.charCodeAt(0)
  const made = {
    plain: Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte !== 0x7f && byte !== unit ? 1 : 0)),
    unwanted: new RegExp(`[\\p{Control}\\u2028\\u2029\\u{${unit.toString(16)}}]+`, 'gu'),
  }
  rulesByDelimiter.set(delimiter, made)
  return made
}
