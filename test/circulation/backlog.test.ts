import t from 'tap'
import { Backlog, type BacklogEvent, type BacklogOptions } from '../../src/circulation/backlog.ts'
import { checkin } from '../../src/circulation/checkin.ts'
import { checkout } from '../../src/circulation/checkout.ts'
import type { Circulation } from '../../src/circulation/circulation.ts'
import { type Outcome, accepted, done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { payFee } from '../../src/circulation/pay-fee.ts'
import type { Loan } from '../../src/circulation/model.ts'
import type { Call, Change, Journal } from '../../src/circulation/ports.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { makeCall } from '../helpers/call.ts'
import { type FakeAnswers, fakeCirculation, sampleItem, sampleLoan } from '../helpers/fake-library-system.ts'
import { makeChange } from '../journal/sample-change.ts'

const place = { library: 'MAIN', circulationDesk: 'DESK' }
const options: BacklogOptions = { atOnce: 3, everyMs: 5, attemptMs: 1000, maxAttempts: 3 }

interface Setting {
  readonly circulation: Circulation
  readonly backlog: Backlog
  readonly events: BacklogEvent[]
  /** What reached the library system. */
  readonly sent: { readonly what: string; readonly call: Call }[]
  online: boolean
}

/** A library whose machines are promised what they ask for, with a backlog that is started by hand. */
function makeSetting(answers: FakeAnswers = {}, changes: Partial<BacklogOptions> = {}): Setting {
  const sent: Setting['sent'] = []
  const events: BacklogEvent[] = []
  const tell = (what: string, call: Call) => void sent.push({ what, call })
  const lend = async ({ patron, barcode }: { patron: string; barcode: string }, call: Call) => {
    if (!setting.online) return unavailable('offline')
    tell(`checkout ${barcode} ${patron}`, call)
    return (
      (await answers.loans?.create?.({ patron, barcode, place }, call)) ?? done({ ...sampleLoan, itemBarcode: barcode })
    )
  }
  const scanIn = async (barcode: string, _place: unknown, call: Call) => {
    if (!setting.online) return unavailable('offline')
    tell(`checkin ${barcode}`, call)
    return scanned
  }
  const base = fakeCirculation(
    { ...answers, loans: { ...answers.loans, create: lend }, items: { scanIn, ...answers.items } },
    true,
  )
  const circulation: Circulation = {
    ...base,
    system: { ...base.system, availability: { online: () => setting.online } },
    clock: { ...base.clock, monotonic: () => performance.now(), sleep: pause },
    get backlog(): Backlog {
      return backlog
    },
  }
  const backlog = new Backlog(
    () => circulation,
    { ...options, ...changes },
    (event) => void events.push(event),
  )
  const setting: Setting = { circulation, backlog, events, sent, online: false }
  return setting
}

const scanned = done({
  item: sampleItem,
  routing: { to: 'shelf', destination: '', reason: 'none', requester: undefined },
} as const)

/** Sleeps as long as it is told, or until the signal aborts. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, 20))
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

const common = () => ({ visit: new Visit(() => 0), whenAway: { do: 'queue' }, reported: false, place }) as const

const takeBack = ({ circulation }: Setting, barcode: string, identity = `return ${barcode}`) =>
  checkin({ ...common(), barcode, identity }, circulation, makeCall())

const lendTo = ({ circulation }: Setting, patron: string, barcode: string, identity = `lend ${barcode} ${patron}`) =>
  checkout(
    { ...common(), patron, barcode, ownLoan: 'refuse', due: undefined, wantItem: false, identity },
    circulation,
    makeCall(),
  )

/** Starts the backlog and stops it when it has told of so many changes. */
async function drain({ backlog, events }: Setting, count: number): Promise<void> {
  backlog.start()
  while (events.length < count) await new Promise((resolve) => setTimeout(resolve, 2))
  await backlog.stop()
}

const whats = ({ sent }: Setting) => sent.map(({ what }) => what)

t.test('laws 2 and 6: what was promised is carried out once, in its order, after everybody who waits', async (t) => {
  const setting = makeSetting()
  for (const change of [
    await takeBack(setting, 'B1'),
    await lendTo(setting, 'P100', 'B1'),
    await takeBack(setting, 'B1', 'again'),
    await takeBack(setting, 'B2'),
  ]) {
    t.same(change, accepted())
  }
  t.same(setting.sent, [], 'the library system is away')
  setting.online = true
  await drain(setting, 4)
  t.same(
    whats(setting).filter((what) => what.includes('B1')),
    ['checkin B1', 'checkout B1 P100', 'checkin B1'],
  )
  t.equal(setting.sent.length, 4)
  t.ok(setting.sent.every(({ call }) => call.priority === 'background' && call.id === 'message-1'))
  t.same(
    setting.events.map(({ result }) => result),
    ['done', 'done', 'done', 'done'],
  )
  t.same(setting.circulation.journal.counts('INST'), { queued: 0, unsettled: 0, exceptions: 0 })
})

t.test('the order is that of the events, not of their arrival', async (t) => {
  const setting = makeSetting({ loans: { ofItem: async () => done(undefined) } })
  await lendTo(setting, 'P100', 'B1')
  const early = new Date(setting.circulation.clock.now().getTime() - 3_600_000)
  await checkin(
    { ...common(), barcode: 'B1', reported: true, whenAway: { do: 'take' }, identity: 'an hour ago' },
    setting.circulation,
    makeCall({ machineTime: early }),
  )
  setting.online = true
  await drain(setting, 2)
  t.same(whats(setting), ['checkin B1', 'checkout B1 P100'])
})

t.test('a refusal becomes an exception, and what follows goes on', async (t) => {
  const create = async ({ patron }: { patron: string }): Promise<Outcome<Loan>> =>
    patron === 'P100' ? refused('patron-blocked', '', 'tracking-7') : done(sampleLoan)
  const setting = makeSetting({ loans: { create } })
  await lendTo(setting, 'P100', 'B1')
  await lendTo(setting, 'P100', 'B2')
  await takeBack(setting, 'B1')
  setting.online = true
  await drain(setting, 3)
  t.same(setting.events.map(({ result }) => result).toSorted(), ['done', 'exception', 'exception'])
  t.same(setting.circulation.journal.counts('INST'), { queued: 0, unsettled: 0, exceptions: 2 })
})

t.test('law 2: a return that comes late does not end the loan of somebody who got the item elsewhere', async (t) => {
  const later = { ...sampleLoan, loanedAt: new Date('2026-03-01T13:00:00Z') }
  const ofItem = async () => done(later)
  const elsewhere = makeSetting({ loans: { ofItem } })
  await takeBack(elsewhere, 'B1')
  elsewhere.online = true
  await drain(elsewhere, 1)
  t.match(elsewhere.events, [{ result: 'exception', outcome: { reason: 'item-on-loan-to-other' } }])
  t.same(elsewhere.sent, [])

  const own = makeSetting({ loans: { ofItem, create: async () => done(later) } })
  await lendTo(own, 'P100', 'B1')
  await takeBack(own, 'B1')
  own.online = true
  await drain(own, 2)
  t.same(whats(own), ['checkout B1 P100', 'checkin B1'], 'our own loan was promised before')
})

t.test('what could not be carried out waits, and holds up what comes after it', async (t) => {
  let tries = 0
  const create = async (): Promise<Outcome<Loan>> => {
    tries += 1
    return tries < 3 ? unavailable('timeout') : done(sampleLoan)
  }
  const setting = makeSetting({ loans: { create } })
  await lendTo(setting, 'P100', 'B1')
  await takeBack(setting, 'B1')
  await takeBack(setting, 'B2')
  setting.online = true
  await drain(setting, 5)
  t.same(whats(setting).slice(0, 2), ['checkout B1 P100', 'checkin B2'])
  t.same(whats(setting).slice(2), ['checkout B1 P100', 'checkout B1 P100', 'checkin B1'])
})

t.test('law 6: when the quota is used up, the rest is not tried', async (t) => {
  const setting = makeSetting({ loans: { create: async () => unavailable('quota') } }, { atOnce: 1, everyMs: 1000 })
  for (const item of ['B1', 'B2', 'B3']) await lendTo(setting, `patron of ${item}`, item)
  setting.online = true
  await drain(setting, 1)
  t.same(whats(setting), ['checkout B1 patron of B1'])
  t.equal(setting.circulation.journal.counts('INST').queued, 3)
})

t.test('law 2: an operation that the key may not use holds up no other', async (t) => {
  const setting = makeSetting({ loans: { create: async () => unavailable('key-refused') } }, { atOnce: 1 })
  await lendTo(setting, 'P100', 'B1')
  await lendTo(setting, 'P200', 'B2')
  await takeBack(setting, 'B3')
  setting.online = true
  await drain(setting, 2)
  t.same(whats(setting), ['checkout B1 P100', 'checkin B3'])
})

t.test('law 2: what nobody understands ends with a person, and keeps nobody out for ever', async (t) => {
  const setting = makeSetting({ loans: { create: async () => unavailable('internal') } })
  await lendTo(setting, 'P100', 'B1')
  await takeBack(setting, 'B1')
  setting.online = true
  await drain(setting, 4)
  t.same(
    setting.events.map(({ result }) => result),
    ['waits', 'waits', 'exception', 'done'],
  )
})

t.test('law 4: what nobody acknowledged is looked for and not sent', async (t) => {
  const ofItem = async (barcode: string) => done(barcode === 'lent' ? { ...sampleLoan, patronId: 'P100' } : undefined)
  const setting = makeSetting({ loans: { ofItem } })
  await leaveUnsettled(setting.circulation.journal, { details: { patron: 'P100', item: 'lent', place } })
  await leaveUnsettled(setting.circulation.journal, { details: { patron: 'P100', item: 'absent', place } })
  setting.online = true
  await drain(setting, 2)
  t.same(
    setting.events.map(({ change, result }) => [change.details?.item, result]),
    [
      ['lent', 'done'],
      ['absent', 'not-carried-out'],
    ],
  )
  t.same(setting.sent, [])
})

t.test('law 3: a payment that nobody acknowledged and that is not there is for a person', async (t) => {
  const setting = makeSetting()
  const amount = { minor: 250, currency: 'EUR' }
  const details = { patron: 'P100', amount, method: 'cash', externalTransactionId: 'T1' } as const
  await leaveUnsettled(setting.circulation.journal, { kind: 'pay-fee', details })
  setting.online = true
  await drain(setting, 1)
  t.equal(setting.events[0]?.result, 'exception')
  t.same(setting.circulation.journal.counts('INST'), { queued: 0, unsettled: 0, exceptions: 1 })
})

t.test('law 3: a payment that nobody acknowledged is looked for and sent when a person gives it back', async (t) => {
  const amount = { minor: 250, currency: 'EUR' }
  const sent: string[] = []
  const pay = async ({ externalTransactionId: id }: { externalTransactionId: string }) => {
    sent.push(id)
    return done({ remaining: undefined, transactionIds: ['T'] })
  }
  const setting = makeSetting({ fees: { pay }, loans: { ofItem: async () => done(undefined) } })
  const { journal } = setting.circulation
  const details = { patron: 'P100', amount, method: 'cash', externalTransactionId: 'T1' } as const
  await leaveUnsettled(journal, { kind: 'pay-fee', details })
  await leaveUnsettled(journal, { details: { patron: 'P200', item: 'B1', place } })
  const pending = journal.pending.bind(journal)
  journal.pending = (institution) => pending(institution).map((change) => ({ ...change, retried: true }))
  setting.online = true
  await drain(setting, 2)
  t.same(sent, ['T1'])
  t.same(Object.fromEntries(setting.events.map(({ change, result }) => [change.kind, result])), {
    checkout: 'not-carried-out',
    'pay-fee': 'done',
  })
  t.same(setting.sent, [], 'nobody took the item away')
})

t.test('law 3: a payment that was promised is booked, and one of unknown end is looked for first', async (t) => {
  let pays = 0
  const pay = async () => {
    pays += 1
    return pays === 1 ? unknown('lost') : done({ remaining: undefined, transactionIds: ['T'] })
  }
  const findPayments = async () => (setting.online ? done([]) : unavailable('offline'))
  const setting = makeSetting({ fees: { pay, findPayments } })
  const paid = await payFee(
    {
      ...common(),
      patron: 'P100',
      feeId: undefined,
      amount: { minor: 100, currency: 'EUR' },
      method: 'cash',
      externalTransactionId: 'T1',
      identity: 'pay',
    },
    setting.circulation,
    makeCall(),
  )
  t.same(paid, accepted())
  t.match(setting.circulation.journal.pending('INST'), [{ state: 'unsettled' }])
  setting.online = true
  await drain(setting, 1)
  t.equal(pays, 2)
  t.equal(setting.events[0]?.result, 'done')
})

t.test('what stays unknown, and a bug, end with a person', async (t) => {
  const ofItem = async (): Promise<Outcome<Loan | undefined>> => unknown('no answer')
  const setting = makeSetting({ loans: { ofItem } })
  await leaveUnsettled(setting.circulation.journal, { details: { patron: 'P100', item: 'B1', place } })
  setting.online = true
  await drain(setting, 3)
  t.same(
    setting.events.map(({ result }) => result),
    ['waits', 'waits', 'exception'],
  )

  const bug = new Error('bug')
  const buggy = makeSetting({ loans: { ofItem: async () => Promise.reject(bug) } }, { maxAttempts: 1 })
  await leaveUnsettled(buggy.circulation.journal, { details: { patron: 'P100', item: 'B1', place } })
  buggy.online = true
  await drain(buggy, 1)
  t.match(buggy.events, [{ result: 'exception', error: bug }])
})

t.test(
  'a change of now comes after what was promised for its item or patron, however they hang together',
  async (t) => {
    const setting = makeSetting()
    await takeBack(setting, 'B2')
    await lendTo(setting, 'P100', 'B2')
    await takeBack(setting, 'B9')
    setting.online = true
    t.match(await lendTo(setting, 'P100', 'B1'), { kind: 'done' })
    t.same(whats(setting), ['checkin B2', 'checkout B2 P100', 'checkout B1 P100'])
    t.ok(setting.sent.every(({ call }) => call.priority === 'patron'))
    t.equal(setting.circulation.journal.counts('INST').queued, 1, 'another item does not matter')
  },
)

t.test('a change of now is promised too when what comes before it cannot be carried out', async (t) => {
  const create = async (): Promise<Outcome<Loan>> => unavailable('quota')
  const setting = makeSetting({ loans: { create } })
  await lendTo(setting, 'P100', 'B1')
  setting.online = true
  t.same(await takeBack(setting, 'B1'), accepted())
  t.same(whats(setting), ['checkout B1 P100'])
})

t.test('a change of now waits for what is under way', async (t) => {
  const held = Promise.withResolvers<Outcome<Loan>>()
  const setting = makeSetting({ loans: { create: () => held.promise } })
  await lendTo(setting, 'P100', 'B1')
  setting.online = true
  setting.backlog.start()
  while (setting.sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  const after = takeBack(setting, 'B1')
  const passed = takeBack(setting, 'B2')
  t.match(await passed, { kind: 'done' })
  t.same(whats(setting), ['checkout B1 P100', 'checkin B2'])
  held.resolve(done(sampleLoan))
  t.match(await after, { kind: 'done' })
  t.same(whats(setting), ['checkout B1 P100', 'checkin B2', 'checkin B1'])
  await setting.backlog.stop()
})

t.test('what a person settled meanwhile is left alone', async (t) => {
  const setting = makeSetting()
  await takeBack(setting, 'B1')
  await takeBack(setting, 'B2')
  const { journal } = setting.circulation
  const resume = journal.resume.bind(journal)
  const [first] = journal.pending('INST')
  journal.resume = async (entry) => entry !== first?.entry && resume(entry)
  setting.online = true
  await drain(setting, 1)
  t.same(whats(setting), ['checkin B2'])
})

async function leaveUnsettled(journal: Journal, changes: Partial<Change>): Promise<void> {
  const begun = await journal.begin(makeChange(JSON.stringify(changes), changes))
  if (begun.state === 'ended') throw new Error('it was there')
  await journal.end(begun.entry, unknown('killed'))
}
