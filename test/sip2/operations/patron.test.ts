import t from 'tap'
import type { Patron } from '../../../src/circulation/model.ts'
import { type Outcome, done, refused, unavailable } from '../../../src/circulation/outcome.ts'
import { answers } from '../../helpers/call.ts'
import {
  fakeCirculation,
  rightPassword,
  sampleFee,
  sampleHold,
  sampleLoan,
  samplePatron,
} from '../../helpers/fake-library-system.ts'
import { connect, fieldsOf } from '../../helpers/kiosk.ts'

const date = '20260301    130000'
const status = (patron = 'P100', password = '') => `23001${date}AO01INST|AA${patron}|AC|AD${password}|`
const information = (summary = '', rest = '') => `63001${date}${summary.padEnd(10)}AO01INST|AAP100|AC|AD|${rest}`

t.test('[SIP2 2.00 patron status] an ordinary patron', async (t) => {
  const kiosk = await connect(t)
  const answer = await kiosk.ask(status())
  t.equal(answer, `24              00120260301    130000AO01INST|AAP100|AEAda King Lovelace|BLY|BHEUR|BV2.50|`)
})

t.test('a second status in the same visit costs no call, the end of the session ends the visit', async (t) => {
  const find = answers(done(samplePatron))
  const kiosk = await connect(t, { circulation: fakeCirculation({ patrons: { find } }) })
  await kiosk.ask(status())
  await kiosk.ask(status())
  t.equal(find.calls, 1)
  t.match(await kiosk.ask(`35${date}AO01INST|AAP100|AC|AD|`), /^36Y/)
  await kiosk.ask(status())
  t.equal(find.calls, 2)
})

t.test('status flags stand only where Alma sets them', async (t) => {
  const block = { code: 'X', description: 'Lost card', note: '', forbids: { loan: true, renew: true, hold: true } }
  const cases: [string, Partial<Patron>, string, string][] = [
    ['blocked', { blocks: [{ ...block, expires: undefined }] }, 'YY Y          ', 'Y'],
    ['inactive', { active: false }, 'YY Y          ', 'N'],
    ['expired', { expires: new Date('2026-01-01T00:00:00Z') }, 'YY Y          ', 'N'],
    ['not a patron', { mayBorrow: false }, 'YY Y          ', 'N'],
    ['too many loans', { counts: { loans: 30, holds: 0 } }, '     Y        ', 'Y'],
    ['owes too much', { balance: { minor: 5001, currency: 'EUR' } }, '          YY  ', 'Y'],
    ['a past block', { blocks: [{ ...block, expires: new Date('2026-02-01T00:00:00Z') }] }, '              ', 'Y'],
  ]
  for (const [name, changes, flags, valid] of cases) {
    const find = async () => done({ ...samplePatron, ...changes })
    const limits = { loans: 30, overdue: 5, fees: 5000 }
    const kiosk = await connect(t, { circulation: { ...fakeCirculation({ patrons: { find } }), limits } })
    const answer = await kiosk.ask(status())
    t.equal(answer.slice(2, 16), flags, name)
    t.same(fieldsOf(answer, 'BL'), [valid], name)
  }
})

t.test('a patron who is not known and a library system that is away', async (t) => {
  const kiosk = await connect(t)
  t.match(await kiosk.ask(status('P999')), /^24YY Y {10}.*AAP999\|AE\|BLN\|AFThis card is not in our records/)
  t.match(await kiosk.ask(status('')), /^24Y.*\|BLN\|/)
  const find = async () => unavailable('offline')
  const away = await connect(t, { circulation: fakeCirculation({ patrons: { find } }) })
  t.match(await away.ask(information()), /^64YY Y {10}001.{18}0{24}AO.*\|AE\|AFThe library system cannot be reached/)
})

t.test('CQ is sent only when the PIN was checked', async (t) => {
  const verifyPassword = answers<Outcome<true>>(done(true))
  const unchecked = await connect(t, { circulation: fakeCirculation({ patrons: { verifyPassword } }) })
  t.same(fieldsOf(await unchecked.ask(status('P100', 'whatever')), 'CQ'), [])
  t.equal(verifyPassword.calls, 0)

  const kiosk = await connect(t, { profile: { pinPolicy: 'alma' } })
  t.same(fieldsOf(await kiosk.ask(status('P100', rightPassword)), 'CQ'), ['Y'])
  const wrong = await kiosk.ask(status('P100', 'wrong'))
  t.same(fieldsOf(wrong, 'CQ'), ['N'])
  t.same(fieldsOf(wrong, 'AE'), [''], 'and a wrong one opens nothing')
  t.same(fieldsOf(wrong, 'BV'), [])
  const none = await kiosk.ask(status('P100', ''))
  t.same([fieldsOf(none, 'CQ'), fieldsOf(none, 'AE')], [[], ['']])
})

t.test('a PIN is checked once a visit', async (t) => {
  const verifyPassword = answers<Outcome<true>>(refused('patron-pin-wrong'), done(true))
  const circulation = fakeCirculation({ patrons: { verifyPassword } })
  const kiosk = await connect(t, { circulation, profile: { pinPolicy: 'alma' } })
  t.same(fieldsOf(await kiosk.ask(status('P100', 'wrong')), 'CQ'), ['N'])
  t.same(fieldsOf(await kiosk.ask(status('P100', 'wrong')), 'CQ'), ['N'])
  t.equal(verifyPassword.calls, 1)
  t.same(fieldsOf(await kiosk.ask(status('P100', 'right')), 'CQ'), ['Y'])
  t.match(await kiosk.ask(`11YN${date}${date}AO01INST|AAP100|ABB0071|AC|ADright|`), /^121/)
  t.equal(verifyPassword.calls, 2)
  t.match(await kiosk.ask(`11YN${date}${date}AO01INST|AAP100|ABB0071|AC|ADother|`), /^121/)
})

t.test('[SIP2 2.00 patron information] counts and lists', async (t) => {
  const overdue = { ...sampleLoan, id: 'L2', itemBarcode: 'B2', due: new Date('2026-02-01T00:00:00Z') }
  const recalled = { ...sampleLoan, id: 'L3', itemBarcode: 'B3', state: 'recalled' as const }
  const ready = { ...sampleHold, id: 'R2', itemBarcode: 'B4', state: 'on-hold-shelf' as const }
  const loans = [sampleLoan, overdue, recalled]
  const holds = [sampleHold, ready]
  const find = async () => done({ ...samplePatron, counts: { loans: 3, holds: 2 } })
  const circulation = fakeCirculation({
    patrons: { find },
    loans: { ofPatron: async () => done({ entries: loans, total: 3 }) },
    holds: { ofPatron: async () => done({ entries: holds, total: 2 }) },
  })
  const kiosk = await connect(t, { circulation })
  const counts = '0001' + '0001' + '0003' + '0001' + '0001' + '0001'
  const lists: [string, string, string[]][] = [
    ['Y', 'AS', ['B4']],
    [' Y', 'AT', ['B2']],
    ['  Y', 'AU', ['B0071', 'B2', 'B3']],
    ['   Y', 'AV', [`${sampleFee.id} 2.50 EUR Overdue fine ${sampleFee.title}`]],
    ['    Y', 'BU', ['B3']],
    ['     Y', 'CD', ['B0071']],
  ]
  for (const [summary, field, expected] of lists) {
    const answer = await kiosk.ask(information(summary))
    t.equal(answer.slice(37, 61), counts, field)
    t.same(fieldsOf(answer, field), expected)
    for (const [, other] of lists) if (other !== field) t.same(fieldsOf(answer, other), [], `${field} alone`)
  }
  const none = await kiosk.ask(information())
  t.equal(none.slice(37, 61), counts)
  t.notMatch(none, /\|(AS|AT|AU|AV|BU|CD)/)
})

t.test('BP and BQ count from 1 and are both included', async (t) => {
  const loans = Array.from({ length: 30 }, (_, at) => ({ ...sampleLoan, itemBarcode: `B${at + 1}` }))
  const find = async () => done({ ...samplePatron, counts: { loans: 30, holds: 0 } })
  const circulation = fakeCirculation({
    patrons: { find },
    loans: { ofPatron: async () => done({ entries: loans, total: 30 }) },
  })
  const kiosk = await connect(t, { circulation })
  t.same(fieldsOf(await kiosk.ask(information('  Y', 'BP2|BQ4|')), 'AU'), ['B2', 'B3', 'B4'])
  t.same(fieldsOf(await kiosk.ask(information('  Y', 'BP00029|BQ00099|')), 'AU'), ['B29', 'B30'])
  t.same(fieldsOf(await kiosk.ask(information('  Y', 'BP31|BQ40|')), 'AU'), [])
  const endless = '9'.repeat(30)
  t.equal(fieldsOf(await kiosk.ask(information('  Y', `BP3|BQ${endless}|`)), 'AU').length, 28, 'to the end')
  t.same(fieldsOf(await kiosk.ask(information('  Y', `BP${endless}|BQ${endless}|`)), 'AU'), [])
  t.equal(fieldsOf(await kiosk.ask(information('  Y', 'BP|BQ|')), 'AU').length, 20, 'the page of the profile')
  t.equal(fieldsOf(await kiosk.ask(information('  Y', 'BPx|BQ-3|')), 'AU').length, 20)
  t.equal((await kiosk.ask(information('  Y', 'BP2|BQ4|'))).slice(45, 49), '0030', 'counts are of the whole list')
})

t.test('of a very long list the first 500 are read, and all are counted', async (t) => {
  const loans = Array.from({ length: 520 }, (_, at) => ({ ...sampleLoan, itemBarcode: `B${at + 1}` }))
  const find = async () => done({ ...samplePatron, counts: { loans: 520, holds: 0 } })
  const ofPatron = answers(
    ...[0, 1, 2, 3, 4, 5].map((page) => done({ entries: loans.slice(page * 100, page * 100 + 100), total: 520 })),
  )
  const circulation = fakeCirculation({ patrons: { find }, loans: { ofPatron } })
  const kiosk = await connect(t, { circulation })
  const answer = await kiosk.ask(information('  Y', 'BP500|BQ510|'))
  t.equal(ofPatron.calls, 5)
  t.same([answer.slice(45, 49), fieldsOf(answer, 'AU')], ['0520', ['B500']])
})

t.test('only lists that are wanted and not empty are read', async (t) => {
  const ofLoans = answers(done({ entries: [sampleLoan], total: 1 }))
  const ofHolds = answers(done({ entries: [sampleHold], total: 1 }))
  const ofFees = answers(done({ fees: [sampleFee], total: sampleFee.balance }))
  const find = async () => done({ ...samplePatron, counts: { loans: 1, holds: 0 } })
  const circulation = fakeCirculation({
    patrons: { find },
    loans: { ofPatron: ofLoans },
    holds: { ofPatron: ofHolds },
    fees: { ofPatron: ofFees },
  })
  const exact = await connect(t, { circulation })
  await exact.ask(information())
  t.same([ofLoans.calls, ofHolds.calls, ofFees.calls], [1, 0, 1])
  const cheap = await connect(t, { circulation, profile: { exactCounts: false } })
  t.match(await cheap.ask(information()), /^64.{35}0000.{4}0001/)
  t.same([ofLoans.calls, ofHolds.calls, ofFees.calls], [1, 0, 1])
  await cheap.ask(information('  Y'))
  t.same([ofLoans.calls, ofHolds.calls, ofFees.calls], [2, 0, 1])
})

t.test('a reply is never longer than the profile allows, and its counts stay true', async (t) => {
  const loans = Array.from({ length: 90 }, (_, at) => ({ ...sampleLoan, itemBarcode: `BARCODE-${at}` }))
  const find = async () => done({ ...samplePatron, counts: { loans: 90, holds: 0 } })
  const ofPatron = async () => done({ entries: loans, total: 90 })
  const circulation = fakeCirculation({ patrons: { find }, loans: { ofPatron } })
  const kiosk = await connect(t, { circulation, profile: { itemsPerPage: 100, maxReplyBytes: 512 } })
  const answer = await kiosk.ask(information('  Y'))
  t.ok(answer.length < 512 && answer.length > 450)
  t.equal(answer.slice(45, 49), '0090')
})

t.test('the language of the request chooses the texts', async (t) => {
  const kiosk = await connect(t)
  t.match(await kiosk.ask(status('P999').replace(/^23001/, '23003')), /AFDieser Ausweis ist nicht bekannt/)
  t.match(await kiosk.ask(`11YN${date}${date}AO01INST|AAP999|AB|AC|`), /Medium ist nicht bekannt/, 'and stays')
  const english = await connect(t, { profile: { languages: ['en'] } })
  t.match(await english.ask(status('P999').replace(/^23001/, '23003')), /AFThis card is not in our records/)
})
