/**
 * Bytes to a message, tolerant: whatever a terminal gets wrong costs a warning, never the message.
 */
import { type Charset, decodeText } from './charset.ts'
import { isChecksumRight, parseChecksum, sumCodePoints } from './checksum.ts'
import { isFixedPartInPlace, mendFixedPart, readFixedPart } from './fixed-part.ts'
import type { ChecksumState, ExtraField, Message, MessageIn } from './message.ts'
import type { FixedValues } from './fixed-value.ts'
import { findPlan, knownFieldAt, type MessagePlan } from './plan.ts'
import type { Direction } from './spec/messages.ts'
import type { DecodeWarning } from './warnings.ts'

export interface DecodeOptions<D extends Direction = Direction> {
  readonly charset: Charset
  /** One ASCII character. */
  readonly delimiter: string
  /** Which half of the protocol is listened to: a server decodes requests, a client replies. */
  readonly direction: D
}

export type Decoded<D extends Direction = Direction> =
  | { readonly kind: 'message'; readonly message: MessageIn<D>; readonly warnings: readonly DecodeWarning[] }
  /** No message of this direction has this code. */
  | { readonly kind: 'unknown-command'; readonly code: string; readonly checksum: ChecksumState }
  /** Fewer than the two characters of a code. */
  | { readonly kind: 'too-short' }

const codeLength = 2
const idLength = 2
/** `AZ` and its four digits. */
const trailerLength = 6

const letterA = 0x41
const letterY = 0x59
const letterZ = 0x5a
const digitZero = 0x30
const digitNine = 0x39

const envelopeSegment = /^AY(.*?)(?:AZ(.*))?$/s
const fieldId = /^[A-Z0-9]{2}$/

const noWarnings: readonly DecodeWarning[] = Object.freeze([])

/** Decodes one frame, without its terminator. Never throws. */
export function decode<D extends Direction>(frame: Buffer, options: DecodeOptions<D>): Decoded<D> {
  if (frame.length < codeLength) return { kind: 'too-short' }
  const decoder = new Decoder(frame, options.charset, options.delimiter)
  const plan = findPlan(decoder.code)
  if (plan === undefined || plan.direction !== options.direction) {
    decoder.readTrailer(frame.length)
    return { kind: 'unknown-command', code: decoder.code, checksum: decoder.checksum }
  }
  // The plan's direction was compared above, which the compiler cannot see.
  return { kind: 'message', message: decoder.readMessage(plan) as MessageIn<D>, warnings: decoder.warnings }
}

/** What is known of one frame while it is read. */
class Decoder {
  readonly code: string
  checksum: ChecksumState = 'absent'
  warnings: readonly DecodeWarning[] = noWarnings
  readonly #frame: Buffer
  readonly #text: string
  readonly #delimiter: string
  /** Sum of all bytes of the frame. */
  readonly #sum: number
  readonly #ascii: boolean
  readonly #fields: Record<string, string | string[]> = {}
  readonly #extraFields: ExtraField[] = []
  #sequence: string | undefined = undefined

  constructor(frame: Buffer, charset: Charset, delimiter: string) {
    let sum = 0
    let bits = 0
    for (let index = 0; index < frame.length; index++) {
      const byte = frame[index] as number
      sum += byte
      bits |= byte
    }
    this.#frame = frame
    this.#delimiter = delimiter
    this.#sum = sum
    this.#ascii = bits < 0x80
    this.#text = this.#ascii ? frame.toString('latin1') : decodeText(frame, charset)
    this.code = this.#text.slice(0, codeLength)
    if (!this.#ascii && this.#text.includes('\ufffd')) this.#warn('charset-invalid')
  }

  readMessage(plan: MessagePlan): Message {
    const end = this.readTrailer(plan.fixedEnd)
    const firstDelimiter = this.#text.indexOf(this.#delimiter, codeLength)
    const segmentEnd = firstDelimiter === -1 || firstDelimiter > end ? end : firstDelimiter
    let fixed: Record<string, FixedValues>
    let fixedEnd = plan.fixedEnd
    if (isFixedPartInPlace(plan, this.#text, segmentEnd)) {
      fixed = readFixedPart(plan, this.#text, this.#warn)
    } else {
      const mended = mendFixedPart(plan, this.#text, segmentEnd, this.#warn)
      fixed = readFixedPart(plan, mended.text, this.#warn)
      fixedEnd = mended.end
    }
    this.#readFields(fixedEnd, end)
    return {
      code: plan.code,
      fixed,
      fields: this.#fields,
      extraFields: this.#extraFields,
      sequence: this.#sequence,
      checksum: this.checksum,
    } as unknown as Message
  }

  /**
   * Reads AY and AZ where they belong, at the end, and tells where they begin: the end of the rest. Behind `fieldsBegin`
   * a delimiter should stand in front of them; an AZ alone without one is taken for part of a value.
   */
  readTrailer(fieldsBegin: number): number {
    const text = this.#text
    const checksumAt = text.length - trailerLength
    if (
      checksumAt < codeLength ||
      text.charCodeAt(checksumAt) !== letterA ||
      text.charCodeAt(checksumAt + 1) !== letterZ
    ) {
      return text.length
    }
    const digits = text.slice(checksumAt + idLength)
    if (parseChecksum(digits) === -1) return text.length

    const sequenceAt = this.#findSequence(checksumAt)
    const begin = sequenceAt === -1 ? checksumAt : sequenceAt
    const separated = begin <= fieldsBegin || text[begin - 1] === this.#delimiter
    if (!separated && sequenceAt === -1) return text.length
    if (!separated) this.#warn('delimiter-missing')
    if (sequenceAt !== -1) this.#takeSequence(text.slice(sequenceAt + idLength, checksumAt))
    this.#verify(text.length - digits.length, digits)
    return begin
  }

  /** Where the AY begins whose digits end at `end`, or -1. */
  #findSequence(end: number): number {
    let begin = end
    while (begin > codeLength && isDigit(this.#text.charCodeAt(begin - 1))) begin--
    begin -= idLength
    const found =
      begin >= codeLength && this.#text.charCodeAt(begin) === letterA && this.#text.charCodeAt(begin + 1) === letterY
    return found ? begin : -1
  }

  #readFields(begin: number, end: number): void {
    const text = this.#text
    let position = begin
    if (position < end && text[position] === this.#delimiter) {
      this.#warn('delimiter-after-fixed-part')
      position++
    }
    while (position < end) {
      let next = text.indexOf(this.#delimiter, position)
      if (next === -1 || next > end) next = end
      this.#readSegment(position, next, next === end)
      position = next + 1
    }
  }

  #readSegment(begin: number, end: number, last: boolean): void {
    const field = end - begin < idLength ? undefined : knownFieldAt(this.#text, begin)
    if (field === undefined) {
      this.#readUnknownSegment(this.#text.slice(begin, end), end, last)
      return
    }
    if (last) this.#warn('delimiter-missing')
    const value = this.#text.slice(begin + idLength, end)
    const present = this.#fields[field.id]
    if (present === undefined) this.#fields[field.id] = field.repeatable ? [value] : value
    else if (typeof present === 'string') this.#warn('field-repeated')
    else present.push(value)
  }

  #readUnknownSegment(segment: string, end: number, last: boolean): void {
    if (segment.length < idLength) {
      this.#warn(segment === '' ? 'field-empty-segment' : 'field-id-invalid')
    } else if (segment.startsWith('AY') || segment.startsWith('AZ')) {
      this.#readEnvelope(segment, end, last)
    } else {
      const id = segment.slice(0, idLength)
      if (!fieldId.test(id)) this.#warn('field-id-invalid')
      if (last) this.#warn('delimiter-missing')
      this.#extraFields.push({ id, value: segment.slice(idLength) })
    }
  }

  /** AY or AZ anywhere but at the end, or not as they should be. */
  #readEnvelope(segment: string, end: number, last: boolean): void {
    const [, sequence, digits] = envelopeSegment.exec(segment) ?? [undefined, undefined, segment.slice(idLength)]
    if (sequence !== undefined) this.#takeSequence(sequence)
    // One verdict a message, so that a frame full of checksums costs no more than any other.
    if (digits === undefined || this.checksum !== 'absent') return
    if (digits === '') {
      this.#warn('checksum-empty')
      return
    }
    if (!last) this.#warn('checksum-not-last')
    this.#verify(end - digits.length, digits)
  }

  #takeSequence(sequence: string): void {
    // The one in its place, behind all fields, was read first: an AY among the fields is not it.
    if (/^\d+$/.test(sequence)) this.#sequence ??= sequence
    else this.#warn('sequence-invalid')
  }

  /** Compares the digits of AZ with the sum of everything in front of them, which ends at `end` of the text. */
  #verify(end: number, digits: string): void {
    const value = parseChecksum(digits)
    if (value !== -1 && isChecksumRight(this.#sumBefore(end), value)) {
      this.checksum = 'bytes'
    } else if (value !== -1 && !this.#ascii && isChecksumRight(sumCodePoints(this.#text.slice(0, end)), value)) {
      this.checksum = 'code-points'
      this.#warn('checksum-code-points')
    } else {
      this.checksum = 'wrong'
    }
  }

  #sumBefore(end: number): number {
    // Counted from the end, places in text and bytes agree whatever stands in front of them.
    const oneByteEach = this.#frame.length === this.#text.length
    const rest = oneByteEach ? this.#text.length - end : Buffer.byteLength(this.#text.slice(end))
    let sum = this.#sum
    for (let index = this.#frame.length - rest; index < this.#frame.length; index++) sum -= this.#frame[index] as number
    return sum
  }

  readonly #warn = (warning: DecodeWarning): void => {
    if (!this.warnings.includes(warning)) this.warnings = [...this.warnings, warning]
  }
}

function isDigit(unit: number): boolean {
  return unit >= digitZero && unit <= digitNine
}
