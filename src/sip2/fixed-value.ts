/**
 * The values of fixed fields, from their characters and back.
 */
import type { FixedKind, FixedValueOf } from './spec/fixed-fields.ts'
import type { DecodeWarning } from './warnings.ts'

export type FixedValues = FixedValueOf[FixedKind]
export type Warn = (warning: DecodeWarning) => void

const digitNine = 0x39
const Y = 0x59
const N = 0x4e
const U = 0x55
const blank = 0x20
const zero = 0x30
const one = 0x31
const lowerCaseBit = 0x20

/** The value of a fixed field at `offset` of a message, the nearest possible when the characters are not of its kind. */
export function readFixedValue(kind: FixedKind, text: string, offset: number, length: number, warn: Warn): FixedValues {
  switch (kind) {
    case 'yes-no':
      return readYesNo(text.charCodeAt(offset), warn)
    case 'zero-one':
      return readZeroOne(text.charCodeAt(offset), warn)
    case 'yes-no-unknown':
      return readYesNoUnknown(text.charCodeAt(offset), warn)
    case 'number':
      return readNumber(text, offset, offset + length, warn)
    case 'date':
      return readDate(text, offset, offset + length)
    case 'code':
      return text.slice(offset, offset + length).trim()
    case 'text':
      return text.slice(offset, offset + length).trimEnd()
    default:
      return text.slice(offset, offset + length)
  }
}

function readYesNo(unit: number, warn: Warn): boolean {
  if (unit === Y) return true
  // U is the obsolete "unknown", the same as N.
  if (unit !== N && unit !== U) warn('fixed-field-invalid')
  return (unit & ~lowerCaseBit) === Y
}

function readZeroOne(unit: number, warn: Warn): boolean {
  if (unit === one) return true
  if (unit !== zero) warn('fixed-field-invalid')
  return unit === Y
}

function readYesNoUnknown(unit: number, warn: Warn): 'Y' | 'N' | 'U' {
  if (unit === Y) return 'Y'
  if (unit === U) return 'U'
  if (unit !== N) warn('fixed-field-invalid')
  return 'N'
}

/** Digits with blanks around them; anything else counts as 0. */
function readNumber(text: string, begin: number, end: number, warn: Warn): number {
  let value = 0
  let digits = 0
  for (let index = begin; index < end; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= zero && unit <= digitNine) {
      value = value * 10 + (unit - zero)
      digits++
    } else if (unit !== blank) {
      warn('fixed-field-invalid')
      return 0
    }
  }
  if (digits === 0) warn('fixed-field-invalid')
  return value
}

function readDate(text: string, begin: number, end: number): string {
  const value = text.slice(begin, end)
  return value.charCodeAt(0) === blank && value.trim() === '' ? '' : value
}

/** The wire form of a fixed field, or undefined when the value is not of its kind and something else must be sent. */
export function writeFixedValue(kind: FixedKind, length: number, value: unknown): string | undefined {
  switch (kind) {
    case 'yes-no':
      return value === true ? 'Y' : value === false ? 'N' : undefined
    case 'zero-one':
      return value === true ? '1' : value === false ? '0' : undefined
    case 'yes-no-unknown':
      return value === 'Y' || value === 'N' || value === 'U' ? value : undefined
    case 'number':
      return writeNumber(length, value)
    case 'code':
      return typeof value === 'string' && value.length <= length ? value.padStart(length, '0') : undefined
    default:
      return typeof value === 'string' && value.length <= length ? value.padEnd(length) : undefined
  }
}

const zeros = ['', '0', '00', '000', '0000']

function writeNumber(length: number, value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) return undefined
  const digits = String(value)
  const fill = zeros[length - digits.length]
  return fill === undefined ? undefined : fill + digits
}

/** What is sent instead of a value that its field cannot hold: the nearest that it can, else the default. */
export function forceFixedValue(kind: FixedKind, length: number, fallback: string, value: unknown): string {
  if (kind === 'number') return typeof value === 'number' && value > 0 ? '9'.repeat(length) : fallback
  const isText = kind === 'code' || kind === 'date' || kind === 'text' || kind === 'positions'
  return isText && typeof value === 'string' ? value.slice(0, length).padEnd(length) : fallback
}
