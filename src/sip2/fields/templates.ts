/** Texts with names in braces. */
import { type TemplatedField, type TemplatePart, readTemplate } from '../../runtime/config/template-names.ts'
import type { ReplyContext } from '../operations/operation.ts'
import { type Subjects, readName } from './values.ts'

/** Templates are few and used with every message. */
const parsed = new Map<string, readonly TemplatePart[]>()
const mostParsed = 1000

/** What joins two values and means nothing without one of them. */
const looseEnds = /^[\s,;:/–-]+|[\s,;:/–-]+$/gu

/** Empty when the template has names and all of them are empty. */
export function fillTemplate(template: string, subjects: Subjects, context: ReplyContext): string {
  let named = 0
  let empty = 0
  const text = partsOf(template)
    .map((part) => {
      if (typeof part === 'string') return part
      const value = readName(part.name, part.code ?? '', subjects, context)
      named += 1
      if (value === '') empty += 1
      return value
    })
    .join('')
  if (named > 0 && empty === named) return ''
  return empty > 0 ? text.replace(looseEnds, '').replace(/ {2,}/g, ' ') : text
}

/** The value of a field by the terminal's template for it; undefined without one, or when it gives nothing. */
export function templated(field: TemplatedField, subjects: Subjects, context: ReplyContext): string | undefined {
  const template = context.terminal.profile.fields.templates[field]
  return template === undefined ? undefined : fillTemplate(template, subjects, context) || undefined
}

function partsOf(template: string): readonly TemplatePart[] {
  const known = parsed.get(template)
  if (known !== undefined) return known
  const parts = readTemplate(template)
  if (parsed.size >= mostParsed) parsed.clear()
  parsed.set(template, parts)
  return parts
}
