import t from 'tap'
import { type Decoded, decodeMessage, writeResponse } from '../../src/ncip/codec.ts'
import { type Dialect, plainDialect } from '../../src/ncip/dialect.ts'
import { request, typed, user, version202 } from '../helpers/ncip.ts'

const limits = { maxElements: 1000, maxDepth: 64 }
const decode = (text: string): Decoded => decodeMessage(text, limits)

function requestIn(text: string) {
  const decoded = decode(text)
  if (decoded.kind !== 'request') throw new Error(`not read: ${decoded.kind}`)
  return decoded.request
}

t.test('a request is read whatever its order, namespace and spelling', async (t) => {
  const expected = {
    service: 'CheckOutItem',
    user: { identifier: 'P1', element: 'UserId', secret: undefined },
    item: { agency: 'A', type: 'Barcode', value: '0071' },
    request: { value: 'Q1' },
    desiredDateDue: '2026-12-01',
  }
  const inOrder =
    '<UserId><UserIdentifierValue>P1</UserIdentifierValue></UserId>' +
    '<ItemId><AgencyId>A</AgencyId><ItemIdentifierType>Barcode</ItemIdentifierType><ItemIdentifierValue>0071</ItemIdentifierValue></ItemId>' +
    '<RequestId><RequestIdentifierValue>Q1</RequestIdentifierValue></RequestId><DesiredDateDue>2026-12-01</DesiredDateDue>'
  const shuffled =
    '<DesiredDueDate> 2026-12-01 </DesiredDueDate><RequestId><RequestIdentifierValue>Q1</RequestIdentifierValue></RequestId>stray ' +
    '<ItemId>\n<ItemIdentifierValue> 0071 </ItemIdentifierValue><ItemIdentifierType><Scheme>s</Scheme><Value>Barcode</Value></ItemIdentifierType><AgencyId><Scheme>s</Scheme><Value>A</Value></AgencyId></ItemId>' +
    '<Unheard>of</Unheard><UserId><UserIdentifierValue>P1</UserIdentifierValue><UserIdentifierType>Barcode Id</UserIdentifierType></UserId>'
  t.match(requestIn(request('CheckOutItem', inOrder)), expected)
  t.match(requestIn(`<NCIPMessage version="2.02"><CheckOutItem>${shuffled}</CheckOutItem></NCIPMessage>`), expected)
  t.match(requestIn(`<NCIPMessage>text<CheckOutItem>${inOrder}</CheckOutItem></NCIPMessage>`), expected)
})

t.test('the header is found where it was put and its agencies where they were wrapped', async (t) => {
  const header =
    '<InitiationHeader><ToAgencyId>TO</ToAgencyId><FromAgencyId><UniqueAgencyId><Scheme>s</Scheme><Value>FROM</Value></UniqueAgencyId></FromAgencyId></InitiationHeader>'
  const body = '<ItemId><ItemIdentifierValue>1</ItemIdentifierValue></ItemId>'
  for (const text of [
    `<NCIPMessage><LookupItem>${body}${header}</LookupItem></NCIPMessage>`,
    `<NCIPMessage>${header}<LookupItem>${body}</LookupItem></NCIPMessage>`,
  ]) {
    t.match(decode(text), { kind: 'request', header: { fromAgency: 'FROM', toAgency: 'TO', applicationProfile: '' } })
  }
})

t.test('a user is named by id or by what was typed, and a password is never taken for one', async (t) => {
  const userOf = (content: string) => {
    const read = requestIn(request('LookupUser', content))
    return 'user' in read ? read.user : undefined
  }
  const password = { kind: 'plain', value: ' secret ' }
  t.match(userOf(typed('Password', ' secret ') + typed('Username', 'ada')), {
    identifier: 'ada',
    element: 'AuthenticationInput',
    secret: password,
  })
  t.match(userOf(typed('LDAPPassword', ' secret ') + user('P1')), {
    identifier: 'P1',
    element: 'UserId',
    secret: password,
  })
  t.match(userOf(typed('Barcode Id', 'P1') + typed('PIN', '1234')), { identifier: 'P1', secret: { value: '1234' } })
  t.match(userOf(typed('User Id', 'P1') + typed('MD5 Message Digest Algorithm', 'ff')), { secret: { kind: 'digest' } })
  for (const content of [typed('Password', 'secret'), typed('', 'secret'), typed('Kennwort', 'secret'), '']) {
    t.match(decode(request('LookupUser', content)), { kind: 'refused', fault: 'incomplete', element: 'UserId' })
  }
})

t.test('element types are matched as they are meant', async (t) => {
  const types = ['name  information', 'USER ID', 'No Such Type'].map(
    (type) => `<UserElementType>${type}</UserElementType>`,
  )
  const read = requestIn(request('LookupUser', user() + types.join('')))
  t.same('userElements' in read && [...read.userElements], ['Name Information', 'User Id'])
})

t.test('what cannot be answered under a service name is told apart', async (t) => {
  const cases = {
    '<NCIPMessage><Nonsense/></NCIPMessage>': 'unknown-service',
    '<NCIPMessage><LookupVersion/></NCIPMessage>': 'unknown-service',
    '<NCIPMessage><LookupUserResponse/></NCIPMessage>': 'unknown-service',
    '<NCIPMessage><Ext><LookupItemSet/></Ext></NCIPMessage>': 'no-service',
    '<NCIPMessage/>': 'no-service',
    '<NCIPMessage><LookupItem/><LookupItem/></NCIPMessage>': 'several-services',
    '<LookupItem/>': 'not-ncip',
    '<NCIPMessage version="http://www.niso.org/ncip/v1_0/imp1/dtd/ncip_v1_0.dtd"><LookupUser/></NCIPMessage>':
      'version',
    '<a/><b/>': 'malformed',
  }
  for (const [text, fault] of Object.entries(cases)) t.match(decode(text), { kind: 'unreadable', fault }, text)
  t.match(decode(request('AcceptItem', '')), { kind: 'refused', fault: 'unserved', service: 'AcceptItem' })
})

t.test('the version is read in every spelling', async (t) => {
  const dialectOf = (version: string) => decode(request('LookupItem', '', { version })).dialect
  const spellings = {
    [version202]: '2.02',
    '2.02': '2.02',
    'http://www.niso.org/schemas/ncip/v2_01/ncip_v2_01.xsd': '2.01',
    'http://www.niso.org/schemas/ncip/v2_0/imp1/xsd/ncip_v2_0.xsd': '2.0',
  }
  for (const [version, minor] of Object.entries(spellings)) t.same(dialectOf(version), { family: 2, minor, version })
  for (const version of ['', '5.6', 'soon', '2.02 &lt;x>']) t.same(dialectOf(version), plainDialect, version)
})

const content = {
  ItemOptionalFields: {
    DateDue: new Date('2026-01-01T10:00:00.500Z'),
    CirculationStatus: { value: 'On Loan', scheme: 'urn:s' },
  },
  ItemId: { ItemIdentifierValue: '1', AgencyId: 'A' },
} as const
const newest: Dialect = { family: 2, minor: '2.02', version: '2.02' }

t.test('an answer is written in schema order', async (t) => {
  t.match(
    writeResponse('LookupItemResponse', content, newest),
    '<ns1:LookupItemResponse><ns1:ItemId><ns1:AgencyId>A</ns1:AgencyId><ns1:ItemIdentifierValue>1</ns1:ItemIdentifierValue></ns1:ItemId>' +
      '<ns1:ItemOptionalFields><ns1:CirculationStatus ns1:Scheme="urn:s">On Loan</ns1:CirculationStatus>' +
      '<ns1:DateDue>2026-01-01T10:00:00Z</ns1:DateDue></ns1:ItemOptionalFields></ns1:LookupItemResponse>',
  )
})

t.test('elements of 2.02 go only to those who know them', async (t) => {
  for (const minor of ['2.0', '2.01'] as const) {
    t.notMatch(writeResponse('LookupItemResponse', content, { ...newest, minor }), 'DateDue')
  }
})

t.test('nothing empty is written', async (t) => {
  const empty = {
    ItemId: { ItemIdentifierValue: '1' },
    ItemOptionalFields: { BibliographicDescription: { Title: '' } },
  }
  t.notMatch(writeResponse('LookupItemResponse', empty, newest), 'ItemOptionalFields')
})
