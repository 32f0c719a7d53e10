/** What a resource-sharing partner asks over NCIP and HTTP. */
import { request as requestHttp } from 'undici'
import { parseXml, type XmlElement } from '../../ncip/xml.ts'
import { anna, broker, type DemoItem, jonas, science } from './cast.ts'
import type { Library } from './library.ts'
import { makeCheckOutItem, makeLookupUser } from './ncip-messages.ts'
import { type Check, check, type ShownField, type ShownMessage, type Step } from './step.ts'

const limits = { maxElements: 10_000, maxDepth: 64 }

/** @param url of the bridge, without a path */
export function makePartnerSteps(url: string, library: Library): Step[] {
  function step(
    heading: string,
    budget: number,
    makeMessage: () => string,
    makeChecks: (response: XmlElement) => Check[],
  ): Step {
    const play = async () => {
      const message = makeMessage()
      const startedAt = performance.now()
      const response = await requestHttp(`${url}/ncip`, {
        method: 'POST',
        headers: { 'content-type': 'application/xml; charset=utf-8', 'x-circbridge-key': broker.key },
        body: message,
      })
      const answer = await response.body.text()
      const durationMs = performance.now() - startedAt
      const problems = findAll(rootOf(answer), 'Problem')
      const checks = [
        check('the answer is a message without a Problem', response.statusCode === 200 && problems.length === 0),
        ...makeChecks(rootOf(answer)),
      ]
      const sent = show(message)
      const name = `${sent.name}, POST /ncip, X-Circbridge-Key: ****`
      return { sent: { ...sent, name }, received: show(answer), durationMs, checks }
    }
    return { heading, who: 'partner', budget, play }
  }

  return [
    step(`A partner asks about ${anna.name}`, 2, makeLookupUser, (response) => [
      check(
        'it is told her name',
        textOf(response, 'Surname') === 'Becker' && textOf(response, 'GivenName') === 'Anna',
      ),
      check(
        'her card is good',
        findAll(response, 'UserPrivilegeStatusType').some(({ text }) => text === 'OK'),
      ),
      check(
        'her loans are those of Alma',
        findAll(response, 'LoanedItem').length === library.loansOf(anna).length &&
          library.loansOf(anna).every((barcode) => isNamed(response, barcode)),
      ),
    ]),
    step(
      `It lends a book to ${jonas.name}`,
      1,
      () => makeCheckOutItem(new Date()),
      (response) => [
        check('the item is the one that was asked for', textOf(response, 'ItemIdentifierValue') === science.barcode),
        check(
          `Alma holds the loan, made at desk ${broker.circulationDesk}`,
          library.isLent(science, jonas, broker.circulationDesk),
        ),
        check('it is told the due date that Alma holds', isDue(textOf(response, 'DateDue'), science, library)),
      ],
    ),
  ]
}

function rootOf(xml: string): XmlElement {
  const parsed = parseXml(xml, limits)
  if (parsed.kind === 'parsed') return parsed.root
  return { name: 'not XML', attributes: new Map(), children: [], text: '' }
}

const findAll = (element: XmlElement, name: string): XmlElement[] =>
  element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)])

const textOf = (element: XmlElement, name: string): string => findAll(element, name)[0]?.text ?? ''

const isNamed = (response: XmlElement, barcode: string): boolean =>
  findAll(response, 'ItemIdentifierValue').some(({ text }) => text === barcode)

function isDue(shown: string, item: DemoItem, library: Library): boolean {
  const held = library.loanOf(item)?.dueAt
  return held !== undefined && Math.trunc(Date.parse(shown) / 1000) === Math.trunc(held / 1000)
}

function show(xml: string): ShownMessage {
  const root = rootOf(xml)
  return {
    name: root.children[0]?.name ?? root.name,
    raw: xml,
    fields: root.children.flatMap((child) => list(child.children, 0)),
  }
}

/** One row an element, indented as the elements are nested; an element around a single one shares its row. */
function list(elements: readonly XmlElement[], depth: number): ShownField[] {
  return elements.flatMap((element) => {
    const names = [element.name]
    let inner = element
    while (inner.children.length === 1 && inner.children[0] !== undefined) {
      inner = inner.children[0]
      names.push(inner.name)
    }
    const label = '  '.repeat(depth) + names.join(' › ')
    return [{ id: '', label, value: inner.text.trim(), meaning: '' }, ...list(inner.children, depth + 1)]
  })
}
