/** What stands at the simulated Alma when a day begins. */
import type { SampleData } from '../../simulators/alma/state/sample-data.ts'

export interface Patron {
  readonly id: string
  readonly card: string
}

const patronsOf = (name: string, series: string, count: number): readonly Patron[] =>
  Array.from({ length: count }, (_, at) => ({ id: `${name}${at + 1}`, card: `${series}${at + 1}` }))

const barcodesOf = (series: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${series}${at + 10}`)

/** Those who lend, return and pay. */
export const patrons = patronsOf('reader', '2900000000', 6)
/** Those for whom machines run errands, each for one kind. */
export const wishers = patronsOf('wisher', '2910000000', 3)
export const losers = patronsOf('loser', '2920000000', 2)
export const debtors = patronsOf('debtor', '2930000000', 3)
export const stayers = patronsOf('stayer', '2940000000', 2)
const traveller: Patron = { id: 'traveller', card: '29500000001' }
const everybody = [...patrons, ...wishers, ...losers, ...debtors, ...stayers, traveller]

export const barcodes = barcodesOf('3100000000', 10)
/** Lent to somebody far away, so that others wait for them. */
export const wanted = barcodesOf('3200000000', 3)
/** What the stayers have at home, the same number each. */
export const atHome = barcodesOf('3300000000', 6)

/** Values that must not be seen in a log. */
export const personalValues: readonly string[] = [
  ...everybody.flatMap(({ id, card }) => [id, card]),
  ...barcodes,
  ...wanted,
  ...atHome,
]

/** Of the items the first ones are lent from the beginning. */
const lentAtFirst = 4
/** Who has an item when the day begins. */
export const firstHolders: ReadonlyMap<string, Patron> = new Map(
  barcodes.slice(0, lentAtFirst).map((barcode, at) => [barcode, patrons[at % patrons.length] as Patron]),
)
export const stayerAt = (at: number): Patron => stayers[at % stayers.length] as Patron

/** Each reader owes this three times. */
const feeMinor = 2000

/** What each debtor owes, the oldest first. */
export const debts = [700, 1100, 1900].map((minor, at) => ({ minor, daysAgo: 30 - at }))
export const debtId = (debtor: Patron, at: number): string => `${debtor.id}-fee-${at + 1}`

const lend = (user_id: string, item_barcode: string) => ({ user_id, item_barcode, loan_date: '-3d', due_date: '+20d' })

export const library: SampleData = {
  institution: { code: '01SIM_INST', name: 'Simulated', time_zone: 'Europe/Berlin', currency: 'EUR' },
  libraries: [
    {
      code: 'MAIN',
      default_location: 'STACKS',
      locations: [{ code: 'STACKS' }],
      circ_desks: [
        { code: 'SELFCHECK', location: [{ location_code: 'STACKS' }] },
        { code: 'DEFAULT_CIRC_DESK', has_hold_shelf: true, location: [{ location_code: 'STACKS' }] },
      ],
    },
  ],
  user_groups: [{ code: 'STUD' }],
  loan_rules: [{ days: 28, max_renewals: 50, renew_from: 'due_date' }],
  users: everybody.map(({ id, card }) => ({
    primary_id: id,
    last_name: `Name of ${id}`,
    user_group: 'STUD',
    barcode: card,
  })),
  items: [...barcodes, ...wanted, ...atHome].map((barcode) => ({
    barcode,
    title: `Title ${barcode}`,
    library: 'MAIN',
    location: 'STACKS',
  })),
  loans: [
    ...[...firstHolders].map(([barcode, { id }]) => lend(id, barcode)),
    ...wanted.map((barcode) => lend(traveller.id, barcode)),
    ...atHome.map((barcode, at) => lend(stayerAt(at).id, barcode)),
  ],
  fees: [
    ...patrons.flatMap(({ id }) => [1, 2, 3].map(() => ({ user_primary_id: id, original_amount: feeMinor / 100 }))),
    ...debtors.flatMap((debtor) =>
      debts.map(({ minor, daysAgo }, at) => ({
        user_primary_id: debtor.id,
        id: debtId(debtor, at),
        original_amount: minor / 100,
        creation_time: `-${daysAgo}d`,
      })),
    ),
  ].map((fee) => ({ type: 'OVERDUEFINE', owner: 'MAIN', ...fee })),
}
