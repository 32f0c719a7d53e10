/**
 * The only user of the XML libraries: every option that keeps a hostile or careless message harmless is here.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { create } from 'xmlbuilder2'
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'

/** An element as read: local names, text with entities decoded, no namespaces. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The element's own text, pieces joined, nothing trimmed. */
  readonly text: string
}

/** An element to be written. */
export interface XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly content: string | readonly XmlNode[]
}

export interface XmlLimits {
  readonly maxElements: number
  /** Nested elements, the root counted. */
  readonly maxDepth: number
}

export type XmlFaultCode = 'empty' | 'not-xml' | 'doctype' | 'too-many-elements' | 'too-deep' | 'malformed'

export type ParsedXml =
  | { readonly kind: 'parsed'; readonly root: XmlElement }
  | {
      readonly kind: 'fault'
      readonly code: XmlFaultCode
      /** Where it was seen, in words, never what was there. */
      readonly position: string
    }

/** Thrown inside this file only; `parseXml` turns it into its fault. */
class XmlFault extends Error {
  readonly code: XmlFaultCode
  constructor(code: XmlFaultCode) {
    super(code)
    this.code = code
  }
}

/**
 * Reads one document. A DOCTYPE is refused wherever it stands, so no entity is ever defined, expanded or fetched;
 * size is judged before the parser sees the text.
 */
export function parseXml(text: string, limits: XmlLimits): ParsedXml {
  const document = text.replace(/^[\ufeff\s]+/, '')
  if (document === '') return fault('empty')
  if (!document.startsWith('<')) return fault('not-xml')
  if (/<!DOCTYPE/i.test(document)) return fault('doctype')
  if (countStartTags(document) > limits.maxElements) return fault('too-many-elements')
  try {
    const verdict = XMLValidator.validate(document)
    if (verdict !== true) return fault('malformed', `line ${verdict.err.line}, column ${verdict.err.col}`)
    return { kind: 'parsed', root: rootOf(parserFor(limits).parse(document), limits) }
  } catch (error) {
    return fault(codeOf(error))
  }
}

function codeOf(error: unknown): XmlFaultCode {
  if (error instanceof XmlFault) return error.code
  return error instanceof Error && /nested tags/i.test(error.message) ? 'too-deep' : 'malformed'
}

const fault = (code: XmlFaultCode, position = 'document'): ParsedXml => ({ kind: 'fault', code, position })

function countStartTags(text: string): number {
  let count = 0
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const next = text[at + 1]
    if (next !== '/' && next !== '!' && next !== '?') count += 1
  }
  return count
}

/** Ordered nodes keep repeated and mixed content; values stay strings, so that barcodes keep their zeros. */
function parserFor(limits: XmlLimits): XMLParser {
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    // References are decoded below, each exactly once, and those of CDATA not at all.
    processEntities: false,
    cdataPropName: cdataKey,
    ignoreDeclaration: true,
    ignorePiTags: true,
    // Each level costs the parser as much as all levels above it, so it must not go deeper than is allowed anyway.
    maxNestedTags: limits.maxDepth,
  })
}

const textKey = '#text'
const cdataKey = '#cdata'
const attributesKey = ':@'

type RawNode = Readonly<Record<string, unknown>>

function rootOf(nodes: unknown, limits: XmlLimits): XmlElement {
  const elements = (nodes as RawNode[])
    .map((node) => elementOf(node, 1, limits))
    .filter((element) => element !== undefined)
  const [root, ...others] = elements
  if (root === undefined || others.length > 0) throw new XmlFault('malformed')
  return root
}

function elementOf(node: RawNode, depth: number, limits: XmlLimits): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== attributesKey)
  if (name === undefined || name === textKey || name === cdataKey) return undefined
  if (depth > limits.maxDepth) throw new XmlFault('too-deep')
  const children: XmlElement[] = []
  let text = ''
  for (const inner of node[name] as RawNode[]) {
    if (textKey in inner) text += decodeReferences(String(inner[textKey]))
    else if (cdataKey in inner) text += cdataOf(inner[cdataKey])
    else {
      const child = elementOf(inner, depth + 1, limits)
      if (child) children.push(child)
    }
  }
  const attributes = new Map<string, string>()
  for (const [key, value] of Object.entries((node[attributesKey] as RawNode | undefined) ?? {})) {
    attributes.set(key, withoutControls(decodeReferences(String(value))))
  }
  return { name, attributes, children, text: withoutControls(text) }
}

const cdataOf = (pieces: unknown): string =>
  (pieces as { readonly [textKey]?: string }[]).map((piece) => piece[textKey] ?? '').join('')

const namedReferences = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

function decodeReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|([^;\s&]{1,32}));/g, (_, decimal, hex, name) => {
    if (name !== undefined) {
      const value = namedReferences.get(name)
      if (value === undefined) throw new XmlFault('malformed')
      return value
    }
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10)
    return code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}

/** Takes out what XML 1.0 does not allow: control characters, halves of surrogate pairs and non-characters. */
const withoutControls = (text: string): string => text.replace(forbidden, '')

/** The builder takes what looks like a reference for one and leaves it as it is, be it defined or not. */
const toMarkup = (text: string): string => withoutControls(text).replaceAll('&', '&amp;')

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be removed
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|\p{Surrogate}/gu

const namespace = 'http://www.niso.org/2008/ncip'
const prefix = 'ns1'

/** Writes one document: compact, one declaration, prefix `ns1:` on every element and attribute, as partners expect. */
export function buildXml(root: XmlNode): string {
  const document = create({ version: '1.0', encoding: 'UTF-8' })
  fill(document.ele(`${prefix}:${root.name}`, { [`xmlns:${prefix}`]: namespace }), root)
  return document.end({ prettyPrint: false })
}

function fill(element: XMLBuilder, node: XmlNode): void {
  for (const [name, value] of Object.entries(node.attributes)) {
    element.att(`${prefix}:${name}`, toMarkup(value))
  }
  if (typeof node.content === 'string') {
    if (node.content !== '') element.txt(toMarkup(node.content))
    return
  }
  for (const child of node.content) fill(element.ele(`${prefix}:${child.name}`), child)
}
