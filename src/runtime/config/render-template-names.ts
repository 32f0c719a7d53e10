/** The names of templates as Markdown, made from their table alone. */
import {
  type TemplateSubject,
  replySubjects,
  templateNames,
  type TemplateName,
  valueSubjects,
} from './template-names.ts'

const introduction = `# Names in field templates

What may stand in braces in \`fields\` of a [profile](terminals.md#fields), by what it is about. A name with \`:CODE\` takes one of
many, by Alma's own code: \`{statistics:FACULTY}\`. A name marked "person" may tell of somebody, or of what they read or owe; it
can only be put into a field that may.
`

const titles: Readonly<Record<TemplateSubject, string>> = {
  terminal: 'Terminal',
  patron: 'Patron',
  item: 'Item',
  loan: 'Loan',
  hold: 'Hold',
  fee: 'Fee',
  routing: 'Way of a returned item',
}

export function renderTemplateNames(): string {
  const subjects = Object.keys(templateNames) as readonly TemplateSubject[]
  return [introduction, ...subjects.map(renderSubject)].join('\n')
}

function renderSubject(subject: TemplateSubject): string {
  const names: Readonly<Record<string, TemplateName>> = templateNames[subject]
  const rows = Object.entries(names).map(
    ([name, { privacy, meaning, takesCode }]) =>
      `| \`{${name}${takesCode ? ':CODE' : ''}}\` | ${privacy === 'identity' ? 'person' : ''} | ${meaning} |`,
  )
  return `## ${titles[subject]}\n\n${describePlaces(subject)}\n\n| name | privacy | stands for |\n|---|---|---|\n${rows.join('\n')}\n`
}

function describePlaces(subject: TemplateSubject): string {
  if (subject === 'terminal') return 'In every reply and every template.'
  const places = Object.entries(replySubjects).flatMap(([code, known]) =>
    (known as readonly TemplateSubject[]).includes(subject) ? [code] : [],
  )
  const fields = Object.entries(valueSubjects).flatMap(([field, of]) => (of === subject ? [field] : []))
  const inReplies = places.length === 0 ? [] : [`in ${places.length === 1 ? 'reply' : 'replies'} ${places.join(', ')}`]
  const inFields =
    fields.length === 0 ? [] : [`in the template${fields.length === 1 ? '' : 's'} of ${fields.join(', ')}`]
  const all = [...inReplies, ...inFields].join(', and ')
  return `${all.charAt(0).toUpperCase()}${all.slice(1)}.`
}
