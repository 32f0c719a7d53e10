/** The messages that the partner of the demonstration sends. */
import { buildXml, type XmlNode } from '../../ncip/xml.ts'
import { anna, broker, institution, jonas, science } from './cast.ts'

const version = 'http://www.niso.org/schemas/ncip/v2_02/ncip_v2_02.xsd'

/** [NCIP 2.02 LookupUser] */
export function makeLookupUser(): string {
  return message('LookupUser', [
    node('UserId', [node('AgencyId', institution.agency), node('UserIdentifierValue', anna.barcode)]),
    node('UserElementType', 'Name Information'),
    node('UserElementType', 'User Privilege'),
    node('LoanedItemsDesired', ''),
    node('UserFiscalAccountDesired', ''),
  ])
}

/** [NCIP 2.02 CheckOutItem] */
export function makeCheckOutItem(occurredAt: Date): string {
  return message('CheckOutItem', [
    node('MandatedAction', [node('DateEventOccurred', occurredAt.toISOString())]),
    node('UserId', [node('AgencyId', institution.agency), node('UserIdentifierValue', jonas.barcode)]),
    node('ItemId', [node('AgencyId', institution.agency), node('ItemIdentifierValue', science.barcode)]),
  ])
}

function message(service: string, content: readonly XmlNode[]): string {
  const header = node('InitiationHeader', [
    node('FromAgencyId', [node('AgencyId', broker.agency)]),
    node('ToAgencyId', [node('AgencyId', institution.agency)]),
  ])
  return buildXml({ name: 'NCIPMessage', attributes: { version }, content: [node(service, [header, ...content])] })
}

const node = (name: string, content: XmlNode['content']): XmlNode => ({ name, attributes: {}, content })
