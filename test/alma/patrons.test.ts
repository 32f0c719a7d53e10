import t from 'tap'
import { readPatron } from '../../src/alma/patrons.ts'
import { makeConfig } from './sample-config.ts'

const config = makeConfig('http://127.0.0.1')
const now = new Date('2026-06-01T12:00:00Z')

t.test('reads a whole user', async (t) => {
  const patron = readPatron(
    {
      primary_id: 'jdoe',
      first_name: 'Jane',
      middle_name: 'Q.',
      last_name: 'Doe',
      pref_first_name: 'Jo',
      user_group: { value: 'STUD', desc: 'Student' },
      preferred_language: { value: 'pt_BR', desc: 'Portuguese' },
      birth_date: '1990-01-02Z',
      expiry_date: '2027-09-30Z',
      status: { value: 'ACTIVE', desc: 'Active' },
      loans: { value: 2, link: 'x' },
      requests: { value: 1, link: 'x' },
      fees: { value: 12.5, link: 'x' },
      user_identifier: [
        { value: '21234', id_type: { value: 'BARCODE', desc: 'Barcode' }, status: 'ACTIVE' },
        { value: '9', id_type: { value: 'OLD' }, status: 'INACTIVE' },
      ],
      contact_info: {
        address: [
          {
            line1: '1 Road',
            line2: null,
            city: 'Town',
            state_province: 'ST',
            postal_code: '12345',
            country: { value: 'USA', desc: 'United States' },
            preferred: true,
            address_type: [{ value: 'home', desc: 'Home' }],
          },
        ],
        email: [{ email_address: 'j@example.org', preferred: true, email_type: [{ value: 'personal' }] }],
        phone: [{ phone_number: '+1 555 1', preferred: false, phone_type: [] }],
      },
      user_role: [{ status: { value: 'ACTIVE' }, role_type: { value: '200' }, expiry_date: '2027-09-30Z' }],
      user_block: [],
    },
    config,
    now,
  )
  t.same(patron, {
    id: 'jdoe',
    identifiers: [
      { kind: 'BARCODE', value: '21234', active: true },
      { kind: 'OLD', value: '9', active: false },
    ],
    name: { first: 'Jane', middle: 'Q.', last: 'Doe', preferredFirst: 'Jo' },
    group: { code: 'STUD', name: 'Student' },
    language: 'pt-BR',
    birthDate: '1990-01-02',
    active: true,
    expires: new Date('2027-09-30T21:59:59Z'),
    mayBorrow: true,
    blocks: [],
    contact: {
      addresses: [
        {
          lines: ['1 Road'],
          city: 'Town',
          region: 'ST',
          postalCode: '12345',
          country: 'United States',
          preferred: true,
          kind: 'home',
        },
      ],
      emails: [{ address: 'j@example.org', preferred: true, kind: 'personal' }],
      phones: [{ number: '+1 555 1', preferred: false, kind: '' }],
    },
    counts: { loans: 2, holds: 1 },
    balance: { minor: 1_250, currency: 'EUR' },
  })
})

t.test('reads a user of whom nearly nothing is known', async (t) => {
  const patron = readPatron({ primary_id: 'x', user_role: null, contact_info: null, fees: null }, config, now)
  t.match(patron, { id: 'x', expires: undefined, mayBorrow: false, blocks: [], birthDate: '', language: '' })
  t.same(patron.counts, { loans: 0, holds: 0 })
  t.same(patron.balance, { minor: 0, currency: 'EUR' })
})

t.test('may borrow only with a patron role that is in force', async (t) => {
  const mayBorrow = (role: object): boolean => readPatron({ user_role: [role] }, config, now).mayBorrow
  const role = { role_type: { value: '200' }, status: { value: 'Active' }, expiry_date: null }
  t.ok(mayBorrow(role))
  t.ok(mayBorrow({ ...role, expiry_date: '2026-06-01Z' }), 'until the end of the day')
  t.notOk(mayBorrow({ ...role, expiry_date: '2026-05-31Z' }))
  t.notOk(mayBorrow({ ...role, status: { value: 'INACTIVE' } }))
  t.notOk(mayBorrow({ ...role, role_type: { value: '32' } }))
})

t.test('counts blocks that are active, in either spelling, and not over', async (t) => {
  const block = (code: string, status: string, expiry: string | null, type = 'GENERAL') => ({
    block_type: { value: type },
    block_description: { value: code, desc: `Block ${code}` },
    block_status: status,
    block_note: 'note',
    expiry_date: expiry,
  })
  const options = {
    ...config.options,
    blocks: {
      byDescription: { B: { loan: true, renew: true, hold: true } },
      byType: { SOFT: { loan: false, renew: false, hold: false } },
      otherwise: { loan: true, renew: false, hold: true },
    },
  }
  const user = {
    user_block: [
      block('A', 'ACTIVE', null),
      block('B', 'Active', '2026-06-02T00:00:00.000Z'),
      block('C', 'ACTIVE', '2026-05-31T00:00:00.000Z'),
      block('D', 'INACTIVE', null),
      block('E', 'ACTIVE', null, 'SOFT'),
    ],
  }
  const { blocks } = readPatron(user, { ...config, options }, now)
  t.same(
    blocks.map(({ code, forbids }) => [code, forbids.loan, forbids.renew, forbids.hold]),
    [
      ['A', true, false, true],
      ['B', true, true, true],
      ['E', false, false, false],
    ],
  )
  t.equal(blocks[0]?.description, 'Block A')
})

t.test('is inactive by status', async (t) => {
  t.notOk(readPatron({ status: { value: 'INACTIVE' } }, config, now).active)
  t.notOk(readPatron({ status: { value: 'DELETED' } }, config, now).active)
})

t.test('reads the members that machines may be shown; of the notes only those that are for the patron', async (t) => {
  const { members } = readPatron(
    {
      user_title: { value: 'DR', desc: 'Dr' },
      job_category: { value: 'PROF', desc: 'Professor' },
      job_description: 'Astronomy',
      campus_code: { value: 'NORTH', desc: 'North Campus' },
      user_note: [
        { note_text: 'Locker 7', user_viewable: true },
        { note_text: 'Never on time', user_viewable: false },
        { note_text: 'Rude', popup_note: true },
        { note_text: '', user_viewable: true },
      ],
      user_statistic: [
        { category_type: { value: 'FACULTY' }, statistic_category: { value: 'MATH', desc: 'Mathematics' } },
      ],
    },
    config,
    now,
  )
  t.same(members, {
    title: 'Dr',
    jobCategory: { code: 'PROF', name: 'Professor' },
    jobDescription: 'Astronomy',
    campus: { code: 'NORTH', name: 'North Campus' },
    notes: ['Locker 7'],
    statistics: [{ kind: 'FACULTY', category: { code: 'MATH', name: 'Mathematics' } }],
  })
  t.equal(readPatron({ campus_code: { value: '' }, user_note: null }, config, now).members, undefined)
})
