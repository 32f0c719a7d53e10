import t from 'tap'
import type { CheckedIn } from '../../../src/circulation/checkin.ts'
import type { Loan } from '../../../src/circulation/model.ts'
import { type Outcome, done, refused } from '../../../src/circulation/outcome.ts'
import type { Payment } from '../../../src/circulation/ports.ts'
import { answers } from '../../helpers/call.ts'
import { fakeCirculation, fakeClock, sampleItem, sampleLoan } from '../../helpers/fake-library-system.ts'
import { connect, fieldsOf, plainProfile } from '../../helpers/kiosk.ts'

const date = '20260301    130000'
const blank = ' '.repeat(18)
const checkout = (rest = '', policy = 'Y') => `11${policy}N${date}${blank}AO01INST|AAP100|ABB0071|AC|${rest}`
const checkin = (rest = '') => `09N${date}${date}APHall|AO01INST|ABB0071|AC|${rest}`

t.test('[SIP2 2.00 checkout] a loan', async (t) => {
  const kiosk = await connect(t)
  t.equal(
    await kiosk.ask(checkout()),
    '121NNY20260301    130000AO01INST|AAP100|ABB0071|AJNotes on the Engine|AH20260329    235959|',
  )
})

t.test('AH and AJ are there whatever happens, AO is echoed', async (t) => {
  const create = async () => refused('patron-blocked', 'Lost card')
  const kiosk = await connect(t, { circulation: fakeCirculation({ loans: { create } }) })
  const answer = await kiosk.ask(checkout().replace('AO01INST', 'AOElsewhere'))
  t.match(answer, /^120NNN.{18}AOElsewhere\|AAP100\|ABB0071\|AJ\|AH\|AFThis card is blocked.* Lost card\|$/)
})

t.test('due dates have the form and zone of the terminal', async (t) => {
  const utc = await connect(t, { profile: { dateZone: 'utc' } })
  t.same(fieldsOf(await utc.ask(checkout()), 'AH'), ['20260329   Z215959'])
  const human = await connect(t, { profile: { dueDateForm: 'dd.MM.yyyy HH:mm' } })
  t.same(fieldsOf(await human.ask(checkout()), 'AH'), ['29.03.2026 23:59'])
})

t.test("an own loan is renewed by the terminal's renewal policy", async (t) => {
  const create = async () => refused('item-on-loan-to-patron')
  const circulation = fakeCirculation({ loans: { create } })
  const asked = await connect(t, { circulation })
  t.match(await asked.ask(checkout('', 'Y')), /^121Y.*AFRenewed until 29 Mar 2026/)
  t.match(await asked.ask(checkout('', 'N').replace('130000', '130001')), /^120N.*already have this item/)
  const always = await connect(t, { circulation, profile: { renewOnCheckout: 'always' } })
  t.match(await always.ask(checkout('', 'N').replace('130000', '130002')), /^121Y/)
  const never = await connect(t, { circulation, profile: { renewOnCheckout: 'never' } })
  t.match(await never.ask(checkout('', 'Y').replace('130000', '130003')), /^120N/)
})

t.test('BI=Y on 11 lends again and is quiet on a loan that stands', async (t) => {
  const create = async () => refused('item-on-loan-to-patron')
  const renew = answers<Outcome<Loan>>(done(sampleLoan))
  const kiosk = await connect(t, { circulation: fakeCirculation({ loans: { create, renew } }) })
  t.match(await kiosk.ask(checkout('BIY|')), /^121N/)
  t.equal(renew.calls, 0)
})

t.test('a due date of the terminal counts only when the transaction already happened', async (t) => {
  const setDueDate = answers<Outcome<Loan>>(done({ ...sampleLoan, due: new Date('2026-04-10T10:00:00Z') }))
  const kiosk = await connect(t, { circulation: fakeCirculation({ loans: { setDueDate } }) })
  const due = '20260410    120000'
  await kiosk.ask(checkout().replace(blank, due))
  t.equal(setDueDate.calls, 0)
  const noBlock = checkout().replace(blank, due).replace('11YN', '11YY')
  t.same(fieldsOf(await kiosk.ask(noBlock.replace('130000', '130001')), 'AH'), ['20260410    120000'])
})

t.test('security: policies that stay in the library, magnetic and media marks', async (t) => {
  const readingRoom = { ...sampleLoan, policy: { code: 'RR', name: 'Reading room' } }
  const circulation = fakeCirculation({ loans: { create: async () => done(readingRoom) } })
  const profile = { desensitize: 'by-policy' as const, inLibraryUsePolicies: ['RR'] }
  const kiosk = await connect(t, { circulation, profile })
  t.match(await kiosk.ask(checkout()), /^121NNN/)
  const marks = await connect(t, { profile: { sendMediaType: true, sendMagnetic: true } })
  const answer = await marks.ask(checkout())
  t.match(answer, /^121NYY/)
  t.same(fieldsOf(answer, 'CK'), ['001'])
})

t.test('law 2: the same request on a new connection gets the same reply and executes nothing', async (t) => {
  const create = answers<Outcome<Loan>>(done(sampleLoan))
  const circulation = fakeCirculation({ loans: { create } })
  const first = await (await connect(t, { circulation })).ask(checkout())
  t.equal(await (await connect(t, { circulation })).ask(checkout()), first)
  t.equal(create.calls, 1)
  const later = await connect(t, { circulation })
  await later.ask(checkout().replace('130000', '140000'))
  t.equal(create.calls, 2, 'the same book an hour later is new')
})

const scanned = (changes: Partial<CheckedIn>) =>
  fakeCirculation({
    items: {
      scanIn: async () =>
        done({
          item: sampleItem,
          routing: { to: 'shelf', destination: '', reason: 'none', requester: undefined },
          ...changes,
        }),
    },
  })

t.test('[SIP2 2.00 checkin] back on the shelf', async (t) => {
  const kiosk = await connect(t)
  t.equal(
    await kiosk.ask(checkin()),
    '101YNN20260301    130000AO01INST|ABB0071|AQOpen Stacks|AJNotes on the Engine|CSQA 76 .M4|',
  )
})

t.test('alert, CV and CT by where the item goes', async (t) => {
  const cases: [string, CheckedIn['routing'], string, string[], string[]][] = [
    ['hold here', { to: 'hold-shelf', destination: 'Main', reason: 'hold', requester: undefined }, 'Y', ['01'], []],
    [
      'hold elsewhere',
      { to: 'transit', destination: 'Branch', reason: 'hold', requester: undefined },
      'Y',
      ['02'],
      ['Branch'],
    ],
    [
      'other library',
      { to: 'transit', destination: 'Branch', reason: 'reshelving', requester: undefined },
      'Y',
      ['04'],
      ['Branch'],
    ],
    ['department', { to: 'department', destination: 'Repair', reason: 'other', requester: undefined }, 'Y', ['99'], []],
  ]
  for (const [name, routing, alert, cv, ct] of cases) {
    const answer = await (await connect(t, { circulation: scanned({ routing }) })).ask(checkin())
    t.equal(answer[5], alert, name)
    t.same([fieldsOf(answer, 'CV'), fieldsOf(answer, 'CT')], [cv, ct], name)
    const calm = await connect(t, { circulation: scanned({ routing }), profile: { alertOn: [] } })
    t.equal((await calm.ask(checkin()))[5], 'N', `${name}, switched off`)
    const quiet = await (await connect(t, { circulation: scanned({ routing }) })).ask(checkin('BIY|'))
    t.match(quiet, /^101YNN/, `${name}, cancelling a checkout`)
    t.same(fieldsOf(quiet, 'AF'), [])
  }
  const noted = { ...sampleItem, fulfilmentNote: 'Check the map' }
  const answer = await (await connect(t, { circulation: scanned({ item: noted }) })).ask(checkin())
  t.match(answer, /^101YNY.*AFPlease hand this item to the staff/)
  t.notMatch(answer, /map/, 'the note is for staff')
})

t.test('a sort bin by the first rule of which all holds', async (t) => {
  const sortBins = {
    rules: [
      { bin: '1', when: { destination: ['hold-shelf' as const] } },
      { bin: '2', when: { destination: ['shelf' as const], library: ['BRANCH'] } },
      { bin: '3', when: { destination: ['shelf' as const], materialType: ['DVD', 'BOOK'] } },
    ],
    default: '9',
  }
  const kiosk = await connect(t, { profile: { sortBins } })
  t.same(fieldsOf(await kiosk.ask(checkin()), 'CL'), ['3'])
  const dvd = await connect(t, {
    circulation: scanned({ item: { ...sampleItem, materialType: 'MAP' } }),
    profile: { sortBins },
  })
  t.same(fieldsOf(await dvd.ask(checkin()), 'CL'), ['9'])
  const none = await connect(t)
  t.same(fieldsOf(await none.ask(checkin()), 'CL'), [])
})

t.test('a refused checkin has AQ all the same', async (t) => {
  const scanIn = async () => refused('item-unknown')
  const kiosk = await connect(t, { circulation: fakeCirculation({ items: { scanIn } }) })
  t.match(await kiosk.ask(checkin()), /^100NN[NY].{18}AO01INST\|ABB0071\|AQ\|AFThis item is not in our records/)
})

t.test('a loan beyond the 500 that are read is renewed all the same, and no loan of somebody else', async (t) => {
  const entries = Array.from({ length: 500 }, (_, at) => ({ ...sampleLoan, itemBarcode: `B${at}` }))
  const ofItem = async (itemBarcode: string) =>
    done({ ...sampleLoan, itemBarcode, patronId: itemBarcode === 'B600' ? sampleLoan.patronId : 'somebody else' })
  const loans = { ofPatron: async () => done({ entries, total: 700 }), ofItem }
  const kiosk = await connect(t, { circulation: fakeCirculation({ loans }) })
  const renew = (barcode: string) => kiosk.ask(`29NN${date}${blank}AO01INST|AAP100|AD|AB${barcode}|AC|`)
  t.match(await renew('B600'), /^301Y/)
  t.match(await renew('B601'), /^300N.*not on loan to you/)
})

t.test('[SIP2 2.00 renew] and [renew all]', async (t) => {
  const kiosk = await connect(t)
  const renew = (rest: string) => `29NN${date}${blank}AO01INST|AAP100|AD|${rest}AC|`
  t.match(await kiosk.ask(renew('ABB0071|AJ|')), /^301YNY.*ABB0071\|AJNotes on the Engine\|AH2026/)
  t.match(await kiosk.ask(renew('AJNotes on the Engine|')), /^301Y.*ABB0071\|/, 'by title')
  t.match(await kiosk.ask(renew('ABB9999|')), /^300NNN.*not on loan to you/)
  t.match(await kiosk.ask(renew('')), /^300NNN/)
  t.match(
    await kiosk.ask(`65${date}AO01INST|AAP100|`),
    /^66100010000.{18}AO01INST\|BMB0071\|AFRenewed: 1. Not renewed: 0/,
  )
  const stuck = async () => refused('renewal-refused')
  const refusing = await connect(t, { circulation: fakeCirculation({ loans: { renew: stuck } }) })
  t.match(await refusing.ask(`65${date}AO01INST|AAP100|`), /^66100000001.{18}AO01INST\|BNB0071\|/)
  t.match(await kiosk.ask('65AO01INST|AAP100|'), /^661/, 'without a date')
})

t.test('[SIP2 2.00 fee paid] by amount, by fee, and what is refused', async (t) => {
  const payments: Payment[] = []
  const pay = async (payment: Payment) => {
    payments.push(payment)
    return done({ remaining: undefined, transactionIds: [] })
  }
  const kiosk = await connect(t, { circulation: fakeCirculation({ fees: { pay } }) })
  const fee = (amount: string, rest = '', types = '0100EUR') =>
    `37${date}${types}BV${amount}|AO01INST|AAP100|AC|AD|${rest}`
  t.match(await kiosk.ask(fee('2.50', 'BKT-77|')), /^38Y.{18}AO01INST\|AAP100\|BKT-77\|AFThank you. Paid: 2.50 EUR/)
  t.match(payments[0], { amount: { minor: 250 }, method: 'cash', externalTransactionId: 'T-77', feeId: undefined })
  t.match(await kiosk.ask(fee('1,00', 'CGF1|', '0402   ')), /^38Y/)
  t.match(payments[1], { feeId: 'F1', method: 'credit-card', externalTransactionId: /^CB[0-9a-f]{20}$/ })
  t.match(await kiosk.ask(fee('99.00')), /^38N.*more than you owe/)
  t.match(await kiosk.ask(fee('x')), /^38N.*cannot be paid/)
  t.match(await kiosk.ask(fee('1.00', '', '0100USD')), /^38N.*currency/)
  t.equal(payments.length, 2)
})

t.test('law 3: a payment that is sent again on a new connection is booked once', async (t) => {
  const pay = answers(done({ remaining: undefined, transactionIds: [] }))
  const circulation = fakeCirculation({ fees: { pay } })
  const line = `37${date}0100EURBV2.50|AO01INST|AAP100|AC|AD|`
  const first = await (await connect(t, { circulation })).ask(line)
  t.equal(await (await connect(t, { circulation })).ask(line), first)
  t.equal(pay.calls, 1)
})

t.test('law 3: equal payments that are meant are all booked', async (t) => {
  const pay = answers(done({ remaining: undefined, transactionIds: [] }))
  let elapsed = 0
  const clock = { ...fakeClock, monotonic: () => elapsed }
  const circulation = { ...fakeCirculation({ fees: { pay } }), clock }
  const line = (stamp: string) => `37${stamp}0100EURBV1.00|AO01INST|AAP100|AC|AD|`
  const kiosk = await connect(t, { circulation })
  for (let time = 0; time < 2; time++) {
    t.match(await kiosk.ask(line(date)), /^38Y/)
    elapsed += 5000
  }
  t.equal(pay.calls, 2, 'the machine saw the first answer and sent the same again')
  kiosk.write(`${line('20260301    130500')}\r${line('20260301    130500')}\r`)
  t.match(await kiosk.reply(), /^38Y/)
  t.match(await kiosk.reply(), /^38Y/)
  t.equal(pay.calls, 3, 'the machine asked again before it was answered')
  const stopped = '20010101    000000'
  for (let time = 0; time < 2; time++) t.match(await (await connect(t, { circulation })).ask(line(stopped)), /^38Y/)
  t.equal(pay.calls, 5, 'a clock that stands still tells no events apart')
})

t.test(
  'law 3: a payment with a transaction id of its own is one, by whatever clock and however late it comes again',
  async (t) => {
    const pay = answers(done({ remaining: undefined, transactionIds: [] }))
    let elapsed = 0
    const clock = { ...fakeClock, monotonic: () => elapsed }
    const circulation = { ...fakeCirculation({ fees: { pay } }), clock }
    for (const [index, stamp] of [date, '20010101    000000', ' '.repeat(18)].entries()) {
      const line = `37${stamp}0100EURBV1.00|AO01INST|AAP100|AC|AD|BKtx-${index}|`
      const kiosk = await connect(t, { circulation })
      t.match(await kiosk.ask(line), /^38Y/)
      elapsed += 15_000
      t.match(await kiosk.ask(line), /^38Y/, 'on the same connection, after its time-out')
      t.match(await (await connect(t, { circulation })).ask(line), /^38Y/, 'on a new one')
      t.equal(pay.calls, index + 1, stamp)
    }
  },
)

t.test('[SIP2 2.00 item information]', async (t) => {
  const kiosk = await connect(t)
  t.equal(
    await kiosk.ask(`17${date}AO01INST|ABB0071|AC|`),
    '18030201' +
      '20260301    130000ABB0071|AJNotes on the Engine|CF0|BGMain Library|CK001|AQOpen Stacks|APOpen Stacks|',
  )
  t.match(
    await kiosk.ask(`17${date}AO01INST|ABnone|AC|`),
    /^18010001.{18}ABnone\|AJ\|AFThis item is not in our records/,
  )
  const asked = { ...sampleItem, requested: true, state: 'on-loan' as const, due: new Date('2026-03-10T10:00:00Z') }
  const find = async () => done(asked)
  const requested = await connect(t, { circulation: fakeCirculation({ items: { find } }) })
  const answer = await requested.ask(`17${date}AO01INST|ABB0071|AC|`)
  t.match(answer, /^1804/)
  t.same([fieldsOf(answer, 'CF'), fieldsOf(answer, 'AH')], [['3'], ['20260310    110000']])
})

t.test('requests that are not served get their own refusal', async (t) => {
  const kiosk = await connect(t, { profile: { messages: { ...plainProfile.messages, hold: false } } })
  const cases: [string, RegExp][] = [
    [`15+${date}AO01INST|AAP100|ABB0071|`, /^160N.{18}AO01INST\|AAP100\|ABB0071\|AFThis is not possible/],
    [`19${date}AO01INST|ABB0071|CHx|`, /^200.{18}ABB0071\|AFThis is not possible/],
    [`01N${date}AO01INST|ALlost|AAP100|AC|`, /^24YY Y {10}001.{18}AO01INST\|AAP100\|AE\|BLN\|AFThis is not possible/],
    [`25${date}AO01INST|AAP100|`, /^26YY Y {10}001.{18}AO01INST\|AAP100\|AE\|BLN\|AFThis is not possible/],
  ]
  for (const [line, expected] of cases) t.match(await kiosk.ask(line), expected)
  const status = await kiosk.ask('9900802.00')
  t.equal(fieldsOf(status, 'BX')[0], 'YYYNYYYYYYYNNNYY')
  const messages = { ...plainProfile.messages, feePaid: false, checkout: false }
  const small = await connect(t, { profile: { messages } })
  t.equal(fieldsOf(await small.ask('9900802.00'), 'BX')[0], 'YNYNYYYYYNYNNYYY')
  t.match(await small.ask(checkout()), /^120NNN.*not possible at this machine/)
})

t.test('[SIP2 2.00 ACS status] says off line when the library system is away', async (t) => {
  const kiosk = await connect(t)
  t.match(
    await kiosk.ask('9900802.00'),
    /^98YYYYNN150003.{18}2\.00AO01INST\|BXYYYNYYYYYYYNNYYY\|AMMain Library\|ANkiosk\|$/,
  )
  const circulation = fakeCirculation()
  const away = { ...circulation, system: { ...circulation.system, availability: { online: () => false } } }
  t.match(await (await connect(t, { circulation: away })).ask('9900802.00'), /^98NNN/)
})
