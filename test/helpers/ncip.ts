/** An NCIP responder over HTTP injection, messages to send to it, and every answer kept for validation. */
import { type FastifyInstance, fastify } from 'fastify'
import type { PasswordVerifier } from '../../src/circulation/ports.ts'
import type { NcipPartner } from '../../src/ncip/partners.ts'
import { type NcipPluginOptions, ncipPlugin } from '../../src/ncip/plugin.ts'
import { type XmlElement, parseXml } from '../../src/ncip/xml.ts'
import { type FakeAnswers, fakeCirculation } from './fake-library-system.ts'
import { keepNcipAnswer } from './keep-ncip-answer.ts'

export const ncipPartner: NcipPartner = {
  agency: 'PARTNER',
  institution: 'INST',
  addressedAs: ['01INST'],
  place: { library: 'MAIN', circulationDesk: 'CIRC' },
}

export interface NcipTestOptions extends Partial<Omit<NcipPluginOptions, 'circulationOf'>> {
  readonly answers?: FakeAnswers
  readonly partner?: Partial<NcipPartner>
  readonly directory?: PasswordVerifier
  /** See `fakeCirculation`. */
  readonly promising?: boolean
}

export async function startNcip(options: NcipTestOptions = {}): Promise<FastifyInstance> {
  const { answers, partner, directory, promising, ...rest } = options
  const circulation = { ...fakeCirculation(answers, promising), ...(directory && { passwords: { directory } }) }
  const app = fastify()
  const partners = [{ ...ncipPartner, ...partner }]
  await app.register(ncipPlugin, { partners, circulationOf: () => circulation, ...rest })
  return app
}

export interface NcipAnswer {
  readonly status: number
  readonly xml: string
  /** The element under NCIPMessage. */
  readonly body: XmlElement
}

export interface NcipPost {
  readonly headers?: Record<string, string>
}

export async function post(
  app: FastifyInstance,
  message: string | Uint8Array,
  { headers = { 'content-type': 'application/xml' } }: NcipPost = {},
): Promise<NcipAnswer> {
  const payload = typeof message === 'string' ? message : Buffer.from(message)
  const response = await app.inject({ method: 'POST', url: '/ncip', headers, payload })
  return { status: response.statusCode, ...readAnswer(response.body) }
}

/** Parses an answer, which must be one well-formed message with one thing in it, and keeps it. */
export function readAnswer(xml: string): Omit<NcipAnswer, 'status'> {
  keepNcipAnswer(xml)
  const parsed = parseXml(xml, { maxElements: 10_000, maxDepth: 64 })
  if (parsed.kind !== 'parsed') throw new Error(`the answer is not well-formed: ${parsed.code}`)
  const [body, ...others] = parsed.root.children
  if (parsed.root.name !== 'NCIPMessage' || body === undefined || others.length > 0) {
    throw new Error('the answer is not one NCIP message')
  }
  return { xml, body }
}

/** A request in the form that most partners send. */
export function request(service: string, content: string, header: HeaderParts = {}): string {
  return (
    `<ns1:NCIPMessage xmlns:ns1="http://www.niso.org/2008/ncip" ns1:version="${header.version ?? version202}">` +
    `<ns1:${service}>${initiationHeader(header)}${prefixed(content)}</ns1:${service}></ns1:NCIPMessage>`
  )
}

export const version202 = 'http://www.niso.org/schemas/ncip/v2_02/ncip_v2_02.xsd'

export interface HeaderParts {
  readonly version?: string
  readonly from?: string
  readonly to?: string
  readonly fromSystem?: string
  readonly authentication?: string
  readonly onBehalfOf?: string
  readonly profile?: string
}

function initiationHeader(parts: HeaderParts): string {
  const { from = 'PARTNER', to = '01INST', fromSystem, authentication, onBehalfOf, profile } = parts
  const agency = (name: string, id: string) => `<${name}><AgencyId>${id}</AgencyId></${name}>`
  return prefixed(
    '<InitiationHeader>' +
      (fromSystem === undefined ? '' : `<FromSystemId>${fromSystem}</FromSystemId>`) +
      agency('FromAgencyId', from) +
      (authentication === undefined ? '' : `<FromAgencyAuthentication>${authentication}</FromAgencyAuthentication>`) +
      (onBehalfOf === undefined ? '' : agency('OnBehalfOfAgency', onBehalfOf)) +
      agency('ToAgencyId', to) +
      (profile === undefined ? '' : `<ApplicationProfileType>${profile}</ApplicationProfileType>`) +
      '</InitiationHeader>',
  )
}

const prefixed = (xml: string): string => xml.replace(/<(\/?)(?=[A-Za-z])/g, '<$1ns1:')

export const user = (id = 'P100') => `<UserId><UserIdentifierValue>${id}</UserIdentifierValue></UserId>`
export const item = (id = 'B0071') => `<ItemId><ItemIdentifierValue>${id}</ItemIdentifierValue></ItemId>`
export const requestRef = (id = 'R1') => `<RequestId><RequestIdentifierValue>${id}</RequestIdentifierValue></RequestId>`
export const userElements = (...types: string[]) =>
  types.map((type) => `<UserElementType>${type}</UserElementType>`).join('')
export const itemElements = (...types: string[]) =>
  types.map((type) => `<ItemElementType>${type}</ItemElementType>`).join('')
export const typed = (type: string, data: string) =>
  `<AuthenticationInput><AuthenticationInputData>${data}</AuthenticationInputData>` +
  '<AuthenticationDataFormatType>text/plain</AuthenticationDataFormatType>' +
  `<AuthenticationInputType>${type}</AuthenticationInputType></AuthenticationInput>`

/** The text at a path of local names, undefined where there is no such element. */
export function textAt(element: XmlElement, path: string): string | undefined {
  return elementsAt(element, path)[0]?.text
}

export function elementsAt(element: XmlElement, path: string): XmlElement[] {
  return path
    .split('/')
    .reduce<XmlElement[]>(
      (at, name) => at.flatMap((one) => one.children.filter((child) => child.name === name)),
      [element],
    )
}

/** The four parts of the first Problem, and the name of what holds it. */
export function problemIn({ body }: NcipAnswer) {
  const problem = body.name === 'Problem' ? body : elementsAt(body, 'Problem')[0]
  if (problem === undefined) return undefined
  return {
    in: body.name,
    type: textAt(problem, 'ProblemType'),
    scheme: elementsAt(problem, 'ProblemType')[0]?.attributes.get('Scheme'),
    detail: textAt(problem, 'ProblemDetail'),
    element: textAt(problem, 'ProblemElement'),
    value: textAt(problem, 'ProblemValue'),
  }
}
