/**
 * The tables of `spec/` worked out once for the codec: offsets, orders and quick look-ups.
 */
import { writeFixedValue } from './fixed-value.ts'
import { type FieldId, type VariableField, variableFields } from './spec/fields.ts'
import { type FixedField, type FixedFieldName, type FixedKind, fixedFields } from './spec/fixed-fields.ts'
import { type Direction, type MessageCode, messages, type MessageSpec } from './spec/messages.ts'

export interface FixedPlan {
  readonly name: FixedFieldName
  readonly kind: FixedKind
  readonly length: number
  /** From the first character of the message. */
  readonly offset: number
  /** Never begins with letters, so that a field identifier in its place shows that it was left out. */
  readonly letterless: boolean
  /** The default on the wire. */
  readonly fallback: string
}

export interface FieldPlan {
  readonly id: FieldId
  readonly repeatable: boolean
  readonly required: boolean
  readonly width: number | undefined
  readonly fill: '0' | ' '
}

export interface MessagePlan {
  readonly code: MessageCode
  readonly direction: Direction
  readonly fixed: readonly FixedPlan[]
  /** Where the fixed part ends, counted from the first character of the message. */
  readonly fixedEnd: number
  /** Fields in the order in which they are sent. */
  readonly fields: readonly FieldPlan[]
  /** Every other field that a table knows; sent in front of the closing fields. */
  readonly guests: readonly FieldPlan[]
  /** AF and AG, where the message has them: the end of it. */
  readonly closing: readonly FieldPlan[]
  readonly sequenced: boolean
}

const codeLength = 2
const letterlessKinds: readonly FixedKind[] = ['date', 'number', 'code', 'positions']
const closingIds: readonly string[] = ['AF', 'AG']

function planFixed(names: readonly FixedFieldName[]): FixedPlan[] {
  let offset = codeLength
  return names.map((name) => {
    const { kind, length, default: value }: FixedField = fixedFields[name]
    const letterless = letterlessKinds.includes(kind)
    const fallback = writeFixedValue(kind, length, value) ?? ' '.repeat(length)
    const plan = { name, kind, length, offset, letterless, fallback }
    offset += length
    return plan
  })
}

function planField(id: FieldId, required: boolean): FieldPlan {
  const field: VariableField = variableFields[id]
  const fill = field.fill === 'zeros' ? '0' : ' '
  return { id, repeatable: field.repeatable ?? false, required, width: field.width, fill }
}

function planMessage(code: MessageCode, spec: MessageSpec): MessagePlan {
  const fixed = planFixed(spec.fixed)
  const own = [...spec.required.map((id) => planField(id, true)), ...spec.optional.map((id) => planField(id, false))]
  const ownIds = new Set(own.map((field) => field.id))
  const others = (Object.keys(variableFields) as FieldId[]).filter((id) => !ownIds.has(id))
  return {
    code,
    direction: spec.direction,
    fixed,
    fixedEnd: fixed.reduce((end, field) => end + field.length, codeLength),
    fields: own.filter((field) => !closingIds.includes(field.id)),
    guests: others.map((id) => planField(id, false)),
    closing: own.filter((field) => closingIds.includes(field.id)),
    sequenced: spec.sequenced,
  }
}

export const plans: Readonly<Record<MessageCode, MessagePlan>> = Object.fromEntries(
  Object.entries(messages).map(([code, spec]) => [code, planMessage(code as MessageCode, spec)]),
) as Record<MessageCode, MessagePlan>

const plansByCode = new Map<string, MessagePlan>(Object.entries(plans))

export function findPlan(code: string): MessagePlan | undefined {
  return plansByCode.get(code)
}

/** What the decoder must know of a field, found by the two characters of its identifier. */
export interface KnownField {
  readonly id: FieldId
  readonly repeatable: boolean
}

const idSpan = 128
const knownFields = Array.from<KnownField | undefined>({ length: idSpan * idSpan })
for (const id of Object.keys(variableFields) as FieldId[]) {
  const { repeatable }: VariableField = variableFields[id]
  knownFields[id.charCodeAt(0) * idSpan + id.charCodeAt(1)] = { id, repeatable: repeatable ?? false }
}

/** The field whose identifier stands at `index` of a text. */
export function knownFieldAt(text: string, index: number): KnownField | undefined {
  const first = text.charCodeAt(index)
  const second = text.charCodeAt(index + 1)
  return first < idSpan && second < idSpan ? knownFields[first * idSpan + second] : undefined
}
