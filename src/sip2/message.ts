/**
 * A SIP2 message as a program holds it. Every type here follows from the tables in `spec/`.
 */
import type { ExtensionFieldId, FieldId, variableFields } from './spec/fields.ts'
import { fixedFields, type FixedFieldName, type FixedValue } from './spec/fixed-fields.ts'
import {
  type CodeOf,
  type Direction,
  type MessageCode,
  messages,
  type ReplyCode,
  type RequestCode,
} from './spec/messages.ts'

type Spec<C extends MessageCode> = (typeof messages)[C]

/** The fixed fields of a message by name, all of them. */
export type FixedPart<C extends MessageCode> = {
  readonly [N in Spec<C>['fixed'][number]]: FixedValue<N>
}

/** A field's value: every value in order for a repeatable field, one string for any other. */
export type FieldValue<I extends FieldId> = (typeof variableFields)[I] extends { repeatable: true }
  ? readonly string[]
  : string

/**
 * The variable fields of a message by identifier. Any may be missing, whatever the specification requires: terminals
 * leave out much. Extensions are welcome in every message.
 */
export type Fields<C extends MessageCode> = {
  readonly [I in Spec<C>['required'][number] | Spec<C>['optional'][number] | ExtensionFieldId]?:
    | FieldValue<I>
    | undefined
}

/** A field whose identifier no table knows. */
export interface ExtraField {
  readonly id: string
  readonly value: string
}

/**
 * What the checksum of a received message said: `absent` (no error detection, or an AZ without a value), `bytes` (right),
 * `code-points` (wrong by the rule, right for senders that sum characters instead of bytes), `wrong`.
 */
export type ChecksumState = 'absent' | 'bytes' | 'code-points' | 'wrong'

export interface MessageOf<C extends MessageCode> {
  readonly code: C
  readonly fixed: FixedPart<C>
  /** At run time also fields that the specification does not give to this message but that a table knows. */
  readonly fields: Fields<C>
  /** In the order in which they came or shall go. */
  readonly extraFields: readonly ExtraField[]
  /** Digits of AY as they came, undefined without AY. */
  readonly sequence: string | undefined
  readonly checksum: ChecksumState
}

/** The message of one code, or a union of messages that `code` tells apart. */
export type Message<C extends MessageCode = MessageCode> = C extends MessageCode ? MessageOf<C> : never
export type Request<C extends RequestCode = RequestCode> = Message<C>
export type Reply<C extends ReplyCode = ReplyCode> = Message<C>
export type MessageIn<D extends Direction> = Message<CodeOf<D>>

const noFields: readonly ExtraField[] = Object.freeze([])

function build<C extends MessageCode>(
  code: C,
  fixed: FixedPart<C>,
  fields: Fields<C>,
  extraFields: readonly ExtraField[],
): Message<C> {
  const message: MessageOf<C> = { code, fixed, fields, extraFields, sequence: undefined, checksum: 'absent' }
  return message as Message<C>
}

/** A reply to be encoded: `reply('94', { ok: true }, {})`. Sequence number and checksum come with the encoding. */
export function reply<C extends ReplyCode>(
  code: C,
  fixed: FixedPart<C>,
  fields: Fields<C>,
  extraFields: readonly ExtraField[] = noFields,
): Message<C> {
  return build(code, fixed, fields, extraFields)
}

/** A request to be encoded, for whoever plays the terminal. */
export function request<C extends RequestCode>(
  code: C,
  fixed: FixedPart<C>,
  fields: Fields<C>,
  extraFields: readonly ExtraField[] = noFields,
): Message<C> {
  return build(code, fixed, fields, extraFields)
}

/** The fixed part that grants nothing: every field at the default of its table. */
export function defaultFixedPart<C extends MessageCode>(code: C): FixedPart<C> {
  const names: readonly FixedFieldName[] = messages[code].fixed
  return Object.fromEntries(names.map((name) => [name, fixedFields[name].default])) as FixedPart<C>
}

export function isMessageCode(code: string): code is MessageCode {
  return Object.hasOwn(messages, code)
}

/** Narrows a message to one code where a `switch` would be clumsy. */
export function isCode<C extends MessageCode>(message: Message, code: C): message is Message<C> {
  return message.code === code
}
