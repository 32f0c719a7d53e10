/** Which variable fields of a reply are sent, and what stands in them. */
import { z } from 'zod'
import { oneOrMany, setting } from '../fields.ts'
import { suggest } from '../suggest.ts'
import {
  type RuledReply,
  type TemplateSubject,
  findName,
  namesIn,
  namesOf,
  replySubjects,
  ruledReplies,
  valueSubjects,
} from '../template-names.ts'

/** Two letters or digits; the envelope's own are not for rules. */
const fieldId = z.string().regex(/^(?!A[YZ])[A-Z][A-Z0-9]$/, {
  error: 'must be the identifier of a field such as AF; AY and AZ are not for rules',
})

/** The fields that may be shown where no person may be told: what is put into them must name none. */
export const publicFields: readonly string[] =
  'AH AM AN AO AP AQ BG BH BI BL BO BP BQ BR BS BT BW BX BY BZ CA CB CC CF CI CJ CK CL CM CP CQ CR CT CV SV'.split(' ')

const line = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}*$/u, { error: 'must be one line' })

/** A text with names in braces, of which every one must be known where it stands. */
export const template = (subjects: readonly TemplateSubject[]) =>
  line.superRefine((value, context) => {
    const fault = explainTemplate(value, ['terminal', ...subjects])
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })

function explainTemplate(value: string, subjects: readonly TemplateSubject[]): string | undefined {
  if (/[{}]/.test(value.replace(/\{[^{}]*\}/g, ''))) return 'has a brace without its other one'
  for (const { name, code } of namesIn(value)) {
    const found = findName(name, subjects)
    if (found === undefined) return explainUnknownName(name, subjects)
    if (found.takesCode && (code ?? '') === '') return `needs a code behind {${name}}, as in {${name}:CODE}`
    if (!found.takesCode && code !== undefined) return `takes no code behind {${name}}`
  }
  return undefined
}

function explainUnknownName(name: string, subjects: readonly TemplateSubject[]): string {
  const known = namesOf(subjects)
  const meant = suggest(name, known)
  return meant === undefined
    ? `may name only ${known.map((one) => `{${one}}`).join(', ')}`
    : `has a name that is not known here; did you mean {${meant}}?`
}

const value = (field: keyof typeof valueSubjects, title: string, description: string) =>
  setting(template([valueSubjects[field]]).optional(), title, description)

const templates = z.strictObject({
  AE: value('AE', 'Name', 'Name of the patron, such as "{lastName}, {firstName}".'),
  AS: value('AS', 'Hold', 'A hold that is ready, such as "{barcode} {title}".'),
  AT: value('AT', 'Overdue item', 'An overdue item, such as "{barcode} {title} {due}".'),
  AU: value('AU', 'Lent item', 'An item on loan, such as "{barcode} {title} {due}".'),
  AV: value('AV', 'Fine', 'A fee, such as "{feeId} {amount} {feeTypeName}". A pay station needs {feeId}.'),
  BU: value('BU', 'Recalled item', 'A recalled item.'),
  CD: value('CD', 'Unavailable hold', 'A hold that is not ready.'),
  DA: value('DA', 'Who waits', 'Who waits for a returned item, such as "{requesterName}". Without it DA is not sent.'),
})

const added = z
  .strictObject({
    field: setting(fieldId, 'Field', 'Identifier of the field, such as PC.'),
    value: setting(
      line,
      'Value',
      'A text, which may have names in braces. Nothing is sent when all of them are empty.',
    ),
    in: setting(
      oneOrMany(z.enum(ruledReplies)).optional(),
      'Replies',
      'Codes of the replies that get the field. Without it all in which the names are known.',
    ),
  })
  .superRefine(({ field, value: text, in: replies }, context) => {
    const add = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    const where = replies ?? ruledReplies
    const fitting = where.filter((code) => explainTemplate(text, subjectsOf(code)) === undefined)
    if (replies === undefined ? fitting.length === 0 : fitting.length < replies.length) {
      const misfit = where.find((code) => !fitting.includes(code)) ?? '64'
      const subjects = replies === undefined ? allSubjects : subjectsOf(misfit)
      const fault = explainTemplate(text, subjects) ?? 'names what no single reply knows'
      add('value', replies === undefined ? fault : `${fault} (in ${misfit})`)
      return
    }
    const personal = namesIn(text).find(({ name }) => findName(name, allSubjects)?.privacy === 'identity')
    if (personal && publicFields.includes(field)) {
      add('value', `{${personal.name}} may tell of a person, and ${field} is a field that everybody may see`)
    }
  })

export const subjectsOf = (code: RuledReply): readonly TemplateSubject[] => ['terminal', ...replySubjects[code]]
const allSubjects: readonly TemplateSubject[] = ['terminal', 'patron', 'item', 'loan', 'hold', 'fee', 'routing']

const printLines = z.strictObject(
  Object.fromEntries(
    ruledReplies.map((code) => [
      code,
      setting(
        z.array(template(replySubjects[code])).optional(),
        `Lines of ${code}`,
        `Lines to print (AG) in reply ${code}. A line of which all names are empty is left out.`,
      ),
    ]),
  ) as Record<RuledReply, z.ZodOptional<z.ZodArray<ReturnType<typeof template>>>>,
)

export const fieldRules = z.strictObject({
  templates: setting(templates.prefault({}), 'Templates', 'What stands in a field, with names in braces.'),
  printLines: setting(printLines.prefault({}), 'Print lines', 'What is printed (AG), by the code of the reply.'),
  send: setting(
    z.array(fieldId).optional(),
    'Fields to send',
    'Only these fields are sent. What the standard requires is sent all the same.',
  ),
  hide: setting(
    z.array(fieldId).default([]),
    'Hidden fields',
    'These fields are not sent; one that the standard requires is sent empty.',
  ),
  rename: setting(
    z.record(fieldId, fieldId).default({}),
    'Renamed fields',
    'Sends the values of one field under another identifier, such as AG: AF. Hidden is by the old identifier.',
  ),
  add: setting(z.array(added).default([]), 'Added fields', 'Fields of your own, in their order.'),
})
