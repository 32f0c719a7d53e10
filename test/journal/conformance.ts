/** What every journal must do, whatever keeps it. */
import type { Test } from 'tap'
import { accepted, done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import type { Clock, Journal } from '../../src/circulation/ports.ts'
import { sampleItem, sampleLoan } from '../helpers/fake-library-system.ts'
import { accept, answerTo, carry, entryOf, makeChange, makeClock, pendingEntries, resume } from './sample-change.ts'

export interface JournalLimits {
  readonly keepMs: number
  readonly maxEntries: number
  readonly maxPending: number
  readonly maxPendingPerMachine: number
}

export type MakeJournal = (t: Test, clock: Clock, limits: JournalLimits) => Promise<Journal>

const roomy: JournalLimits = { keepMs: 1000, maxEntries: 100, maxPending: 100, maxPendingPerMachine: 100 }

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
    const journal = await make(t, clock, { ...roomy, maxEntries: 3 })
    await journal.begin(makeChange('under way'))
    for (const name of ['a', 'b', 'c', 'd']) await carry(journal, makeChange(name, { subject: name }))
    t.equal(await carry(journal, makeChange('d', { subject: 'd' })), 'ended')
    clock.advance(2000)
    t.equal(await carry(journal, makeChange('d', { subject: 'd' })), 'new')
    t.equal((await journal.begin(makeChange('under way'))).state, 'ended')
  })

  t.test('when there are too many, what is done goes before what is unsettled', async (t) => {
    const journal = await make(t, makeClock(), { ...roomy, maxEntries: 2 })
    await carry(journal, makeChange('open'), unknown())
    for (const name of ['a', 'b', 'c']) await carry(journal, makeChange(name))
    t.equal(await carry(journal, makeChange('open'), unknown()), 'unsettled')
  })

  t.test('law 4: what is not there is settled, whatever came before', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await carry(journal, makeChange('a'), unknown())
    await carry(journal, makeChange('a'), unavailable('not-carried-out'))
    t.same(journal.pending('INST'), [])
    t.equal(await carry(journal, makeChange('a')), 'new')
  })

  t.test('tells what waits in an institution, as it was begun first', async (t) => {
    const clock = makeClock()
    const journal = await make(t, clock, roomy)
    t.same(journal.pending('INST'), [])
    t.same(journal.counts('INST'), { queued: 0, unsettled: 0, exceptions: 0 })
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
    await carry(journal, { ...payment, callId: 'message-2', happenedAt: new Date(), machineTime: undefined }, unknown())
    await carry(journal, makeChange('elsewhere', { institution: 'OTHER' }), unknown())
    await carry(journal, makeChange('c'))
    await journal.begin(makeChange('under way'))
    const [first, ...others] = journal.pending('INST')
    t.same(others, [])
    const { entry: _entry, ...told } = first ?? { entry: '' }
    t.same(told, {
      state: 'unsettled',
      told: undefined,
      kind: 'pay-fee',
      institution: 'INST',
      machine: 'kiosk',
      callId: 'message-2',
      details,
      machineTime,
      happenedAt: payment.happenedAt,
      deadline: payment.deadline,
      since,
      attempts: 2,
    })
    t.same(journal.counts('INST'), { queued: 0, unsettled: 1, exceptions: 0 })
    t.same(journal.counts('OTHER'), { queued: 0, unsettled: 1, exceptions: 0 })
    t.same(journal.institutions(), ['INST', 'OTHER'])
    await carry(journal, payment, refused('fee-unknown'))
    t.same(journal.institutions(), ['OTHER'], 'where something waits')
  })

  t.test('what waits stands in the order in which it happened, then as it was begun', async (t) => {
    const clock = makeClock()
    const journal = await make(t, clock, roomy)
    const at = (minute: number) => ({ happenedAt: new Date(Date.UTC(2026, 2, 1, 10, minute)) })
    for (const [name, minute] of Object.entries({ c: 3, a: 1, d: 3, b: 2 })) {
      await accept(journal, makeChange(name, { ...at(minute), callId: name }))
      clock.advance(1)
    }
    const names = () => journal.pending('INST').map(({ callId }) => callId)
    const before = journal.pending('INST')
    t.same(names(), ['a', 'b', 'c', 'd'])
    await journal.end(await resume(journal, 'b'), done(1))
    t.same(names(), ['a', 'c', 'd'])
    await journal.end(await resume(journal, 'c'), unavailable('offline'))
    t.same(names(), ['a', 'c', 'd'], 'in its old place')
    t.equal(before.length, 4, 'what was given out does not change')
  })

  t.test('law 2: what was promised answers for an equal change from then on, and executes nothing', async (t) => {
    const clock = makeClock()
    const journal = await make(t, clock, roomy)
    const told = accepted(new Date('2026-04-01T00:00:00Z'))
    const begun = await journal.begin(makeChange('a'))
    const meanwhile = await journal.begin(makeChange('a'))
    t.equal(await journal.accept(entryOf(begun), unavailable('offline'), told), true)
    t.same(await answerTo(meanwhile), told)
    clock.advance(3_600_000)
    t.same(await answerTo(await journal.begin(makeChange('a'))), told, 'however long it waits')
    const entry = await resume(journal, 'message-1')
    t.same(journal.pending('INST'), [], 'it is under way')
    t.same(await answerTo(await journal.begin(makeChange('a'))), told, 'at once')
    await journal.end(entry, done(1))
    t.same(await answerTo(await journal.begin(makeChange('a'))), told, 'after it is done')
    clock.advance(roomy.keepMs + 1)
    t.equal(await carry(journal, makeChange('a')), 'new')
  })

  t.test('where it waits depends on what is known of it', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    const at = async (name: string, ...outcomes: readonly Parameters<typeof accept>[2][]) => {
      const change = makeChange(name, { institution: name })
      for (const outcome of outcomes.slice(0, -1)) await carry(journal, change, outcome)
      await accept(journal, change, outcomes.at(-1))
      return journal.counts(name)
    }
    const none = { queued: 0, unsettled: 0, exceptions: 0 }
    t.same(await at('away', unavailable('offline')), { ...none, queued: 1 })
    t.same(await at('lost', unknown()), { ...none, unsettled: 1 })
    t.same(await at('no', refused('patron-blocked')), { ...none, exceptions: 1 })
    t.same(await at('lost-away', unknown(), unavailable('offline')), { ...none, unsettled: 1 }, 'it may be there')
    t.same(await at('looked', unknown(), unavailable('not-carried-out')), { ...none, queued: 1 }, 'it is not there')
  })

  t.test('a resumed change ends, or waits as it did before', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await accept(journal, makeChange('a'))
    const states: (string | undefined)[] = []
    for (const outcome of [unavailable('offline'), unknown(), unavailable('quota')]) {
      await journal.end(await resume(journal, 'message-1'), outcome)
      states.push(journal.pending('INST')[0]?.state)
    }
    t.same(states, ['queued', 'unsettled', 'unsettled'])
    t.equal(journal.pending('INST')[0]?.attempts, 4)
    await journal.end(await resume(journal, 'message-1'), unavailable('not-carried-out'))
    t.same(journal.counts('INST'), { queued: 0, unsettled: 0, exceptions: 0 })
    t.same(await answerTo(await journal.begin(makeChange('a'))), accepted(), 'it was told so')
  })

  t.test('a resumed change is claimed once', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await accept(journal, makeChange('a'))
    const [entry = ''] = pendingEntries(journal)
    const claims = await Promise.all([journal.resume(entry), journal.resume(entry)])
    t.same(claims, [true, false])
    t.equal(await journal.resume('nothing'), false)
  })

  t.test('an exception waits for a person', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await accept(journal, makeChange('a'))
    const entry = await resume(journal, 'message-1')
    await journal.setAside(entry, refused('patron-blocked'))
    t.same(journal.pending('INST'), [])
    t.same(journal.counts('INST'), { queued: 0, unsettled: 0, exceptions: 1 })
    t.equal(await journal.resume(entry), false)
    t.same(await answerTo(await journal.begin(makeChange('a'))), accepted())
  })

  t.test(
    'law 3: a payment that nobody acknowledged and a person should settle is read back for its machine',
    async (t) => {
      const journal = await make(t, makeClock(), roomy)
      const payment = makeChange('a', { kind: 'pay-fee' })
      await carry(journal, payment, unknown())
      await journal.setAside(await resume(journal, 'message-1'), unavailable('not-carried-out'))
      t.equal(journal.counts('INST').exceptions, 1)
      const begun = await journal.begin(payment)
      t.equal(begun.state, 'unsettled')
      t.equal(journal.counts('INST').exceptions, 0)
      await journal.end(entryOf(begun), unavailable('offline'))
      t.same(journal.counts('INST'), { queued: 0, unsettled: 1, exceptions: 0 })
    },
  )

  t.test('law 2: an equal change waits for the end of one that is looked for', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await carry(journal, makeChange('a'), unknown())
    const entry = await resume(journal, 'message-1')
    const again = await journal.begin(makeChange('a'))
    t.equal(again.state, 'ended')
    await journal.end(entry, done('found'))
    t.same(await answerTo(again), done('found'))
    t.equal(await carry(journal, makeChange('a')), 'ended')
  })

  t.test('lent and returned while nothing could be sent: the next time is new, and all of it waits', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    const lend = makeChange('lend', { subject: 'B1' })
    const takeBack = makeChange('return', { kind: 'checkin', subject: 'B1' })
    for (const change of [lend, takeBack, lend]) t.equal(await accept(journal, change), 'new')
    t.equal(await accept(journal, lend), 'ended')
    t.equal(journal.pending('INST').length, 3)
    for (const entry of pendingEntries(journal).slice(0, 2)) {
      await journal.resume(entry)
      await journal.end(entry, done(1))
    }
    t.equal(await accept(journal, takeBack), 'new', 'a later one ended its memory')
    t.equal(await accept(journal, lend), 'new')
  })

  t.test('promises are bounded, and are not forgotten for others', async (t) => {
    const journal = await make(t, makeClock(), { ...roomy, maxEntries: 3, maxPending: 5 })
    for (const name of ['a', 'b', 'c', 'd']) await accept(journal, makeChange(name, { callId: name }))
    t.equal(journal.mayAccept('kiosk'), true)
    await accept(journal, makeChange('e'), refused('patron-blocked'))
    t.equal(journal.mayAccept('kiosk'), false)
    for (const name of ['p', 'q', 'r', 's']) await carry(journal, makeChange(name), unknown())
    t.ok(journal.counts('INST').unsettled <= 3, 'what nobody was promised goes when there are too many')
    t.same(
      journal.pending('INST').flatMap(({ told, callId }) => (told ? [callId] : [])),
      ['a', 'b', 'c', 'd'],
    )
    t.equal(await accept(journal, makeChange('a')), 'ended')
    for (const name of ['a', 'b', 'c', 'd']) await journal.end(await resume(journal, name), done(1))
    t.equal(journal.mayAccept('kiosk'), true)
  })

  t.test('one machine has its share of promises, in whatever state they wait, and the others go on', async (t) => {
    const journal = await make(t, makeClock(), { ...roomy, maxPendingPerMachine: 3 })
    const of = (machine: string, name: string) => makeChange(name, { machine, callId: name })
    await accept(journal, of('stolen', 'a'))
    await accept(journal, of('stolen', 'b'), unknown())
    await carry(journal, of('stolen', 'looked for'), unknown())
    t.equal(journal.mayAccept('stolen'), true, 'what it was told no yes to does not count')
    await accept(journal, of('stolen', 'c'), refused('item-unknown'))
    t.equal(journal.mayAccept('stolen'), false)
    t.equal(journal.mayAccept('kiosk'), true)
    await accept(journal, of('kiosk', 'd'))
    await journal.end(await resume(journal, 'a'), unavailable('offline'))
    t.equal(journal.mayAccept('stolen'), false, 'it waits again')
    await journal.end(await resume(journal, 'a'), done(1))
    t.equal(journal.mayAccept('stolen'), true)
    await journal.setAside(await resume(journal, 'b'), refused('item-unknown'))
    await accept(journal, of('stolen', 'e'))
    t.equal(journal.mayAccept('stolen'), false)
  })

  t.test('law 3: tells the done payments under a transaction id, with their own outcomes', async (t) => {
    const clock = makeClock()
    const journal = await make(t, clock, roomy)
    const pay = (name: string, externalTransactionId: string, institution = 'INST') =>
      makeChange(name, { kind: 'pay-fee', institution, details: { externalTransactionId } })
    const search = {
      institution: 'INST',
      kind: 'pay-fee' as const,
      details: { externalTransactionId: 'BK1' },
      since: clock.now(),
    }
    t.same(await journal.doneSince(search), [])
    await carry(journal, pay('a', 'BK1'), done('a'))
    await carry(journal, pay('b', 'BK1'), refused('fee-overpaid'))
    await carry(journal, pay('c', 'BK1'), unknown())
    await carry(journal, pay('d', 'BK2'), done('d'))
    await carry(journal, pay('e', 'BK1', 'OTHER'), done('e'))
    clock.advance(10)
    await accept(journal, { ...pay('f', 'BK1'), callId: 'f' })
    t.same(await journal.doneSince(search), [done('a')])
    await journal.end(await resume(journal, 'f'), done('f'))
    t.same(await journal.doneSince(search), [done('a'), done('f')], 'what was done, not what was told')
    t.same(await journal.doneSince({ ...search, since: clock.now() }), [done('f')])
  })

  t.test('the end of a change that was never begun is a bug', async (t) => {
    const journal = await make(t, makeClock(), roomy)
    await t.rejects(journal.end('nothing', done(1)))
  })
}
