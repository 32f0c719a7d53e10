import t from 'tap'
import { readItem, readItemState } from '../../src/alma/item-reader.ts'
import { makeConfig } from './sample-config.ts'

const config = makeConfig('http://127.0.0.1')

t.test('reads an item in its place', async (t) => {
  const item = readItem(
    {
      bib_data: { mms_id: '991', title: 'Example /', author: 'Doe, A.' },
      holding_data: { holding_id: '221', call_number: 'QA1 .E9', in_temp_location: false, temp_location: {} },
      item_data: {
        pid: '231',
        barcode: '39001',
        base_status: { value: '1' },
        process_type: { value: '', desc: null },
        physical_material_type: { value: 'BOOK', desc: 'Book' },
        policy: { value: '01', desc: 'Normal' },
        is_magnetic: true,
        library: { value: 'MAIN', desc: 'Main Library' },
        location: { value: 'STACK', desc: 'Stacks' },
        replacement_cost: '40.00',
        fulfillment_note: 'with map',
        due_date: null,
        requested: false,
      },
    },
    config,
  )
  t.same(item, {
    barcode: '39001',
    ids: { titleId: '991', holdingId: '221', itemId: '231' },
    title: 'Example /',
    author: 'Doe, A.',
    callNumber: 'QA1 .E9',
    description: '',
    media: 'book',
    materialType: 'BOOK',
    magnetic: true,
    policy: { code: '01', name: 'Normal' },
    state: 'available',
    requested: false,
    owningLibrary: { code: 'MAIN', name: 'Main Library' },
    permanentLocation: { code: 'STACK', name: 'Stacks' },
    currentLocation: { code: 'STACK', name: 'Stacks' },
    fulfilmentNote: 'with map',
    replacementCost: { minor: 4_000, currency: 'EUR' },
    due: undefined,
    members: { materialTypeName: 'Book' },
  })
})

t.test('reads the members that machines may be shown, and leaves out the empty ones', async (t) => {
  const { members } = readItem(
    {
      bib_data: { isbn: '978-3' },
      item_data: {
        public_note: 'With map',
        internal_note_1: 'Gift',
        internal_note_2: '',
        internal_note_3: null,
        statistics_note_2: 'S2',
        storage_location_id: 'B-12',
        inventory_number: 'I-1',
        pages: '12',
        pieces: '2',
      },
    },
    config,
  )
  t.same(members, {
    publicNote: 'With map',
    internalNote1: 'Gift',
    statisticsNote2: 'S2',
    storageLocation: 'B-12',
    inventoryNumber: 'I-1',
    pages: '12',
    pieces: '2',
    isbn: '978-3',
  })
  t.equal(readItem({}, config).members, undefined)
})

t.test('a temporary location lends its own policy and call number', async (t) => {
  const answer = {
    holding_data: {
      call_number: 'QA1',
      in_temp_location: true,
      temp_location: { value: 'RES', desc: 'Reserves' },
      temp_policy: { value: 'SHORT', desc: 'Short' },
      temp_call_number: 'R 1',
    },
    item_data: { location: { value: 'STACK' }, policy: { value: '01' }, physical_material_type: { value: 'GAME' } },
  }
  const options = { ...config.options, materialTypes: { GAME: 'book-with-cd' as const } }
  const item = readItem(answer, { ...config, options })
  t.match(item, {
    ids: undefined,
    callNumber: 'R 1',
    policy: { code: 'SHORT' },
    permanentLocation: { code: 'STACK' },
    currentLocation: { code: 'RES' },
    media: 'book-with-cd',
  })
  t.equal(readItem(answer, config).media, 'other')
})

t.test('the state follows process type, reshelving and base status', async (t) => {
  const state = (process: string | null, base = '0', reshelving?: boolean) =>
    readItemState({ process_type: { value: process }, base_status: { value: base }, awaiting_reshelving: reshelving })
  const expected: Record<string, string> = {
    LOAN: 'on-loan',
    HOLDSHELF: 'on-hold-shelf',
    TRANSIT: 'in-transit',
    TRANSIT_TO_REMOTE_STORAGE: 'in-transit',
    ACQ: 'on-order',
    WORK_ORDER_DEPARTMENT: 'in-process',
    TECHNICAL: 'in-process',
    MISSING: 'missing',
    LOST_LOAN: 'lost',
    LOST_LOAN_AND_PAID: 'lost',
    LOST_ILL: 'lost',
    CLAIM_RETURNED_LOAN: 'claimed-returned',
    ILL: 'other',
    SOMETHING_NEW: 'other',
    REQUESTED: 'other',
  }
  for (const [process, wanted] of Object.entries(expected)) t.equal(state(process), wanted, process)
  t.equal(state('', '1'), 'available')
  t.equal(state(null, '1'), 'available')
  t.equal(state('REQUESTED', '1'), 'available')
  t.equal(state('', '1', true), 'awaiting-reshelving')
  t.equal(state('', '0'), 'other')
})
