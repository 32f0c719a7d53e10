/** Items: look-up, reading, lists, changes [Alma bibs: items]. */
import t from 'tap'
import { type Alma, startAlma } from './alma-caller.ts'

const item = async (alma: Alma, barcode: string) => alma.get(await alma.itemPath(barcode))

t.test('the look-up by barcode redirects to the item and counts as a call of its own', async (t) => {
  const alma = await startAlma(t)
  const found = await alma.get('/items?item_barcode=31234000000001&view=label')
  t.equal(found.status, 302)
  const target = await alma.get(String(found.headers.location))
  t.equal(target.at('item_data.barcode'), '31234000000001')
  t.equal(target.at('item_data.title_abcnph'), 'The Name of the Rose', 'the view went along')
  t.strictSame(
    alma.control.calls().map(({ operation }) => operation),
    ['findItemByBarcode', 'getItem'],
  )
  t.equal((await alma.get('/items?item_barcode=123')).code, '401689')
  t.equal((await alma.get('/items?item_barcode=')).code, '401690')
  t.equal((await alma.get('/items')).code, '40166414')
})

t.test('an item', async (t) => {
  const alma = await startAlma(t)
  const dvd = await item(alma, '31234000000024')
  t.strictSame(dvd.at('item_data.physical_material_type'), { value: 'DVD', desc: 'DVD' })
  t.equal(dvd.at('item_data.is_magnetic'), true)
  t.strictSame(dvd.at('item_data.policy'), { value: 'MEDIA', desc: 'Media loan, 7 days' })
  t.strictSame(dvd.at('item_data.library'), { value: 'BRANCH', desc: 'Branch Library' })
  t.strictSame(dvd.at('item_data.base_status'), { value: '1', desc: 'Item in place' })
  t.equal(dvd.at('item_data.requested'), false)
  t.equal(dvd.at('additional_info'), undefined)
  const wanted = await item(alma, '31234000000013')
  t.equal(wanted.at('item_data.process_type.value'), 'REQUESTED')
  t.equal(wanted.at('item_data.base_status.value'), '1', 'still on its shelf')
  t.equal(wanted.at('item_data.requested'), true)
  const held = await item(alma, '31234000000012')
  t.strictSame([held.at('item_data.base_status.value'), held.at('item_data.requested')], ['0', true])
  const repaired = await item(alma, '31234000000027')
  t.strictSame(repaired.at('item_data.work_order_at'), { value: 'BINDERY', desc: 'Bindery' })
})

t.test('a wrong holding is forgiven when reading, a wrong title or item is not', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.itemPath('31234000000001')
  const wrong = path.replace(/holdings\/\d+/, 'holdings/22000000000006381')
  t.equal((await alma.get(wrong)).at('item_data.barcode'), '31234000000001')
  t.equal((await alma.get(path.replace(/bibs\/\d+/, 'bibs/99000000000006381'))).code, '402203')
  t.equal((await alma.get(path.replace(/items\/\d+/, 'items/23000000000006381'))).code, '40166411')
})

t.test('due date and its policy', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.itemPath('31234000000014')
  t.equal((await alma.get(path)).at('item_data.due_date'), undefined)
  t.match((await alma.get(`${path}?expand=due_date`)).at('item_data.due_date'), /^2026-05-09T21:59:00Z$/)
  const policy = async (barcode: string, user: string) =>
    (await alma.get(`${await alma.itemPath(barcode)}?expand=due_date_policy&user_id=${user}`)).at(
      'item_data.due_date_policy',
    )
  t.equal(await policy('31234000000001', 'anna.becker'), 'Loanable until 2026-04-07')
  t.equal(await policy('31234000000001', 'zofia.wisniewska'), 'Loanable until 2026-06-08')
  t.equal(await policy('31234000000018', 'GUEST'), 'Loanable for 4 hours')
  t.equal(await policy('31234000000019', 'GUEST'), 'Not loanable')
})

t.test('items of a title and of a holding', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.itemPath('31234000000007')
  const [title = '', rest = ''] = path.split('/holdings/')
  const list = await alma.get(`${title}/holdings/ALL/items`)
  t.equal(list.at('total_record_count'), 2)
  t.equal(list.at('item.1.item_data.barcode'), '31234000000008')
  const holding = rest.split('/')[0]
  t.equal((await alma.get(`${title}/holdings/${holding}/items`)).at('total_record_count'), 2)
  t.equal((await alma.get(`${title}/holdings/22000000000006381/items`)).at('total_record_count'), 0)
  const query = async (text: string) => alma.get(`${title}/holdings/ALL/items?${text}`)
  t.equal((await query('limit=1&offset=1')).at('item.0.item_data.barcode'), '31234000000008')
  t.equal((await query('order_by=description&direction=desc')).at('item.0.item_data.description'), 'copy 2')
  t.equal((await query('q=description~copy_2')).at('total_record_count'), 1)
  t.equal((await query('current_library=BRANCH')).at('total_record_count'), 0)
  t.equal((await query('create_date_from=2026-03-11')).at('total_record_count'), 0)
  t.equal((await query('create_date_to=2026-03-10')).at('total_record_count'), 2)
  t.equal((await query('offset=2')).code, '60217')
  t.equal((await query('current_library=NOWHERE')).code, '402469')
  t.equal((await query('current_location=NOWHERE')).code, '60215')
  t.equal((await query('order_by=colour')).code, '60216')
  t.equal((await query('create_date_from=yesterday')).code, '402217')
  t.equal((await query('q=a~b~c')).code, '60106')
  t.equal((await alma.get('/bibs/12345/holdings/ALL/items')).code, '402203')
  t.equal((await alma.get('/bibs/abc/holdings/ALL/items')).code, '402204')
})

t.test('PUT swaps the data of an item and leaves its state alone', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.itemPath('31234000000005')
  const before = JSON.parse((await alma.get(path)).text)
  before.item_data.storage_location_id = 'BIN-4'
  before.item_data.process_type = { value: 'MISSING' }
  before.item_data.base_status = { value: '0' }
  const changed = await alma.put(path, before)
  t.equal(changed.at('item_data.storage_location_id'), 'BIN-4')
  t.equal(changed.at('item_data.process_type.value'), '')
  t.equal(changed.at('item_data.fulfillment_note'), before.item_data.fulfillment_note)
  const swapped = await alma.put(path, { item_data: { public_note: 'only this' } })
  t.equal(swapped.at('item_data.public_note'), 'only this')
  t.equal(swapped.at('item_data.fulfillment_note'), '', 'what is left out is emptied')
  t.equal(swapped.at('item_data.barcode'), '31234000000005', 'a barcode stays')
})

t.test('GET, PUT keeps what a temporary location and a retention say, PUT without them does not', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.itemPath('31234000000005')
  const filled = {
    holding_data: {
      copy_id: '7',
      in_temp_location: true,
      temp_location: { value: 'SHORT' },
      temp_call_number_type: { value: '1' },
      temp_call_number: '020 SHO',
    },
    item_data: { retention_reason: { value: 'EAST' }, retention_note: 'until 2031' },
  }
  await alma.put(path, filled)
  const read = JSON.parse((await alma.get(path)).text)
  t.match(read, filled)
  await alma.put(path, read)
  t.match(JSON.parse((await alma.get(path)).text), filled)
  const emptied = await alma.put(path, { item_data: {} })
  t.equal(emptied.at('holding_data.temp_call_number'), '')
  t.equal(emptied.at('holding_data.copy_id'), '')
  t.equal(emptied.at('item_data.retention_note'), '')
})

t.test('PUT gives another barcode, place or temporary place', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.itemPath('31234000000005')
  await alma.put(path, { item_data: { barcode: 'NEW-1' } })
  t.equal((await alma.get('/items?item_barcode=31234000000005')).code, '401689')
  t.equal(await alma.itemPath('NEW-1'), path)
  t.equal((await alma.put(path, { item_data: { barcode: '31234000000001' } })).code, '40166404')
  t.equal((await alma.put(path, { item_data: { library: 'NOWHERE' } })).code, '40166404')
  t.equal((await alma.put(path, { item_data: { location: 'NOWHERE' } })).code, '40166404')
  t.equal((await alma.put(path, {})).code, '401676')
  const temporary = await alma.put(path, {
    holding_data: { in_temp_location: true, temp_location: { value: 'SHORT' }, temp_policy: { value: 'SHORT' } },
    item_data: {},
  })
  t.strictSame(temporary.at('holding_data.temp_location'), { value: 'SHORT', desc: 'Short Loan Shelf' })
  t.equal(temporary.at('item_data.location.value'), 'STACKS')
  const moved = await alma.put(path, { item_data: { library: 'BRANCH', location: 'SCIENCE' } })
  t.equal(moved.at('item_data.location.value'), 'SCIENCE')
  t.not(moved.at('holding_data.holding_id'), temporary.at('holding_data.holding_id'))
  t.equal((await alma.put(path, { item_data: {} })).code, '40166411', 'the old holding is no longer its own')
})
