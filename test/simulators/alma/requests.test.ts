/** Holds and their queue [Alma users: requests; Alma bibs: requests]. */
import t from 'tap'
import { type Alma, mainDesk, memberAt, startAlma } from './alma-caller.ts'

const hold = { request_type: 'HOLD', pickup_location_type: 'LIBRARY', pickup_location_library: 'MAIN' }

const titleOf = async (alma: Alma, barcode: string) => (await alma.itemPath(barcode)).split('/')[2] ?? ''

async function place(alma: Alma, user: string, barcode: string, body: object = hold) {
  return alma.post(`/users/${user}/requests?mms_id=${await titleOf(alma, barcode)}`, body)
}

t.test('a request for a title with a copy on the shelf', async (t) => {
  const alma = await startAlma(t)
  const request = await place(alma, '21234000000002', '31234000000001')
  t.equal(request.status, 200)
  t.equal(request.at('user_primary_id'), 'jonas.weber')
  t.equal(request.at('request_status'), 'IN_PROCESS')
  t.equal(request.at('task_name'), 'Pickup From Shelf')
  t.ok(request.at('expiry_date'))
  t.equal(request.at('place_in_queue'), 1)
  t.equal(request.at('managed_by_library_code'), 'MAIN')
  t.equal(request.at('managed_by_circulation_desk_code'), 'DEFAULT_CIRC_DESK')
  t.strictSame(request.at('request_sub_type'), { value: 'PATRON_PHYSICAL', desc: 'Patron physical item request' })
  t.equal(request.at('pickup_location'), 'Main Library')
  t.equal(request.at('request_time'), '2026-03-10T10:00:00.000Z')
  const item = await alma.get(await alma.itemPath('31234000000001'))
  t.equal(item.at('item_data.process_type.value'), 'REQUESTED')
})

t.test('a queue: places, and what moves up', async (t) => {
  const alma = await startAlma(t)
  const second = await place(alma, 'jonas.weber', '31234000000014')
  t.equal(second.at('request_status'), 'NOT_STARTED')
  t.equal(second.at('place_in_queue'), 2, 'Anna Becker was first')
  const third = await place(alma, 'emma.koch', '31234000000014')
  t.equal(third.at('place_in_queue'), 3)
  const list = await alma.get(`${await alma.itemPath('31234000000014')}/requests`)
  t.equal(list.at('total_record_count'), 3)
  const first = list.at('user_request.0.request_id')
  await alma.call('DELETE', `/users/anna.becker/requests/${first}?reason=CancelledAtPatronRequest`)
  const moved = await alma.get(`/users/emma.koch/requests/${third.textAt('request_id')}`)
  t.equal(moved.at('place_in_queue'), 2)
})

t.test('for an item, below the user, the item and the title', async (t) => {
  const alma = await startAlma(t)
  const item = await alma.itemPath('31234000000007')
  const pid = item.split('/').at(-1)
  const one = await alma.post(`/users/jonas.weber/requests?item_pid=${pid}`, hold)
  t.equal(one.at('item_id'), pid)
  t.equal(one.at('barcode'), '31234000000007')
  const two = await alma.post(`${item}/requests?user_id=emma.koch`, hold)
  t.equal(two.at('request_status'), 'NOT_STARTED', 'this copy is taken')
  const three = await alma.post(
    `/bibs/${await titleOf(alma, '31234000000007')}/requests?user_id=zofia.wisniewska`,
    hold,
  )
  t.equal(three.at('request_status'), 'IN_PROCESS', 'the other copy is there')
  t.equal(three.at('barcode'), '31234000000008')
  const title = await alma.get(`/bibs/${await titleOf(alma, '31234000000007')}/requests`)
  t.equal(title.at('total_record_count'), 3)
  t.equal((await alma.get(`${item}/requests`)).at('total_record_count'), 2, 'the third goes to the other copy')
  t.equal((await alma.get(`${item}/requests/${one.textAt('request_id')}`)).at('user_primary_id'), 'jonas.weber')
  t.equal((await alma.get(`${item}/requests?request_type=BOOKING`)).at('total_record_count'), 0)
  t.equal((await alma.post(`${item}/requests`, hold)).code, '40166414')
})

t.test('every refusal', async (t) => {
  const alma = await startAlma(t)
  const code = async (user: string, barcode: string, body?: object) => (await place(alma, user, barcode, body)).code
  t.equal(await code('nobody', '31234000000001'), '401861')
  t.equal(await code('anna.becker', '31234000000014'), '401136', 'she waits for it already')
  t.equal(await code('anna.becker', '31234000000009'), '401129', 'she has it')
  t.equal(await code('anna.becker', '31234000000019'), '401129', 'reference')
  t.equal(await code('anna.becker', '31234000000026'), '401129', 'missing')
  t.equal(await code('lukas.hoffmann', '31234000000001'), '401129', 'blocked')
  t.equal(await code('mia.schulz', '31234000000001'), '401129', 'expired')
  t.equal(await code('anna.becker', '31234000000001', { ...hold, pickup_location_library: 'X' }), '401891')
  t.equal(await code('anna.becker', '31234000000001', { request_type: 'HOLD' }), '401664')
  t.equal(await code('anna.becker', '31234000000001', { pickup_location_library: 'MAIN' }), '401664')
  t.equal(await code('anna.becker', '31234000000001', { ...hold, request_type: 'MOVE' }), '60331')
  const desk = { ...hold, pickup_location_type: 'CIRCULATION_DESK', pickup_location_circulation_desk: 'SELFCHECK' }
  t.equal(await code('anna.becker', '31234000000001', desk), '401129', 'the desk has no hold shelf')
  const moon = { ...desk, pickup_location_circulation_desk: 'MOON' }
  t.equal(await code('anna.becker', '31234000000001', moon), '401895')
  t.equal(await code('anna.becker', '31234000000001', { ...hold, pickup_location_type: 'USER_HOME_ADDRESS' }), '60308')
  t.equal(await code('anna.becker', '31234000000001', { ...hold, pickup_location_type: 'INSTITUTION' }), '60324')
  t.equal((await alma.post('/users/anna.becker/requests?mms_id=123', hold)).code, '402203')
  t.equal((await alma.post('/users/anna.becker/requests?item_pid=123', hold)).code, '60328')
  t.equal((await alma.post('/users/anna.becker/requests', hold)).code, '40166415')
  const again = `/users/anna.becker/requests?allow_same_request=true&mms_id=${await titleOf(alma, '31234000000014')}`
  t.equal((await alma.post(again, hold)).status, 200)
})

t.test('pickup at a desk', async (t) => {
  const alma = await startAlma(t)
  const desk = {
    request_type: 'HOLD',
    pickup_location_type: 'CIRCULATION_DESK',
    pickup_location_library: 'BRANCH',
    pickup_location_circulation_desk: 'DEFAULT_CIRC_DESK',
    comment: 'from kiosk',
    last_interest_date: '2026-07-01Z',
  }
  const request = await place(alma, 'jonas.weber', '31234000000001', desk)
  t.equal(request.at('pickup_location'), 'Branch Library - Branch Desk')
  t.equal(request.at('pickup_location_circulation_desk'), 'DEFAULT_CIRC_DESK')
  t.equal(request.at('comment'), 'from kiosk')
  t.equal(request.at('last_interest_date'), '2026-07-01Z')
  const changed = await alma.put(`/users/jonas.weber/requests/${request.textAt('request_id')}`, {
    pickup_location_type: 'LIBRARY',
    pickup_location_library: 'MAIN',
    comment: 'moved',
  })
  t.equal(changed.at('pickup_location'), 'Main Library')
  t.equal(changed.at('comment'), 'moved')
})

t.test('the terms of use decide where an item may be fetched', async (t) => {
  const location = [{ location_code: 'A' }]
  const [shelf, none] = [
    { code: 'D', has_hold_shelf: true, location },
    { code: 'D', location },
  ]
  const locations = [{ code: 'A' }]
  const libraries = [
    { code: 'MAIN', locations, circ_desks: [shelf] },
    { code: 'BRANCH', locations, circ_desks: [shelf] },
    { code: 'DEPOT', locations, circ_desks: [none] },
  ]
  const loan_rules = [{ policy: 'HERE', pickup_libraries: ['MAIN'] }, { days: 7 }]
  const users = [{ primary_id: 'u' }, { primary_id: 'v' }]
  const items = [
    { barcode: '1', library: 'MAIN', policy: 'HERE' },
    { barcode: '2', library: 'MAIN' },
  ]
  const alma = await startAlma(t, { data: { libraries, loan_rules, users, items } })
  const at = (library: string) => ({ ...hold, pickup_location_library: library })
  t.equal((await place(alma, 'u', '1', at('BRANCH'))).code, '401129')
  t.equal((await place(alma, 'u', '2', at('DEPOT'))).code, '401129', 'nowhere to put it')
  t.equal((await place(alma, 'u', '2', at('BRANCH'))).status, 200)
  const held = await place(alma, 'v', '1', at('MAIN'))
  const path = `/users/v/requests/${held.textAt('request_id')}`
  t.equal((await alma.put(path, at('BRANCH'))).code, '401129')
  t.equal((await alma.put(path, { ...at('MAIN'), comment: 'c' })).at('comment'), 'c')
  const title = await titleOf(alma, '1')
  t.match((await alma.get(`/bibs/${title}/request-options?user_id=u`)).at('request_option'), [{}], 'they know no place')
})

t.test('what is on the shelf stays there, and no day that is over is taken', async (t) => {
  const alma = await startAlma(t)
  const list = await alma.get('/users/anna.becker/requests')
  const shelved = `/users/anna.becker/requests/${list.textAt('user_request.0.request_id')}`
  const branch = { ...hold, pickup_location_library: 'BRANCH' }
  t.equal((await alma.put(shelved, branch)).code, '60331')
  t.equal((await alma.put(shelved, { ...hold, comment: 'c' })).at('comment'), 'c')
  const past = { ...hold, last_interest_date: '2026-03-09Z' }
  t.equal((await place(alma, 'jonas.weber', '31234000000014', past)).code, '60331')
  const today = { ...hold, last_interest_date: '2026-03-10Z' }
  const waiting = await place(alma, 'jonas.weber', '31234000000014', today)
  t.equal(waiting.status, 200)
  const path = `/users/jonas.weber/requests/${waiting.textAt('request_id')}`
  t.equal((await alma.put(path, past)).code, '60331')
  alma.control.setSwitches({ shelvedPickupChange: 'allow', pastInterest: 'allow' })
  t.equal((await alma.put(shelved, branch)).at('pickup_location_library'), 'BRANCH')
  t.equal((await alma.put(path, past)).status, 200)
})

t.test('cancelling needs a reason and takes the request off the active list', async (t) => {
  const alma = await startAlma(t)
  const request = await place(alma, 'jonas.weber', '31234000000001')
  const path = `/users/jonas.weber/requests/${request.textAt('request_id')}`
  t.equal((await alma.call('DELETE', path)).code, '401664')
  t.equal((await alma.call('DELETE', `${path}?reason=Whatever`)).code, '40166411')
  const done = await alma.call(
    'DELETE',
    `${path}?reason=CancelledAtPatronRequest&note=n&notify_user=false&override=true`,
  )
  t.strictSame([done.status, done.text], [204, ''])
  t.equal((await alma.get('/users/jonas.weber/requests')).at('total_record_count'), 0)
  t.equal((await alma.call('DELETE', `${path}?reason=CancelledAtPatronRequest`)).code, '401694')
  t.equal((await alma.get(path)).status, 200, 'still in the history')
  alma.control.setSwitches({ anonymizeHistory: true })
  t.equal((await alma.get(path)).code, '401694')
  const item = await alma.get(await alma.itemPath('31234000000001'))
  t.equal(item.at('item_data.process_type.value'), '', 'the copy is free again')
  t.equal((await alma.call('DELETE', '/users/jonas.weber/requests/1?reason=LibraryCancelled')).code, '401694')
})

t.test('a cancelled request gives its copy to the next', async (t) => {
  const alma = await startAlma(t)
  const first = await place(alma, 'jonas.weber', '31234000000001')
  const second = await place(alma, 'emma.koch', '31234000000001')
  t.equal(second.at('request_status'), 'NOT_STARTED')
  const title = await titleOf(alma, '31234000000001')
  await alma.call('DELETE', `/bibs/${title}/requests/${first.textAt('request_id')}?reason=LibraryCancelled`)
  const next = await alma.get(`/bibs/${title}/requests/${second.textAt('request_id')}`)
  t.strictSame([next.at('request_status'), next.at('place_in_queue')], ['IN_PROCESS', 1])
})

t.test('a loan of another copy than the chosen one fills the request and frees that copy', async (t) => {
  const alma = await startAlma(t)
  const request = await place(alma, 'jonas.weber', '31234000000007')
  t.equal(request.at('barcode'), '31234000000007')
  const loan = await alma.post('/users/jonas.weber/loans?item_barcode=31234000000008', mainDesk)
  t.equal(loan.at('request_id.value'), request.at('request_id'))
  const chosen = await alma.get(await alma.itemPath('31234000000007'))
  t.strictSame([chosen.at('item_data.process_type.value'), chosen.at('item_data.requested')], ['', false])
})

t.test('a scan of another copy takes the place of the chosen one', async (t) => {
  const alma = await startAlma(t)
  const request = await place(alma, 'jonas.weber', '31234000000007')
  const other = await alma.itemPath('31234000000008')
  const desk = 'library=MAIN&circ_desk=DEFAULT_CIRC_DESK'
  const scanned = await alma.post(`${other}?op=scan&${desk}&request_id=${request.textAt('request_id')}`)
  t.match(scanned.at('additional_info'), 'On Hold Shelf')
  const now = await alma.get(`/users/jonas.weber/requests/${request.textAt('request_id')}`)
  t.strictSame([now.at('barcode'), now.at('request_status')], ['31234000000008', 'ON_HOLD_SHELF'])
  const chosen = await alma.get(await alma.itemPath('31234000000007'))
  t.equal(chosen.at('item_data.process_type.value'), '')
})

t.test('a cancelled request leaves its copy on the hold shelf until it is scanned', async (t) => {
  const alma = await startAlma(t)
  const list = await alma.get('/users/anna.becker/requests')
  const id = list.at('user_request.0.request_id')
  t.equal(list.at('user_request.0.request_status'), 'ON_HOLD_SHELF')
  await alma.call('DELETE', `/users/anna.becker/requests/${id}?reason=CancelledAtPatronRequest`)
  const path = await alma.itemPath('31234000000012')
  t.equal((await alma.get(path)).at('item_data.process_type.value'), 'HOLDSHELF')
  const scanned = await alma.post(`${path}?op=scan&library=MAIN&circ_desk=DEFAULT_CIRC_DESK`)
  t.match(scanned.at('additional_info'), 'Reshelve to Open Stacks')
})

t.test('the shelf expires, and so does interest', async (t) => {
  const alma = await startAlma(t)
  await place(alma, 'jonas.weber', '31234000000014', { ...hold, last_interest_date: '2026-03-12Z' })
  t.equal((await alma.get('/users/jonas.weber/requests')).at('total_record_count'), 1)
  alma.control.setClockOffset(8 * 86_400_000)
  t.equal((await alma.get('/users/jonas.weber/requests')).at('total_record_count'), 0)
  const anna = await alma.get('/users/anna.becker/requests')
  t.equal(anna.at('total_record_count'), 1, 'what stood on the shelf has expired')
  const path = await alma.itemPath('31234000000012')
  t.equal((await alma.post('/users/jonas.weber/loans?item_barcode=31234000000012', mainDesk)).status, 200)
  t.equal((await alma.get(`${path}/requests`)).at('total_record_count'), 0)
})

t.test('a scan and the counts of a user notice what has expired', async (t) => {
  const alma = await startAlma(t)
  alma.control.setClockOffset(8 * 86_400_000)
  const path = await alma.itemPath('31234000000012')
  const scanned = await alma.post(`${path}?op=scan&library=MAIN&circ_desk=DEFAULT_CIRC_DESK`)
  t.match(scanned.at('additional_info'), 'Reshelve to Open Stacks')
  alma.control.reset()
  alma.control.setClockOffset(16 * 86_400_000)
  t.equal((await alma.get('/users/anna.becker?expand=requests')).at('requests.value'), 1)
})

t.test('for some seconds after a loan the index is stale', async (t) => {
  const alma = await startAlma(t, { switches: { staleIndexSeconds: 5 } })
  await alma.post('/users/anna.becker/loans?item_barcode=31234000000001', mainDesk)
  t.equal((await place(alma, 'jonas.weber', '31234000000001')).code, '401129')
  alma.control.setClockOffset(6000)
  t.equal((await place(alma, 'jonas.weber', '31234000000001')).status, 200)
})

t.test('whether the options know of a stale index is a switch', async (t) => {
  const alma = await startAlma(t, { switches: { staleIndexSeconds: 5 } })
  const item = await alma.itemPath('31234000000001')
  await alma.post('/users/anna.becker/loans?item_barcode=31234000000001', mainDesk)
  const options = async () => (await alma.get(`${item}/request-options?user_id=jonas.weber`)).at('request_option')
  t.equal(await options(), undefined)
  alma.control.setSwitches({ staleOptions: false })
  t.match(await options(), [{ type: { value: 'HOLD' } }, {}])
  t.equal((await place(alma, 'jonas.weber', '31234000000001')).code, '401129')
})

t.test('request options', async (t) => {
  const alma = await startAlma(t)
  const item = await alma.itemPath('31234000000001')
  const title = `/bibs/${item.split('/')[2]}`
  const offered = await alma.get(`${title}/request-options?user_id=21234000000001`)
  t.strictSame(offered.at('request_option.0.type'), { value: 'HOLD', desc: 'Hold' })
  t.match(offered.at('request_option.0.request_url'), /\/users\/anna\.becker\/requests\/$/)
  t.equal((await alma.get(`${title}/request-options`)).at('request_option.0.type.value'), 'HOLD', 'a guest')
  const refused = await alma.get(`${item}/request-options?user_id=lukas.hoffmann`)
  t.strictSame([refused.status, refused.at('request_option')], [200, undefined])
})

t.test('pages and kinds of the list of a user', async (t) => {
  const alma = await startAlma(t)
  const page = await alma.get('/users/anna.becker/requests?limit=1&offset=1')
  t.equal(page.at('total_record_count'), 2)
  t.equal((page.at('user_request') as unknown[]).length, 1)
  t.equal((await alma.get('/users/anna.becker/requests?request_type=BOOKING')).at('total_record_count'), 0)
  t.equal((await alma.get('/users/anna.becker/requests?status=lost')).code, '401666')
  t.equal((await alma.get(`/users/emma.koch/requests/${page.textAt('user_request.0.request_id')}`)).code, '401694')
})

t.test('requests in XML have words for their states', async (t) => {
  const alma = await startAlma(t)
  const list = await alma.get('/users/anna.becker/requests', { accept: 'application/xml' })
  t.match(list.text, '<request_status>On Hold Shelf</request_status>')
  t.match(list.text, '<request_status>Not Started</request_status>')
  t.match(list.text, '<user_requests total_record_count="2">')
})

t.test('the pick list', async (t) => {
  const alma = await startAlma(t)
  const tasks = '/task-lists/requested-resources'
  const desk = 'library=MAIN&circ_desk=DEFAULT_CIRC_DESK'
  await place(alma, 'jonas.weber', '31234000000001')
  await place(alma, 'jonas.weber', '31234000000020')
  const list = await alma.get(`${tasks}?${desk}`)
  t.equal(list.at('total_record_count'), 3)
  t.equal(list.at('requested_resource.0.location.call_number'), 'AS182 .A2', 'by call number')
  const birds = list.at('requested_resource.2')
  t.equal(memberAt(birds, 'resource_metadata.title'), 'Birds of the Baltic')
  t.equal(memberAt(birds, 'location.copy.0.barcode'), '31234000000013')
  t.equal(memberAt(birds, 'request.0.requester.desc'), 'Koch, Emma')
  t.equal(memberAt(birds, 'request.0.destination.value'), 'BRANCH')
  t.equal((await alma.get(`${tasks}?${desk}&location=DEPOT`)).at('total_record_count'), 1)
  t.equal(
    (await alma.get(`${tasks}?${desk}&order_by=location&direction=desc`)).at(
      'requested_resource.0.location.shelving_location',
    ),
    'STACKS',
  )
  t.equal(
    (await alma.get(`${tasks}?${desk}&limit=1&offset=2`)).at('requested_resource.0.request.0.request_type'),
    'HOLD',
  )
  const depot = await alma.post(`${tasks}?library=MAIN&circ_desk=DEPOT_DESK&op=mark_reported`)
  t.equal(depot.at('requested_resource.0.request.0.reported'), true)
  t.equal((await alma.get(`${tasks}?${desk}&reported=N`)).at('total_record_count'), 2)
  t.equal((await alma.get(`${tasks}?${desk}&reported=Y`)).at('total_record_count'), 1)
  const picked = await alma.itemPath('31234000000013')
  await alma.post(`${picked}?op=scan&${desk}`)
  t.equal((await alma.get(`${tasks}?${desk}`)).at('total_record_count'), 2, 'what was scanned is picked')
  t.equal((await alma.get(tasks)).code, '40166414')
  t.equal((await alma.get(`${tasks}?library=MAIN`)).code, '40166414')
  t.equal((await alma.get(`${tasks}?library=NOWHERE&circ_desk=X`)).code, '40166411')
  t.equal((await alma.get(`${tasks}?library=MAIN&circ_desk=X`)).code, '40166411')
  t.equal((await alma.get(`${tasks}?${desk}&reported=perhaps`)).code, '40166411')
  t.equal((await alma.post(`${tasks}?${desk}&op=mark_printed`)).code, '40166411')
})
