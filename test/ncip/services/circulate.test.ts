import t from 'tap'
import type { Place } from '../../../src/circulation/model.ts'
import { done, refused, unavailable, unknown } from '../../../src/circulation/outcome.ts'
import type { NcipPartner } from '../../../src/ncip/partners.ts'
import { sampleItem, sampleLoan } from '../../helpers/fake-library-system.ts'
import {
  elementsAt,
  item,
  itemElements,
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

t.test('CheckOutItem lends at the desk of the partner', async (t) => {
  const lent: unknown[] = []
  const app = await startNcip({
    answers: {
      loans: {
        create: async (loan, call) => {
          lent.push({ ...loan, priority: call.priority, machine: call.machine })
          return done(sampleLoan)
        },
      },
    },
  })
  const answer = await post(app, request('CheckOutItem', user() + item()))
  t.same(lent, [
    {
      patron: 'P100',
      barcode: 'B0071',
      place: { library: 'MAIN', circulationDesk: 'CIRC' },
      priority: 'partner',
      machine: 'PARTNER',
    },
  ])
  t.equal(textAt(answer.body, 'ItemId/ItemIdentifierValue'), 'B0071')
  t.equal(textAt(answer.body, 'UserId/UserIdentifierValue'), 'primary-1')
  t.equal(textAt(answer.body, 'DateDue'), '2026-03-29T21:59:59Z', 'with its zone')
  t.notMatch(answer.xml, /Problem|OptionalFields|Title/)
})

t.test('CheckOutItem takes a due date by the rule of the partner', async (t) => {
  const dueFor = async (desired: string, desiredDateDue?: NcipPartner['desiredDateDue']) => {
    const app = await startNcip(desiredDateDue ? { partner: { desiredDateDue } } : {})
    const answer = await post(
      app,
      request('CheckOutItem', `${user()}${item()}<DesiredDateDue>${desired}</DesiredDateDue>`),
    )
    return textAt(answer.body, 'DateDue') ?? problemIn(answer)
  }
  const written = '2026-12-01T19:00:00-05:00'
  t.equal(await dueFor(written), '2026-12-01T22:59:59Z', 'the end of the day as written, in Rome')
  t.equal(await dueFor(written, 'local-day'), '2026-12-02T22:59:59Z', 'the end of the day that it is in Rome')
  t.equal(await dueFor(written, 'instant'), '2026-12-02T00:00:00Z')
  t.equal(await dueFor(written, 'ignored'), '2026-03-29T21:59:59Z')
  t.equal(await dueFor('2026-12-01', 'instant'), '2026-12-01T22:59:59Z', 'no instant without a zone')
  t.equal(await dueFor(''), '2026-03-29T21:59:59Z', 'empty dates are met')
  t.match(await dueFor('tomorrow'), {
    type: 'Invalid Date',
    element: '//CheckOutItem/DesiredDateDue',
    value: 'tomorrow',
  })
})

t.test('CheckOutItem answers a loan that the user has already, and refuses as the library does', async (t) => {
  const own = await startNcip({ answers: { loans: { create: async () => refused('item-on-loan-to-patron') } } })
  t.equal(textAt((await post(own, request('CheckOutItem', user() + item()))).body, 'DateDue'), '2026-03-29T21:59:59Z')
  const blocked = await startNcip({
    answers: { loans: { create: async () => refused('patron-blocked', 'Card lost') } },
  })
  t.match(problemIn(await post(blocked, request('CheckOutItem', user() + item()))), {
    in: 'CheckOutItemResponse',
    type: 'User Blocked',
    scheme: /checkoutitemprocessingerror/,
    detail: 'Card lost',
    element: '//CheckOutItem/UserId',
    value: 'P100',
  })
})

t.test('law 4: an unknown end is said to be unknown', async (t) => {
  const app = await startNcip({
    answers: { loans: { create: async () => unknown(), ofItem: async () => unavailable('timeout') } },
  })
  t.match(problemIn(await post(app, request('CheckOutItem', user() + item()))), {
    type: 'Temporary Processing Failure',
    detail: /not known whether this was done/,
  })
})

t.test('law 2: the same message again executes nothing', async (t) => {
  let loans = 0
  const app = await startNcip({
    answers: {
      loans: {
        create: async () => {
          loans += 1
          return done(sampleLoan)
        },
      },
    },
  })
  const message = request('CheckOutItem', user() + item())
  const [first, second] = await Promise.all([post(app, message), post(app, message)])
  t.equal(first?.xml, second?.xml)
  t.equal(loans, 1)
  await post(
    app,
    request(
      'CheckOutItem',
      `<MandatedAction><DateEventOccurred>2026-03-01T12:30:00Z</DateEventOccurred></MandatedAction>${user()}${item()}`,
    ),
  )
  t.equal(loans, 2, 'another event is another loan')
})

t.test('CheckOutItem reads the item only for what the loan does not tell', async (t) => {
  let reads = 0
  const app = await startNcip({
    answers: {
      items: {
        find: async () => {
          reads += 1
          return done(sampleItem)
        },
      },
    },
  })
  const cheap = itemElements('Bibliographic Description', 'Circulation Status', 'Due Date')
  const told = await post(app, request('CheckOutItem', user() + item() + cheap))
  t.equal(textAt(told.body, 'ItemOptionalFields/BibliographicDescription/Title'), 'Notes on the Engine')
  t.equal(textAt(told.body, 'ItemOptionalFields/CirculationStatus'), 'On Loan')
  t.equal(reads, 0)
  const full = await post(
    app,
    request('CheckOutItem', user() + item('B1') + itemElements('Location') + userElements('User Id')),
  )
  t.equal(reads, 1)
  t.ok(elementsAt(full.body, 'ItemOptionalFields/Location')[0])
  t.ok(elementsAt(full.body, 'UserOptionalFields/UserId')[0])
})

t.test('CheckOutItem needs a user, and checks the password that came along', async (t) => {
  const app = await startNcip()
  t.match(problemIn(await post(app, request('CheckOutItem', item()))), {
    type: 'Needed Data Missing',
    element: '//CheckOutItem/UserId',
    value: 'not given',
  })
  const wrong = request('CheckOutItem', typed('Username', 'P100') + typed('Password', 'wrong-canary') + item())
  const refusal = await post(app, wrong)
  t.match(problemIn(refusal), { type: 'User Authentication Failed' })
  t.notMatch(refusal.xml, 'wrong-canary')
})

t.test('CheckInItem takes the item back, lent or not, with what some add to the request', async (t) => {
  const app = await startNcip()
  const { body } = await post(app, request('CheckInItem', user() + item() + requestRef()))
  t.same(
    body.children.map((child) => child.name),
    ['ResponseHeader', 'ItemId'],
  )
})

t.test('CheckInItem says where an item must go', async (t) => {
  const app = await startNcip({
    answers: {
      items: {
        scanIn: async () =>
          done({
            item: sampleItem,
            routing: {
              to: 'transit',
              destination: 'Law Library',
              reason: 'hold',
              requester: { patronId: 'p2', name: 'Someone' },
            },
          }),
      },
    },
  })
  const { body, xml } = await post(app, request('CheckInItem', item() + itemElements('Circulation Status')))
  t.equal(
    textAt(body, 'RoutingInformation/Destination/Location/LocationName/LocationNameInstance/LocationNameValue'),
    'Law Library',
  )
  t.equal(textAt(body, 'RoutingInformation/RequestType'), 'Hold')
  t.equal(textAt(body, 'ItemOptionalFields/CirculationStatus'), 'Available On Shelf')
  t.notMatch(xml, /p2|Someone/, 'but not for whom')
})

t.test('RenewItem answers with the new due date', async (t) => {
  const app = await startNcip()
  const { body } = await post(app, request('RenewItem', user() + item() + itemElements('Item Description')))
  t.equal(textAt(body, 'DateDue'), '2026-03-29T21:59:59Z')
  t.equal(textAt(body, 'UserId/UserIdentifierValue'), 'primary-1')
  t.equal(textAt(body, 'ItemOptionalFields/ItemDescription/CallNumber'), 'QA 76 .M4')
  t.match(problemIn(await post(app, request('RenewItem', user() + item('other')))), {
    type: 'Item Not Checked Out',
    element: '//RenewItem/ItemId',
    value: 'other',
  })
})

const storage = { remoteStorage: {}, agency: '01INST' } satisfies Partial<NcipPartner>
const storageHeader = { from: '01INST', to: '01INST', fromSystem: 'NCIP_REMOTE_STORAGE', profile: 'STORE' }

t.test('from a storage system, check-in and check-out are scans at the desk it names', async (t) => {
  const places: Place[] = []
  const app = await startNcip({
    partner: storage,
    answers: {
      items: {
        scanIn: async (_, place) => {
          places.push(place)
          return done({
            item: sampleItem,
            routing: { to: 'shelf', destination: '', reason: 'none', requester: undefined },
          })
        },
      },
      loans: { create: async () => refused('request-invalid', 'nobody borrows') },
    },
  })
  const header = { ...storageHeader, onBehalfOf: 'ANNEX.ANNEX_RD' }
  const stored = await post(app, request('CheckInItem', item(), header))
  t.equal(textAt(stored.body, 'ItemId/ItemIdentifierValue'), 'B0071')
  const sent = await post(app, request('CheckOutItem', user('pseudo') + item(), header))
  t.equal(textAt(sent.body, 'UserId/UserIdentifierValue'), 'pseudo')
  t.ok(elementsAt(sent.body, 'IndeterminateLoanPeriodFlag')[0])
  const nobody = await post(app, request('CheckOutItem', item('B2'), header))
  t.equal(textAt(nobody.body, 'UserId/UserIdentifierValue'), '01INST', 'the agency stands in for the user')
  const desk = { library: 'ANNEX', circulationDesk: 'ANNEX_RD' }
  t.same(places, [desk, desk, desk])
})

t.test('a storage system must name a desk that is one', async (t) => {
  const app = await startNcip({ partner: { ...storage, remoteStorage: { desks: ['ANNEX.RD'] } } })
  const at = (onBehalfOf?: string) =>
    post(
      app,
      request('CheckInItem', item(), onBehalfOf === undefined ? storageHeader : { ...storageHeader, onBehalfOf }),
    )
  t.equal(problemIn(await at('ANNEX.RD')), undefined)
  for (const desk of ['ANNEX', 'ANNEX.', '.RD', 'A B.C', 'ANNEX.OTHER']) {
    t.match(problemIn(await at(desk)), {
      type: 'Unknown Agency',
      element: '//CheckInItem/InitiationHeader/OnBehalfOfAgency',
      value: desk,
    })
  }
  t.match(problemIn(await at()), { type: 'Needed Data Missing' })
})

t.test('law 1: when the library system is away there is a Problem', async (t) => {
  const app = await startNcip({
    answers: {
      loans: { create: async () => unavailable('offline') },
      items: { find: async () => unavailable('quota'), scanIn: async () => unavailable('key-refused') },
      patrons: { find: async () => unavailable('timeout') },
    },
  })
  for (const [service, content] of [
    ['LookupUser', user()],
    ['LookupItem', item()],
    ['CheckOutItem', user() + item()],
    ['CheckInItem', item()],
  ] as const) {
    t.match(problemIn(await post(app, request(service, content))), {
      in: `${service}Response`,
      type: 'Temporary Processing Failure',
      scheme: /generalprocessingerror/,
      detail: /Nothing was changed/,
      element: `//${service}`,
      value: service,
    })
  }
})

const away = async () => unavailable('offline')
const offline = { renew: 'pending', expectedReplyMinutes: 90 } as const

t.test('RenewItem is Pending while the library system is away, for a partner who may be promised that', async (t) => {
  const answers = { loans: { ofPatron: away } }
  const renewal = request('RenewItem', user() + item())
  const app = await startNcip({ answers, promising: true, partner: { offline } })
  for (let time = 0; time < 2; time += 1) {
    const { body, xml } = await post(app, renewal)
    t.equal(textAt(body, 'Pending/DateOfExpectedReply'), '2026-03-01T13:30:00Z')
    t.notMatch(xml, /Problem|ItemId|UserId/, 'nothing beside it')
  }
  const failure = { in: 'RenewItemResponse', type: 'Temporary Processing Failure', detail: /Nothing was changed/ }
  const refusing = await startNcip({ answers, promising: true, partner: { offline: { ...offline, renew: 'refuse' } } })
  t.match(problemIn(await post(refusing, renewal)), failure)
  const forgetful = await startNcip({ answers, partner: { offline } })
  t.match(problemIn(await post(forgetful, renewal)), failure, 'never with a journal that cannot promise')
})

t.test('no other service has an answer for what is promised, so nothing is', async (t) => {
  const answers = {
    loans: { create: away },
    items: { scanIn: away },
    holds: { create: away, ofPatron: away },
  }
  const app = await startNcip({ answers, promising: true, partner: { offline } })
  for (const message of [
    request('CheckOutItem', user() + item()),
    request('CheckInItem', item()),
    request('RequestItem', user() + item() + requestRef()),
    request('CancelRequestItem', user() + requestRef()),
  ]) {
    t.match(problemIn(await post(app, message)), {
      type: 'Temporary Processing Failure',
      detail: /Nothing was changed/,
    })
  }
})
