/** Lending and lists of loans [Alma users: loans; Alma bibs: loans]. */
import t from 'tap'
import { readSampleFile, sampleLibraryPath } from '../../../simulators/alma/state/load.ts'
import { type Alma, mainDesk, startAlma } from './alma-caller.ts'

const lend = (alma: Alma, user: string, barcode: string, body: unknown = mainDesk) =>
  alma.post(`/users/${user}/loans?item_barcode=${barcode}`, body)

const branchDesk = { circ_desk: { value: 'DEFAULT_CIRC_DESK' }, library: { value: 'BRANCH' } }

t.test('a loan', async (t) => {
  const alma = await startAlma(t)
  const loan = await lend(alma, '21234000000001', '31234000000001')
  t.equal(loan.status, 200)
  t.equal(loan.at('user_id'), 'anna.becker', 'the canonical id, not the barcode')
  t.equal(loan.at('loan_date'), '2026-03-10T10:00:00.000Z')
  t.equal(loan.at('due_date'), '2026-04-07T21:59:00Z', 'end of the day in Berlin, summer time')
  t.equal(loan.at('loan_status'), 'ACTIVE')
  t.equal(loan.at('process_status'), 'NORMAL')
  t.equal(loan.at('renewable'), true)
  t.strictSame(loan.at('circ_desk'), { value: 'DEFAULT_CIRC_DESK', desc: 'Main Circulation Desk' })
  t.strictSame(loan.at('location_code'), { value: 'STACKS', name: 'Open Stacks' })
  const item = await alma.get(await alma.itemPath('31234000000001'))
  t.equal(item.at('item_data.process_type.value'), 'LOAN')
  t.equal(item.at('item_data.base_status.value'), '0')
})

t.test('by item id, below the item, with bare codes and in XML', async (t) => {
  const alma = await startAlma(t)
  const path = await alma.itemPath('31234000000002')
  const pid = path.split('/').at(-1)
  const bare = { circ_desk: 'DEFAULT_CIRC_DESK', library: 'MAIN' }
  t.equal((await alma.post(`/users/anna.becker/loans?item_pid=${pid}`, bare)).at('item_id'), pid)
  const other = await alma.itemPath('31234000000003')
  t.equal((await alma.post(`${other}/loans?user_id=21234000000007`, mainDesk)).at('user_id'), 'emma.koch')
  const xml = '<item_loan><circ_desk>DEFAULT_CIRC_DESK</circ_desk><library desc="x">MAIN</library></item_loan>'
  const inXml = await alma.call('POST', '/users/anna.becker/loans?item_barcode=31234000000004', {
    body: xml,
    accept: 'application/xml',
  })
  t.match(inXml.text, '<loan_status>Active</loan_status>')
  t.equal((await alma.post(`${other}/loans`, mainDesk)).code, '40166414')
  t.equal(
    (await alma.post(`${other.replace('/holdings/22', '/holdings/29')}/loans?user_id=x`, mainDesk)).code,
    '40166411',
  )
  t.equal((await alma.post('/users/anna.becker/loans', mainDesk)).code, '401672')
  t.equal((await alma.post('/users/anna.becker/loans?item_pid=42', mainDesk)).code, '40166411')
})

t.test('the library of a loan is the one that owns the item', async (t) => {
  const alma = await startAlma(t)
  const loan = await lend(alma, 'anna.becker', '31234000000022')
  t.equal(loan.at('library.value'), 'BRANCH')
  t.equal(loan.at('circ_desk.value'), 'DEFAULT_CIRC_DESK')
})

t.test('every refusal', async (t) => {
  const alma = await startAlma(t)
  const codeOf = async (user: string, barcode: string, body?: unknown) => (await lend(alma, user, barcode, body)).code
  t.equal(await codeOf('nobody', '31234000000001'), '401861')
  const typed = '/users/nobody/loans?user_id_type=BARCODE&item_barcode=31234000000001'
  t.equal((await alma.post(typed, mainDesk)).code, '401890')
  t.equal(await codeOf('anna.becker', '999'), '401689')
  t.equal(await codeOf('anna.becker', ''), '401690')
  t.equal(await codeOf('anna.becker', '31234000000001', { circ_desk: { value: 'X' } }), '401664')
  t.equal(await codeOf('anna.becker', '31234000000001', { library: { value: 'MAIN' } }), '401664')
  t.equal(await codeOf('mia.schulz', '31234000000001'), '401168', 'expired')
  t.equal(await codeOf('sofia.klein', '31234000000001'), '401151', 'no patron role')
  t.equal(await codeOf('paul.neumann', '31234000000001'), '401161', 'loan limit')
  t.equal(await codeOf('anna.becker', '31234000000019'), '401651', 'reference')
  t.equal(await codeOf('anna.becker', '31234000000009'), '400042', 'already on loan to her')
  t.equal(await codeOf('anna.becker', '31234000000014'), '401651', 'on loan to somebody else')
  t.equal(await codeOf('jonas.weber', '31234000000012'), '401651', 'on the hold shelf for somebody else')
  t.equal(await codeOf('jonas.weber', '31234000000013'), '401651', 'chosen for somebody else')
  t.equal(await codeOf('anna.becker', '31234000000027'), '401651', 'in the bindery')
  const blocked = await lend(alma, 'lukas.hoffmann', '31234000000001')
  t.equal(blocked.code, '401163')
  t.equal(
    blocked.at('errorList.error.0.errorMessage'),
    'Loan  -   Lost card. Card reported lost Scope: Demo University',
  )
  t.equal(alma.control.dump().loans.length, 7)
})

t.test('the desk must be linked to the location', async (t) => {
  const alma = await startAlma(t)
  const at = (library: string, desk: string) => ({ circ_desk: { value: desk }, library: { value: library } })
  const code = async (barcode: string, body: unknown) => (await lend(alma, 'jonas.weber', barcode, body)).code
  t.equal(await code('31234000000018', at('MAIN', 'SELFCHECK')), '401153', 'short loans are not for machines')
  t.equal(await code('31234000000001', at('MAIN', 'SELFCHECK')), '')
  t.equal(await code('31234000000002', branchDesk), '401153', 'the branch desk serves no other library')
  t.equal(await code('31234000000002', at('MAIN', 'NO_DESK')), '401153')
  t.equal(await code('31234000000002', at('NOWHERE', 'DEFAULT_CIRC_DESK')), '401153')
})

t.test('a second copy of a title', async (t) => {
  const alma = await startAlma(t)
  t.equal((await lend(alma, 'anna.becker', '31234000000007')).status, 200)
  t.equal((await lend(alma, 'anna.becker', '31234000000008')).code, '401198')
  alma.control.setSwitches({ secondCopy: 'allow' })
  t.equal((await lend(alma, 'anna.becker', '31234000000008')).status, 200)
})

t.test('an item on loan to somebody else is returned by itself', async (t) => {
  const alma = await startAlma(t, { switches: { loanedToOther: 'auto-return' } })
  const loan = await lend(alma, 'jonas.weber', '31234000000014')
  t.equal(loan.at('user_id'), 'jonas.weber')
  t.equal((await alma.get('/users/zofia.wisniewska/loans')).at('total_record_count'), 0)
})

t.test('an item that waits for somebody else', async (t) => {
  const alma = await startAlma(t, { switches: { heldForOther: 'allow', requestedByOther: 'allow' } })
  t.equal((await lend(alma, 'jonas.weber', '31234000000012')).status, 200)
  const waiting = await alma.get('/users/anna.becker/requests')
  t.equal(waiting.at('user_request.0.request_status'), 'NOT_STARTED', 'its request waits again')
  t.equal((await lend(alma, 'jonas.weber', '31234000000013')).status, 200)
})

t.test("a loan fills the borrower's own hold", async (t) => {
  const alma = await startAlma(t)
  const before = await alma.get('/users/anna.becker/requests')
  const loan = await lend(alma, 'anna.becker', '31234000000012')
  t.equal(loan.status, 200)
  t.equal(loan.at('request_id.value'), before.at('user_request.0.request_id'))
  t.equal((await alma.get('/users/anna.becker/requests')).at('total_record_count'), 1)
  const past = await alma.get('/users/anna.becker/requests?status=history')
  t.equal(past.at('user_request.0.request_id'), before.at('user_request.0.request_id'))
})

t.test('limits of a group: cash and overdue', async (t) => {
  const alma = await startAlma(t, {
    data: {
      user_groups: [{ code: 'G', cash_limit: 10, overdue_limit: 1 }],
      users: [{ primary_id: 'debtor' }, { primary_id: 'late' }],
      items: [{ barcode: '1' }, { barcode: '2' }],
      loans: [{ user_id: 'late', item_barcode: '2', due_date: '-3d' }],
      fees: [{ user_primary_id: 'debtor', original_amount: 10 }],
    },
  })
  const debtor = await lend(alma, 'debtor', '1')
  t.equal(debtor.code, '401201')
  t.match(debtor.at('errorList.error.0.errorMessage'), /^Cash {2}- {3}.* Scope: /)
  t.equal((await lend(alma, 'late', '1')).code, '401201')
})

t.test('blocks that have ended or forbid something else', async (t) => {
  const block = (more: object) => [{ block_type: 'LOAN', block_description: 'B', ...more }]
  const alma = await startAlma(t, {
    data: {
      block_actions: { B: ['LOAN'], R: ['RENEW'] },
      users: [
        { primary_id: 'ended', user_block: block({ expiry_date: '-1d' }) },
        { primary_id: 'inactive', user_block: block({ block_status: 'Inactive' }) },
        { primary_id: 'renewals', user_block: block({ block_description: 'R' }) },
        { primary_id: 'gone', status: 'INACTIVE' },
      ],
      items: [{ barcode: '1' }, { barcode: '2' }, { barcode: '3' }, { barcode: '4' }],
    },
  })
  t.equal((await lend(alma, 'ended', '1')).status, 200)
  t.equal((await lend(alma, 'inactive', '2')).status, 200)
  t.equal((await lend(alma, 'renewals', '3')).status, 200)
  t.equal((await lend(alma, 'gone', '4')).code, '401151')
})

t.test('due dates: days, hours, a fixed date', async (t) => {
  const rules = [{ policy: 'H', hours: 4 }, { policy: 'F', fixed_due_date: '2026-07-31' }, { days: 1 }]
  const alma = await startAlma(t, {
    data: {
      loan_rules: rules,
      users: [{ primary_id: 'u' }],
      items: [{ barcode: '1' }, { barcode: '2', policy: 'H' }, { barcode: '3', policy: 'F' }],
    },
  })
  t.equal((await lend(alma, 'u', '1')).at('due_date'), '2026-03-11T22:59:00Z', 'winter time')
  t.equal((await lend(alma, 'u', '2')).at('due_date'), '2026-03-10T14:00:00Z')
  t.equal((await lend(alma, 'u', '3')).at('due_date'), '2026-07-31T21:59:00Z', 'summer time')
})

t.test('lists of loans: order, direction, page, renewable, status', async (t) => {
  const alma = await startAlma(t)
  const due = async (query: string) => {
    const list = await alma.get(`/users/anna.becker/loans?${query}`)
    return (list.at('item_loan') as { item_barcode: string }[]).map((loan) => loan.item_barcode.slice(-2))
  }
  t.strictSame(await due('order_by=due_date'), ['10', '11', '09'])
  t.strictSame(await due('order_by=due_date&direction=DESC'), ['09', '11', '10'])
  t.strictSame(await due('order_by=title'), ['09', '10', '11'])
  t.strictSame(await due('order_by=due_date&limit=1&offset=1'), ['11'])
  t.equal((await alma.get('/users/anna.becker/loans?order_by=colour')).code, '401666')
  t.equal((await alma.get('/users/anna.becker/loans?loan_status=Lost')).code, '401666')
  const plain = await alma.get('/users/anna.becker/loans')
  t.equal(plain.at('item_loan.0.renewable'), undefined)
  t.equal(plain.at('total_record_count'), 3)
  const expanded = await alma.get('/users/anna.becker/loans?expand=renewable&order_by=due_date')
  t.equal(expanded.at('item_loan.0.renewable'), true)
  t.equal(expanded.at('item_loan.0.loan_fine'), 2.4, '12 days late')
  t.equal(expanded.at('item_loan.1.renewable'), false, 'somebody waits for it')
})

t.test('a returned loan is complete and in the history, unless that is forgotten', async (t) => {
  const alma = await startAlma(t)
  const list = await alma.get('/users/anna.becker/loans?order_by=due_date&direction=DESC')
  const id = list.at('item_loan.0.loan_id')
  const item = await alma.itemPath('31234000000009')
  await alma.post(`${item}?op=scan&library=MAIN&circ_desk=SELFCHECK`)
  const loan = await alma.get(`/users/anna.becker/loans/${id}`)
  t.equal(loan.at('loan_status'), 'COMPLETE')
  t.equal(loan.at('return_date'), '2026-03-10T10:00:00.000Z')
  t.strictSame(loan.at('return_circ_desk'), { value: 'SELFCHECK', desc: 'Self-Check Machines' })
  const complete = await alma.get('/users/anna.becker/loans?loan_status=Complete')
  t.equal(complete.at('item_loan.0.loan_id'), id)
  t.equal((await alma.get(`${item}/loans?loan_status=Complete`)).at('item_loan.0.loan_id'), id)
  alma.control.setSwitches({ anonymizeHistory: true })
  t.equal((await alma.get('/users/anna.becker/loans?loan_status=Complete')).at('total_record_count'), 0)
  t.equal((await alma.get(`/users/anna.becker/loans/${id}`)).code, '401823')
})

t.test('loans of an item and of a title', async (t) => {
  const alma = await startAlma(t)
  const item = await alma.itemPath('31234000000014')
  const ofItem = await alma.get(`${item}/loans`)
  t.equal(ofItem.at('item_loan.0.user_id'), 'zofia.wisniewska')
  const id = ofItem.at('item_loan.0.loan_id')
  t.equal((await alma.get(`${item}/loans/${id}`)).at('loan_id'), id)
  const title = item.split('/holdings')[0]
  t.equal((await alma.get(`${title}/loans`)).at('item_loan.0.loan_id'), id)
  t.equal((await alma.get(`${title}/loans/${id}`)).at('loan_id'), id)
  t.equal((await alma.get(`/users/anna.becker/loans/${id}`)).code, '401823', "somebody else's loan")
  t.equal((await alma.get(`${await alma.itemPath('31234000000001')}/loans`)).at('total_record_count'), 0)
})

t.test('a due date by hand', async (t) => {
  const alma = await startAlma(t)
  const loans = await alma.get('/users/anna.becker/loans?order_by=due_date')
  const path = `/users/anna.becker/loans/${loans.textAt('item_loan.0.loan_id')}`
  const changed = await alma.put(path, { due_date: '2026-05-01T21:00:00Z', loan_date: '2020-01-01T00:00:00Z' })
  t.equal(changed.at('due_date'), '2026-05-01T21:00:00Z')
  t.not(changed.at('loan_date'), '2020-01-01T00:00:00.000Z', 'only the due date can be changed')
  t.equal((await alma.put(path, {})).code, '401824')
  t.equal((await alma.put(path, { due_date: '2026-01-01T00:00:00Z' })).code, '401681')
  t.equal((await alma.put('/users/anna.becker/loans/1', { due_date: '2026-05-01Z' })).code, '401823')
  const item = await alma.itemPath('31234000000010')
  const below = await alma.put(`${item}/loans/${loans.textAt('item_loan.0.loan_id')}`, {
    due_date: '2026-05-02T21:00:00Z',
  })
  t.equal(below.at('due_date'), '2026-05-02T21:00:00Z')
})

t.test('the sample library is what its comments say', async (t) => {
  const data = readSampleFile(sampleLibraryPath)
  t.equal(data.users?.length, 8)
  t.equal(data.items?.length, 27)
  const alma = await startAlma(t)
  const processOf = async (barcode: string) => {
    const item = await alma.get(await alma.itemPath(barcode))
    return item.at('item_data.process_type.value')
  }
  t.equal(await processOf('31234000000012'), 'HOLDSHELF')
  t.equal(await processOf('31234000000013'), 'REQUESTED')
  t.equal(await processOf('31234000000025'), 'TRANSIT')
  t.equal((await alma.get(await alma.itemPath('31234000000024'))).at('item_data.is_magnetic'), true)
})
