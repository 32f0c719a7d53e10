/**
 * A message for people: every field by name, with what its code means.
 */
import { writeFixedValue } from './fixed-value.ts'
import type { Message } from './message.ts'
import { plans } from './plan.ts'
import { readPatronStatus, readSummary, readSupportedMessages } from './positions.ts'
import {
  alertTypes,
  circulationStatuses,
  feeTypes,
  holdModes,
  holdTypes,
  languages,
  mediaTypes,
  patronStatusPositions,
  paymentTypes,
  type Position,
  securityMarkers,
  summaryPositions,
  supportedMessagePositions,
  terminalStatuses,
} from './spec/codes.ts'
import { findField } from './spec/fields.ts'
import { type FixedField, type FixedFieldName, fixedFields } from './spec/fixed-fields.ts'
import type { PrivacyClass } from './spec/privacy.ts'

/** One field of a message, as a person may be shown it. Whoever prints it looks at `privacy` first. */
export interface DescribedField {
  /** The identifier of a variable field, empty for a fixed one. */
  readonly id: string
  /** The specification's word, empty when no table knows the field. */
  readonly name: string
  /** What people call it. */
  readonly label: string
  /** As it stands in the message. */
  readonly value: string
  readonly privacy: PrivacyClass
  /** What the value means; empty when it speaks for itself. */
  readonly meaning: string
}

type Meaning = (value: string) => string

const fixedMeanings: Partial<Record<FixedFieldName, Meaning>> = {
  circulationStatus: fromTable(circulationStatuses),
  feeType: fromTable(feeTypes),
  holdMode: fromTable(holdModes),
  language: (code) => (Object.hasOwn(languages, code) ? languages[code as keyof typeof languages].label : ''),
  patronStatus: (value) => namesOf(readPatronStatus(value), patronStatusPositions),
  paymentType: fromTable(paymentTypes),
  retriesAllowed: (value) => (value === '999' ? 'unknown' : ''),
  securityMarker: fromTable(securityMarkers),
  statusCode: fromTable(terminalStatuses),
  summary: (value) => namesOf(readSummary(value), summaryPositions),
  timeoutPeriod: describeTimeout,
}

const fieldMeanings: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    AH: describeDate,
    BI: describeYesNo,
    BL: describeYesNo,
    BO: describeYesNo,
    BT: fromTable(feeTypes),
    BW: describeDate,
    BX: describeSupportedMessages,
    BY: fromTable(holdTypes),
    CI: describeYesNo,
    CJ: describeDate,
    CK: fromTable(mediaTypes),
    CM: describeDate,
    CQ: describeYesNo,
    CV: fromTable(alertTypes),
  }),
)

/** Every field of a message in the order of the wire, each value of a repeated field on its own. */
export function describe(message: Message): DescribedField[] {
  return [...describeFixed(message), ...describeFields(message)]
}

function describeFixed(message: Message): DescribedField[] {
  const values = message.fixed as Readonly<Record<string, unknown>>
  return plans[message.code].fixed.map(({ name, kind, length, fallback }) => {
    const { label, privacy }: FixedField = fixedFields[name]
    const value = writeFixedValue(kind, length, values[name]) ?? fallback
    const describeValue = fixedMeanings[name] ?? fixedKindMeanings[kind]
    return { id: '', name, label, value, privacy, meaning: describeValue?.(value) ?? '' }
  })
}

const fixedKindMeanings: Partial<Record<FixedField['kind'], Meaning>> = {
  date: describeDate,
  'yes-no': describeYesNo,
  'yes-no-unknown': describeYesNo,
  'zero-one': describeYesNo,
}

function describeFields(message: Message): DescribedField[] {
  const { fields, closing, guests } = plans[message.code]
  const values = message.fields as Readonly<Record<string, string | readonly string[] | undefined>>
  const known = (list: typeof fields) =>
    list.flatMap(({ id }) => [values[id] ?? []].flat().map((value) => describeField(id, value)))
  const extra = message.extraFields.map(({ id, value }) => describeField(id, value))
  return [...known(fields), ...known(guests), ...extra, ...known(closing)]
}

function describeField(id: string, value: string): DescribedField {
  const field = findField(id)
  const meaning = fieldMeanings.get(id)?.(value) ?? ''
  return {
    id,
    name: field?.name ?? '',
    label: field?.label ?? id,
    value,
    privacy: field?.privacy ?? 'identity',
    meaning,
  }
}

function fromTable(table: Readonly<Record<string, string>>): Meaning {
  return (code) => (Object.hasOwn(table, code) ? (table[code] as string) : '')
}

function namesOf(found: ReadonlySet<string>, positions: readonly Position[]): string {
  const names = positions.filter((position) => found.has(position.name)).map((position) => position.label)
  return names.length === 0 ? 'none' : names.join(', ')
}

function describeSupportedMessages(value: string): string {
  const served = readSupportedMessages(value)
  const names = supportedMessagePositions.filter(({ code }) => served.has(code)).map(({ label }) => label)
  return names.length === 0 ? 'none' : names.join(', ')
}

function describeYesNo(value: string): string {
  if (value === 'Y' || value === '1') return 'yes'
  if (value === 'N' || value === '0') return 'no'
  return value === 'U' ? 'unknown' : ''
}

function describeTimeout(value: string): string {
  if (value === '000') return 'off line'
  return value === '999' ? 'unknown' : `${Number(value) / 10} s`
}

const date = /^(\d{4})(\d\d)(\d\d)(.{4})(\d\d)(\d\d)(\d\d)$/

/** Keeps to the wall time that the message says: whoever reads it stands in front of that clock. */
function describeDate(value: string): string {
  if (value.trim() === '') return value === '' ? '' : 'none'
  const match = date.exec(value)
  if (match === null) return ''
  const [, year, month, day, zone = '', hour, minute, second] = match
  const shownZone = zone.trim() === 'Z' ? 'UTC' : zone.replace('0000', '').trim()
  return `${year}-${month}-${day} ${hour}:${minute}:${second} ${shownZone}`.trimEnd()
}
