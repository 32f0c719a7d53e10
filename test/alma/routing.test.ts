import t from 'tap'
import { readRouting } from '../../src/alma/routing.ts'

const info = (destination: string, process = '', name = '', id = '', queue = 0) =>
  `Item's destination is: ${destination}. Request/Process Type: ${process}. Requester: ${name}. Requester ID: ${id}. Place in Queue: ${queue}`
const scan = (process: string, base: string, additional: string) => ({
  item_data: { process_type: { value: process, desc: null }, base_status: { value: base } },
  additional_info: additional,
})

t.test('[Alma bibs: scan-in] to the shelf', async (t) => {
  t.same(readRouting(scan('', '1', info('Reshelve to Open Stacks'))), {
    to: 'shelf',
    destination: 'Open Stacks',
    reason: 'none',
    requester: undefined,
  })
})

t.test('[Alma bibs: scan-in] to another library', async (t) => {
  t.same(readRouting(scan('TRANSIT', '0', info('St. Mary. Branch', 'Transit for reshelving', '', '', 1))), {
    to: 'transit',
    destination: 'St. Mary. Branch',
    reason: 'reshelving',
    requester: undefined,
  })
  t.match(readRouting(scan('TRANSIT', '0', info('Branch', 'Transit for repair', '', '', 1))), { reason: 'other' })
})

t.test('[Alma bibs: scan-in] for a patron, here and elsewhere', async (t) => {
  const process = 'Patron physical item request'
  t.same(readRouting(scan('HOLDSHELF', '0', info('On Hold Shelf', process, 'Doe, Jane B. Jr.', 'jdoe', 1))), {
    to: 'hold-shelf',
    destination: 'On Hold Shelf',
    reason: 'hold',
    requester: { patronId: 'jdoe', name: 'Doe, Jane B. Jr.' },
  })
  t.match(readRouting(scan('TRANSIT', '0', info('Branch', process, 'Doe, Jane', 'jdoe', 1))), {
    to: 'transit',
    reason: 'hold',
    requester: { patronId: 'jdoe' },
  })
  t.match(readRouting(scan('REQUESTED', '1', info('Shelf', process, 'Doe, Jane', 'jdoe', 1))), {
    to: 'hold-shelf',
    reason: 'hold',
  })
})

t.test('[Alma bibs: scan-in] to a department', async (t) => {
  t.match(
    readRouting(scan('WORK_ORDER_DEPARTMENT', '0', info('Manage Locally (Bindery (old))', 'Binding', '', '', 1))),
    {
      to: 'department',
      destination: 'Bindery (old)',
      reason: 'other',
    },
  )
})

t.test('without a sentence that can be read the process type still decides', async (t) => {
  const german = 'Das Ziel des Exemplars ist: Ausleihe.'
  t.match(readRouting(scan('HOLDSHELF', '0', german)), { to: 'hold-shelf', destination: '', reason: 'hold' })
  t.match(readRouting(scan('TRANSIT', '0', german)), { to: 'transit', reason: 'other', requester: undefined })
  t.match(readRouting(scan('', '1', '')), { to: 'shelf', destination: '', reason: 'none' })
  t.match(readRouting(scan('', '0', '')), { to: 'unknown', reason: 'other' })
  t.match(readRouting({}), { to: 'unknown' })
})
