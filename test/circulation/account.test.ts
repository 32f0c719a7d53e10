import t from 'tap'
import { readAccount } from '../../src/circulation/account.ts'
import { payFee } from '../../src/circulation/pay-fee.ts'
import { makeCall } from '../helpers/call.ts'
import { type Bench, library, startBench, valueOf } from './alma-library.ts'

const all = { loans: true, holds: true, fees: true }

const read = ({ circulation, once }: Bench, want = all) =>
  readAccount({ patron: '2001', visit: once().visit, want }, circulation, makeCall())

const barcodes = (count: number, from: number) => Array.from({ length: count }, (_, index) => String(from + index))
const itemOf = (barcode: string) => ({ barcode, title: `Book ${barcode}`, library: 'MAIN', location: 'STACKS' })

t.test('lists of more than a hundred cost a call a page and no more', async (t) => {
  const lent = barcodes(250, 40_000)
  const asked = barcodes(200, 50_000)
  const bench = await startBench(
    t,
    {},
    {
      items: [...lent, ...asked].map(itemOf),
      loans: lent.map((barcode) => ({ user_id: 'jdoe', item_barcode: barcode })),
      requests: asked.map((barcode) => ({ user_primary_id: 'jdoe', item_barcode: barcode })),
      fees: barcodes(130, 60_000).map((id) => ({ user_primary_id: 'jdoe', id, original_amount: 1 })),
    },
  )
  const [account, calls] = await bench.cost(read(bench))
  const { loans = [], holds = [], fees = [] } = valueOf(account)
  t.equal(new Set(loans.map(({ id }) => id)).size, 250)
  t.equal(new Set(holds.map(({ id }) => id)).size, 200)
  t.equal(new Set(fees.map(({ id }) => id)).size, 130)
  const counted = Object.groupBy(calls, (call) => call)
  t.same(
    Object.entries(counted).map(([call, made]) => [call, made?.length]),
    [
      ['getUser', 1],
      ['listLoans', 3],
      ['listRequests', 2],
      ['listFees', 1],
    ],
    'a full last page is known to be the last',
  )
})

t.test('holds on the shelf are told from those that wait', async (t) => {
  const place = { library: 'MAIN', circulationDesk: 'DESK' }
  const wanted = ['3001', '3004', '3003']
  const bench = await startBench(
    t,
    {},
    {
      loans: [{ user_id: 'max', item_barcode: '3004' }],
      requests: wanted.map((item_barcode) => ({
        user_primary_id: 'jdoe',
        item_barcode,
        pickup_location_library: 'MAIN',
        last_interest_date: '2099-01-31Z',
      })),
    },
  )
  await bench.system.items.scanIn('3001', place, makeCall())
  const { holds = [] } = valueOf(await read(bench))
  t.same(
    holds.map(({ itemBarcode, state }) => [itemBarcode, state]),
    [
      ['3001', 'on-hold-shelf'],
      ['3004', 'waiting'],
      ['3003', 'in-process'],
    ],
  )
  const [ready, waiting] = holds
  t.equal(ready?.lastInterest, '2099-01-31')
  t.ok((ready?.expires?.getTime() ?? 0) < (waiting?.expires?.getTime() ?? 0), 'it leaves the shelf before that')
})

t.test('a fee tells what it is for, what was paid and what is left', async (t) => {
  const fee = {
    user_primary_id: 'jdoe',
    id: '700',
    type: 'LOSTITEMREPLACEMENTFEE',
    original_amount: 30,
    barcode: '3001',
    creation_time: '-3d',
  }
  const bench = await startBench(t, {}, { fees: [fee] })
  await payFee(
    {
      patron: '2001',
      feeId: '700',
      amount: { minor: 1_250, currency: 'EUR' },
      method: 'cash',
      externalTransactionId: 'BK-1',
      whenAway: { do: 'refuse' },
      ...bench.once(),
    },
    bench.circulation,
    makeCall(),
  )
  t.match(valueOf(await read(bench, { ...all, loans: false })).fees, [
    {
      id: '700',
      kind: 'replacement',
      type: { code: 'LOSTITEMREPLACEMENTFEE', name: 'Lost item replacement fee' },
      title: `Title ${library.items[0]?.mms_id}`,
      itemBarcode: '3001',
      original: { minor: 3_000 },
      balance: { minor: 1_750 },
      createdAt: Date,
      payments: [{ amount: { minor: 1_250 }, externalTransactionId: 'BK-1', at: Date }],
    },
  ])
})
