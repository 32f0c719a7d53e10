/** Reads the body of a call, JSON or XML, into the members of the JSON form. */
import { XMLParser } from 'fast-xml-parser'
import { refusals } from '../alma-error.ts'
import { wrappers } from '../render/xml-mapping.ts'
import { objectOf } from '../state/shape.ts'

/** Where the parser puts the text of an element that has attributes too. */
const textMember = '#text'

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: textMember,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  removeNSPrefix: true,
})

const wrapperNames = new Set(Object.values(wrappers))

/** The object of a body; an empty body is an object without members. Throws 401676 when it cannot be read. */
export function readBody(written: string): Record<string, unknown> {
  const trimmed = written.trim()
  if (trimmed === '') return {}
  try {
    if (trimmed.startsWith('<')) return readXml(trimmed)
    const value: unknown = JSON.parse(trimmed)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return objectOf(value)
  } catch {
    // Whatever the parser found wrong, the API says no more than that the body is not valid.
  }
  throw refusals.noValidBody()
}

function readXml(written: string): Record<string, unknown> {
  if (/<!DOCTYPE/i.test(written)) throw new SyntaxError('a document type is not accepted')
  const document = objectOf(parser.parse(written, true))
  const [root] = Object.values(document)
  return objectOf(unwrap(root))
}

/** Takes lists out of the elements that stand around them in XML only, and makes text with attributes a code. */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap)
  if (typeof value !== 'object' || value === null) return value
  const result: Record<string, unknown> = {}
  for (const [name, content] of Object.entries(value)) {
    if (wrapperNames.has(name)) Object.assign(result, objectOf(unwrap(content)))
    else result[name === textMember ? 'value' : name] = unwrap(content)
  }
  return result
}
