/** What a terminal is told while the library system is away, and of what happened while the terminal was off line. */
import t from 'tap'
import type { Circulation } from '../../../src/circulation/circulation.ts'
import { done, refused, unavailable } from '../../../src/circulation/outcome.ts'
import { performPending } from '../../../src/circulation/perform-pending.ts'
import type { PendingChange } from '../../../src/circulation/ports.ts'
import type { ProfileConfig } from '../../../src/runtime/config/schema.ts'
import {
  type FakeAnswers,
  fakeCirculation,
  rightPassword,
  sampleItem,
  sampleLoan,
  samplePatron,
} from '../../helpers/fake-library-system.ts'
import { makeCall } from '../../helpers/call.ts'
import { connect, fieldsOf, plainProfile } from '../../helpers/kiosk.ts'

const date = '20260301    130000'
const blank = ' '.repeat(18)
const checkout = (rest = '', noBlock = 'N', stamp = date, due = blank) =>
  `11N${noBlock}${stamp}${due}AO01INST|AAP100|ABB0071|AC|${rest}`
const checkin = (rest = '', noBlock = 'N', stamp = date) =>
  `09${noBlock}${stamp}${stamp}APHall|AO01INST|ABB0071|AC|${rest}`
const feePaid = (rest = '') => `37${date}0100EURBV2.50|AO01INST|AAP100|AC|${rest}`

const away = async () => unavailable('offline')
const nothing: FakeAnswers = {
  patrons: { find: away, verifyPassword: away },
  loans: { ofPatron: away, ofItem: away, create: away, renew: away },
  items: { find: away, identify: away, scanIn: away },
  fees: { pay: away },
}

function awayFrom(promising = true, answers: FakeAnswers = nothing): Circulation {
  const circulation = fakeCirculation(answers, promising)
  return { ...circulation, system: { ...circulation.system, availability: { online: () => false } } }
}

/** As the backlog does what was promised. */
const carryOut = (change: PendingChange, circulation: Circulation) =>
  performPending(
    change,
    { since: change.since, again: false, quiet: true, lookOnly: false, happenedAt: change.since },
    circulation,
    makeCall(),
  )

type Offline = ProfileConfig['offline']
const offline = (changed: Partial<Offline>): Pick<ProfileConfig, 'offline'> => ({
  offline: { ...plainProfile.offline, ...changed },
})
const lending = offline({ checkout: 'limited', limits: { seenWithinHours: 24, maxItems: 2, loanDays: 28 } })
const pendingOf = ({ journal }: Circulation) => journal.pending('INST')

t.test('a checkin is noted, with the bin and the alert of a place that is not known', async (t) => {
  const circulation = awayFrom()
  const kiosk = await connect(t, { circulation })
  t.equal(
    await kiosk.ask(checkin()),
    '101YNN20260301    130000AO01INST|ABB0071|AQ|AFNoted. It will be recorded when the library system is back.|',
  )
  t.match(pendingOf(circulation), [{ kind: 'checkin', state: 'queued', details: { item: 'B0071' } }])

  const rules = [
    { bin: '1', when: { destination: ['shelf' as const] } },
    { bin: '2', when: { destination: ['unknown' as const], policy: ['NORMAL'] } },
    { bin: '3', when: { destination: ['unknown' as const] } },
  ]
  const alertOn = ['unknown-destination' as const]
  const sorter = await connect(t, {
    circulation: awayFrom(),
    profile: { alertOn, sortBins: { rules, default: '9' }, desensitize: 'never' },
  })
  const answer = await sorter.ask(checkin())
  t.match(answer, /^101NNY/, 'nothing to switch on again, an alert')
  t.same(fieldsOf(answer, 'CL'), ['3'], 'no rule about an item that is not known')
  const plain = await connect(t, { circulation: awayFrom(), profile: { sortBins: { rules: [], default: '9' } } })
  t.same(fieldsOf(await plain.ask(checkin()), 'CL'), ['9'])
})

t.test('what is refused names the time at which to try again, at the library and in the language', async (t) => {
  const kiosk = await connect(t, { circulation: awayFrom() })
  for (const line of [checkout(), `29NN${date}${blank}AO01INST|AAP100|ABB0071|`, `65${date}AO01INST|AAP100|`]) {
    t.match(await kiosk.ask(line), /^\d\d0.*AFThe library system cannot be reached. Please try again after 13:15.\|/)
  }
  const german = await connect(t, {
    circulation: awayFrom(),
    profile: { defaultLanguage: 'de', ...offline({ checkin: 'refuse', feePaid: 'refuse', tryAgainMinutes: 690 }) },
  })
  t.match(await german.ask(checkin()), /^100.*AFDas Bibliothekssystem ist nicht erreichbar.* nach 00:30 Uhr erneut/)
  t.match(await german.ask(feePaid()), /^38N.*nach 00:30 Uhr erneut/)
})

t.test(
  'a promised checkin keeps when the item came back and how the terminal places it, and is never refused for it',
  async (t) => {
    const places: unknown[] = []
    const find = async () => done({ ...sampleItem, requested: true })
    const scanIn = async (_barcode: string, place: unknown) => {
      places.push(place)
      return away()
    }
    const circulation = awayFrom(true, {
      ...nothing,
      items: { ...nothing.items, find, scanIn },
      loans: { ...nothing.loans, ofItem: async () => done(undefined) },
    })
    const kiosk = await connect(t, { circulation, profile: { holdCapture: 'yes' } })
    const returnedAt = (returned: string, item: string, noBlock = 'N') =>
      `09${noBlock}${date}${returned}APHall|AO01INST|AB${item}|AC|`
    await kiosk.ask(returnedAt('20260228    211500', 'B1', 'Y'))
    await kiosk.ask(returnedAt('20260228    211500', 'B2'))
    for (const [index, none] of [blank, date, '20260302    120000', '20200101    120000', '0'.repeat(18)].entries()) {
      await kiosk.ask(returnedAt(none, `B3${index}`))
    }
    const plain = await connect(t, { circulation })
    await plain.ask(returnedAt(date, 'B4'))
    const details = pendingOf(circulation).map((change) => change.details)
    const returned = new Date('2026-02-28T20:15:00Z')
    t.match(details.slice(0, 2), [
      { item: 'B1', reported: true, returned, onHoldShelf: true },
      { item: 'B2', returned, onHoldShelf: true },
    ])
    t.ok(details.slice(2).every((each) => each !== undefined && !('returned' in each)))
    t.notOk('onHoldShelf' in (details.at(-1) ?? {}), 'as the institution has it')

    places.length = 0
    for (const change of pendingOf(circulation)) await carryOut(change, circulation)
    t.match(places[0], { onHoldShelf: true })
    t.match(places.at(-1), { onHoldShelf: undefined })
  },
)

t.test('nothing is promised that the journal cannot keep', async (t) => {
  const circulation = awayFrom(false)
  circulation.seen.remember('P100', samplePatron, undefined)
  const kiosk = await connect(t, { circulation, profile: lending })
  for (const line of [checkin(), checkin('', 'Y'), checkout(), checkout('', 'Y'), checkin('BIY|')]) {
    t.match(await kiosk.ask(line), /^1[02]0.*cannot be reached/)
  }
  t.match(await kiosk.ask(feePaid()), /^38N/)
  t.match(await kiosk.ask('9900802.00'), /^98NNN/)
  t.same(pendingOf(circulation), [])
})

t.test('a loan is promised within limits until the end of a day at the library', async (t) => {
  const circulation = awayFrom()
  const kiosk = await connect(t, { circulation, profile: lending })
  t.match(await kiosk.ask(checkout()), /^120NNN.*cannot be reached/, 'nobody has seen the patron')
  circulation.seen.remember('P100', samplePatron, 'patron-blocked')
  t.match(await kiosk.ask(checkout()), /^120NNN.*AFThis card is blocked/, 'which waiting would not change')
  circulation.seen.remember('P100', samplePatron, undefined)
  t.equal(
    await kiosk.ask(checkout('', 'N', '20260301    130100')),
    '121NNY20260301    130000AO01INST|AAP100|ABB0071|AJ|AH20260329    235959|' +
      'AFNoted. It will be recorded when the library system is back.|',
    'the zone has summer time by then',
  )
  t.match(pendingOf(circulation), [{ kind: 'checkout', told: { due: new Date('2026-03-29T21:59:59Z') } }])
  const guarded = await connect(t, { circulation, profile: { ...lending, desensitize: 'by-policy' } })
  t.match(
    await guarded.ask(checkout('', 'N', '20260301    130200').replace('B0071', 'B0072')),
    /^121NNN/,
    'an item of a policy that is not known stays secured',
  )
  const checking = await connect(t, { circulation, profile: { ...lending, pinPolicy: 'alma' } })
  t.match(await checking.ask(checkout(`AD${rightPassword}|`, 'N', '20260301    130300')), /^120NNN.*cannot be reached/)
})

t.test('a payment is noted; a password that nobody can check does not stop it, a wrong one does', async (t) => {
  const circulation = awayFrom()
  const kiosk = await connect(t, { circulation, profile: { pinPolicy: 'alma' } })
  const answer = await kiosk.ask(feePaid('ADsecret|BKT-1|'))
  t.match(answer, /^38Y.{18}AO01INST\|AAP100\|BKT-1\|/)
  t.same(fieldsOf(answer, 'AF'), [
    'Thank you. Paid: 2.50 EUR.',
    'Noted. It will be recorded when the library system is back.',
  ])
  t.match(pendingOf(circulation), [{ kind: 'pay-fee', details: { amount: { minor: 250 } } }])

  const wrong = async () => refused('patron-pin-wrong')
  const strict = awayFrom(true, { ...nothing, patrons: { find: away, verifyPassword: wrong } })
  const other = await connect(t, { circulation: strict, profile: { pinPolicy: 'alma' } })
  t.match(await other.ask(feePaid('ADsecret|')), /^38N.*PIN is wrong/)
  const unwilling = await connect(t, {
    circulation: awayFrom(),
    profile: { pinPolicy: 'alma', ...offline({ feePaid: 'refuse' }) },
  })
  t.match(await unwilling.ask(feePaid('ADsecret|')), /^38N.*cannot be reached/)
})

t.test('no block: what has happened is taken, whatever policy, password and library system say', async (t) => {
  const circulation = awayFrom()
  const strict = { pinPolicy: 'alma' as const, ...offline({ checkin: 'refuse' }) }
  const kiosk = await connect(t, { circulation, profile: strict })
  t.match(
    await kiosk.ask(checkout('ADwrong|', 'Y', date, '20260310    120000')),
    /^121NNY.*AH20260310 {4}120000\|AFNoted/,
  )
  t.match(await kiosk.ask(checkin('', 'Y')), /^101YNN/)
  t.match(pendingOf(circulation), [
    { kind: 'checkout', details: { reported: true, due: new Date('2026-03-10T11:00:00Z') } },
    { kind: 'checkin', details: { reported: true } },
  ])

  const refusing = fakeCirculation({ loans: { create: async () => refused('patron-blocked', 'Lost card') } }, true)
  const answer = await (await connect(t, { circulation: refusing })).ask(checkout('', 'Y'))
  t.match(answer, /^121NNY/)
  t.same(fieldsOf(answer, 'AF'), ['Noted. The library will see to it.'])
  t.same(refusing.journal.counts('INST'), { queued: 0, unsettled: 0, exceptions: 1 })
})

t.test('no block: a loan that the patron has already is done, and gets the due date that was told', async (t) => {
  const due: (Date | undefined)[] = []
  const circulation = fakeCirculation(
    {
      loans: {
        create: async () => refused('item-on-loan-to-patron'),
        setDueDate: async (loan) => {
          due.push(loan.due)
          return done({ ...sampleLoan, due: loan.due })
        },
      },
    },
    true,
  )
  const answer = await (await connect(t, { circulation })).ask(checkout('', 'Y', date, '20260310    120000'))
  t.match(answer, /^121N.*AJNotes on the Engine\|AH20260310 {4}120000/)
  t.same(due, [new Date('2026-03-10T11:00:00Z')])
  t.equal(circulation.journal.counts('INST').exceptions, 0)
})

t.test('no block: the time of the terminal is believed for 31 days, and told apart by it', async (t) => {
  const circulation = awayFrom()
  const month = '20260130    000000'
  const kiosk = await connect(t, { circulation })
  t.match(await kiosk.ask(checkin('', 'Y', month)), /^101/)
  const again = await connect(t, { circulation })
  t.match(await again.ask(checkin('', 'Y', month)), /^101/, 'the same event on a new connection')
  t.match(pendingOf(circulation), [{ happenedAt: new Date('2026-01-29T23:00:00Z') }])
  t.equal(pendingOf(circulation).length, 1)

  const now = circulation.clock.now()
  for (const [stamp, noBlock] of [
    ['20260128    120000', 'Y'],
    ['20260303    120000', 'Y'],
    ['20260227    120000', 'N'],
  ] as const) {
    const fresh = awayFrom()
    await (await connect(t, { circulation: fresh })).ask(checkin('', noBlock, stamp))
    t.match(pendingOf(fresh), [{ happenedAt: now, machineTime: undefined }], `${stamp} ${noBlock} is not believed`)
  }
})

t.test('BI=Y takes back what the machine was told yes for, whatever the policy, and is quiet', async (t) => {
  const circulation = awayFrom()
  const profile = offline({ checkin: 'refuse', checkout: 'refuse' })
  const kiosk = await connect(t, { circulation, profile: { ...profile, alertOn: ['unknown-destination'] } })
  const back = await kiosk.ask(checkin('BIY|'))
  t.match(back, /^101YNN/)
  t.same(fieldsOf(back, 'AF'), [])
  t.match(await kiosk.ask(checkout('BIY|')), /^121N/)
  t.match(
    pendingOf(circulation).map(({ kind }) => kind),
    ['checkin', 'checkout'],
  )
})

t.test('98 tells what is accepted while the library system is away', async (t) => {
  const status = async (circulation: Circulation, profile: Partial<ProfileConfig> = {}) =>
    (await (await connect(t, { circulation, profile })).ask('9900802.00')).slice(2, 8)
  t.equal(await status(awayFrom()), 'NYNYNN', 'off line, checkin')
  t.equal(await status(awayFrom(), lending), 'NYYYNN', 'checkout, too')
  t.equal(await status(awayFrom(), offline({ checkin: 'refuse' })), 'NNNYNN')
  const messages = { ...plainProfile.messages, checkin: false, checkout: false }
  t.equal(await status(awayFrom(), { ...lending, messages }), 'NNNYNN', 'but nothing that is not served')
  t.equal(await status(fakeCirculation({}, true), { offlineOk: true }), 'YYYYNY')
  t.equal(await status(fakeCirculation(), { offlineOk: true }), 'YYYYNN', 'what cannot be promised is not')
})
