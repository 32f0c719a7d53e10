import t from 'tap'
import type { Circulation } from '../../src/circulation/circulation.ts'
import { type ChangeOf, once } from '../../src/circulation/once.ts'
import { type NotDone, accepted, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { SeenPatrons } from '../../src/circulation/seen-patrons.ts'
import { type WhenAway, promise as promiseTo } from '../../src/circulation/when-away.ts'
import { makeCall } from '../helpers/call.ts'
import { makeChange } from '../journal/sample-change.ts'
import { fakeCirculation, samplePatron } from '../helpers/fake-library-system.ts'

const due = new Date('2026-03-15T22:59:59Z')
const offline = unavailable('offline')

const change = (whenAway: WhenAway | undefined, details: ChangeOf['details'] = { item: 'B1' }): ChangeOf => ({
  kind: 'checkout',
  identity: 'same',
  details,
  ...(whenAway && { whenAway }),
})

const promise = (of: ChangeOf, outcome: NotDone, circulation: Circulation) =>
  promiseTo(of, outcome, circulation, 'kiosk')

t.test('nothing is promised unless the machine may be told so', async (t) => {
  const circulation = fakeCirculation({}, true)
  t.equal(promise(change(undefined), offline, circulation), undefined)
  t.equal(promise(change({ do: 'refuse' }), offline, circulation), undefined)
  t.same(promise(change({ do: 'queue' }), offline, circulation), accepted())
  t.same(promise(change({ do: 'queue' }), unknown(), circulation), accepted())
  t.equal(promise(change({ do: 'queue' }), refused('item-unknown'), circulation), undefined)
})

t.test('nothing is promised that the journal cannot keep, or that may be a bug of ours', async (t) => {
  t.equal(promise(change({ do: 'take' }), offline, fakeCirculation()), undefined)
  const circulation = fakeCirculation({}, true)
  for (const cause of ['journal', 'internal'] as const) {
    t.equal(promise(change({ do: 'take' }), unavailable(cause), circulation), undefined, cause)
  }
})

t.test('what has happened is taken, a refusal too, under the date that the patron was told', async (t) => {
  const circulation = fakeCirculation({}, true)
  const reported = change({ do: 'take' }, { item: 'B1', due, reported: true })
  for (const outcome of [offline, unknown()] as NotDone[]) {
    t.same(promise(reported, outcome, circulation), accepted(due), outcome.kind)
  }
  t.same(promise(reported, refused('patron-blocked'), circulation), accepted(due, 'patron-blocked'))
})

t.test('a loan whose answer was lost is promised only while the library system is away', async (t) => {
  const circulation = fakeCirculation({}, true)
  circulation.seen.remember('P100', samplePatron, undefined)
  const lend = change({ do: 'lend', limits: { seenWithinMs: 1000, maxItems: 2, due } }, { patron: 'P100', item: 'B1' })
  for (const outcome of [unknown(), unavailable('timeout')]) t.equal(promise(lend, outcome, circulation), undefined)
  const away = { ...circulation, system: { ...circulation.system, availability: { online: () => false } } }
  t.same(promise(lend, unknown(), away), accepted(due))
})

t.test(
  "a loan is promised to a patron who was seen and clear, up to a number, and under the rule's date",
  async (t) => {
    const limits = { seenWithinMs: 3_600_000, maxItems: 2, due }
    const lend = (item: string, patron = 'P100') => change({ do: 'lend', limits }, { patron, item })
    let now = 0
    const library: Circulation = { ...fakeCirculation({}, true), seen: new SeenPatrons(() => now) }

    t.equal(promise(lend('B1'), offline, library), undefined, 'never seen')
    library.seen.remember('P100', samplePatron, 'patron-blocked')
    t.equal(promise(lend('B1'), offline, library), undefined, 'not clear')
    library.seen.remember('P100', samplePatron, undefined)
    t.same(promise(lend('B1'), offline, library), accepted(due))

    await take(library, 'B1', samplePatron.id)
    t.same(promise(lend('B2'), offline, library), accepted(due))
    t.equal(promise(lend('B1'), offline, library), undefined, 'it was taken away')
    await take(library, 'B2', 'P100')
    t.equal(promise(lend('B3'), offline, library), undefined, 'two wait, under whichever card')
    now = 3_600_001
    t.equal(promise(lend('B3'), offline, library), undefined, 'seen too long ago')
  },
)

t.test('a loan that is not promised is refused for what is known of the patron, and for nothing else', async (t) => {
  const limits = { seenWithinMs: 1000, maxItems: 2, due }
  let now = 0
  const library: Circulation = { ...fakeCirculation({}, true), seen: new SeenPatrons(() => now) }
  const lend = (outcome: NotDone, whenAway: WhenAway = { do: 'lend', limits }) =>
    once({ ...change(whenAway, { patron: 'P100', item: 'B1' }) }, library, makeCall(), async () => outcome)
  t.match(await lend(offline), offline, 'never seen')
  library.seen.remember('P100', samplePatron, 'patron-blocked')
  t.match(await lend(offline), { kind: 'refused', reason: 'patron-blocked' })
  t.match(await lend(offline, { do: 'refuse' }), offline, 'a terminal that promises nothing')
  t.match(await lend(unavailable('journal')), { cause: 'journal' })
  now = 1001
  t.match(await lend(offline), offline, 'seen too long ago')
  library.seen.refuse('P100', 'patron-expired')
  t.match(await lend(unavailable('timeout')), { reason: 'patron-expired' })
  t.match(await lend(unknown()), { kind: 'unknown' }, 'it may have been lent')
})

t.test('two loans that are promised at the same moment keep the limit together', async (t) => {
  const seen = new SeenPatrons(() => 0)
  seen.remember('P100', samplePatron, undefined)
  const library: Circulation = { ...fakeCirculation({}, true), seen }
  const limits = { seenWithinMs: 1000, maxItems: 1, due }
  const lend = (item: string) =>
    once(
      {
        kind: 'checkout',
        identity: item,
        subject: item,
        details: { patron: 'P100', item },
        whenAway: { do: 'lend', limits },
      },
      library,
      makeCall(),
      async () => offline,
    )
  const told = await Promise.all(['B1', 'B2', 'B3'].map(lend))
  t.same(told.map(({ kind }) => kind).toSorted(), ['accepted', 'unavailable', 'unavailable'])

  const underWay = library.journal.pending('INST')
  const running: Circulation = { ...fakeCirculation({}, true), seen, backlog: { clear: async () => true, underWay } }
  const change: ChangeOf = {
    kind: 'checkout',
    identity: 'B4',
    details: { patron: 'P100', item: 'B4' },
    whenAway: { do: 'lend', limits },
  }
  t.equal(promise(change, offline, running), undefined, 'one that is being carried out counts')
})

async function take({ journal }: Circulation, item: string, patron: string): Promise<void> {
  const begun = await journal.begin(makeChange(item, { subject: item, details: { item, patron } }))
  if (begun.state === 'ended') throw new Error('it was there')
  await journal.accept(begun.entry, offline, accepted(due))
}
