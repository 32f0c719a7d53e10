import t from 'tap'
import { type CheckoutInput, checkout } from '../../src/circulation/checkout.ts'
import type { Loan } from '../../src/circulation/model.ts'
import { type Outcome, done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { answers, makeCall } from '../helpers/call.ts'
import { fakeCirculation, sampleItem, sampleLoan, samplePatron } from '../helpers/fake-library-system.ts'

const own = refused('item-on-loan-to-patron')

function input(changes: Partial<CheckoutInput> = {}): CheckoutInput {
  return {
    patron: 'P100',
    barcode: sampleItem.barcode,
    place: { library: 'MAIN', circulationDesk: 'SELFCHECK' },
    visit: new Visit(() => 0),
    ownLoan: 'renew',
    due: undefined,
    reported: false,
    whenAway: { do: 'refuse' },
    wantItem: false,
    identity: crypto.randomUUID(),
    ...changes,
  }
}

t.test('a plain checkout is one call', async (t) => {
  const create = answers<Outcome<Loan>>(done(sampleLoan))
  const never = answers<Outcome<never>>(unavailable('internal'))
  const circulation = fakeCirculation({
    loans: { create, ofItem: never, ofPatron: never, renew: never, setDueDate: never },
    items: { find: never },
  })
  const outcome = await checkout(input(), circulation, makeCall())
  t.match(outcome, { kind: 'done', value: { loan: { id: 'L1' }, renewed: false, item: undefined } })
  t.equal(create.calls, 1)
  t.equal(never.calls, 0)
})

t.test('without a patron or an item nothing is asked', async (t) => {
  const create = answers<Outcome<Loan>>(done(sampleLoan))
  const circulation = fakeCirculation({ loans: { create } })
  t.match(await checkout(input({ patron: '' }), circulation, makeCall()), { reason: 'patron-unknown' })
  t.match(await checkout(input({ barcode: '' }), circulation, makeCall()), { reason: 'item-unknown' })
  t.equal(create.calls, 0)
})

t.test('an own loan is renewed, kept or refused', async (t) => {
  const create = answers<Outcome<Loan>>(own)
  const circulation = fakeCirculation({ loans: { create } })
  t.match(await checkout(input({ ownLoan: 'renew' }), circulation, makeCall()), { value: { renewed: true } })
  t.match(await checkout(input({ ownLoan: 'keep' }), circulation, makeCall()), { value: { renewed: false } })
  t.match(await checkout(input({ ownLoan: 'refuse' }), circulation, makeCall()), own)
})

t.test('a loan that the visit knows is renewed with one call', async (t) => {
  const visit = new Visit(() => 0)
  visit.rememberLoans('P100', [sampleLoan])
  const create = answers<Outcome<Loan>>(own)
  const ofPatron = answers<Outcome<never>>(unavailable('internal'))
  const renew = answers<Outcome<Loan>>(done(sampleLoan))
  const circulation = fakeCirculation({ loans: { create, ofPatron, renew } })
  t.match(await checkout(input({ visit }), circulation, makeCall()), { value: { renewed: true } })
  t.same([create.calls, ofPatron.calls, renew.calls], [0, 0, 1])
})

t.test('law 4: a lost answer is settled by the loan of the item', async (t) => {
  const create = answers<Outcome<Loan>>(unknown())
  const fresh = { ...sampleLoan, loanedAt: new Date('2026-03-01T12:00:01Z') }
  const lent = fakeCirculation({ loans: { create, ofItem: async () => done(fresh) } })
  t.match(await checkout(input(), lent, makeCall()), { value: { loan: fresh } }, 'it had arrived')

  const absent = fakeCirculation({ loans: { create, ofItem: async () => done(undefined) } })
  t.match(await checkout(input(), absent, makeCall()), { kind: 'unavailable' }, 'it had not')

  const older = { ...sampleLoan, loanedAt: new Date('2026-02-01T12:00:00Z') }
  const before = fakeCirculation({ loans: { create, ofItem: async () => done(older) } })
  t.match(await checkout(input(), before, makeCall()), { kind: 'unavailable' }, 'an older loan is not ours')

  const others = { ...fresh, patronId: 'somebody-else' }
  const taken = fakeCirculation({ loans: { create, ofItem: async () => done(others) } })
  t.match(await checkout(input(), taken, makeCall()), { kind: 'unavailable' }, "another patron's loan is not ours")
})

t.test('the due date of the machine is kept where it can be', async (t) => {
  const due = new Date('2026-04-02T21:59:59Z')
  t.match(await checkout(input({ due }), fakeCirculation(), makeCall()), { value: { loan: { due } } })

  const setDueDate = answers<Outcome<Loan>>(refused('due-date-invalid'))
  const strict = fakeCirculation({ loans: { setDueDate } })
  t.match(await checkout(input({ due }), strict, makeCall()), { value: { loan: { due: sampleLoan.due } } })
  const past = new Date('2020-01-01T00:00:00Z')
  await checkout(input({ due: past }), strict, makeCall())
  t.equal(setDueDate.calls, 1, 'a date that has passed is not sent')
})

t.test('the item is read when it is wanted, and the loan stands without it', async (t) => {
  t.match(await checkout(input({ wantItem: true }), fakeCirculation(), makeCall()), { value: { item: sampleItem } })
  const away = fakeCirculation({ items: { find: async () => unavailable('timeout') } })
  t.match(await checkout(input({ wantItem: true }), away, makeCall()), { kind: 'done', value: { item: undefined } })
})

t.test('a checkout makes the counts of the visit stale and the loan known', async (t) => {
  const visit = new Visit(() => 0)
  visit.remember('P100', samplePatron)
  await checkout(input({ visit }), fakeCirculation(), makeCall())
  t.equal(visit.patron('P100'), undefined)
  t.equal(visit.canonical('P100'), samplePatron.id)
  t.match(visit.loan('P100', sampleItem.barcode), { id: 'L1' })
})
