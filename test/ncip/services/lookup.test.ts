import t from 'tap'
import { done, refused } from '../../../src/circulation/outcome.ts'
import { circulationStatuses } from '../../../src/ncip/services/item-fields.ts'
import { rightPassword, sampleItem, samplePatron } from '../../helpers/fake-library-system.ts'
import {
  elementsAt,
  item,
  itemElements,
  type NcipTestOptions,
  post,
  problemIn,
  request,
  requestRef,
  startNcip,
  textAt,
  typed,
  user,
  userElements,
} from '../../helpers/ncip.ts'

const namePath = 'UserOptionalFields/NameInformation/PersonalNameInformation/StructuredPersonalUserName'

t.test('LookupUser tells what was asked and nothing else', async (t) => {
  const app = await startNcip()
  const bare = await post(app, request('LookupUser', user()))
  t.equal(textAt(bare.body, 'UserId/UserIdentifierValue'), 'primary-1', 'the canonical id, whatever card was sent')
  t.same(
    bare.body.children.map((child) => child.name),
    ['ResponseHeader', 'UserId'],
  )
  const named = await post(app, request('LookupUser', user() + userElements('Name Information')))
  t.equal(textAt(named.body, `${namePath}/GivenName`), 'Ada')
  t.equal(textAt(named.body, `${namePath}/Surname`), 'Lovelace')
  t.same(
    elementsAt(named.body, 'UserOptionalFields')[0]?.children.map((child) => child.name),
    ['NameInformation'],
  )
})

t.test('LookupUser tells everything a card holds', async (t) => {
  const app = await startNcip()
  const asked = userElements(
    'User Address Information',
    'Date Of Birth',
    'User Language',
    'User Privilege',
    'User Id',
    'Block Or Trap',
  )
  const { body } = await post(app, request('LookupUser', user() + asked))
  const fields = elementsAt(body, 'UserOptionalFields')[0]
  if (!fields) throw new Error('no UserOptionalFields')
  const postal = 'UserAddressInformation/PhysicalAddress/StructuredAddress'
  t.equal(textAt(fields, `${postal}/Line1`), '12 Analytical Row')
  t.equal(textAt(fields, `${postal}/Line2`), 'Flat 3, Back door')
  t.same(
    elementsAt(fields, 'UserAddressInformation/ElectronicAddress/ElectronicAddressData').map((data) => data.text),
    ['ada@example.org', '+44 20 7946 0000'],
  )
  t.equal(textAt(fields, 'DateOfBirth'), '1985-12-10T00:00:00')
  t.equal(textAt(fields, 'UserLanguage'), 'eng')
  t.same(
    elementsAt(fields, 'UserPrivilege').map((privilege) => [
      textAt(privilege, 'AgencyUserPrivilegeType'),
      textAt(privilege, 'UserPrivilegeStatus/UserPrivilegeStatusType'),
    ]),
    [
      ['STATUS', 'OK'],
      ['PROFILE', 'STAFF'],
      ['LIBRARY', 'MAIN'],
    ],
  )
  t.same(
    elementsAt(fields, 'UserId').map((id) => [textAt(id, 'UserIdentifierType'), textAt(id, 'UserIdentifierValue')]),
    [
      ['Institution Id Number', 'primary-1'],
      ['Barcode', 'P100'],
    ],
  )
  t.same(elementsAt(fields, 'BlockOrTrap'), [], 'no block, no element')
})

t.test('LookupUser tells blocks in the standard words and the status in those of the partner', async (t) => {
  const forbids = { loan: true, renew: false, hold: true }
  const block = { code: 'X', description: 'Secret story', note: '', forbids, expires: undefined }
  const patron = { ...samplePatron, blocks: [block] }
  const app = await startNcip({
    answers: { patrons: { find: async () => done(patron) } },
    partner: { statusWords: { good: 'active', blocked: 'inactive' } },
  })
  const { body, xml } = await post(app, request('LookupUser', user() + userElements('Block Or Trap', 'User Privilege')))
  t.same(
    elementsAt(body, 'UserOptionalFields/BlockOrTrap/BlockOrTrapType').map((type) => type.text),
    ['Block Check Out', 'Block Request Item'],
  )
  const status = 'UserOptionalFields/UserPrivilege/UserPrivilegeStatus/UserPrivilegeStatusType'
  t.equal(textAt(body, status), 'inactive')
  t.notMatch(xml, 'Secret story')
})

t.test('LookupUser lists loans, requests and fees, each only when wanted', async (t) => {
  const app = await startNcip()
  const wanted = '<LoanedItemsDesired/><RequestedItemsDesired/><UserFiscalAccountDesired/>'
  const { body } = await post(app, request('LookupUser', user() + wanted))
  t.equal(textAt(body, 'LoanedItemsCount/LoanedItemCountValue'), '1')
  t.equal(textAt(body, 'LoanedItem/ItemId/ItemIdentifierValue'), 'B0071')
  t.equal(textAt(body, 'LoanedItem/DateDue'), '2026-03-29T21:59:59Z')
  t.equal(textAt(body, 'RequestedItemsCount/RequestedItemCountValue'), '1')
  t.equal(textAt(body, 'RequestedItem/RequestId/RequestIdentifierValue'), 'R1')
  t.equal(textAt(body, 'RequestedItem/HoldQueuePosition'), '2')
  t.equal(textAt(body, 'UserFiscalAccount/AccountBalance/MonetaryValue'), '250')
  t.equal(textAt(body, 'UserFiscalAccount/AccountDetails/FiscalTransactionInformation/FiscalTransactionType'), 'Fine')
})

t.test('LookupUser checks a password that was sent', async (t) => {
  const app = await startNcip()
  const login = (password: string, type = 'Password') =>
    post(app, request('LookupUser', typed('Barcode Id', 'P100') + typed(type, password)))
  t.equal(textAt((await login(rightPassword)).body, 'UserId/UserIdentifierValue'), 'primary-1')
  for (const [password, type] of [
    ['wrong-canary', 'PIN'],
    ['wrong-canary', 'MD5 Message Digest Algorithm'],
  ] as const) {
    const answer = await login(password, type)
    t.match(problemIn(answer), {
      in: 'LookupUserResponse',
      type: 'User Authentication Failed',
      scheme: /lookupuserprocessingerror/,
      element: '//LookupUser/AuthenticationInput',
      value: 'P100',
    })
    t.notMatch(answer.xml, 'wrong-canary')
  }
  const strict = await startNcip({ partner: { userAuthentication: 'required' } })
  t.match(problemIn(await post(strict, request('LookupUser', user()))), { type: 'User Authentication Failed' })
  const trusting = await startNcip({ partner: { userAuthentication: 'ignored' } })
  t.equal(problemIn(await post(trusting, request('LookupUser', user() + typed('PIN', 'any')))), undefined)
})

t.test("a partner's passwords may be checked by the directory of the institution", async (t) => {
  const inDirectory = 'directory-canary'
  const directory = {
    identifierKind: undefined,
    verify: async (_: string, password: string) =>
      password === inDirectory ? done<true>(true) : refused('patron-pin-wrong'),
  }
  const login = async (password: string, options: NcipTestOptions) =>
    problemIn(await post(await startNcip(options), request('LookupUser', user() + typed('Password', password))))
  const partner = { passwordKeeper: 'directory' } as const
  t.equal(await login(inDirectory, { partner, directory }), undefined)
  t.match(await login(rightPassword, { partner, directory }), { type: 'User Authentication Failed' })
  t.equal(await login(rightPassword, { directory }), undefined, 'another partner has Alma asked')
  t.match(await login(inDirectory, { partner }), { type: 'Unauthorized Service For Agency' })
})

t.test('LookupUser does not know everybody', async (t) => {
  const answer = await post(await startNcip(), request('LookupUser', user('nobody')))
  t.match(problemIn(answer), { type: 'Unknown User', element: '//LookupUser/UserId', value: 'nobody' })
})

t.test('LookupItem tells what was asked of an item', async (t) => {
  const app = await startNcip({
    answers: {
      items: { find: async () => done({ ...sampleItem, state: 'on-loan', requested: true, due: new Date(0) }) },
    },
  })
  const bare = await post(app, request('LookupItem', item()))
  t.same(
    bare.body.children.map((child) => child.name),
    ['ResponseHeader', 'ItemId'],
  )
  const asked = itemElements(
    'Bibliographic Description',
    'Circulation Status',
    'Hold Queue Length',
    'Item Description',
    'Location',
    'Sensitization Flag',
  )
  const { body } = await post(app, request('LookupItem', item() + asked))
  const fields = elementsAt(body, 'ItemOptionalFields')[0]
  if (!fields) throw new Error('no ItemOptionalFields')
  t.equal(textAt(fields, 'BibliographicDescription/Title'), 'Notes on the Engine')
  t.equal(textAt(fields, 'BibliographicDescription/MediumType'), 'Book')
  t.equal(textAt(fields, 'CirculationStatus'), 'On Loan')
  t.equal(textAt(fields, 'HoldQueueLength'), '3')
  t.equal(textAt(fields, 'ItemDescription/CallNumber'), 'QA 76 .M4')
  t.same(
    elementsAt(fields, 'Location').map((location) => [
      textAt(location, 'LocationType'),
      ...elementsAt(location, 'LocationName/LocationNameInstance').map(
        (name) => `${textAt(name, 'LocationNameLevel')} ${textAt(name, 'LocationNameValue')}`,
      ),
    ]),
    [
      ['Permanent Location', '3 Main Library', '4 Open Stacks'],
      ['Current Location', '3 Main Library', '4 Open Stacks'],
    ],
  )
  t.equal(textAt(fields, 'DateDue'), '1970-01-01T00:00:00Z', 'the reader knows 2.02')
  t.ok(elementsAt(fields, 'SensitizationFlag')[0])

  const older = await post(app, request('LookupItem', item() + asked, { version: '2.0' }))
  t.notMatch(older.xml, 'DateDue')
})

t.test('every state of an item has a status of the standard', async (t) => {
  for (const [state, status] of Object.entries(circulationStatuses)) {
    const found = { ...sampleItem, state: state as keyof typeof circulationStatuses }
    const app = await startNcip({ answers: { items: { find: async () => done(found) } } })
    const { body } = await post(app, request('LookupItem', item() + itemElements('Circulation Status')))
    t.equal(textAt(body, 'ItemOptionalFields/CirculationStatus'), status)
  }
})

t.test('LookupItem never names a borrower, and finds nothing by request', async (t) => {
  const app = await startNcip()
  const curious = await post(
    app,
    request('LookupItem', `${item()}<CurrentBorrowerDesired/><CurrentRequestersDesired/>`),
  )
  t.notMatch(curious.xml, /primary-1|CurrentBorrower/)
  t.match(problemIn(await post(app, request('LookupItem', requestRef()))), {
    type: 'Element Rule Violated',
    value: 'R1',
  })
  t.match(problemIn(await post(app, request('LookupItem', item('no such')))), {
    type: 'Unknown Item',
    element: '//LookupItem/ItemId',
    value: 'no such',
  })
  const gone = await startNcip({ answers: { items: { find: async () => refused('not-permitted') } } })
  t.match(problemIn(await post(gone, request('LookupItem', item()))), { type: 'Unauthorized Service For Agency' })
})
