/** What each use-case tells the journal of itself. */
import t from 'tap'
import type { Circulation } from '../../src/circulation/circulation.ts'
import { checkin } from '../../src/circulation/checkin.ts'
import { checkout } from '../../src/circulation/checkout.ts'
import { cancelHold, placeHold } from '../../src/circulation/hold.ts'
import type { Change } from '../../src/circulation/ports.ts'
import { payFee } from '../../src/circulation/pay-fee.ts'
import { renew, renewAll } from '../../src/circulation/renew.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { makeCall } from '../helpers/call.ts'
import { fakeCirculation } from '../helpers/fake-library-system.ts'

const place = { library: 'MAIN', circulationDesk: 'DESK' }
const identity = 'identity'
const patron = 'P100'
const barcode = 'B0071'
const due = new Date('2026-04-01T12:00:00Z')
const whenAway = { do: 'refuse' } as const
const amount = { minor: 250, currency: 'EUR' }

type Work = (circulation: Circulation, visit: Visit) => Promise<unknown>

const cases: Readonly<Record<string, { work: Work; told: Partial<Change> }>> = {
  checkout: {
    work: (circulation, visit) => {
      const policy = { ownLoan: 'keep', wantItem: false, reported: false, whenAway } as const
      return checkout({ patron, barcode, place, visit, due, identity, ...policy }, circulation, makeCall())
    },
    told: { kind: 'checkout', subject: barcode, details: { patron, item: barcode, place, due } },
  },
  checkin: {
    work: (circulation, visit) =>
      checkin({ barcode, place, visit, reported: true, whenAway, identity }, circulation, makeCall()),
    told: { kind: 'checkin', subject: barcode, details: { item: barcode, place, reported: true } },
  },
  renew: {
    work: (circulation, visit) =>
      renew({ patron, barcode, title: 'T', visit, whenAway, identity }, circulation, makeCall()),
    told: { kind: 'renew', subject: barcode, details: { patron, item: barcode, title: 'T' } },
  },
  'renew all': {
    work: (circulation, visit) => renewAll({ patron, visit, identity }, circulation, makeCall()),
    told: { kind: 'renew', subject: undefined, details: { patron } },
  },
  'fee paid': {
    work: (circulation, visit) => {
      const payment = { feeId: 'F1', amount, method: 'cash', externalTransactionId: 'BK1' } as const
      return payFee({ patron, visit, whenAway, identity, ...payment }, circulation, makeCall())
    },
    told: {
      kind: 'pay-fee',
      subject: undefined,
      details: { patron, fee: 'F1', amount, method: 'cash', externalTransactionId: 'BK1' },
    },
  },
  'place hold': {
    work: (circulation, visit) => {
      const wish = { target: { barcode }, pickup: place, lastInterest: undefined, comment: '' }
      return placeHold({ patron, visit, identity, ...wish }, circulation, makeCall())
    },
    told: { kind: 'place-hold', subject: undefined, details: { patron, item: barcode, place } },
  },
  'cancel hold': {
    work: (circulation, visit) => {
      const hold = { holdId: 'R1', barcode: undefined, titleId: undefined, note: '' }
      return cancelHold({ patron, visit, identity, ...hold }, circulation, makeCall())
    },
    told: {
      kind: 'cancel-hold',
      subject: undefined,
      details: { patron, hold: 'R1', item: undefined, title: undefined },
    },
  },
}

for (const [name, { work, told }] of Object.entries(cases)) {
  t.test(`laws 2 and 3: ${name} tells the journal what it is about, once`, async (t) => {
    const changes: Change[] = []
    const circulation = fakeCirculation()
    const { journal } = circulation
    const begin = journal.begin.bind(journal)
    journal.begin = async (change) => {
      changes.push(change)
      return begin(change)
    }
    t.match(await work(circulation, new Visit(() => 0)), { kind: 'done' })
    t.equal(changes.length, 1)
    const { kind, subject, details } = changes[0] ?? {}
    t.same({ kind, subject, details }, told)
  })
}
