/** A partner's messages all the way: over HTTP, through circulation and the Alma adapter, to a simulated Alma. */
import { type FastifyInstance, fastify } from 'fastify'
import t, { type Test } from 'tap'
import { type AlmaSimulator, startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { almaDefaults } from '../../src/alma/config.ts'
import { createAlmaSystem } from '../../src/alma/system.ts'
import { SeenPatrons } from '../../src/circulation/seen-patrons.ts'
import { MemoryJournal } from '../../src/journal/memory.ts'
import { ncipPlugin } from '../../src/ncip/plugin.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import {
  elementsAt,
  item,
  itemElements,
  ncipPartner,
  post,
  problemIn,
  request,
  requestRef,
  textAt,
  typed,
  user,
  userElements,
} from '../helpers/ncip.ts'

const anna = '21234000000001'
const rose = '31234000000001'
const bridges = '31234000000002'

interface Bridge {
  readonly app: FastifyInstance
  readonly alma: AlmaSimulator
  /** What one piece of work asks of Alma, by the names of the simulator. */
  calls(work: () => Promise<unknown>): Promise<string[]>
}

async function startBridge(t: Test): Promise<Bridge> {
  const alma = await startAlmaSimulator({ perSecond: 'none' })
  const system = createAlmaSystem(
    {
      ...almaDefaults,
      institution: 'DEMO',
      baseUrl: alma.url,
      apiKey: alma.apiKey,
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      limits: { ...almaDefaults.limits, callTimeoutMs: 1_000 },
    },
    { clock: systemClock },
  )
  const journal = new MemoryJournal(systemClock, { keepMs: 60_000, maxEntries: 1_000 })
  const limits = { loans: undefined, overdue: undefined, fees: undefined }
  const backlog = { clear: async () => true, underWay: [] }
  const seen = new SeenPatrons(() => systemClock.monotonic())
  const circulation = { system, clock: systemClock, journal, settleMs: 200, limits, backlog, seen }
  const app = fastify()
  await app.register(ncipPlugin, {
    partners: [
      {
        ...ncipPartner,
        place: { library: 'MAIN', circulationDesk: 'DEFAULT_CIRC_DESK' },
        remoteStorage: {},
      },
    ],
    circulationOf: () => circulation,
  })
  t.teardown(async () => {
    await app.close()
    await system.close()
    await alma.close()
  })
  const calls = async (work: () => Promise<unknown>) => {
    alma.control.clearCalls()
    await work()
    return alma.control.calls().map(({ operation }) => operation)
  }
  return { app, alma, calls }
}

t.test('a partner reads users and items', async (t) => {
  const { app } = await startBridge(t)
  const asked = userElements('Name Information', 'User Privilege', 'User Id', 'User Address Information')
  const known = await post(app, request('LookupUser', `${user(anna)}${asked}<RequestedItemsDesired/>`))
  t.equal(textAt(known.body, 'UserId/UserIdentifierValue'), 'anna.becker')
  const name = 'UserOptionalFields/NameInformation/PersonalNameInformation/StructuredPersonalUserName'
  t.equal(textAt(known.body, `${name}/Surname`), 'Becker')
  t.ok(elementsAt(known.body, 'RequestedItem').length >= 2)
  t.match(problemIn(await post(app, request('LookupUser', user('99999')))), { type: 'Unknown User', value: '99999' })

  const everything = itemElements('Bibliographic Description', 'Circulation Status', 'Location', 'Item Description')
  const found = await post(app, request('LookupItem', item(rose) + everything))
  t.equal(textAt(found.body, 'ItemOptionalFields/BibliographicDescription/Title'), 'The Name of the Rose')
  t.equal(textAt(found.body, 'ItemOptionalFields/CirculationStatus'), 'Available On Shelf')
  t.match(problemIn(await post(app, request('LookupItem', item('00000')))), { type: 'Unknown Item', value: '00000' })
})

t.test('a password is checked by Alma', async (t) => {
  const { app } = await startBridge(t)
  const login = (password: string) =>
    post(app, request('LookupUser', typed('Barcode Id', '21234000000002') + typed('Password', password)))
  t.equal(textAt((await login('correct-horse-7')).body, 'UserId/UserIdentifierValue'), 'jonas.weber')
  t.match(problemIn(await login('wrong')), { type: 'User Authentication Failed' })
})

t.test('a partner lends, renews and takes back within the budget of calls', async (t) => {
  const { app, calls } = await startBridge(t)
  const lending = request('CheckOutItem', user(anna) + item(rose))
  const lent = await calls(async () => {
    const answer = await post(app, lending)
    t.equal(problemIn(answer), undefined)
    t.match(textAt(answer.body, 'DateDue'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })
  t.equal(lent.length, 1, 'one call')
  const repeated = await calls(async () => t.equal(problemIn(await post(app, lending)), undefined))
  t.equal(repeated.length, 0, 'law 2: the same message again asks nothing')

  const renewed = await calls(async () =>
    t.equal(problemIn(await post(app, request('RenewItem', user(anna) + item(rose)))), undefined),
  )
  t.equal(renewed.length, 2, 'the list and the renewal')
  const returned = await calls(async () =>
    t.equal(problemIn(await post(app, request('CheckInItem', item(rose)))), undefined),
  )
  t.ok(returned.length <= 3, `${returned}`)
  const seen = await post(app, request('LookupItem', item(rose) + itemElements('Circulation Status')))
  t.not(textAt(seen.body, 'ItemOptionalFields/CirculationStatus'), 'On Loan')
})

t.test("a due date of the partner's is kept by Alma", async (t) => {
  const { app } = await startBridge(t)
  const year = new Date().getUTCFullYear() + 1
  const desired = `<DesiredDateDue>${year}-01-15T10:00:00-05:00</DesiredDateDue>`
  const { body } = await post(app, request('CheckOutItem', user(anna) + item(bridges) + desired))
  t.equal(textAt(body, 'DateDue'), `${year}-01-15T22:59:59Z`, 'the end of that day in Berlin')
})

t.test('refusals of Alma are Problems of the standard', async (t) => {
  const { app } = await startBridge(t)
  const lend = async (card: string, barcode = rose) =>
    problemIn(await post(app, request('CheckOutItem', user(card) + item(barcode))))
  t.match(await lend('21234000000004'), { type: 'User Blocked' })
  t.match(await lend('99999'), { type: 'Unknown User' })
  t.match(await lend(anna, '00000'), { type: 'Unknown Item' })
  t.match(problemIn(await post(app, request('RenewItem', user(anna) + item(rose)))), { type: 'Item Not Checked Out' })
})

t.test('a request is placed, told and cancelled', async (t) => {
  const { app } = await startBridge(t)
  const placed = await post(
    app,
    request('RequestItem', `${user(anna)}${item(bridges)}<PickupLocation>MAIN</PickupLocation>`),
  )
  t.equal(problemIn(placed), undefined)
  const id = textAt(placed.body, 'RequestId/RequestIdentifierValue') ?? ''
  t.not(id, '')
  const told = await post(app, request('LookupUser', `${user(anna)}<RequestedItemsDesired/>`))
  const ids = elementsAt(told.body, 'RequestedItem/RequestId/RequestIdentifierValue').map((one) => one.text)
  t.ok(ids.includes(id))
  const cancelled = await post(app, request('CancelRequestItem', user(anna) + requestRef(id)))
  t.equal(textAt(cancelled.body, 'RequestId/RequestIdentifierValue'), id)
  t.match(problemIn(await post(app, request('CancelRequestItem', user(anna) + requestRef('1')))), {
    type: 'Unknown Request',
  })
})

t.test('a storage system reports what it sent and what it put away', async (t) => {
  const { app, alma } = await startBridge(t)
  const header = { fromSystem: 'NCIP_REMOTE_STORAGE', onBehalfOf: 'MAIN.DEPOT_DESK' }
  const sent = await post(app, request('CheckOutItem', item(rose), header))
  t.equal(problemIn(sent), undefined)
  t.ok(elementsAt(sent.body, 'IndeterminateLoanPeriodFlag')[0])
  t.equal(problemIn(await post(app, request('CheckInItem', item(rose), header))), undefined)
  const scans = alma.control.calls().filter(({ operation }) => operation === 'scanItem')
  t.match(
    scans.map(({ query }) => query),
    [
      { library: 'MAIN', circ_desk: 'DEPOT_DESK' },
      { library: 'MAIN', circ_desk: 'DEPOT_DESK' },
    ],
  )
})

t.test('law 4: a loan whose answer was lost is found', async (t) => {
  const { app, alma, calls } = await startBridge(t)
  alma.control.setFaults({ kind: 'drop-after', match: { method: 'POST', path: '/users/{user_id}/loans' }, times: 1 })
  const asked = await calls(async () => {
    const answer = await post(app, request('CheckOutItem', user(anna) + item(rose)))
    t.equal(problemIn(answer), undefined)
    t.equal(textAt(answer.body, 'UserId/UserIdentifierValue'), 'anna.becker')
  })
  t.equal(asked.filter((operation) => operation === 'createLoan').length, 1, 'and was sent once')
})

t.test('law 1: without Alma every service answers with a Problem', async (t) => {
  const { app, alma } = await startBridge(t)
  await alma.stopListening()
  for (const [service, body] of [
    ['LookupUser', user(anna)],
    ['LookupItem', item(rose)],
    ['CheckOutItem', user(anna) + item(rose)],
    ['CheckInItem', item(rose)],
    ['RenewItem', user(anna) + item(rose)],
    ['RequestItem', user(anna) + item(rose)],
    ['CancelRequestItem', user(anna) + requestRef('1')],
  ] as const) {
    const problem = problemIn(await post(app, request(service, body)))
    t.match(problem, { in: `${service}Response`, type: 'Temporary Processing Failure' })
  }
})
