/**
 * NCIP messages and their text, by version: each family of versions has a reader and a writer of its own, and this is
 * where one is chosen.
 */
import { type Dialect, dialectOf, plainDialect } from './dialect.ts'
import type { InitiationHeader, NcipRequest } from './message.ts'
import { readHeader, readRequest } from './read-v2.ts'
import { type KnownService, isKnown, isServed } from './spec/services.ts'
import { type XmlElement, type XmlFaultCode, type XmlLimits, parseXml } from './xml.ts'

export { type CommonContent, type ResponseContent, writeProblems, writeResponse } from './write-v2.ts'

/** What the text of a message turned out to be. A header is undefined when the message has none. */
export type Decoded =
  | {
      readonly kind: 'request'
      readonly dialect: Dialect
      readonly header: InitiationHeader | undefined
      readonly service: NcipRequest['service']
      readonly request: NcipRequest
    }
  /** Understood so far that the answer can carry the service's name. */
  | {
      readonly kind: 'refused'
      readonly dialect: Dialect
      readonly header: InitiationHeader | undefined
      readonly service: KnownService
      readonly fault: 'unserved' | 'incomplete'
      /** The element that is missing; the service's own name when it is not served. */
      readonly element: string
    }
  /** Not to be answered under a service's name. */
  | {
      readonly kind: 'unreadable'
      readonly dialect: Dialect
      readonly fault: MessageFault
      readonly element: string
      readonly value: string
    }

export type Unreadable = Extract<Decoded, { kind: 'unreadable' }>

/** Why a message cannot be answered under a service's name; the first two are seen before it is text. */
export type MessageFault =
  | 'too-large'
  | 'unknown-charset'
  | XmlFaultCode
  | 'not-ncip'
  | 'version'
  | 'no-service'
  | 'several-services'
  | 'unknown-service'

export function decodeMessage(text: string, limits: XmlLimits): Decoded {
  const parsed = parseXml(text, limits)
  if (parsed.kind === 'fault') return unreadable(plainDialect, parsed.code, 'NCIPMessage', parsed.position)
  const message = parsed.root
  const dialect = dialectOf(message)
  if (message.name !== 'NCIPMessage') return unreadable(dialect, 'not-ncip', 'NCIPMessage', message.name)
  if (dialect.family === 1) {
    return unreadable(dialect, 'version', 'NCIPMessage/@version', message.attributes.get('version') ?? '')
  }
  return decodeV2(message, dialect)
}

/** A message of which not even the service is known. */
export const unreadable = (dialect: Dialect, fault: MessageFault, element: string, value: string): Unreadable => ({
  kind: 'unreadable',
  dialect,
  fault,
  element,
  value,
})

/** Elements that may stand beside the service without being one. */
const besides = new Set(['InitiationHeader', 'Ext'])

function decodeV2(message: XmlElement, dialect: Dialect): Decoded {
  const [element, ...others] = message.children.filter((child) => !besides.has(child.name))
  if (element === undefined) {
    const [only] = message.children
    return unreadable(dialect, 'no-service', 'NCIPMessage', only?.name ?? 'no element')
  }
  if (others.length > 0) return unreadable(dialect, 'several-services', 'NCIPMessage', element.name)
  const service = element.name
  if (!isKnown(service)) return unreadable(dialect, 'unknown-service', 'NCIPMessage', service)

  const header = readHeader(element, message)
  if (!isServed(service)) return { kind: 'refused', dialect, header, service, fault: 'unserved', element: service }
  const read = readRequest(service, element)
  if (read.kind === 'incomplete') {
    return { kind: 'refused', dialect, header, service, fault: 'incomplete', element: read.element }
  }
  return { kind: 'request', dialect, header, service, request: read.request }
}
