import t from 'tap'
import { askCheck, broker, type CheckedConfig, countCalls, kiosk, sampleData, told } from './ask-check.ts'

const demanding: CheckedConfig = {
  institution: {
    alma: {
      mappings: { mediaKinds: { DVD: 'cd' }, blockActions: { '02-LOST': [] }, paymentMethods: { online: 'ONLINE' } },
    },
  },
  profiles: {
    kiosk: {
      messages: { blockPatron: true },
      patronBlock: { type: 'GENERAL', description: '02-LOST' },
      payments: { types: { '05': 'local:CASH' }, writeOff: { types: '06', reason: 'OTHER' } },
      feesToAccept: { checkout: [{ amount: 100, policy: 'MEDIA', materialType: ['DVD', 'CD'] }] },
      sortBins: { rules: [{ bin: '1', when: { materialType: 'BOOK', policy: 'SHORT' } }] },
      inLibraryUsePolicies: ['REFERENCE'],
      fields: {
        templates: { AE: '{lastName} {identifier:BARCODE}' },
        printLines: { '24': ['{statistics:GENERAL}'] },
        add: [{ field: 'ZX', value: '{identifier:UNIV_ID}' }],
      },
    },
  },
}

t.test('codes that Alma has are well, one line and one call a table, and nothing is changed', async (t) => {
  const checked = await askCheck(t, demanding)
  t.equal(checked.exitCode, 0)
  t.strictSame(told(checked, 'table'), [
    'ok table UserBlockTypes: has GENERAL',
    'ok table UserBlockDescription: has 02-LOST',
    'ok table WorkbenchPaymentMethod: has CASH, ONLINE',
    'ok table FineFeeTransactionReason: has OTHER',
    'ok table ItemPolicy: has MEDIA, SHORT, REFERENCE',
    'ok table PhysicalMaterialType: has DVD, CD, BOOK',
    'ok table UserIdentifierTypes: has BARCODE, UNIV_ID',
    'ok table UserStatisticalTypes: has GENERAL',
    'ok table RequestCancellationReasons: has CancelledAtPatronRequest',
  ])
  t.equal(countCalls(checked, 'getCodeTable'), 9)
  const writes = checked.calls.filter(({ method }) => method !== 'GET')
  t.strictSame(
    writes.map(({ path }) => path),
    ['/almaws/v1/users/operation/test', '/almaws/v1/bibs/test'],
    'the test calls of the rights',
  )
})

t.test('a code that is sent and not there fails, with the path of its setting', async (t) => {
  const checked = await askCheck(t, {
    institution: { alma: { mappings: { paymentMethods: { online: 'WIRE' } } } },
    profiles: {
      kiosk: {
        messages: { blockPatron: true },
        patronBlock: { type: 'HOUSE', description: '02' },
        payments: { types: { '05': 'local:CHEQUE' }, writeOff: { types: '06', reason: 'GIFT' } },
      },
      annex: { extends: 'kiosk' },
    },
    terminals: [
      { ...kiosk, name: 'annex', location: 'ANNEX', profile: 'annex' },
      { ...kiosk, name: 'hall', profile: 'kiosk' },
    ],
  })
  t.equal(checked.exitCode, 1)
  const both = (setting: string) => `profiles.annex.${setting}, profiles.kiosk.${setting}`
  const advice = (setting: string) =>
    `Alma would refuse it -> Correct ${setting}, or add the code to the table in Alma.`
  t.strictSame(told(checked, 'table'), [
    `fail table UserBlockTypes: does not have HOUSE: ${advice(both('patronBlock.type'))}`,
    `fail table UserBlockDescription: does not have 02: ${advice(both('patronBlock.description'))}`,
    `fail table WorkbenchPaymentMethod: does not have CHEQUE: ${advice(both('payments.types.05'))}`,
    'fail table WorkbenchPaymentMethod: does not have WIRE: ' +
      advice('institutions[0].alma.mappings.paymentMethods.online'),
    `fail table FineFeeTransactionReason: does not have GIFT: ${advice(both('payments.writeOff.reason'))}`,
    'ok table RequestCancellationReasons: has CancelledAtPatronRequest',
  ])
  t.equal(countCalls(checked, 'getCodeTable'), 5)
})

t.test('a code that is only compared is a warning', async (t) => {
  const checked = await askCheck(t, {
    institution: { alma: { mappings: { mediaKinds: { VINYL: 'other' }, blockActions: { '99': [] } } } },
    profiles: {
      kiosk: {
        feesToAccept: { renew: [{ amount: 50, policy: ['MEDIA', 'OLD'] }] },
        sortBins: {
          rules: [
            { bin: '1', when: { destination: 'shelf' } },
            { bin: '2', when: { policy: 'OLD' } },
          ],
        },
        fields: { add: [{ field: 'ZX', value: '{statistics:FACULTY} {identifier:STAFF_NO}' }] },
      },
    },
  })
  t.equal(checked.exitCode, 0)
  t.strictSame(
    told(checked, 'table').filter((line) => line.startsWith('warn')),
    [
      'warn table ItemPolicy: does not have OLD: nothing would match it -> Correct ' +
        'profiles.kiosk.feesToAccept.renew[0].policy, profiles.kiosk.sortBins.rules[1].when.policy, or add the code to ' +
        'the table in Alma. A table that a library has of its own is not looked at.',
      'warn table UserStatisticalTypes: does not have FACULTY: nothing would match it -> Correct ' +
        'profiles.kiosk.fields.add[0].value, or add the code to the table in Alma.',
      'warn table UserIdentifierTypes: does not have STAFF_NO: nothing would match it -> Correct ' +
        'profiles.kiosk.fields.add[0].value, or add the code to the table in Alma.',
      'warn table PhysicalMaterialType: does not have VINYL: nothing would match it -> Correct ' +
        'institutions[0].alma.mappings.mediaKinds.VINYL, or add the code to the table in Alma.',
      'warn table UserBlockDescription: does not have 99: nothing would match it -> Correct ' +
        'institutions[0].alma.mappings.blockActions.99, or add the code to the table in Alma.',
    ],
  )
})

t.test('a code that is switched off', async (t) => {
  const off = { description: 'Off', enabled: false }
  const data = {
    ...sampleData,
    code_tables: {
      UserBlockTypes: { GENERAL: off },
      PhysicalMaterialType: { DVD: off },
      RequestCancellationReasons: { CancelledAtPatronRequest: off },
    },
  }
  const checked = await askCheck(t, demanding, { data })
  t.equal(checked.exitCode, 1)
  t.strictSame(
    told(checked, 'table').filter((line) => !line.startsWith('ok')),
    [
      'fail table UserBlockTypes: has switched off GENERAL: Alma would refuse it -> Correct ' +
        'profiles.kiosk.patronBlock.type, or enable the code in Alma.',
      'warn table PhysicalMaterialType: has switched off DVD: new records cannot have it -> Correct ' +
        'profiles.kiosk.feesToAccept.checkout[0].materialType, institutions[0].alma.mappings.mediaKinds.DVD, or enable ' +
        'the code in Alma.',
      'fail table RequestCancellationReasons: has switched off CancelledAtPatronRequest: Alma would refuse it -> It ' +
        'cannot be set: enable the code in Alma.',
    ],
  )
})

t.test(
  'the identifier by which the directory knows a patron, where a machine or partner asks the directory',
  async (t) => {
    const directory = (identifier: string) => ({
      institution: { ldap: { urls: 'ldap://127.0.0.1:1', userDn: 'uid={identifier},dc=example', identifier } },
    })
    const ofMachine = { profiles: { kiosk: { pinPolicy: 'ldap' as const } } }
    const ofPartner = { ncip: { partners: [{ ...broker, passwordPolicy: 'ldap' as const }] }, profiles: { kiosk: {} } }
    for (const asking of [ofMachine, ofPartner]) {
      t.strictSame(told(await askCheck(t, { ...directory('CAMPUS_ID'), ...asking }), 'table UserIdentifierTypes'), [
        'fail table UserIdentifierTypes: does not have CAMPUS_ID: every password would count as wrong -> Correct ' +
          'institutions[0].ldap.identifier, or add the code to the table in Alma.',
      ])
    }
    const idle = await askCheck(t, { ...directory('CAMPUS_ID'), profiles: { kiosk: {} } })
    t.strictSame(told(idle, 'table UserIdentifierTypes'), [])
    const primary = await askCheck(t, { ...directory('primary'), ...ofMachine })
    t.strictSame(told(primary, 'table UserIdentifierTypes'), [])
  },
)

t.test('where nothing names a code of a table, the table is not read', async (t) => {
  const checked = await askCheck(t, {
    profiles: {
      kiosk: {
        messages: { hold: false, feePaid: false },
        patronBlock: { type: 'HOUSE', description: '02' },
        payments: { types: { '05': 'local:CHEQUE' } },
      },
    },
    ncip: { partners: [{ ...broker, services: ['LookupItem'] }] },
  })
  t.equal(checked.exitCode, 0)
  t.equal(countCalls(checked, 'getCodeTable'), 0, 'what no message can have sent is not asked for')
  const cancelling = await askCheck(t, {
    profiles: { kiosk: { messages: { hold: false } } },
    ncip: { partners: [{ ...broker, services: ['CancelRequestItem'] }] },
  })
  t.strictSame(told(cancelling, 'table'), ['ok table RequestCancellationReasons: has CancelledAtPatronRequest'])
})

t.test('a table that cannot be read is a warning, and the others are read all the same', async (t) => {
  const checked = await askCheck(t, demanding, {
    prepare: (alma) =>
      alma.control.setFaults({
        kind: 'answer',
        form: 'envelope',
        status: 400,
        code: '402119',
        match: { operation: 'getCodeTable' },
        times: 1,
      }),
  })
  t.equal(checked.exitCode, 0)
  const [unread, ...others] = told(checked, 'table')
  t.match(unread, /^warn table UserBlockTypes: cannot be read: .*402119.* -> Look in Alma whether it has GENERAL\.$/)
  t.equal(others.filter((line) => line.startsWith('ok')).length, 8)
})
