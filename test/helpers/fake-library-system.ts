/** A library system in memory, small enough to see what it answers: for tests that need one precise outcome. */
import type { Circulation } from '../../src/circulation/circulation.ts'
import type { Fee, Hold, Item, Loan, Patron } from '../../src/circulation/model.ts'
import { done, refused } from '../../src/circulation/outcome.ts'
import type { Clock, Fees, Holds, Items, LibrarySystem, Loans, Patrons } from '../../src/circulation/ports.ts'
import { SeenPatrons } from '../../src/circulation/seen-patrons.ts'
import { MemoryJournal } from '../../src/journal/memory.ts'

const now = new Date('2026-03-01T12:00:00Z')
const due = new Date('2026-03-29T21:59:59Z')

const main = { code: 'MAIN', name: 'Main Library' }
const stacks = { code: 'STACKS', name: 'Open Stacks' }

export const samplePatron: Patron = {
  id: 'primary-1',
  identifiers: [{ kind: 'BARCODE', value: 'P100', active: true }],
  name: { first: 'Ada', middle: 'King', last: 'Lovelace', preferredFirst: '' },
  group: { code: 'STAFF', name: 'Staff member' },
  language: 'en',
  birthDate: '1985-12-10',
  active: true,
  expires: new Date('2030-01-01T00:00:00Z'),
  mayBorrow: true,
  blocks: [],
  contact: {
    addresses: [
      {
        lines: ['12 Analytical Row', 'Flat 3', 'Back door'],
        city: 'London',
        region: '',
        postalCode: 'N1 9GU',
        country: 'GBR',
        preferred: true,
        kind: 'home',
      },
    ],
    emails: [{ address: 'ada@example.org', preferred: true, kind: 'work' }],
    phones: [{ number: '+44 20 7946 0000', preferred: true, kind: 'mobile' }],
  },
  counts: { loans: 1, holds: 1 },
  balance: { minor: 250, currency: 'EUR' },
}

export const sampleItem: Item = {
  barcode: 'B0071',
  ids: { titleId: '9901', holdingId: '2201', itemId: '2301' },
  title: 'Notes on the Engine',
  author: 'Menabrea, L. F.',
  callNumber: 'QA 76 .M4',
  description: 'v. 1',
  media: 'book',
  materialType: 'BOOK',
  magnetic: true,
  policy: { code: '', name: '' },
  state: 'available',
  requested: false,
  owningLibrary: main,
  permanentLocation: stacks,
  currentLocation: stacks,
  fulfilmentNote: '',
  replacementCost: undefined,
  due: undefined,
}

export const sampleLoan: Loan = {
  id: 'L1',
  patronId: samplePatron.id,
  itemBarcode: sampleItem.barcode,
  itemIds: sampleItem.ids,
  title: sampleItem.title,
  author: sampleItem.author,
  callNumber: sampleItem.callNumber,
  policy: { code: '', name: '' },
  library: main,
  location: stacks,
  loanedAt: now,
  due,
  state: 'normal',
  renewable: true,
  renewedAt: undefined,
  returnedAt: undefined,
}

export const sampleHold: Hold = {
  id: 'R1',
  patronId: samplePatron.id,
  titleId: '9901',
  itemBarcode: sampleItem.barcode,
  title: sampleItem.title,
  author: sampleItem.author,
  state: 'waiting',
  queuePosition: 2,
  pickup: { library: 'MAIN', circulationDesk: 'CIRC', name: 'Main Library' },
  placedAt: now,
  expires: new Date('2026-06-01T00:00:00Z'),
}

export const sampleFee: Fee = {
  id: 'F1',
  kind: 'overdue',
  type: { code: 'OVERDUEFINE', name: 'Overdue fine' },
  balance: { minor: 250, currency: 'EUR' },
  original: { minor: 250, currency: 'EUR' },
  createdAt: now,
  title: sampleItem.title,
  itemBarcode: sampleItem.barcode,
  payments: [],
}

/** Replaces single functions of single ports. */
export interface FakeAnswers {
  readonly patrons?: Partial<Patrons>
  readonly loans?: Partial<Loans>
  readonly items?: Partial<Items>
  readonly holds?: Partial<Holds>
  readonly fees?: Partial<Fees>
}

/** The password that the fake accepts. */
export const rightPassword = 'Pa55-canary'

const page = <T>(...entries: T[]) => done({ entries, total: entries.length })

export function fakeLibrarySystem(answers: FakeAnswers = {}): LibrarySystem {
  return {
    institution: 'INST',
    currency: 'EUR',
    timeZone: 'Europe/Rome',
    now: () => now,
    patrons: {
      find: async (identifier) =>
        [samplePatron.id, 'P100'].includes(identifier) ? done(samplePatron) : refused('patron-unknown'),
      verifyPassword: async (_, password) => (password === rightPassword ? done(true) : refused('patron-pin-wrong')),
      block: async () => done(samplePatron),
      unblock: async () => done({ patron: samplePatron, lifted: false }),
      ...answers.patrons,
    },
    loans: {
      ofPatron: async () => page(sampleLoan),
      ofItem: async () => done(sampleLoan),
      lastReturn: async () => done(undefined),
      create: async () => done(sampleLoan),
      renew: async () => done(sampleLoan),
      setDueDate: async (loan) => done({ ...sampleLoan, due: loan.due }),
      ...answers.loans,
    },
    items: {
      find: async (barcode) => (barcode === sampleItem.barcode ? done(sampleItem) : refused('item-unknown')),
      identify: async () => done(sampleItem.ids ?? { titleId: '', holdingId: '', itemId: '' }),
      queueLength: async () => done(3),
      scanIn: async () =>
        done({
          item: sampleItem,
          routing: { to: 'shelf', destination: '', reason: 'none', requester: undefined },
        }),
      copies: async () => done([sampleItem]),
      readMember: async () => done({ item: sampleItem, value: '' }),
      writeMember: async () => done(sampleItem),
      ...answers.items,
    },
    holds: {
      ofPatron: async () => page(sampleHold),
      create: async () => done(sampleHold),
      find: async () => done(sampleHold),
      change: async () => done(sampleHold),
      cancel: async () => done(true),
      ...answers.holds,
    },
    fees: {
      ofPatron: async () => done({ fees: [sampleFee], total: sampleFee.balance }),
      pay: async () => done({ remaining: undefined, transactionIds: [] }),
      findPayments: async () => done([]),
      waive: async () => done({ remaining: undefined, transactionIds: [] }),
      findWaivers: async () => done([]),
      ...answers.fees,
    },
    availability: { online: () => true },
  }
}

/** Time stands still; sleeping takes none. */
export const fakeClock: Clock = {
  now: () => now,
  monotonic: () => 0,
  sleep: async () => {},
}

/** With `promising` the journal can promise, as one that is kept in a file does. */
export function fakeCirculation(answers: FakeAnswers = {}, promising = false): Circulation {
  return {
    system: fakeLibrarySystem(answers),
    clock: fakeClock,
    journal: new MemoryJournal(fakeClock, { keepMs: 60_000, maxEntries: 100, ...(promising && { maxPending: 100 }) }),
    settleMs: 0,
    limits: { loans: undefined, overdue: undefined, fees: undefined },
    backlog: { clear: async () => true, underWay: [] },
    seen: new SeenPatrons(() => 0),
  }
}
