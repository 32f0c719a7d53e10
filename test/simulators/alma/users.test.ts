/** Users [Alma users]. */
import t from 'tap'
import { type Alma, startAlma } from './alma-caller.ts'

const idOf = async (alma: Alma, path: string) => (await alma.get(`/users/${path}`)).at('primary_id')

t.test('primary id whatever its case, any unique identifier, identifiers of one type', async (t) => {
  const alma = await startAlma(t)
  t.equal(await idOf(alma, 'anna.becker'), 'anna.becker')
  t.equal(await idOf(alma, 'ANNA.Becker'), 'anna.becker')
  t.equal(await idOf(alma, '21234000000001'), 'anna.becker')
  t.equal(await idOf(alma, 'U100001'), 'anna.becker')
  t.equal(await idOf(alma, '21234000000001?user_id_type=BARCODE'), 'anna.becker')
  t.equal((await alma.get('/users/u100001')).code, '401861', 'identifiers tell case apart')
  alma.control.setSwitches({ caseSensitiveIdentifiers: false })
  t.equal(await idOf(alma, 'u100001'), 'anna.becker')
})

t.test('a user that is not there', async (t) => {
  const alma = await startAlma(t)
  const nobody = await alma.get('/users/9999')
  t.equal(nobody.code, '401861')
  const noType = await alma.get('/users/anna.becker?user_id_type=BARCODE')
  t.equal(noType.code, '401890')
  t.equal(
    noType.at('errorList.error.0.errorMessage'),
    'User with identifier anna.becker of type BARCODE was not found.',
  )
})

t.test('a barcode that is not active any more finds nobody', async (t) => {
  const user_identifier = [
    { id_type: 'BARCODE', value: 'OLD', status: 'INACTIVE' },
    { id_type: 'BARCODE', value: 'NEW' },
  ]
  const alma = await startAlma(t, { data: { users: [{ primary_id: 'p', user_identifier }] } })
  t.equal((await alma.get('/users/OLD')).code, '401861')
  t.equal(await idOf(alma, 'NEW'), 'p')
})

t.test('counts only when asked for', async (t) => {
  const alma = await startAlma(t)
  const plain = await alma.get('/users/anna.becker')
  t.strictSame([plain.at('loans'), plain.at('requests'), plain.at('fees')], [undefined, undefined, undefined])
  const full = await alma.get('/users/anna.becker?expand=loans,requests,fees')
  t.strictSame([full.at('loans.value'), full.at('requests.value'), full.at('fees.value')], [3, 2, 2.4])
  t.match(full.at('loans.link'), /\/almaws\/v1\/users\/anna\.becker\/loans$/)
  const koch = await alma.get('/users/emma.koch?expand=fees')
  t.equal(koch.at('fees.value'), 31.6, 'exported fees are not in the balance')
})

t.test('what a full and a brief user have', async (t) => {
  const alma = await startAlma(t)
  const full = await alma.get('/users/lukas.hoffmann')
  t.strictSame(full.at('user_block.0.block_description'), { value: '02-LOST', desc: 'Lost card' })
  t.equal(full.at('user_role.0.role_type.value'), '200')
  t.equal(full.at('full_name'), 'Lukas Hoffmann')
  const brief = await alma.get('/users/anna.becker?view=brief')
  t.equal(brief.at('contact_info.email.0.email_address'), 'anna.becker@example.org')
  t.equal(brief.at('contact_info.address'), undefined)
  t.equal(brief.at('user_role'), undefined)
  t.equal(brief.at('user_identifier.0.value'), '21234000000001')
  t.equal((await alma.get('/users/zofia.wisniewska')).at('last_name'), 'Wiśniewska-Müller')
})

t.test('the password of an internal user, by query or header', async (t) => {
  const alma = await startAlma(t)
  const auth = (path: string, headers?: Record<string, string>) =>
    alma.call('POST', `/users/${path}`, headers ? { headers } : {})
  t.equal((await auth('21234000000002?op=auth&password=correct-horse-7')).status, 204)
  t.equal((await auth('jonas.weber?op=auth', { 'Exl-User-Pw': encodeURIComponent('correct-horse-7') })).status, 204)
  t.equal((await auth('jonas.weber?op=auth&password=wrong')).code, '401866')
  t.equal((await auth('jonas.weber?op=auth&password=2468')).code, '401866', 'the pin is no password')
  t.equal((await auth('jonas.weber?op=auth')).code, '401866')
  t.equal((await auth('anna.becker?op=auth&password=')).code, '401866', 'external people never pass')
  t.equal((await auth('nobody?op=auth&password=x')).code, '401861')
  t.equal((await auth('jonas.weber?op=other')).code, '40166411')
  alma.control.setSwitches({ authSuccessStatus: 200 })
  t.equal((await auth('jonas.weber?op=auth&password=correct-horse-7')).status, 200)
  t.notOk(JSON.stringify(alma.control.calls()).includes('correct-horse'), 'no password in the log of calls')
})

t.test('the pin is accepted and never shown', async (t) => {
  const alma = await startAlma(t)
  const user = JSON.parse((await alma.get('/users/jonas.weber')).text) as Record<string, unknown>
  const changed = await alma.put('/users/jonas.weber', { ...user, pin_number: '1357' })
  t.equal(changed.status, 200)
  t.notMatch(changed.text, '1357')
  t.notMatch((await alma.get('/users/jonas.weber')).text, '2468')
  t.equal(alma.control.store.userByPrimaryId('jonas.weber')?.pin, '1357')
})

t.test('PUT swaps the whole user: lists that are left out are emptied, roles stay', async (t) => {
  const alma = await startAlma(t)
  const changed = await alma.put('/users/anna.becker', { last_name: 'Becker-Lang', first_name: 'Anna' })
  t.equal(changed.at('last_name'), 'Becker-Lang')
  t.strictSame(changed.at('user_identifier'), [])
  t.equal(changed.at('user_role.0.role_type.value'), '200')
  t.strictSame(changed.at('contact_info.email'), [])
  t.equal((await alma.get('/users/21234000000001')).code, '401861', 'its barcode is gone too')
  t.equal(changed.at('user_group.value'), 'STUD', 'protected for external people')
})

t.test('GET, change, PUT keeps everything else', async (t) => {
  const alma = await startAlma(t)
  const before = await alma.get('/users/anna.becker')
  const user = JSON.parse(before.text) as Record<string, unknown>
  const block = { block_type: { value: 'GENERAL' }, block_description: { value: '01-GENERAL' }, block_note: 'by kiosk' }
  const changed = await alma.put('/users/21234000000001', { ...user, user_block: [block] })
  t.equal(changed.at('user_block.0.block_note'), 'by kiosk')
  t.equal(changed.at('user_block.0.block_status'), 'ACTIVE')
  const { user_block: _new, ...kept } = JSON.parse((await alma.get('/users/21234000000001')).text)
  const { user_block: _old, ...expected } = user
  t.strictSame(kept, expected)
})

t.test('members that no table names are kept as they came', async (t) => {
  const alma = await startAlma(t)
  const user = JSON.parse((await alma.get('/users/anna.becker')).text)
  const pronouns = { value: 'SHE', desc: 'she/her' }
  const [address] = user.contact_info.address
  const body = {
    ...user,
    pronouns,
    contact_info: { ...user.contact_info, address: [{ ...address, floor: 4 }], messenger: ['a', 'b'] },
    user_identifier: user.user_identifier.map((identifier: object) => ({ ...identifier, chip: { id: '7' } })),
  }
  await alma.put('/users/anna.becker', body)
  t.strictSame(JSON.parse((await alma.get('/users/anna.becker')).text), body)
  t.equal((await alma.put('/users/anna.becker', user)).at('pronouns'), undefined, 'and gone when they are left out')
})

t.test('the pin of an internal user goes when it is left out, that of an external one stays', async (t) => {
  const alma = await startAlma(t)
  const pinOf = (id: string) => alma.control.store.userByPrimaryId(id)?.pin
  const put = (id: string, body: object, query = '') => alma.put(`/users/${id}${query}`, { last_name: 'X', ...body })
  await put('jonas.weber', {})
  t.equal(pinOf('jonas.weber'), undefined)
  await put('anna.becker', { pin_number: '1111' })
  await put('anna.becker', { pin_number: '2222' })
  await put('anna.becker', {})
  t.equal(pinOf('anna.becker'), '1111')
  await put('anna.becker', { pin_number: '2222' }, '?override=pin_number')
  t.equal(pinOf('anna.becker'), '2222')
})

t.test('PUT checks the codes of blocks, and what says no segment is external for external people', async (t) => {
  const alma = await startAlma(t)
  const put = (id: string, block: object) => alma.put(`/users/${id}`, { last_name: 'B', user_block: [block] })
  const known = { block_type: { value: 'GENERAL' }, block_description: { value: '01-GENERAL' } }
  t.equal((await put('anna.becker', known)).at('user_block.0.segment_type'), 'External')
  t.equal((await put('anna.becker', { ...known, segment_type: 'x' })).at('user_block.0.segment_type'), 'External')
  t.equal(
    (await put('anna.becker', { ...known, segment_type: 'Internal' })).at('user_block.0.segment_type'),
    'Internal',
  )
  t.equal((await put('jonas.weber', known)).at('user_block.0.segment_type'), 'Internal')
  t.equal((await put('anna.becker', { ...known, block_type: { value: 'NONE' } })).code, '401864')
  t.equal((await put('anna.becker', { ...known, block_description: { value: 'NONE' } })).code, '401864')
  t.equal((await put('anna.becker', { block_note: 'x' })).code, '401664')
})

t.test('protected members of external people need an override', async (t) => {
  const alma = await startAlma(t)
  const body = { last_name: 'Becker', user_group: { value: 'STAFF' }, preferred_language: { value: 'en' } }
  t.equal((await alma.put('/users/anna.becker', body)).at('user_group.value'), 'STUD')
  const overridden = await alma.put('/users/anna.becker?override=user_group', body)
  t.equal(overridden.at('user_group.value'), 'STAFF')
  t.equal(overridden.at('preferred_language.value'), 'de')
  t.equal((await alma.put('/users/jonas.weber', body)).code, '', 'internal people have no protected members')
  t.equal((await alma.get('/users/jonas.weber')).at('user_group.value'), 'STAFF')
  t.equal((await alma.put('/users/jonas.weber', { first_name: 'J' })).code, '401664')
  t.equal((await alma.put('/users/jonas.weber', {})).code, '401676')
  t.equal((await alma.put('/users/jonas.weber', { last_name: 'W', account_type: 'EXTERNAL' })).code, '401860')
})

t.test('PUT in XML', async (t) => {
  const alma = await startAlma(t)
  const xml = await alma.get('/users/anna.becker', { accept: 'application/xml' })
  const written = xml.text.replace('<first_name>Anna', '<first_name>Änne')
  const changed = await alma.call('PUT', '/users/anna.becker', { body: written })
  t.equal(changed.at('first_name'), 'Änne')
  t.equal(changed.at('user_identifier.0.value'), '21234000000001')
  t.equal(changed.at('user_identifier.0.id_type.desc'), 'Barcode')
  t.equal(changed.at('contact_info.email.0.email_type.0.value'), 'school')
  t.equal(changed.at('contact_info.email.0.preferred'), true)
})

t.test('the brief list of users', async (t) => {
  const alma = await startAlma(t)
  const list = await alma.get('/users?limit=3')
  t.equal(list.at('total_record_count'), 8)
  const names = (list.at('user') as { last_name: string }[]).map((user) => user.last_name)
  t.strictSame(names, ['Becker', 'Hoffmann', 'Klein'])
  t.strictSame(Object.keys(list.at('user.0') as object), ['primary_id', 'first_name', 'last_name', 'status', 'link'])
  const count = async (query: string) => (await alma.get(`/users?${query}`)).at('total_record_count')
  t.equal(await count('q=last_name~beck'), 1)
  t.equal(await count('q=identifiers~21234000000007'), 1)
  t.equal(await count('q=user_group~STAFF%20AND%20last_name~klein'), 1)
  t.equal(await count('q=ALL~example.org'), 1)
  t.equal(await count('q=last_name~nobody'), 0)
  t.equal((await alma.get('/users?order_by=primary_id')).at('user.0.primary_id'), 'anna.becker')
  t.equal((await alma.get('/users?q=shoe_size~44')).code, '401666')
  t.equal((await alma.get('/users?q=last_name~x&modify_date_from=2026-01-01')).code, '401666')
  t.equal(await count('modify_date_from=2026-03-11'), 0)
})
