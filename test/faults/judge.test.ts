/** The judge must find what is wrong: each case is a run in which one thing went wrong, and what must be said of it. */
import t from 'tap'
import type { Evidence } from './evidence.ts'
import { judge, type ViolationKind } from './judge.ts'
import { type NewOperation, Operations, type Told } from './operation.ts'

const machine = 'kiosk-1'
const [anna, ben] = ['2900', '2901']
const [atlas, bible] = ['3100', '3101']

interface Case {
  readonly name: string
  readonly done: readonly (readonly [Omit<NewOperation, 'machine'>, Told])[]
  readonly evidence: Partial<Evidence>
  readonly found: readonly ViolationKind[]
}

const lend = { kind: 'checkout', patron: anna, item: atlas } as const
const bring = { kind: 'checkin', item: atlas } as const
const extend = { kind: 'renew', patron: anna, item: atlas } as const
const pay = (minor: number, transaction?: string) =>
  ({ kind: 'pay-fee', patron: anna, minor, ...(transaction !== undefined && { transaction }) }) as const
const wish = { kind: 'place-hold', patron: anna, item: atlas } as const
const unwish = { kind: 'cancel-hold', patron: anna, item: atlas } as const

const loan = (more: Partial<Evidence['loans'][number]> = {}) => ({
  item: atlas,
  patron: anna,
  returned: false,
  renewals: 0,
  dueAt: Date.UTC(2030, 0, 15, 12),
  ...more,
})
const payment = (minor: number, transaction = 'CB01') => ({ patron: anna, transaction, minor })
const hold = (open = true) => ({ item: atlas, patron: anna, open })
const noErrands = { cards: new Set<string>(), findings: [] }
const entry = (operation: Partial<Evidence['entries'][number]>, state: string) => ({
  machine,
  kind: 'checkout' as const,
  patron: undefined,
  item: undefined,
  minor: undefined,
  transaction: undefined,
  ...operation,
  state,
})

const cases: readonly Case[] = [
  { name: 'a loan that was told and is there', done: [[lend, 'yes']], evidence: { loans: [loan()] }, found: [] },
  { name: 'law 2: a loan that was told is missing', done: [[lend, 'yes']], evidence: {}, found: ['loss'] },
  {
    name: 'law 2: a loan is there twice',
    done: [
      [lend, 'yes'],
      [bring, 'yes'],
    ],
    evidence: { loans: [loan({ returned: true }), loan()] },
    found: ['double'],
  },
  {
    name: 'law 4: a loan that was denied is there',
    done: [[lend, 'no']],
    evidence: { loans: [loan()] },
    found: ['denied'],
  },
  {
    name: 'a loan of which nobody knows may be there',
    done: [[lend, 'unknown']],
    evidence: { loans: [loan()] },
    found: [],
  },
  { name: 'a loan of which nothing was told may be missing', done: [[lend, 'nothing']], evidence: {}, found: [] },
  {
    name: 'a loan that nobody asked for',
    done: [],
    evidence: { loans: [loan({ patron: ben, item: bible })] },
    found: ['double'],
  },
  {
    name: 'a loan that a person must settle',
    done: [[lend, 'yes']],
    evidence: { entries: [entry(lend, 'exception')] },
    found: [],
  },
  {
    name: "another machine's exception does not excuse a loss",
    done: [[lend, 'yes']],
    evidence: { entries: [{ ...entry(lend, 'exception'), machine: 'kiosk-2' }] },
    found: ['loss'],
  },
  {
    name: 'law 2: a return that was told is missing',
    done: [
      [lend, 'yes'],
      [bring, 'yes'],
    ],
    evidence: { loans: [loan()] },
    found: ['loss'],
  },
  {
    name: 'law 2: a loan was ended that nobody brought back',
    done: [[lend, 'yes']],
    evidence: { loans: [loan({ returned: true })] },
    found: ['double'],
  },
  {
    name: 'lent, brought back, lent again: a return too late ends the second loan',
    done: [
      [lend, 'yes'],
      [bring, 'yes'],
      [lend, 'yes'],
    ],
    evidence: { loans: [loan({ returned: true }), loan({ returned: true })] },
    found: ['double'],
  },
  {
    name: 'lent, brought back, lent to another: the first loan is still there',
    done: [
      [lend, 'yes'],
      [bring, 'yes'],
      [{ ...lend, patron: ben }, 'yes'],
    ],
    evidence: { loans: [loan(), loan({ patron: ben, returned: true })] },
    found: ['order'],
  },
  {
    name: 'law 2: a loan was renewed twice',
    done: [
      [lend, 'yes'],
      [extend, 'yes'],
    ],
    evidence: { loans: [loan({ renewals: 2 })] },
    found: ['double'],
  },
  {
    name: 'law 2: a renewal is missing',
    done: [
      [lend, 'yes'],
      [extend, 'yes'],
    ],
    evidence: { loans: [loan()] },
    found: ['loss'],
  },
  {
    name: 'payments in parts',
    done: [
      [pay(300), 'yes'],
      [pay(125, 'BK1'), 'yes'],
    ],
    evidence: { payments: [payment(200), payment(100), payment(125, 'BK1')] },
    found: [],
  },
  { name: 'law 3: a payment is missing', done: [[pay(300), 'yes']], evidence: {}, found: ['loss'] },
  {
    name: 'law 3: a payment is there twice',
    done: [[pay(300), 'yes']],
    evidence: { payments: [payment(300), payment(300)] },
    found: ['double'],
  },
  {
    name: 'law 3: a cent too much',
    done: [[pay(300), 'yes']],
    evidence: { payments: [payment(301)] },
    found: ['cents'],
  },
  {
    name: 'law 3: a cent too little',
    done: [[pay(300), 'yes']],
    evidence: { payments: [payment(299)] },
    found: ['loss'],
  },
  {
    name: 'law 3: half of an unknown payment',
    done: [[pay(300), 'unknown']],
    evidence: { payments: [payment(150)] },
    found: ['cents'],
  },
  {
    name: 'an unknown payment is there or not',
    done: [
      [pay(300), 'unknown'],
      [pay(125), 'yes'],
    ],
    evidence: { payments: [payment(125)] },
    found: [],
  },
  {
    name: 'law 4: a payment that was denied is there',
    done: [[pay(300), 'no']],
    evidence: { payments: [payment(300)] },
    found: ['denied'],
  },
  {
    name: 'a payment under the id of another',
    done: [
      [pay(300, 'BK1'), 'yes'],
      [pay(200, 'BK2'), 'yes'],
    ],
    evidence: { payments: [payment(500, 'BK1')] },
    found: ['cents', 'loss'],
  },
  {
    name: 'law 2: a request is there twice',
    done: [[wish, 'yes']],
    evidence: { holds: [hold(), hold()] },
    found: ['double'],
  },
  {
    name: 'law 2: a cancelled request is still there',
    done: [
      [wish, 'yes'],
      [unwish, 'yes'],
    ],
    evidence: { holds: [hold()] },
    found: ['loss'],
  },
  {
    name: 'a due date that a patron was told by a machine that was off line',
    done: [[{ ...lend, dueAt: Date.UTC(2030, 0, 15, 12) }, 'yes']],
    evidence: { loans: [loan()] },
    found: [],
  },
  {
    name: 'a due date that nobody was told',
    done: [[{ ...lend, dueAt: Date.UTC(2030, 0, 16, 12) }, 'yes']],
    evidence: { loans: [loan()] },
    found: ['spoilt'],
  },
  {
    name: 'errands are judged by themselves alone',
    done: [],
    evidence: {
      holds: [hold()],
      payments: [payment(100)],
      errands: { cards: new Set([anna]), findings: [{ kind: 'cents', about: 'a payment of the wrong fee' }] },
    },
    found: ['cents'],
  },
  {
    name: 'law 4: an unknown that nobody settles',
    done: [[lend, 'unknown']],
    evidence: { entries: [entry(lend, 'unsettled')] },
    found: ['unsettled'],
  },
  {
    name: 'a promise that still waits',
    done: [],
    evidence: { entries: [entry(bring, 'queued')] },
    found: ['unsettled'],
  },
]

for (const { name, done, evidence, found } of cases) {
  t.test(name, async (t) => {
    const operations = new Operations()
    for (const [operation, told] of done) operations.begin({ machine, ...operation }).told = told
    const { loans = [], payments = [], holds = [], entries = [], errands = noErrands } = evidence
    const executed = new Map([
      ['createLoan', loans.length],
      ['renewLoan', loans.reduce((sum, { renewals }) => sum + renewals, 0)],
      ['createRequest', holds.length],
    ])
    const violations = judge(operations, { loans, payments, holds, entries, executed, errands })
    t.same(
      violations.map(({ kind }) => kind),
      found,
      violations.map(({ about }) => about).join('\n'),
    )
  })
}

t.test('a change that Alma carried out and that its state does not show', async (t) => {
  const nothing = { loans: [], payments: [], holds: [], entries: [], errands: noErrands }
  const violations = judge(new Operations(), { ...nothing, executed: new Map([['createLoan', 1]]) })
  t.match(violations, [{ kind: 'evidence' }])
})

t.test('a reply that does not fit', async (t) => {
  const operations = new Operations()
  operations.wrongReplies.push('a 11 was answered with 98')
  const nothing = { loans: [], payments: [], holds: [], entries: [], errands: noErrands }
  const executed = new Map<string, number>()
  t.match(judge(operations, { ...nothing, executed }), [{ kind: 'wrong-reply' }])
})
