/** NCIP answers for people: indented, and what their Problems say. */
import { parseXml, type XmlElement } from '../ncip/xml.ts'

/** The four parts of a Problem, empty where the answer has none of it. [NCIP 2.02 Problem] */
export interface AnswerProblem {
  readonly type: string
  readonly detail: string
  readonly element: string
  readonly value: string
}

const limits = { maxElements: 100_000, maxDepth: 100 } as const

/** The root of an answer, undefined when the text is no NCIP message. */
export function readAnswer(text: string): XmlElement | undefined {
  const parsed = parseXml(text, limits)
  return parsed.kind === 'parsed' && parsed.root.name === 'NCIPMessage' ? parsed.root : undefined
}

/** Every Problem, wherever it stands. In NCIP 1 its parts have other names and a Value each. */
export function findProblems(element: XmlElement): readonly AnswerProblem[] {
  if (element.name !== 'Problem') return element.children.flatMap(findProblems)
  const part = (...names: readonly string[]) => textOf(findFirst(element, names))
  return [
    {
      type: part('ProblemType', 'ProcessingErrorType', 'MessagingErrorType'),
      detail: part('ProblemDetail'),
      element: part('ProblemElement', 'ElementName'),
      value: part('ProblemValue', 'ProcessingErrorValue'),
    },
  ]
}

function findFirst(element: XmlElement, names: readonly string[]): XmlElement | undefined {
  for (const child of element.children) {
    const found = names.includes(child.name) ? child : findFirst(child, names)
    if (found !== undefined) return found
  }
  return undefined
}

function textOf(element: XmlElement | undefined): string {
  const value = element?.children.find((child) => child.name === 'Value') ?? element
  return value?.text.trim() ?? ''
}

/** One element a line, without prefixes; an element with text alone is kept on its line. */
export function indent(element: XmlElement, depth = 0): string {
  const margin = '  '.repeat(depth)
  const attributes = [...element.attributes].map(([name, value]) => ` ${name}="${escapeText(value)}"`).join('')
  const text = escapeText(element.text.trim())
  if (element.children.length === 0) {
    return text === ''
      ? `${margin}<${element.name}${attributes}/>`
      : `${margin}<${element.name}${attributes}>${text}</${element.name}>`
  }
  const children = element.children.map((child) => indent(child, depth + 1))
  const inner = text === '' ? children : [`${margin}  ${text}`, ...children]
  return [`${margin}<${element.name}${attributes}>`, ...inner, `${margin}</${element.name}>`].join('\n')
}

const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => references[character] ?? character)
}
