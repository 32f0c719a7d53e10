/**
 * The last stage of a reply: what the terminal's profile says of its fields. Operations know the standard; here it is
 * bent to what one machine needs.
 */
import type { ChangeOutcome } from '../../circulation/outcome.ts'
import { type RuledReply, findName, namesIn, replySubjects, ruledReplies } from '../../runtime/config/template-names.ts'
import { maximumValueLength } from '../codec.ts'
import type { ExtraField, Reply } from '../message.ts'
import type { ReplyContext } from '../operations/operation.ts'
import { findField } from '../spec/fields.ts'
import { messages } from '../spec/messages.ts'
import type { Profile } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'
import { subjectsOf } from './subjects.ts'
import { fillTemplate } from './templates.ts'
import type { Subjects } from './values.ts'

/** The variable fields of a reply by identifier, whatever table knows them. */
type FieldMap = Map<string, readonly string[]>

interface AddedField {
  readonly field: string
  readonly value: string
}

/** What a profile asks for, worked out once. */
interface Rules {
  readonly added: Readonly<Partial<Record<string, readonly AddedField[]>>>
  readonly sends: (field: string) => boolean
  readonly renamed: readonly (readonly [string, string])[]
  readonly replacements: Profile['screenMessages']
  /** Nothing but the width of a line is asked for. */
  readonly plain: boolean
}

/** @param request code of the request that is answered */
export function finishReply(
  reply: Reply,
  request: string,
  outcome: ChangeOutcome<unknown>,
  context: ReplyContext,
): Reply {
  const { profile } = context.terminal
  const rules = rulesOf(profile)
  const given = reply.fields as Readonly<Record<string, string | readonly string[] | undefined>>
  if (rules.plain && isEmpty(given['AF']) && isEmpty(given['AG'])) return reply

  const fields: FieldMap = new Map()
  for (const [id, value] of Object.entries(given)) if (value !== undefined) fields.set(id, [value].flat())
  replaceTexts(fields, rules)
  addFields(fields, rules.added[reply.code] ?? [], subjectsOf(request, outcome, context), context)
  const required: readonly string[] = messages[reply.code].required
  for (const id of fields.keys())
    if (!rules.sends(id) && !(profile.fields.send && required.includes(id))) fields.delete(id)
  for (const id of profile.fields.hide) fields.delete(id)
  wrapLines(fields, 'AF', profile.printWidth ?? maximumValueLength)
  wrapLines(fields, 'AG', profile.printWidth ?? context.paperWidth ?? maximumValueLength)
  renameFields(fields, rules)
  return toReply(reply, fields, keepInOrder(reply.extraFields, profile.fields, rules))
}

/** What the operation gave in an order of its own: several fields for each of several things. */
function keepInOrder(
  extraFields: readonly ExtraField[],
  { hide }: Profile['fields'],
  { sends, renamed }: Rules,
): readonly ExtraField[] {
  const names = new Map(renamed)
  return extraFields
    .filter(({ id }) => sends(id) && !hide.includes(id))
    .map(({ id, value }) => ({ id: names.get(id) ?? id, value }))
}

/** Whether a checkout's reply names something that only the item's own record tells, at the cost of a call. */
export const asksForItem = (profile: Profile): boolean => itemAskers.get(profile) ?? learnItemAsker(profile)

const itemAskers = new WeakMap<Profile, boolean>()

function learnItemAsker(profile: Profile): boolean {
  const asks = (rulesOf(profile).added['12'] ?? [])
    .flatMap(({ value }) => namesIn(value))
    .some(({ name }) => findName(name, ['terminal', 'loan']) === undefined)
  itemAskers.set(profile, asks)
  return asks
}

const known = new WeakMap<Profile, Rules>()

function rulesOf(profile: Profile): Rules {
  const before = known.get(profile)
  if (before) return before
  const { send, hide, rename } = profile.fields
  const added = Object.fromEntries(ruledReplies.map((code) => [code, addedTo(code, profile)]))
  const rules: Rules = {
    added,
    sends: (field) => send?.includes(field) ?? true,
    renamed: Object.entries(rename),
    replacements: profile.screenMessages,
    plain:
      send === undefined &&
      hide.length === 0 &&
      Object.keys(rename).length === 0 &&
      Object.values(added).every((fields) => fields.length === 0),
  }
  known.set(profile, rules)
  return rules
}

function addedTo(code: RuledReply, { fields, homeLibrary }: Profile): readonly AddedField[] {
  const { templates, printLines, add } = fields
  const subjects = ['terminal', ...replySubjects[code]] as const
  const fits = (value: string) => namesIn(value).every(({ name }) => findName(name, subjects) !== undefined)
  const isPatron = code === '24' || code === '26' || code === '64'
  return [
    ...(isPatron ? homeLibrary.map((field) => ({ field, value: '{campusName}' })) : []),
    ...(code === '10' && templates.DA !== undefined ? [{ field: 'DA', value: templates.DA }] : []),
    ...add.filter(({ in: replies, value }) => replies?.includes(code) ?? fits(value)),
    ...(printLines[code] ?? []).map((value) => ({ field: 'AG', value })),
  ]
}

function replaceTexts(fields: FieldMap, { replacements }: Rules): void {
  const texts = fields.get('AF')
  if (texts === undefined || replacements.length === 0) return
  const replaced = texts.map((text) =>
    replacements.reduce((line, { find, replace }) => line.replaceAll(find, () => replace), text).trim(),
  )
  fields.set(
    'AF',
    replaced.filter((text) => text !== ''),
  )
}

function addFields(fields: FieldMap, added: readonly AddedField[], subjects: Subjects, context: ReplyContext): void {
  for (const { field, value } of added) {
    const filled = fillTemplate(value, subjects, context)
    if (filled === '') continue
    fields.set(field, isRepeatable(field) ? [...(fields.get(field) ?? []), filled] : [filled])
  }
}

/** A text that is longer than a line becomes several fields, so that nothing of it is cut. */
function wrapLines(fields: FieldMap, id: string, width: number): void {
  const texts = fields.get(id)
  if (texts !== undefined)
    fields.set(
      id,
      texts.flatMap((text) => wrapText(text, width)),
    )
}

/** All at once, so that two fields can take each other's place. */
function renameFields(fields: FieldMap, { renamed }: Rules): void {
  const moved = renamed.flatMap(([from, to]) => {
    const values = fields.get(from)
    return values === undefined ? [] : [{ from, to, values }]
  })
  for (const { from } of moved) fields.delete(from)
  for (const { to, values } of moved) {
    const all = [...(fields.get(to) ?? []), ...values]
    fields.set(to, isRepeatable(to) ? all : all.slice(-1))
  }
}

function toReply(reply: Reply, fields: FieldMap, inOrder: readonly ExtraField[]): Reply {
  const listed: Record<string, string | readonly string[]> = {}
  const extraFields: ExtraField[] = [...inOrder]
  for (const [id, values] of fields) {
    const field = findField(id)
    if (field === undefined) extraFields.push(...values.map((value) => ({ id, value })))
    else listed[id] = field.repeatable ? values : (values.at(-1) ?? '')
  }
  return { ...reply, fields: listed, extraFields }
}

/** What no table knows may come more than once. */
const isRepeatable = (id: string): boolean => findField(id)?.repeatable ?? findField(id) === undefined

const isEmpty = (value: string | readonly string[] | undefined): boolean => value === undefined || value.length === 0
