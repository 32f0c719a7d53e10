/** What every journal must do, whatever keeps it. */
import type { Test } from 'tap'
import { done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import type { Clock, Journal } from '../../src/circulation/ports.ts'
import { sampleItem, sampleLoan } from '../helpers/fake-library-system.ts'
import { carry, entryOf, makeChange, makeClock } from './sample-change.ts'

export interface JournalLimits {
  readonly keepMs: number
  readonly maxEntries: number
}

export type MakeJournal = (t: Test, clock: Clock, limits: JournalLimits) => Promise<Journal>

const roomy: JournalLimits = { keepMs: 1000, maxEntries: 100 }

export function testJournal(t: Test, make: MakeJournal): void {
  t.test('law 2: remembers what is done, forgets what changed nothing, keeps what is unsettled', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    t.equal(await carry(journal, makeChange('a')), 'new')
    t.equal(await carry(journal, makeChange('a')), 'ended')
    t.equal(await carry(journal, makeChange('b'), refused('item-unknown')), 'new')
    t.equal(await carry(journal, makeChange('b'), unavailable('offline')), 'new')
    t.equal(await carry(journal, makeChange('b'), unknown()), 'new')
    t.equal(await carry(journal, makeChange('b'), done(2)), 'unsettled')
    t.equal(await carry(journal, makeChange('b')), 'ended')
  })

  t.test('law 2: an equal change gets the outcome of the first, whole', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    const outcome = done({ loan: sampleLoan, renewed: false, item: sampleItem })
    await carry(journal, makeChange('a'), outcome)
    const again = await journal.begin(makeChange('a'))
    t.same(again.state === 'ended' ? await again.outcome : undefined, outcome)
  })

  t.test('law 2: of equal changes that come together one is executed and all get its outcome', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    const begun = await Promise.all(Array.from({ length: 5 }, () => journal.begin(makeChange('a'))))
    const [first, ...others] = begun
    t.same(
      others.map(({ state }) => state),
      ['ended', 'ended', 'ended', 'ended'],
    )
    await journal.end(entryOf(first), refused('patron-blocked'))
    for (const other of others) t.same(other.state === 'ended' && (await other.outcome), refused('patron-blocked'))
  })

  t.test('law 4: an unsettled change keeps the time of its first beginning, however long it lasts', async (t) => {
    const clock = makeClock()
    const journal = await make(t, clock, roomy)
    const since = clock.now()
    await carry(journal, makeChange('a'), unknown())
    clock.advance(3_600_000)
    t.match(await journal.begin(makeChange('a')), { state: 'unsettled', since })
  })

  t.test('law 4: an attempt that learnt nothing leaves an unsettled change unsettled', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await carry(journal, makeChange('a'), unknown())
    t.equal(await carry(journal, makeChange('a'), unavailable('offline')), 'unsettled')
    t.equal(await carry(journal, makeChange('a'), refused('patron-blocked')), 'unsettled')
    t.equal(await carry(journal, makeChange('a')), 'new', 'a refusal is an answer')
  })

  t.test('the same book lent, returned and lent again is three events', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    const lend = makeChange('lend', { subject: 'B1' })
    const takeBack = makeChange('return', { kind: 'checkin', subject: 'B1' })
    t.equal(await carry(journal, lend), 'new')
    t.equal(await carry(journal, takeBack), 'new')
    t.equal(await carry(journal, lend), 'new')
    t.equal(await carry(journal, lend), 'ended')
    t.equal(await carry(journal, takeBack), 'new')
    t.equal(await carry(journal, makeChange('other', { subject: 'B2' })), 'new')
    t.equal(await carry(journal, takeBack), 'ended', 'another book does not matter')
    t.equal(await carry(journal, makeChange('elsewhere', { subject: 'B1', institution: 'OTHER' })), 'new')
    t.equal(await carry(journal, takeBack), 'ended', 'nor another library')
  })

  t.test('institution, kind and identity make a change what it is', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await carry(journal, makeChange('a'))
    t.equal(await carry(journal, makeChange('a', { machine: 'other', callId: 'message-2' })), 'ended')
    t.equal(await carry(journal, makeChange('a', { kind: 'renew' })), 'new')
    t.equal(await carry(journal, makeChange('a', { institution: 'OTHER' })), 'new')
    t.equal(await carry(journal, makeChange('b')), 'new')
  })

  t.test('old changes and too many changes go, what is under way stays', async (t) => {
    const clock = makeClock()
    const journal = await make(t, clock, { keepMs: 1000, maxEntries: 3 })
    await journal.begin(makeChange('under way'))
    for (const name of ['a', 'b', 'c', 'd']) await carry(journal, makeChange(name, { subject: name }))
    t.equal(await carry(journal, makeChange('d', { subject: 'd' })), 'ended')
    clock.advance(2000)
    t.equal(await carry(journal, makeChange('d', { subject: 'd' })), 'new')
    t.equal((await journal.begin(makeChange('under way'))).state, 'ended')
  })

  t.test('when there are too many, what is done goes before what is unsettled', async (t) => {
    const journal = await make(t, makeClock(), { keepMs: 1000, maxEntries: 2 })
    await carry(journal, makeChange('open'), unknown())
    for (const name of ['a', 'b', 'c']) await carry(journal, makeChange(name))
    t.equal(await carry(journal, makeChange('open'), unknown()), 'unsettled')
  })

  t.test('tells what is unsettled, oldest first', async (t) => {
    const clock = makeClock()
    const journal = await make(t, clock, roomy)
    t.same(await journal.unsettled(10), { entries: [], total: 0 })
    const details = {
      patron: 'P1',
      fee: 'F1',
      amount: { minor: 250, currency: 'EUR' },
      method: 'cash' as const,
      externalTransactionId: 'BK1',
      place: { library: 'MAIN', circulationDesk: 'DESK' },
      due: new Date('2026-04-01T00:00:00Z'),
    }
    const machineTime = new Date('2026-03-01T11:59:00Z')
    const payment = makeChange('a', { kind: 'pay-fee', details, machineTime })
    const since = clock.now()
    await carry(journal, payment, unknown())
    await carry(journal, payment, unknown())
    await carry(journal, makeChange('b'), unknown())
    await carry(journal, makeChange('c'))
    await journal.begin(makeChange('under way'))
    const { entries, total } = await journal.unsettled(1)
    t.equal(total, 2)
    t.equal(entries.length, 1)
    const { entry: _entry, ...told } = entries[0] ?? { entry: '' }
    t.same(told, {
      kind: 'pay-fee',
      institution: 'INST',
      machine: 'kiosk',
      callId: 'message-1',
      details,
      machineTime,
      deadline: payment.deadline,
      since,
      attempts: 2,
    })
  })

  t.test('the end of a change that was never begun is a bug', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await t.rejects(journal.end('nothing', done(1)))
  })
}
