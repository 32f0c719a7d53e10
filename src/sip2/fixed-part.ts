/**
 * The fixed part of a message: read from its place, or found when a terminal got it wrong.
 */
import { readFixedValue, type FixedValues, type Warn } from './fixed-value.ts'
import { type FixedPlan, knownFieldAt, type MessagePlan } from './plan.ts'

const fullStop = 0x2e
const versionPoint = 7

/** Whether the fixed part stands where the tables say. `segmentEnd` is where the first delimiter or the text ends. */
export function isFixedPartInPlace(plan: MessagePlan, text: string, segmentEnd: number): boolean {
  const end = plan.fixedEnd
  if (segmentEnd < end) return false
  if (segmentEnd > end && !isUpperCase(text.charCodeAt(end))) return false
  for (const field of plan.fixed) {
    if (field.letterless && knownFieldAt(text, field.offset) !== undefined) return false
  }
  // Terminals differ in how wide the print width before the version is; the full stop gives it away.
  return plan.code !== '99' || text.charCodeAt(versionPoint) === fullStop
}

function isUpperCase(unit: number): boolean {
  return unit >= 0x41 && unit <= 0x5a
}

/** Reads a fixed part that stands in its place. */
export function readFixedPart(plan: MessagePlan, text: string, warn: Warn): Record<string, FixedValues> {
  const record: Record<string, FixedValues> = {}
  for (const { name, kind, offset, length } of plan.fixed) {
    record[name] = readFixedValue(kind, text, offset, length, warn)
  }
  return record
}

/** A fixed part put into its place. */
export interface MendedFixedPart {
  /** Code and fixed part as they should have been; what was left out is at its default. */
  readonly text: string
  /** Where the fixed part ends in the message as it came. */
  readonly end: number
}

const properDate = /^(?:\d{8}.{4}\d{6}| {18})/
const secondDate = /^\d{8}[ 0A-Z]{4}\d{6}/
const strayBeforeDate = /^[\d ]{1,4}(?=\d{8}[ 0A-Z]{4}\d{6})/
const strayDigits = /^[\d ]{1,4}/
const marksAndBlanks = /^[YN ]*/
const digitsAndBlanks = /^[\d ]*/
const statusOfTerminal = /^(.?)([ \d]{0,3})(\d\.\d[\dA-Z]?)/

/**
 * Finds the fixed fields of a message that does not keep to the lengths: left out, too short, with something in front
 * of the date or behind it. `segmentEnd` is where the first delimiter or the text ends.
 */
export function mendFixedPart(plan: MessagePlan, text: string, segmentEnd: number, warn: Warn): MendedFixedPart {
  const head = text.slice(plan.code.length, segmentEnd)
  const mended = (plan.code === '99' ? mendTerminalStatus(head, warn) : undefined) ?? mendByLengths(plan, head, warn)
  return { text: plan.code + mended.text, end: plan.code.length + mended.end }
}

function mendTerminalStatus(head: string, warn: Warn): MendedFixedPart | undefined {
  const match = statusOfTerminal.exec(head)
  if (match === null) return undefined
  const [whole, status = '', width = '', version = ''] = match
  warn('fixed-part-short')
  return { text: status.padEnd(1, '0') + width.padStart(3, '0') + version.padEnd(4), end: whole.length }
}

function mendByLengths(plan: MessagePlan, head: string, warn: Warn): MendedFixedPart {
  let text = ''
  let end = 0
  for (const field of plan.fixed) {
    if (field.kind === 'date' && text === '') end += lengthOf(strayBeforeDate, head)
    const value = takeValue(field, head.slice(end))
    if (value.length < field.length) warn('fixed-part-short')
    text += value === '' ? field.fallback : value.padEnd(field.length)
    end += value.length
  }
  end += surplusLength(head.slice(end))
  if (end > text.length) warn('fixed-part-long')
  return { text, end }
}

function takeValue(field: FixedPlan, rest: string): string {
  if (!field.letterless) return rest.slice(0, field.length)
  if (field.kind === 'positions') return takePositions(field, rest)
  if (field.kind === 'date' && properDate.test(rest)) return rest.slice(0, field.length)
  return rest.slice(0, Math.min(lengthOf(digitsAndBlanks, rest), field.length))
}

function takePositions(field: FixedPlan, rest: string): string {
  const length = lengthOf(marksAndBlanks, rest)
  return rest.slice(0, knownFieldAt(rest, length) === undefined ? field.length : Math.min(length, field.length))
}

/** What stands between the fixed part and the first field and is neither: a second date, a digit or two. */
function surplusLength(rest: string): number {
  if (secondDate.test(rest)) return lengthOf(secondDate, rest)
  const length = lengthOf(strayDigits, rest)
  return length === rest.length || knownFieldAt(rest, length) !== undefined ? length : 0
}

function lengthOf(pattern: RegExp, text: string): number {
  return pattern.exec(text)?.[0].length ?? 0
}
