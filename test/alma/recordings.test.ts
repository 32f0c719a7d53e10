import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { readFault } from '../../src/alma/envelope.ts'
import { meaningOf } from '../../src/alma/errors.ts'
import { readFee } from '../../src/alma/fees.ts'
import { readHold } from '../../src/alma/holds.ts'
import { readItem } from '../../src/alma/item-reader.ts'
import { type JsonObject, readList } from '../../src/alma/json.ts'
import { readLoan } from '../../src/alma/loans.ts'
import { readRouting } from '../../src/alma/routing.ts'
import { makeConfig } from './sample-config.ts'

const folder = new URL('../../../shared/data/alma-fixtures/', import.meta.url)
const skip = existsSync(folder) ? false : 'the recorded answers are not on this machine'
const config = makeConfig('http://127.0.0.1')

const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
const json = (name: string): JsonObject => JSON.parse(text(name)) as JsonObject

t.test('reads recorded loans', { skip }, async (t) => {
  const loans = [
    json('php-alma.create_loan_response.json'),
    ...readList(json('php-alma.loans_response.json')['item_loan']),
    ...readList(json('php-alma.item_loan_response.json')['item_loan']),
  ].map(readLoan)
  t.ok(loans.length >= 3)
  for (const loan of loans) {
    t.ok(loan.id !== '' && loan.itemBarcode !== '' && loan.title !== '' && loan.patronId !== '')
    t.ok(loan.due instanceof Date && loan.loanedAt instanceof Date)
  }
  t.same(readList(json('php-alma.zero_loans_response.json')['item_loan']), [])
})

t.test('reads recorded items and scans', { skip }, async (t) => {
  const item = readItem(json('alma_rb.item_from_barcode.json'), config)
  t.match(item, { state: 'available', media: 'book', requested: false, policy: { code: '4-Week' } })
  t.ok(item.ids !== undefined && item.callNumber !== '')
  const scan = json('alma_rb.scan.json')
  t.match(readItem(scan, config), { state: 'available', requested: undefined })
  t.match(readRouting(scan), { to: 'shelf', reason: 'none', requester: undefined })
  const transit = json('php-alma.scanin_transit_response.json')
  t.equal(readItem(transit, config).state, 'in-transit')
  t.match(readRouting(transit), { to: 'transit', reason: 'reshelving', destination: /\w/ })
})

t.test('reads recorded fees and requests', { skip }, async (t) => {
  const fees = readList(json('php-alma.fees_response.json')['fee']).map((fee) => readFee(fee, 'NOK', {}))
  t.match(fees, [{ kind: 'replacement', balance: { minor: 75_000, currency: 'NOK' } }])
  const holds = readList(json('php-alma.item_requests_response.json')['user_request'])
  t.match(
    holds.map((hold) => readHold(hold, 'Europe/Oslo')),
    [{ state: 'waiting', queuePosition: 1 }],
  )
})

t.test('reads recorded errors, in JSON and in XML', { skip }, async (t) => {
  const codes = [
    'php-alma.error_response.json',
    'php-alma.error_response.xml',
    'php-alma.item_barcode_error_response.json',
    'php-alma.per_second_threshold_error_response.json',
    'alma_rb.scan_missing_params.json',
  ].map((name) => readFault(text(name)).code)
  t.same(codes, ['401664', '401664', '401689', 'PER_SECOND_THRESHOLD', '40166415'])
  for (const code of codes) t.ok(meaningOf(code, 'scan'))
})
