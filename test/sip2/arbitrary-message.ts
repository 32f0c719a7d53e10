/** Messages of every kind for properties: made from the tables, so that a new field is tested on the day it is added. */
import fc from 'fast-check'
import { type Charset, decodeText } from '../../src/sip2/charset.ts'
import type { ChecksumState, Message } from '../../src/sip2/message.ts'
import { type FieldPlan, type FixedPlan, plans } from '../../src/sip2/plan.ts'
import type { MessageCode } from '../../src/sip2/spec/messages.ts'

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })
const flag = fc.constantFrom('Y', 'N', ' ')

function repertoire(charset: Charset, delimiter: string): fc.Arbitrary<string> {
  if (charset === 'utf-8') {
    const unsendable = /[\p{Control}\u2028\u2029\ufffd]/gu
    return fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .map((text) => text.replace(unsendable, '').replaceAll(delimiter, '').normalize('NFC'))
  }
  const every = decodeText(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), charset)
  const held = [...every].filter((character) => !/[\p{Control}\ufffd]/u.test(character) && character !== delimiter)
  return fc.string({ unit: fc.constantFrom(...held), maxLength: 255 })
}

function fixedValue({ kind, length }: FixedPlan): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'yes-no':
    case 'zero-one':
      return fc.boolean()
    case 'yes-no-unknown':
      return fc.constantFrom('Y', 'N', 'U')
    case 'number':
      return fc.nat(10 ** length - 1)
    case 'code':
      return digits(length)
    case 'date':
      return fc.oneof(
        fc.constant(''),
        fc.tuple(digits(8), fc.constantFrom('    ', '   Z', '0000', 'EST '), digits(6)).map((parts) => parts.join('')),
      )
    case 'positions':
      return fc.string({ unit: flag, minLength: length, maxLength: length })
    case 'text':
      return fc.string({ unit: fc.constantFrom(...'0123456789.+-*eur'), maxLength: length })
  }
}

function fieldValue(field: FieldPlan, text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const one = field.width === undefined ? text : fc.oneof(fc.constant(''), digits(field.width))
  return field.repeatable ? fc.array(one, { minLength: 1, maxLength: 4 }) : one
}

export interface MessageCase {
  readonly message: Message
  readonly charset: Charset
  readonly delimiter: string
  readonly checksum: boolean
}

/** A message of this code that the charset can hold, as its own decoding would give it back. */
export function arbitraryMessage(code: MessageCode, charset: Charset): fc.Arbitrary<MessageCase> {
  const plan = plans[code]
  return fc.constantFrom('|', '^', '\\').chain((delimiter) => {
    const text = repertoire(charset, delimiter)
    const own = [...plan.fields, ...plan.closing]
    const model = Object.fromEntries([...own, ...plan.guests].map((field) => [field.id, fieldValue(field, text)]))
    const required = own.filter((field) => field.required).map((field) => field.id)
    const version = plan.fixed.some((field) => field.name === 'protocolVersion')
      ? { protocolVersion: fc.constantFrom('2.00', '1.00', '2.0E') }
      : {}
    const extraField = fc.record(
      { id: fc.constantFrom('ZA', 'Z9', 'QQ', 'X0'), value: text },
      { noNullPrototype: true },
    )
    return fc
      .record({
        fixed: fc.record(
          {
            ...Object.fromEntries(plan.fixed.map((field) => [field.name, fixedValue(field)])),
            ...version,
          },
          { noNullPrototype: true },
        ),
        fields: fc.record(model, { requiredKeys: required as never[], noNullPrototype: true }),
        extraFields: fc.array(extraField, { maxLength: 2 }),
        sequence: fc.option(fc.stringMatching(/^\d{1,3}$/), { nil: undefined }),
        checksum: fc.boolean(),
      })
      .map(({ fixed, fields, extraFields, sequence, checksum }) => {
        const state: ChecksumState = checksum ? 'bytes' : 'absent'
        const message = {
          code,
          fixed,
          fields,
          extraFields,
          sequence: plan.sequenced ? sequence : undefined,
          checksum: state,
        }
        return { message: message as unknown as Message, charset, delimiter, checksum }
      })
  })
}
