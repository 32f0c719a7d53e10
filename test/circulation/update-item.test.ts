import t from 'tap'
import { type ItemMember, itemMembers } from '../../src/circulation/model.ts'
import { updateItem } from '../../src/circulation/update-item.ts'
import { makeCall } from '../helpers/call.ts'
import { type Bench, library, startBench, valueOf } from './alma-library.ts'
import { filledItem } from './filled-records.ts'

const data = { items: [...library.items, filledItem] }

const update = ({ circulation, once }: Bench, barcode: string, member: ItemMember, value: string) =>
  updateItem({ barcode, member, value, identity: once().identity }, circulation, makeCall())

const names: Readonly<Record<ItemMember, string>> = {
  'internal-note-1': 'internal_note_1',
  'internal-note-2': 'internal_note_2',
  'internal-note-3': 'internal_note_3',
  'storage-location': 'storage_location_id',
}

interface ItemRecord {
  readonly item_data: Readonly<Record<string, unknown>>
}

async function readItem({ system, read }: Bench): Promise<ItemRecord> {
  const { titleId, holdingId, itemId } = valueOf(await system.items.identify('3099', makeCall()))
  return (await read(`/bibs/${titleId}/holdings/${holdingId}/items/${itemId}`)) as unknown as ItemRecord
}

for (const member of itemMembers) {
  t.test(`the ${member} of a full item is changed, and nothing else`, async (t) => {
    const bench = await startBench(t, {}, data)
    const before = await readItem(bench)
    const [changed, calls] = await bench.cost(update(bench, '3099', member, ' tag rewritten '))
    t.same(calls, ['getItem', 'updateItem'])
    t.match(valueOf(changed), { barcode: '3099', title: 'A full item', currentLocation: { code: 'OPEN' } })
    const after = await readItem(bench)
    t.same(after, { ...before, item_data: { ...before.item_data, [names[member]]: 'tag rewritten' } })
    const [, again] = await bench.cost(update(bench, '3099', member, 'tag rewritten'))
    t.same(again, ['getItem'], 'it is so already')
    t.match(await update(bench, '3099', member, ''), { kind: 'done' })
    t.equal((await readItem(bench)).item_data[names[member]], '')
  })
}

t.test('a barcode that moved to another copy since its ids were learnt changes the right one', async (t) => {
  const bench = await startBench(t, {}, data)
  await bench.system.items.identify('3004', makeCall())
  const { store } = bench.simulator.control
  const old = store.itemByBarcode('3004')
  const other = store.itemByBarcode('3001')
  if (!old || !other) throw new Error('the library has both')
  old.barcode = 'withdrawn'
  other.barcode = '3004'
  store.itemsByBarcode.set('withdrawn', old)
  store.itemsByBarcode.set('3004', other)
  t.match(await update(bench, '3004', 'internal-note-1', 'x'), { kind: 'done' })
  t.equal(old.data['internal_note_1'], undefined)
  t.equal(other.data['internal_note_1'], 'x')
})

t.test('two changes of one item at the same time are both there', async (t) => {
  const bench = await startBench(t, {}, data)
  await bench.system.items.identify('3004', makeCall())
  bench.simulator.control.setFaults({ kind: 'delay-after', ms: 30, match: { operation: 'getItem' } })
  await Promise.all([update(bench, '3004', 'internal-note-1', 'a'), update(bench, '3004', 'internal-note-2', 'b')])
  t.match(bench.simulator.control.store.itemByBarcode('3004')?.data, { internal_note_1: 'a', internal_note_2: 'b' })
})

t.test('law 4: a change of an item whose answer was lost is looked for', async (t) => {
  const bench = await startBench(t, {}, data)
  const match = { operation: 'updateItem' }
  bench.simulator.control.setFaults({ kind: 'drop-before', match, times: 1 })
  t.match(await update(bench, '3099', 'internal-note-3', 'x'), { kind: 'unavailable' })
  bench.simulator.control.setFaults({ kind: 'drop-after', match, times: 1 })
  t.match(await update(bench, '3099', 'internal-note-3', 'x'), { kind: 'done', value: { barcode: '3099' } })
})

t.test('refusals', async (t) => {
  const bench = await startBench(t)
  t.match(await update(bench, '', 'internal-note-1', 'x'), { reason: 'item-unknown' })
  t.match(await update(bench, 'nothing', 'internal-note-1', 'x'), { reason: 'item-unknown' })
  const answer = { kind: 'answer', form: 'envelope', status: 400, match: { operation: 'updateItem' } } as const
  bench.simulator.control.setFaults({ ...answer, code: '40166404' })
  t.match(await update(bench, '3001', 'storage-location', 'x'), { reason: 'request-invalid' })
})
