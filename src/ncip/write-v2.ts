/** Writes NCIP 2.x answers: children in schema order whatever order they were given in, nothing empty. */
import type { Dialect } from './dialect.ts'
import { type Content, type ElementName, type SchemedValue, elements, since202, until202 } from './spec/elements.ts'
import type { ServedService } from './spec/services.ts'
import { writeInstant } from './dates.ts'
import { type XmlNode, buildXml } from './xml.ts'

/** What stands under `NCIPMessage`, by the name of the answer. */
export type ResponseContent<S extends ServedService = ServedService> = Content<`${S}Response`>

/** What every answer may hold, served or not. */
export interface CommonContent {
  readonly ResponseHeader?: Content<'ResponseHeader'> | undefined
  readonly Problem?: readonly Content<'Problem'>[] | undefined
}

type AnyContent = Readonly<Record<string, unknown>>

const commonOrder = ['ResponseHeader', 'Problem'] as const satisfies readonly ElementName[]

/** One whole message with an answer of the given name, as `LookupUserResponse`. */
export function writeResponse(name: string, content: ResponseContent | CommonContent, dialect: Dialect): string {
  const order = isComposite(name) ? elements[name] : commonOrder
  return writeMessage([nodeOf(name, '', writeChildren(name, order, content as AnyContent, dialect))], dialect)
}

/** One whole message that is nothing but its Problems, for a request that names no known service. */
export function writeProblems(problems: readonly Content<'Problem'>[], dialect: Dialect): string {
  return writeMessage(writeChildren('NCIPMessage', ['Problem'], { Problem: problems }, dialect), dialect)
}

const writeMessage = (content: readonly XmlNode[], dialect: Dialect): string =>
  buildXml({ name: 'NCIPMessage', attributes: { version: dialect.version }, content })

type Composite = { [N in ElementName]: (typeof elements)[N] extends string ? never : N }[ElementName]

const isComposite = (name: string): name is Composite => Array.isArray(elements[name as ElementName])

function writeChildren(
  parent: string,
  order: readonly ElementName[],
  content: AnyContent,
  dialect: Dialect,
): readonly XmlNode[] {
  const foreign = (dialect.minor === '2.02' ? until202 : since202).get(parent as ElementName)
  return order
    .filter((name) => !foreign?.has(name))
    .flatMap((name) => {
      const value = content[name]
      const values = Array.isArray(value) ? value : [value]
      return values.map((one) => writeElement(name, one, dialect)).filter((node) => node !== undefined)
    })
}

function writeElement(name: ElementName, value: unknown, dialect: Dialect): XmlNode | undefined {
  if (value === undefined || value === '') return undefined
  if (isComposite(name)) {
    const children = writeChildren(name, elements[name], value as AnyContent, dialect)
    return children.length === 0 ? undefined : nodeOf(name, '', children)
  }
  switch (elements[name]) {
    case 'scheme':
      return schemedNode(name, value as SchemedValue | string)
    case 'date':
      return nodeOf(name, '', value instanceof Date ? writeInstant(value) : (value as string))
    case 'flag':
      return nodeOf(name, '', '')
    case 'count':
      return nodeOf(name, '', `${value as number}`)
    case 'text':
      return nodeOf(name, '', value as string)
  }
}

function schemedNode(name: ElementName, value: SchemedValue | string): XmlNode | undefined {
  if (typeof value === 'string') return nodeOf(name, '', value)
  return value.value === '' ? undefined : nodeOf(name, value.scheme ?? '', value.value)
}

const nodeOf = (name: string, scheme: string, content: XmlNode['content']): XmlNode => ({
  name,
  attributes: scheme === '' ? {} : { Scheme: scheme },
  content,
})
