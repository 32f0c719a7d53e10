/** Scan-in [Alma bibs: items op=scan]. */
import t from 'tap'
import type { SampleData } from '../../../simulators/alma/state/sample-data.ts'
import { type Alma, memberAt, startAlma } from './alma-caller.ts'

const mainDesk = 'library=MAIN&circ_desk=DEFAULT_CIRC_DESK'
const branchDesk = 'library=BRANCH&circ_desk=DEFAULT_CIRC_DESK'

async function scan(alma: Alma, barcode: string, query: string) {
  return alma.post(`${await alma.itemPath(barcode)}?op=scan&${query}`)
}

const nobody = 'Requester: . Requester ID: .'

function inHouseUses(alma: Alma, barcode: string): unknown {
  const item = alma.control.dump().items.find((one) => memberAt(one, 'item_data.barcode') === barcode)
  return item?.in_house_uses
}

t.test('the return of a loan to its own library: reshelve', async (t) => {
  const alma = await startAlma(t)
  const back = await scan(alma, '31234000000009', mainDesk)
  t.equal(back.status, 200)
  t.equal(
    back.at('additional_info'),
    `Item's destination is: Reshelve to Open Stacks. Request/Process Type: . ${nobody} Place in Queue: 0`,
  )
  t.strictSame([back.at('item_data.base_status.value'), back.at('item_data.process_type.value')], ['1', ''])
  t.equal(back.at('item_data.requested'), undefined)
  alma.control.setSwitches({ nullsOrOmitted: 'nulls' })
  t.equal((await scan(alma, '31234000000009', mainDesk)).at('item_data.requested'), null)
  t.equal((await alma.get('/users/anna.becker/loans')).at('total_record_count'), 2)
})

t.test('a late return costs a fine', async (t) => {
  const alma = await startAlma(t)
  await scan(alma, '31234000000010', mainDesk)
  const fees = await alma.get('/users/anna.becker/fees')
  t.equal(fees.at('total_record_count'), 2)
  t.equal(fees.at('fee.1.type.value'), 'OVERDUEFINE')
  t.equal(fees.at('fee.1.balance'), 2.4, '12 days at 0.20')
  t.equal(fees.at('fee.1.barcode.value'), '31234000000010')
  t.equal(fees.at('fee.1.owner.value'), 'MAIN')
  t.match(
    fees.at('fee.1.comment'),
    /^Date generated: 03\/10\/2026, Due: 02\/26\/2026, Fine Policy: .*, Action: Item was returned$/,
  )
})

t.test('at another library: transit home', async (t) => {
  const alma = await startAlma(t)
  const away = await scan(alma, '31234000000022', mainDesk)
  t.equal(
    away.at('additional_info'),
    `Item's destination is: Branch Library. Request/Process Type: Transit for reshelving. ${nobody} Place in Queue: 1`,
  )
  t.strictSame([away.at('item_data.base_status.value'), away.at('item_data.process_type.value')], ['0', 'TRANSIT'])
  const home = await scan(alma, '31234000000022', branchDesk)
  t.match(home.at('additional_info'), /Reshelve to Science Stacks/)
  t.equal(home.at('item_data.awaiting_reshelving'), true, 'the branch takes two hours to reshelve')
  t.equal(home.at('item_data.reshelving_time'), '2026-03-10T12:00:00.000Z')
  alma.control.setClockOffset(2 * 3_600_000)
  t.equal((await alma.get(await alma.itemPath('31234000000022'))).at('item_data.awaiting_reshelving'), false)
})

t.test('remote storage: on its way, until the depot scans it', async (t) => {
  const alma = await startAlma(t)
  const back = await scan(alma, '31234000000020', mainDesk)
  t.equal(back.at('item_data.process_type.value'), 'TRANSIT_TO_REMOTE_STORAGE')
  t.match(
    back.at('additional_info'),
    "Item's destination is: Remote Depot. Request/Process Type: Transit for reshelving.",
  )
  const stored = await scan(alma, '31234000000020', 'library=MAIN&circ_desk=DEPOT_DESK')
  t.match(stored.at('additional_info'), 'Reshelve to Remote Depot')
  t.equal(stored.at('item_data.base_status.value'), '1')
})

t.test('somebody waits for it here: hold shelf', async (t) => {
  const alma = await startAlma(t)
  const held = await scan(alma, '31234000000011', mainDesk)
  t.equal(
    held.at('additional_info'),
    "Item's destination is: On Hold Shelf. Request/Process Type: Patron physical item request. Requester: Koch, Emma. " +
      'Requester ID: emma.koch. Place in Queue: 1',
  )
  t.strictSame([held.at('item_data.base_status.value'), held.at('item_data.process_type.value')], ['0', 'HOLDSHELF'])
  const requests = await alma.get('/users/emma.koch/requests')
  t.equal(requests.at('user_request.0.request_status'), 'ON_HOLD_SHELF')
  t.equal(requests.at('user_request.0.expiry_date'), '2026-03-17Z', 'seven days on the shelf')
  t.equal(requests.at('user_request.0.barcode'), '31234000000011')
  const again = await scan(alma, '31234000000011', mainDesk)
  t.match(again.at('additional_info'), 'On Hold Shelf', 'a second scan changes nothing')
})

t.test('somebody waits for it elsewhere: transit to the pickup library', async (t) => {
  const alma = await startAlma(t)
  const away = await scan(alma, '31234000000014', mainDesk)
  t.equal(
    away.at('additional_info'),
    "Item's destination is: Branch Library. Request/Process Type: Patron physical item request. Requester: Becker, Anna. " +
      'Requester ID: anna.becker. Place in Queue: 1',
  )
  t.equal(away.at('item_data.process_type.value'), 'TRANSIT')
  const shelf = await scan(alma, '31234000000014', branchDesk)
  t.match(shelf.at('additional_info'), 'On Hold Shelf')
  const request = (await alma.get('/users/anna.becker/requests')).at('user_request.1')
  t.equal(memberAt(request, 'expiry_date'), '2026-03-15Z', 'five days at the branch')
})

t.test('a machine has no hold shelf: the item goes to the desk that has', async (t) => {
  const alma = await startAlma(t)
  const machine = await scan(alma, '31234000000011', 'library=MAIN&circ_desk=SELFCHECK')
  t.match(machine.at('additional_info'), "Item's destination is: Main Library. Request/Process Type: Patron physical")
  t.equal(machine.at('item_data.process_type.value'), 'TRANSIT')
})

t.test('hold-shelf processing first, unless the shelf is named at once', async (t) => {
  const data: SampleData = {
    libraries: [
      {
        code: 'L',
        circ_desks: [{ code: 'D', has_hold_shelf: true, has_hold_shelf_processing: true }],
      },
    ],
    users: [{ primary_id: 'u' }],
    items: [{ barcode: '1', title: 'A' }],
    requests: [{ user_primary_id: 'u', item_barcode: '1' }],
  }
  const alma = await startAlma(t, { data })
  const processing = await scan(alma, '1', 'library=L&circ_desk=D')
  t.match(processing.at('additional_info'), 'Hold Shelf Processing')
  t.equal((await alma.get('/users/u/requests')).at('user_request.0.request_status'), 'IN_PROCESS')
  const shelf = await scan(alma, '1', 'library=L&circ_desk=D&place_on_hold_shelf=true')
  t.match(shelf.at('additional_info'), 'On Hold Shelf')
  t.equal((await alma.get('/users/u/requests')).at('user_request.0.request_status'), 'ON_HOLD_SHELF')
})

t.test('a named request is served before the first of the queue', async (t) => {
  const alma = await startAlma(t)
  const item = await alma.itemPath('31234000000011')
  const hold = { request_type: 'HOLD', pickup_location_library: 'MAIN' }
  const second = await alma.post(`${item}/requests?user_id=jonas.weber`, hold)
  t.equal(second.at('place_in_queue'), 2)
  const served = await scan(alma, '31234000000011', `${mainDesk}&request_id=${second.textAt('request_id')}`)
  t.match(served.at('additional_info'), 'Requester ID: jonas.weber.')
  t.equal((await alma.get('/users/emma.koch/requests')).at('user_request.0.request_status'), 'NOT_STARTED')
  t.equal((await scan(alma, '31234000000001', `${mainDesk}&request_id=1`)).code, '40166411')
})

t.test('work orders: start, advance, finish', async (t) => {
  const alma = await startAlma(t)
  const bindery = 'library=MAIN&department=BINDERY'
  const started = await scan(alma, '31234000000009', `${bindery}&work_order_type=REPAIR&status=NEW`)
  t.equal(
    started.at('additional_info'),
    `Item's destination is: Manage Locally (Bindery). Request/Process Type: Repair. ${nobody} Place in Queue: 1`,
  )
  t.strictSame(started.at('item_data.work_order_type'), { value: 'REPAIR', desc: 'Repair' })
  t.equal(started.at('item_data.process_type.value'), 'WORK_ORDER_DEPARTMENT')
  t.equal((await alma.get('/users/anna.becker/loans')).at('total_record_count'), 2, 'it was returned on the way')
  t.match((await scan(alma, '31234000000009', `${bindery}&status=GLUED`)).at('additional_info'), 'Manage Locally')
  const done = await scan(alma, '31234000000009', `${bindery}&done=true`)
  t.match(
    done.at('additional_info'),
    "Item's destination is: Main Library. Request/Process Type: Transit for reshelving.",
  )
  t.equal((await scan(alma, '31234000000009', `${bindery}&done=true`)).code, '402502')
  t.equal((await scan(alma, '31234000000001', bindery)).code, '401664')
  t.equal((await scan(alma, '31234000000001', `${bindery}&work_order_type=PAINT`)).code, '40166411')
  t.equal((await scan(alma, '31234000000001', 'library=MAIN&department=ATTIC')).code, '40166411')
  t.equal((await scan(alma, '31234000000001', `${mainDesk}&done=true`)).code, '40166411')
  const atDesk = await scan(alma, '31234000000001', `${mainDesk}&work_order_type=REPAIR`)
  t.match(atDesk.at('additional_info'), 'Manage Locally (Main Circulation Desk)')
})

t.test('a refused scan changes nothing', async (t) => {
  const alma = await startAlma(t)
  const bindery = 'library=MAIN&department=BINDERY'
  t.equal((await scan(alma, '31234000000009', `${bindery}&done=true`)).code, '402502')
  t.equal((await scan(alma, '31234000000009', `${bindery}&work_order_type=PAINT`)).code, '40166411')
  t.equal((await scan(alma, '31234000000009', `${mainDesk}&request_id=1`)).code, '40166411')
  t.equal((await scan(alma, '31234000000009', `${mainDesk}&confirm=perhaps`)).code, '40166411')
  t.equal((await alma.get('/users/anna.becker/loans')).at('total_record_count'), 3)
})

t.test('mandatory parameters and the true path', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.itemPath('31234000000001')
  const code = async (query: string, at = path) => (await alma.post(`${at}?${query}`)).code
  t.equal(await code('op=scan&circ_desk=DEFAULT_CIRC_DESK'), '401664')
  t.equal(await code('op=scan&library=MAIN'), '40166415')
  t.equal(await code('op=scan&library=NOWHERE&circ_desk=X'), '40166411')
  t.equal(await code('op=scan&library=MAIN&circ_desk=X'), '40166411')
  t.equal(await code(mainDesk), '40166411', 'no op')
  const wrong = await alma.post(`${path.replace(/holdings\/\d+/, 'holdings/22000000000006381')}?op=scan&${mainDesk}`)
  t.equal(wrong.code, '40166411')
  t.match(wrong.at('errorList.error.0.errorMessage'), /^The parameter item_pid is invalid\. Received: 23\d+\.$/)
})

t.test('scanning what is in place counts as a use in the house, unless it is said not to', async (t) => {
  const alma = await startAlma(t)
  await scan(alma, '31234000000001', mainDesk)
  await scan(alma, '31234000000001', `${mainDesk}&register_in_house_use=true&external_id=false&confirm=true`)
  t.equal(inHouseUses(alma, '31234000000001'), 2)
  await scan(alma, '31234000000001', `${mainDesk}&register_in_house_use=false`)
  t.equal(inHouseUses(alma, '31234000000001'), 2)
  await scan(alma, '31234000000009', mainDesk)
  t.equal(inHouseUses(alma, '31234000000009'), 0, 'a return is none')
})

t.test('slips wait in the print queue', async (t) => {
  const alma = await startAlma(t)
  await scan(alma, '31234000000011', `${mainDesk}&auto_print_slip=true`)
  await scan(alma, '31234000000022', `${mainDesk}&auto_print_slip=true`)
  await scan(alma, '31234000000009', mainDesk)
  const letters = alma.control.dump().slips.map(({ letter }) => letter)
  t.strictSame(letters, ['FulHoldShelfSlipLetter', 'FulTransitSlipLetter'])
})

t.test('a missing item turns up', async (t) => {
  const alma = await startAlma(t)
  const found = await scan(alma, '31234000000026', mainDesk)
  t.strictSame([found.at('item_data.base_status.value'), found.at('item_data.process_type.value')], ['1', ''])
})
