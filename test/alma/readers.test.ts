import t from 'tap'
import { readFee } from '../../src/alma/fees.ts'
import { readHold } from '../../src/alma/holds.ts'
import { readLoan } from '../../src/alma/loans.ts'

const loan = {
  loan_id: '21',
  library: { value: 'MAIN', desc: 'Main Library' },
  user_id: 'jdoe',
  item_barcode: '39001',
  due_date: '2026-05-01T21:59:00Z',
  loan_status: 'ACTIVE',
  loan_date: '2026-04-03T09:10:11.123Z',
  process_status: 'NORMAL',
  mms_id: '991',
  holding_id: '221',
  item_id: '231',
  title: 'Example /',
  author: 'Doe, A.',
  location_code: { value: 'STACK', name: 'Stacks' },
  item_policy: { value: '01', description: 'Normal' },
  call_number: 'QA1 .E9',
  renewable: true,
  last_renew_status: { desc: '' },
}

t.test('[Alma users: loans] reads a loan', async (t) => {
  t.same(readLoan(loan), {
    id: '21',
    patronId: 'jdoe',
    itemBarcode: '39001',
    itemIds: { titleId: '991', holdingId: '221', itemId: '231' },
    title: 'Example /',
    author: 'Doe, A.',
    callNumber: 'QA1 .E9',
    policy: { code: '01', name: 'Normal' },
    library: { code: 'MAIN', name: 'Main Library' },
    location: { code: 'STACK', name: 'Stacks' },
    loanedAt: new Date('2026-04-03T09:10:11.123Z'),
    renewedAt: undefined,
    due: new Date('2026-05-01T21:59:00Z'),
    state: 'normal',
    renewable: true,
    returnedAt: undefined,
  })
})

t.test('[Alma users: loans] reads states, old nulls and the last renewal', async (t) => {
  t.equal(readLoan({ ...loan, process_status: 'RECALL' }).state, 'recalled')
  t.equal(readLoan({ ...loan, process_status: 'Lost' }).state, 'lost')
  t.equal(readLoan({ ...loan, process_status: 'CLAIMED_RETURN' }).state, 'claimed-returned')
  t.equal(readLoan({ ...loan, process_status: 'RENEW' }).state, 'normal')
  t.equal(readLoan({ ...loan, loan_status: 'Complete', process_status: 'RECALL' }).state, 'returned')
  t.match(readLoan({ ...loan, item_id: null, renewable: null, item_policy: { value: null, description: null } }), {
    itemIds: undefined,
    renewable: undefined,
    policy: { code: '', name: '' },
  })
  const renewal = { ...loan, last_renew_date: '2026-04-20T08:00:00Z' }
  t.same(readLoan({ ...renewal, last_renew_status: { value: '401193;' } }).renewedAt, new Date('2026-04-20T08:00:00Z'))
  t.equal(readLoan({ ...renewal, last_renew_status: { value: '401167;401166;' } }).renewedAt, undefined)
})

t.test('[Alma users: requests] reads a request, by code and by display text', async (t) => {
  const request = {
    user_primary_id: 'jdoe',
    request_id: '7',
    mms_id: '991',
    title: 'Example /',
    author: null,
    barcode: '39001',
    request_status: 'In Process',
    place_in_queue: 2,
    pickup_location: 'Main Library',
    pickup_location_library: 'MAIN',
    request_time: '2026-04-03T09:10:11.123Z',
    last_interest_date: '2026-07-01Z',
    expiry_date: '2026-04-10Z',
  }
  t.same(readHold(request, 'Europe/Vienna'), {
    id: '7',
    patronId: 'jdoe',
    titleId: '991',
    itemBarcode: '39001',
    title: 'Example /',
    author: '',
    state: 'in-process',
    queuePosition: 2,
    pickup: { library: 'MAIN', circulationDesk: '', name: 'Main Library' },
    placedAt: new Date('2026-04-03T09:10:11.123Z'),
    expires: new Date('2026-07-01T21:59:59Z'),
    lastInterest: '2026-07-01',
  })
  const shelved = readHold(
    { ...request, request_status: 'ON_HOLD_SHELF', request_time: null, request_date: '2026-04-03Z' },
    'UTC',
  )
  t.equal(shelved.state, 'on-hold-shelf')
  t.same(shelved.expires, new Date('2026-04-10T23:59:59Z'))
  t.same(shelved.placedAt, new Date('2026-04-03T00:00:00Z'))
  t.equal(readHold({ request_status: 'NOT_STARTED' }, 'UTC').state, 'waiting')
})

t.test('[Alma users: fees] reads a fee and its payments, and nothing but payments', async (t) => {
  const fee = {
    id: '98',
    type: { value: 'OVERDUEFINE', desc: 'Overdue fine' },
    balance: 7.5,
    original_amount: 10,
    creation_time: '2026-01-05T04:49:27.349Z',
    title: 'Knowledge concepts',
    barcode: { value: '39001', link: 'x' },
    transaction: [
      {
        transaction_id: '1',
        type: { value: 'PAYMENT' },
        amount: 2.5,
        external_transaction_id: 'T-1',
        transaction_time: '2026-01-06T10:00:00Z',
      },
      { transaction_id: '2', type: { value: 'WAIVE' }, amount: 1, external_transaction_id: 'T-1' },
    ],
  }
  t.same(readFee(fee, 'EUR', {}), {
    id: '98',
    kind: 'overdue',
    type: { code: 'OVERDUEFINE', name: 'Overdue fine' },
    balance: { minor: 750, currency: 'EUR' },
    original: { minor: 1_000, currency: 'EUR' },
    createdAt: new Date('2026-01-05T04:49:27.349Z'),
    title: 'Knowledge concepts',
    itemBarcode: '39001',
    payments: [
      {
        feeId: '98',
        transactionId: '1',
        externalTransactionId: 'T-1',
        amount: { minor: 250, currency: 'EUR' },
        at: new Date('2026-01-06T10:00:00Z'),
      },
    ],
  })
  t.match(readFee({ type: { value: 'CREDIT' }, balance: -5, barcode: null }, 'EUR', {}), {
    kind: 'other',
    balance: { minor: -500 },
    itemBarcode: '',
    payments: [],
  })
  t.equal(readFee(fee, 'EUR', { OVERDUEFINE: 'administrative' }).kind, 'administrative')
})
