import t from 'tap'
import { done, refused } from '../../../src/circulation/outcome.ts'
import type { NewHold } from '../../../src/circulation/ports.ts'
import type { NcipPartner } from '../../../src/ncip/partners.ts'
import { sampleHold } from '../../helpers/fake-library-system.ts'
import { item, post, problemIn, request, requestRef, startNcip, textAt, user } from '../../helpers/ncip.ts'

const title =
  '<BibliographicId><BibliographicRecordId><BibliographicRecordIdentifier>9901</BibliographicRecordIdentifier><AgencyId>01INST</AgencyId></BibliographicRecordId></BibliographicId>'
const type = (value: string) => `<RequestType>${value}</RequestType>`
const scope = (value: string) => `<RequestScopeType>${value}</RequestScopeType>`
const pickup = (value: string) => `<PickupLocation>${value}</PickupLocation>`

async function holdFor(content: string, partner: Partial<NcipPartner> = {}): Promise<Partial<NewHold>> {
  const placed: NewHold[] = []
  const app = await startNcip({
    partner,
    answers: {
      holds: {
        create: async (hold) => {
          placed.push(hold)
          return done(sampleHold)
        },
      },
    },
  })
  const answer = await post(app, request('RequestItem', user() + content))
  t.equal(problemIn(answer), undefined)
  return placed[0] ?? {}
}

t.test('RequestItem answers with request, item, user, type and scope', async (t) => {
  const { body } = await post(await startNcip(), request('RequestItem', user() + item() + type('hold') + scope('item')))
  t.equal(textAt(body, 'RequestId/RequestIdentifierValue'), 'R1')
  t.equal(textAt(body, 'ItemId/ItemIdentifierValue'), 'B0071')
  t.equal(textAt(body, 'UserId/UserIdentifierValue'), 'primary-1')
  t.equal(textAt(body, 'RequestType'), 'hold', 'as the partner wrote it')
  t.equal(textAt(body, 'RequestScopeType'), 'item')
  const bare = await post(await startNcip(), request('RequestItem', user() + item()))
  t.equal(textAt(bare.body, 'RequestType'), 'Hold')
  t.equal(textAt(bare.body, 'RequestScopeType'), 'Item')
})

t.test('RequestItem asks for an item or for any copy of its title', async (t) => {
  t.match(await holdFor(item('B1')), { target: { barcode: 'B1' } })
  t.match(await holdFor(title), { target: { titleId: '9901' } })
  t.match(await holdFor(title + item('B1') + scope('Item')), { target: { barcode: 'B1' } })
  t.match(await holdFor(title + item('B1') + scope('Bibliographic Item')), { target: { titleId: '9901' } })
  t.match(await holdFor(item('B1') + scope('Title')), { target: { titleId: '9901' } }, 'the title of the item')
})

t.test('RequestItem takes pickup location, last day and the partner request id', async (t) => {
  t.match(await holdFor(item()), { pickup: { library: 'MAIN', circulationDesk: 'CIRC' } })
  t.match(await holdFor(item() + pickup('LAW')), { pickup: { library: 'LAW', circulationDesk: undefined } })
  t.match(await holdFor(item() + pickup('LAW.DESK')), { pickup: { library: 'LAW', circulationDesk: 'DESK' } })
  const partner = {
    pickupLocations: { 'Law School': { library: 'LAW', circulationDesk: 'FRONT' } },
    defaultPickup: { library: 'HUB', circulationDesk: undefined },
  }
  t.match(await holdFor(item() + pickup('Law School'), partner), {
    pickup: { library: 'LAW', circulationDesk: 'FRONT' },
  })
  t.match(await holdFor(item(), partner), { pickup: { library: 'HUB' } })
  t.match(await holdFor(`${item()}${requestRef('Q7')}<NeedBeforeDate>2026-12-01T00:00:00Z</NeedBeforeDate>`), {
    lastInterest: '2026-12-01',
    comment: 'PARTNER Q7',
  })
})

t.test('RequestItem refuses what it cannot do', async (t) => {
  const app = await startNcip({ answers: { holds: { create: async () => refused('pickup-location-unknown') } } })
  const problem = async (content: string) => problemIn(await post(app, request('RequestItem', content)))
  t.match(await problem(user() + item() + type('Estimate')), { type: 'Element Rule Violated', value: 'Estimate' })
  t.match(await problem(`${user()}${item()}<NeedBeforeDate>soon</NeedBeforeDate>`), { type: 'Invalid Date' })
  t.match(await problem(user() + item() + pickup('MOON')), {
    type: 'Unknown Value From Known Scheme',
    element: '//RequestItem/PickupLocation',
    value: 'MOON',
  })
  t.match(await problem(`${user()}${item()}<NeedBeforeDate>2020-01-31T00:00:00Z</NeedBeforeDate>`), {
    type: 'Invalid Date',
    element: '//RequestItem/NeedBeforeDate',
    value: /^2020-01-31/,
  })
  t.match(await problem(user()), { type: 'Needed Data Missing', element: '//RequestItem/ItemId' })
})

t.test('CancelRequestItem answers with request, item and user, however the request was named', async (t) => {
  for (const content of [requestRef(), item(), requestRef() + item() + type('Hold')]) {
    const { body } = await post(await startNcip(), request('CancelRequestItem', user() + content))
    t.equal(textAt(body, 'RequestId/RequestIdentifierValue'), 'R1')
    t.equal(textAt(body, 'ItemId/ItemIdentifierValue'), 'B0071')
    t.equal(textAt(body, 'UserId/UserIdentifierValue'), 'primary-1')
  }
})

t.test('CancelRequestItem knows only requests of the user', async (t) => {
  const app = await startNcip()
  t.match(problemIn(await post(app, request('CancelRequestItem', user() + requestRef('R9')))), {
    type: 'Unknown Request',
    element: '//CancelRequestItem/RequestId',
    value: 'R9',
  })
  t.match(problemIn(await post(app, request('CancelRequestItem', requestRef()))), { type: 'Needed Data Missing' })
})
