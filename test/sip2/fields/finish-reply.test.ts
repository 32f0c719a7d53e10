import t, { type Test } from 'tap'
import type { Item, Patron, Routing } from '../../../src/circulation/model.ts'
import { done } from '../../../src/circulation/outcome.ts'
import { type ProfileInput, wholeProfile } from '../../../src/runtime/config/sections/profile.ts'
import { fakeCirculation, sampleFee, sampleItem, samplePatron } from '../../helpers/fake-library-system.ts'
import { connect, fieldsOf, type Kiosk } from '../../helpers/kiosk.ts'

const date = '20260301    130000'
const nowhere = ' '.repeat(18)
const status = `23001${date}AO01INST|AAP100|AC|AD|`
const information = (summary = '') => `63001${date}${summary.padEnd(10)}AO01INST|AAP100|AC|AD|`
const checkout = `11NN${date}${nowhere}AO01INST|AAP100|ABB0071|AC|`
const checkin = `09N${date}${date}AP|AO01INST|ABB0071|AC|`

interface Answers {
  readonly patron?: Partial<Patron>
  readonly item?: Partial<Item>
  readonly routing?: Partial<Routing>
}

function start(t: Test, profile: ProfileInput, { patron, item, routing }: Answers = {}): Promise<Kiosk> {
  const scanned = { ...sampleItem, ...item }
  const way: Routing = { to: 'shelf', destination: '', reason: 'none', requester: undefined, ...routing }
  const circulation = fakeCirculation({
    patrons: { find: async () => done({ ...samplePatron, ...patron }) },
    items: { scanIn: async () => done({ item: scanned, routing: way }), find: async () => done(scanned) },
  })
  return connect(t, { circulation, profile: wholeProfile.parse(profile) })
}

t.test('fields.templates: AE', async (t) => {
  const kiosk = await start(t, { fields: { templates: { AE: '{lastName}, {firstName}' } } })
  t.same(fieldsOf(await kiosk.ask(status), 'AE'), ['Lovelace, Ada'])
  const name = { ...samplePatron.name, last: '' }
  const nameless = await start(t, { fields: { templates: { AE: '{lastName}, {firstName}' } } }, { patron: { name } })
  t.same(fieldsOf(await nameless.ask(status), 'AE'), ['Ada'], 'what joined the two is gone')
})

t.test('fields.templates: the lists AS, AT, AU, AV, BU and CD', async (t) => {
  const templates = {
    AS: 'AS {barcode}',
    AT: 'AT {barcode}',
    AU: '{barcode} {title}, {owningLibraryName}, {dueReadable}',
    AV: '{feeId}/{amount} {currency}/{feeTypeName}',
    BU: 'BU {barcode}',
    CD: '{title} ({pickup}) {queuePosition}',
  }
  const kiosk = await start(t, { fields: { templates } })
  t.same(fieldsOf(await kiosk.ask(information('  Y')), 'AU'), ['B0071 Notes on the Engine, Main Library, 29 Mar 2026'])
  t.same(fieldsOf(await kiosk.ask(information('   Y')), 'AV'), [`${sampleFee.id}/2.50 EUR/Overdue fine`])
  t.same(fieldsOf(await kiosk.ask(information('     Y')), 'CD'), ['Notes on the Engine (Main Library) 2'])
})

t.test('fields.templates: DA is sent by its template alone', async (t) => {
  const routing = { to: 'hold-shelf', requester: { patronId: 'jdoe', name: 'Doe, Jane' } } as const
  const plain = await start(t, {}, { routing })
  t.notMatch(await plain.ask(checkin), /Doe|jdoe/)
  const kiosk = await start(t, { fields: { templates: { DA: '{requesterName}' } } }, { routing })
  t.match(await kiosk.ask(checkin), /\|DADoe, Jane\|/)
})

t.test('fields.printLines', async (t) => {
  const printLines = { '12': ['{title}', 'Due {dueReadable}', '{isbn}'], '36': ['{institution}, {today} {now}'] }
  const kiosk = await start(t, { printWidth: 16, fields: { printLines } })
  t.match(await kiosk.ask(checkout), /\|AGNotes on the\|AGEngine\|AGDue 29 Mar 2026\|$/, 'as wide as the paper')
  t.match(await kiosk.ask(`35${date}AO01INST|AAP100|AC|AD|`), /\|AGMain Library, 1\|AGMar 2026 13:00\|$/)

  const told = await start(t, { fields: { printLines } })
  let loans = 0
  const lent = async () => fieldsOf(await told.ask(checkout.replace('B0071', `B${(loans += 1)}`)), 'AG')
  t.equal((await lent())[0], 'Notes on the Engine')
  await told.ask('9900162.00')
  t.same((await lent()).slice(0, 2), ['Notes on the', 'Engine'], 'as wide as the paper that the machine told')
  await told.ask('9909992.00')
  t.equal((await lent())[0], 'Notes on the Engine', 'no paper at all')
})

t.test('fields.send: these alone, and what the standard requires', async (t) => {
  const kiosk = await start(t, { fields: { send: ['BL', 'AF'] } })
  t.equal(await kiosk.ask(status), `24              001${date}AO01INST|AAP100|AEAda King Lovelace|BLY|`)
})

t.test('fields.hide: a required field is sent empty', async (t) => {
  const kiosk = await start(t, { fields: { hide: ['AE', 'BV', 'BH'] } })
  t.equal(await kiosk.ask(status), `24              001${date}AO01INST|AAP100|AE|BLY|`)
})

t.test('fields.rename: AG to AF, two fields in each other’s place, and one that no table knows', async (t) => {
  const lines = { printLines: { '36': ['Bye'] } }
  const asScreen = await start(t, { fields: { ...lines, rename: { AG: 'AF' } } })
  t.match(await asScreen.ask(`35${date}AO01INST|AAP100|AC|AD|`), /\|AFBye\|$/)
  const swapped = await start(t, { fields: { rename: { CS: 'AQ', AQ: 'CS', AJ: 'ZZ' } } })
  const answer = await swapped.ask(checkin)
  t.match(answer, /\|AQQA 76 \.M4\|/)
  t.match(answer, /\|CSOpen Stacks\|/)
  t.match(answer, /\|ZZNotes on the Engine\|/)
})

t.test('complaint 16: fields.add: constants and members of the patron', async (t) => {
  const members = {
    title: 'Dr',
    jobCategory: { code: 'PROF', name: 'Professor' },
    campus: { code: 'NORTH', name: 'North Campus' },
    notes: ['Locker 7'],
    statistics: [
      { kind: 'FACULTY', category: { code: 'MATH', name: 'Mathematics' } },
      { kind: 'YEAR', category: { code: '2', name: 'Second' } },
    ],
  }
  const add = [
    { field: 'SV', value: 'Bridge' },
    { field: 'PC', value: '{patronGroup}' },
    { field: 'PA', value: '{cardExpires}' },
    { field: 'PB', value: '{birthDate}' },
    { field: 'ZA', value: '{statistics:FACULTY}-{statistics:YEAR}' },
    { field: 'ZB', value: '{jobCategoryName} {patronTitle}' },
    { field: 'ZC', value: '{patronNote}' },
    { field: 'ZD', value: '{identifier:BARCODE}' },
    { field: 'ZE', value: '{statistics:NONE}' },
    { field: 'ZF', value: '{email} {phone} {postalCode}', in: ['64' as const] },
  ]
  const kiosk = await start(t, { fields: { add } }, { patron: { members } })
  const answer = await kiosk.ask(status)
  const all = (id: string) => fieldsOf(answer, id)[0]
  t.same(['SV', 'PC', 'PA', 'PB', 'ZA', 'ZB', 'ZC', 'ZD'].map(all), [
    'Bridge',
    'STAFF',
    '20300101',
    '19851210',
    'MATH-2',
    'Professor Dr',
    'Locker 7',
    'P100',
  ])
  t.notMatch(answer, /\|ZE|\|ZF/, 'nothing is sent for what is empty or for another reply')
  t.match(await kiosk.ask(information()), /\|ZFada@example\.org \+44 20 7946 0000 N1 9GU\|/)
  t.match(await kiosk.ask(`35${date}AO01INST|AAP100|AC|AD|`), /\|SVBridge\|/, 'a constant goes into every reply')
})

t.test('fields.add: members of the item, for a call more at checkout', async (t) => {
  const members = { publicNote: 'With map', storageLocation: 'S-7', internalNote1: 'Gift' }
  const add = [{ field: 'ZI', value: '{publicNote}/{storageLocation}/{internalNote1}' }]
  const kiosk = await start(t, { fields: { add } }, { item: { members } })
  for (const line of [checkin, checkout, `17${date}AO01INST|ABB0071|`]) {
    t.match(await kiosk.ask(line), /\|ZIWith map\/S-7\/Gift\|/, line.slice(0, 2))
  }
})

t.test('nothing of the patron is filled in while the account may not be shown', async (t) => {
  const add = [{ field: 'PC', value: '{patronGroup}' }]
  const kiosk = await start(t, { pinPolicy: 'alma', homeLibrary: ['AF'], fields: { add } })
  t.notMatch(await kiosk.ask(status), /STAFF|\|PC/)
})

t.test('a value of the library system cannot make a field of its own', async (t) => {
  const name = { ...samplePatron.name, last: 'X|BLN|\rAF' }
  const kiosk = await start(t, { fields: { templates: { AE: '{lastName}' } } }, { patron: { name } })
  t.same(fieldsOf(await kiosk.ask(status), 'BL'), ['Y'])
})

t.test('screenMessages', async (t) => {
  const screenMessages = [
    { find: 'Please ask at the desk.', replace: 'Ask Ms $& at desk 1.' },
    { find: 'This card is not active. ', replace: '' },
  ]
  const kiosk = await start(t, { screenMessages }, { patron: { active: false } })
  t.same(fieldsOf(await kiosk.ask(status), 'AF'), ['Ask Ms $& at desk 1.'])
  const silent = await start(
    t,
    { screenMessages: [{ find: 'This card is not active. Please ask at the desk.', replace: '' }] },
    { patron: { active: false } },
  )
  t.same(fieldsOf(await silent.ask(status), 'AF'), [], 'nothing is left of it')
})

t.test('homeLibrary: AF and AQ', async (t) => {
  const patron = { members: { campus: { code: 'NORTH', name: 'North Campus' } } }
  const kiosk = await start(t, { homeLibrary: ['AF', 'AQ'] }, { patron })
  const answer = await kiosk.ask(status)
  t.same([fieldsOf(answer, 'AF'), fieldsOf(answer, 'AQ')], [['North Campus'], ['North Campus']])
})

t.test('libraryName with names in braces', async (t) => {
  const kiosk = await start(t, { libraryName: '{institution} ({library}/{desk})' })
  t.match(await kiosk.ask('9900402.00'), /\|AMMain Library \(MAIN\/SELFCHECK\)\|/)
})

t.test('dateZone: zeros', async (t) => {
  const kiosk = await start(t, { dateZone: 'zeros' })
  t.match(await kiosk.ask(status), /^24 {14}001202603010000130000AO/)
})
