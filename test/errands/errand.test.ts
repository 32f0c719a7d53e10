/** The judge of errands must find what is wrong: what machines were told is put beside an Alma that nobody changed, or did. */
import t, { type Test } from 'tap'
import { startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { Random } from '../faults/random.ts'
import { readReply } from '../helpers/raw-sip2.ts'
import { AccountSubject } from './account.ts'
import { CardSubject } from './card.ts'
import type { Errand, Finding, Subject } from './errand.ts'
import { HoldSubject } from './hold.ts'
import { NoteSubject } from './note.ts'
import { ShelfSubject } from './shelf.ts'

const [card, barcode] = ['2001', '3001']

async function start(t: Test) {
  const data = {
    libraries: [{ code: 'MAIN', default_location: 'STACKS', locations: [{ code: 'STACKS' }] }],
    user_groups: [{ code: 'STUD' }],
    loan_rules: [{ days: 28 }],
    users: [{ primary_id: 'ada', last_name: 'Lovelace', user_group: 'STUD', barcode: card }],
    items: [{ barcode, title: 'Notes', library: 'MAIN', location: 'STACKS' }],
    loans: [{ user_id: 'ada', item_barcode: barcode }],
    fees: [{ user_primary_id: 'ada', id: 'fee-1', type: 'OTHER', original_amount: 7, owner: 'MAIN' }],
  }
  const alma = await startAlmaSimulator({ data, perSecond: 'none' })
  t.teardown(() => alma.close())
  return { store: alma.control.store }
}

const machine = { paysByAmount: false }

/** The first errand on a subject, as a machine that was told this, and what is found then. */
function judgeFirst(subject: Subject, store: Parameters<Subject['judge']>[0], told: Errand['told'], reply?: string) {
  const errand = subject.draw(new Random(1), machine)
  if (!errand) throw new Error('there is nothing to do')
  Object.assign(errand, { sent: 1, told, reply: reply === undefined ? undefined : readReply(reply) })
  return subject.judge(store, () => false).map(({ kind }) => kind)
}

t.test(
  'what was told yes and is not there is lost, whatever it is; what was told no or is not known is not',
  async (t) => {
    const { store } = await start(t)
    const subjects: readonly (() => Subject)[] = [
      () => new HoldSubject(card, barcode, true),
      () => new CardSubject(card, store),
      () => new NoteSubject(barcode, store),
      () => new AccountSubject(card, [{ id: 'fee-1', minor: 700 }]),
    ]
    for (const make of subjects) {
      t.ok(judgeFirst(make(), store, 'yes').includes('loss'), make().constructor.name)
      t.same(judgeFirst(make(), store, 'no'), [])
      t.same(judgeFirst(make(), store, 'unknown'), [])
      t.same(judgeFirst(make(), store, undefined), [])
    }
  },
)

t.test('of all that a patron has at home the answer names what was renewed', async (t) => {
  const { store } = await start(t)
  const shelf = (): Subject => new ShelfSubject(card, [barcode])
  const counts = (renewed: number): string => `661000${renewed}000${1 - renewed}20260303    090000AO|`
  t.same(judgeFirst(shelf(), store, 'yes', `${counts(1)}BM${barcode}|`), ['loss'])
  t.same(judgeFirst(shelf(), store, 'yes', `${counts(0)}BN${barcode}|`), [])
  const loan = store.itemByBarcode(barcode)?.loan
  if (loan) loan.renewals = 1
  t.same(judgeFirst(shelf(), store, 'yes', `${counts(1)}BM${barcode}|`), [])
  t.same(judgeFirst(shelf(), store, 'yes', `${counts(0)}BN${barcode}|`), ['denied'])
  if (loan) loan.renewals = 2
  t.same(judgeFirst(shelf(), store, 'yes', `${counts(1)}BM${barcode}|`), ['double'])
})

t.test('what is left to a person may be missing', async (t) => {
  const { store } = await start(t)
  const subject = new NoteSubject(barcode, store)
  const errand = subject.draw(new Random(1), machine)
  Object.assign(errand ?? {}, { sent: 1, told: 'yes' })
  t.same(
    subject.judge(store, (one) => one === errand),
    [],
  )
})

t.test('something else of a record is changed', async (t) => {
  const { store } = await start(t)
  const subject = new NoteSubject(barcode, store)
  const item = store.itemByBarcode(barcode)
  if (item) item.data = { internal_note_1: 'gift' }
  t.same(judgeFirst(subject, store, 'no'), ['spoilt'])
})

t.test('a transaction for which nobody asked', async (t) => {
  const { store } = await start(t)
  const user = store.userByIdentifier(card, undefined, true)
  const transaction = { id: '1', reason: '', comment: '', externalId: 'BK1', method: 'CASH', at: 0 }
  user?.fees[0]?.transactions.push({ ...transaction, type: 'PAYMENT', minor: 100 })
  const found: Finding['kind'][] = judgeFirst(new AccountSubject(card, [{ id: 'fee-1', minor: 700 }]), store, 'no')
  t.same(found, ['double'])
})
