/** The answers of every endpoint against the published schemas and against recorded answers of the real API. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import t from 'tap'
import { type Alma, mainDesk, type Reply, startAlma } from './alma-caller.ts'

const data = new URL('../../../../shared/data/', import.meta.url)
const schemas = new URL('alma-openapi/schemas/', data)
const derived = new URL('alma-openapi/derived/', data)
const fixtures = new URL('alma-fixtures/', data)

const skipSchemas = existsSync(schemas) && existsSync(derived) ? false : 'the API schemas are not on this machine'
const skipFixtures = existsSync(fixtures) ? false : 'the recorded answers are not on this machine'

const readJson = (url: URL): Record<string, unknown> => JSON.parse(readFileSync(url, 'utf8')) as Record<string, unknown>

/** The validators of the two folders by the name of their object, `item_loan` or `rest_circ_desk`. */
function compileSchemas() {
  const ajv = new Ajv.default({ strict: false, allErrors: true })
  addFormats.default(ajv)
  // Alma's dates carry a zone: 2026-03-10Z.
  ajv.addFormat('date', /^\d{4}-\d{2}-\d{2}Z?$/)
  for (const file of readdirSync(schemas))
    ajv.addSchema({ ...readJson(new URL(file, schemas)), $id: `http://alma/${file}` })
  for (const file of readdirSync(derived)) {
    if (file.endsWith('.schema.json')) ajv.addSchema(readJson(new URL(file, derived)), file.replace('.schema.json', ''))
  }
  return (name: string, value: unknown): string => {
    const validate = name.startsWith('rest_')
      ? ajv.compile({ $ref: `http://alma/${name}.json#/${name}` })
      : ajv.getSchema(name)
    if (!validate) return `no schema ${name}`
    return validate(value) ? '' : ajv.errorsText(validate.errors)
  }
}

/** Walks over every endpoint that answers with an object; yields its schema, or those of its list's entries. */
async function* walk(alma: Alma): AsyncGenerator<{ what: string; schema: string; value: unknown }> {
  const one = (what: string, schema: string, reply: Reply) => ({ what, schema, value: okay(what, reply) })
  function* each(what: string, schema: string, member: string, reply: Reply) {
    okay(what, reply)
    const entries = reply.at(member)
    if (!Array.isArray(entries) || entries.length === 0) throw new Error(`${what} lists nothing`)
    for (const value of entries) yield { what, schema, value }
  }
  const item = await alma.itemPath('31234000000022')
  const title = item.split('/holdings')[0]
  yield one('user', 'user', await alma.get('/users/anna.becker?expand=loans,requests,fees'))
  yield one('brief user', 'user', await alma.get('/users/anna.becker?view=brief'))
  yield one('blocked user', 'user', await alma.get('/users/lukas.hoffmann'))
  yield* each('full users', 'user', 'user', await alma.get('/users?expand=full&limit=100'))
  yield* each('loans', 'item_loan', 'item_loan', await alma.get('/users/anna.becker/loans?expand=renewable'))
  const loan = await alma.post('/users/anna.becker/loans?item_barcode=31234000000001', mainDesk)
  yield one('created loan', 'item_loan', loan)
  const loanPath = `/users/anna.becker/loans/${loan.textAt('loan_id')}`
  yield one('renewed loan', 'item_loan', await alma.post(`${loanPath}?op=renew`))
  yield one('loan', 'item_loan', await alma.get(loanPath))
  yield one('changed loan', 'item_loan', await alma.put(loanPath, { due_date: '2026-04-01T20:00:00Z' }))
  const lent = await alma.itemPath('31234000000001')
  yield* each('loans of an item', 'item_loan', 'item_loan', await alma.get(`${lent}/loans`))
  yield one('item', 'item', await alma.get(item))
  yield one('item for a label', 'item', await alma.get(`${item}?view=label&expand=due_date,due_date_policy`))
  yield* each('items of a title', 'item', 'item', await alma.get(`${title}/holdings/ALL/items`))
  yield one('item in a work order', 'item', await alma.get(await alma.itemPath('31234000000027')))
  yield one('changed item', 'item', await alma.put(item, { item_data: { public_note: 'new' } }))
  const desk = 'library=MAIN&circ_desk=DEFAULT_CIRC_DESK'
  yield one('returned item', 'item', await alma.post(`${lent}?op=scan&${desk}`))
  yield one('item to the branch', 'item', await alma.post(`${item}?op=scan&${desk}`))
  yield one('returned loan', 'item_loan', await alma.get(loanPath))
  yield* each('requests', 'user_request', 'user_request', await alma.get('/users/anna.becker/requests'))
  const hold = { request_type: 'HOLD', pickup_location_type: 'LIBRARY', pickup_location_library: 'MAIN' }
  const request = await alma.post(`/users/jonas.weber/requests?mms_id=${title?.split('/')[2]}`, hold)
  yield one('created request', 'user_request', request)
  yield one('request', 'user_request', await alma.get(`/users/jonas.weber/requests/${request.textAt('request_id')}`))
  const wanted = await alma.itemPath('31234000000013')
  yield* each('requests of an item', 'user_request', 'user_request', await alma.get(`${wanted}/requests`))
  const tasks = '/task-lists/requested-resources'
  yield* each('pick list', 'requested_resource', 'requested_resource', await alma.get(`${tasks}?${desk}`))
  yield one('fees', 'rest_fees', await alma.get('/users/emma.koch/fees'))
  const fee = await alma.post('/users/emma.koch/fees', { type: 'OTHER', original_amount: 2.5, owner: 'MAIN' })
  yield one('created fee', 'rest_fee', fee)
  yield one(
    'paid fee',
    'rest_fee',
    await alma.post(`/users/emma.koch/fees/${fee.textAt('id')}?op=pay&amount=1&method=CASH`),
  )
  yield one('all fees paid', 'rest_fees', await alma.post('/users/emma.koch/fees/all?op=pay&amount=ALL&method=ONLINE'))
  yield one('fee transactions', 'rest_fees', await alma.get('/conf/utilities/fee-transactions'))
  yield one('general', 'rest_general', await alma.get('/conf/general'))
  yield one('libraries', 'rest_libraries', await alma.get('/conf/libraries'))
  yield one('library', 'rest_library', await alma.get('/conf/libraries/MAIN'))
  yield one('desks', 'rest_circ_desks', await alma.get('/conf/libraries/MAIN/circ-desks/'))
  yield one('desk', 'rest_circ_desk', await alma.get('/conf/libraries/MAIN/circ-desks/SELFCHECK'))
  yield one('locations', 'rest_locations', await alma.get('/conf/libraries/BRANCH/locations'))
  yield one('location', 'rest_location', await alma.get('/conf/libraries/MAIN/locations/DEPOT'))
  yield one('code tables', 'rest_code_tables', await alma.get('/conf/code-tables'))
  yield one('code table', 'rest_code_table', await alma.get('/conf/code-tables/ItemPolicy'))
  const hours = await alma.get('/conf/libraries/MAIN/open-hours')
  yield { what: 'open hours', schema: 'rest_open_days', value: memberOf(okay('open hours', hours), 'day') }
}

function okay(what: string, reply: Reply): unknown {
  if (reply.status !== 200) throw new Error(`${what}: ${reply.status} ${reply.text}`)
  return JSON.parse(reply.text)
}

const memberOf = (value: unknown, name: string): unknown => (value as Record<string, unknown>)[name]

t.test('the validators do refuse', { skip: skipSchemas }, async (t) => {
  const validate = compileSchemas()
  t.match(validate('rest_fee', { balance: 'much' }), /balance must be number/)
  t.match(validate('rest_circ_desks', { circ_desk: [{ name: 'no code' }] }), /required property 'code'/)
  t.match(validate('item_loan', { loan_id: 'x', borrower: 'y' }), /additional properties/)
})

for (const nullsOrOmitted of ['omitted', 'nulls'] as const) {
  t.test(`every answer is valid, absent members ${nullsOrOmitted}`, { skip: skipSchemas }, async (t) => {
    const validate = compileSchemas()
    const alma = await startAlma(t, { switches: { nullsOrOmitted } })
    for await (const { what, schema, value } of walk(alma)) {
      // The published schemas of fees and configuration know no null; the older style of answers had them all the same.
      if (nullsOrOmitted === 'nulls' && schema.startsWith('rest_')) continue
      t.equal(validate(schema, value), '', what)
    }
  })
}

/** What a recorded answer has and ours lacks or has with another type, as paths. */
function differences(recorded: unknown, ours: unknown, path = ''): readonly string[] {
  if (recorded === null || ours === null) return []
  if (Array.isArray(recorded)) {
    if (!Array.isArray(ours)) return [`${path}: not a list`]
    return recorded.length === 0 || ours.length === 0 ? [] : differences(recorded[0], ours[0], `${path}[0]`)
  }
  if (typeof recorded !== typeof ours) return [`${path}: ${typeof ours} instead of ${typeof recorded}`]
  if (typeof recorded !== 'object') return []
  const own = ours as Record<string, unknown>
  return Object.entries(recorded).flatMap(([name, value]) =>
    own[name] === undefined ? [`${path}.${name}: missing`] : differences(value, own[name], `${path}.${name}`),
  )
}

t.test('answers have the structure of recorded ones', { skip: skipFixtures }, async (t) => {
  const alma = await startAlma(t, { switches: { nullsOrOmitted: 'nulls' } })
  const same = (file: string, reply: Reply): void => {
    t.strictSame(differences(readJson(new URL(file, fixtures)), JSON.parse(reply.text)), [], file)
  }
  const lent = await alma.itemPath('31234000000001')
  const branch = await alma.itemPath('31234000000022')
  const mainDeskQuery = 'library=MAIN&circ_desk=DEFAULT_CIRC_DESK'
  same('alma_rb.item_from_barcode.json', await alma.get(lent))
  same(
    'php-alma.create_loan_response.json',
    await alma.post('/users/anna.becker/loans?item_barcode=31234000000001', mainDesk),
  )
  same('php-alma.item_loan_response.json', await alma.get(`${lent}/loans`))
  same('php-alma.loans_response.json', await alma.get('/users/anna.becker/loans'))
  same('php-alma.zero_loans_response.json', await alma.get('/users/jonas.weber/loans'))
  same('alma_rb.scan.json', await alma.post(`${lent}?op=scan&${mainDeskQuery}`))
  same('php-alma.scanin_transit_response.json', await alma.post(`${branch}?op=scan&${mainDeskQuery}`))
  same('alma_rb.scan_missing_params.json', await alma.post(`${lent}?op=scan&library=MAIN`))
  same('php-alma.error_response.json', await alma.post(`${lent}?op=scan`))
  same('php-alma.item_barcode_error_response.json', await alma.get('/items?item_barcode=123'))
  same('alma_rb.error.json', await alma.get('/bibs/999/requests'))
  same('php-alma.fees_response.json', await alma.get('/users/emma.koch/fees'))
  const fees = await alma.get('/users/emma.koch/fees')
  same('php-alma.fee_response.json', await alma.get(`/users/emma.koch/fees/${fees.textAt('fee.0.id')}`))
  same('php-alma.zero_fees_response.json', await alma.get('/users/jonas.weber/fees'))
  same('alma_rb.payment_success.json', await alma.post('/users/emma.koch/fees/all?op=pay&amount=ALL&method=CASH'))
  const wanted = await alma.itemPath('31234000000013')
  same('php-alma.item_requests_response.json', await alma.get(`${wanted}/requests`))
  same('php-alma.requested-resources_response.json', await alma.get(`/task-lists/requested-resources?${mainDeskQuery}`))
  const title = lent.split('/')[2]
  const options = await alma.get(`/bibs/${title}/request-options?user_id=jonas.weber`)
  same('alma_rb.request_options.json', options)
  const hold = { request_type: 'HOLD', pickup_location_type: 'LIBRARY', pickup_location_library: 'MAIN' }
  same('alma_rb.request_success.json', await alma.post(`/users/jonas.weber/requests?mms_id=${title}`, hold))
  alma.control.setQuota({ perSecond: 1 })
  await alma.get('/conf/test')
  same('php-alma.per_second_threshold_error_response.json', await alma.get('/users/anna.becker'))
})

t.test('a recorded XML error and ours have the same elements', { skip: skipFixtures }, async (t) => {
  const alma = await startAlma(t)
  const item = await alma.itemPath('31234000000001')
  const ours = await alma.call('POST', `${item}?op=scan`, { accept: 'application/xml' })
  const elements = (xml: string): readonly string[] => [...xml.matchAll(/<(\w+)/g)].map(([, name]) => name ?? '')
  const recorded = readFileSync(new URL('php-alma.error_response.xml', fixtures), 'utf8')
  t.strictSame(elements(ours.text), elements(recorded))
})
