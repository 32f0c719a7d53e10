/**
 * The library as it really is: who holds what, and what patrons did at the machines. What Alma and the machines say is
 * judged by it.
 */
import type { SampleData } from '../../simulators/alma/state/sample-data.ts'
import type { EffectKind } from './institution.ts'
import type { Random } from './random.ts'

export type Told = 'yes' | 'no' | 'unknown'

/** One thing that a patron did once at one machine, however often the machine sent it. */
export interface Deed {
  readonly number: number
  readonly kind: EffectKind
  readonly machine: string
  readonly patron: Patron
  readonly item: Thing | undefined
  readonly minor: number
  /** BK, empty when the machine sends none. */
  readonly transaction: string
  /** The machine was off line and reports it later. */
  readonly reported: boolean
  /** When it happened, in virtual time. */
  readonly beganAt: number
  /** When the machine turned to something else. */
  endedAt: number
  sent: number
  /** The last answer that the machine has; undefined when it does not know. */
  told: Told | undefined
}

export interface Patron {
  readonly id: string
  readonly card: string
}

export interface Thing {
  readonly barcode: string
  holder: Patron | undefined
  busy: boolean
  /** Nobody carries it from one machine to another in less. */
  freeAt: number
  /** Nobody knows for sure where it stands, so that nobody may touch it any more. */
  aside: boolean
}

/** From one machine to another. Machines tell the time in whole seconds. */
const walkMs = 2000
const patronCount = 6
const itemCount = 10
/** Each patron owes this three times. */
const feeMinor = 2000

const patrons: readonly Patron[] = Array.from({ length: patronCount }, (_, at) => ({
  id: `reader${at + 1}`,
  card: `2900000000${at + 1}`,
}))
const barcodes = Array.from({ length: itemCount }, (_, at) => `3100000000${at + 10}`)

/** Values that must not be seen in a log. */
export const personalValues: readonly string[] = [...patrons.flatMap(({ id, card }) => [id, card]), ...barcodes]

/** Of the items the first ones are lent from the beginning. */
const lentAtFirst = 4
const borrowerAt = (at: number): Patron => patrons[at % patronCount] as Patron

export const library: SampleData = {
  institution: { code: '01SIM_INST', name: 'Simulated', time_zone: 'Europe/Berlin', currency: 'EUR' },
  libraries: [
    {
      code: 'MAIN',
      default_location: 'STACKS',
      locations: [{ code: 'STACKS' }],
      circ_desks: [{ code: 'SELFCHECK', location: [{ location_code: 'STACKS' }] }],
    },
  ],
  user_groups: [{ code: 'STUD' }],
  loan_rules: [{ days: 28, max_renewals: 50, renew_from: 'due_date' }],
  users: patrons.map(({ id, card }) => ({
    primary_id: id,
    last_name: `Name of ${id}`,
    user_group: 'STUD',
    barcode: card,
  })),
  items: barcodes.map((barcode) => ({ barcode, title: `Title ${barcode}`, library: 'MAIN', location: 'STACKS' })),
  loans: barcodes.slice(0, lentAtFirst).map((item_barcode, at) => ({
    user_id: borrowerAt(at).id,
    item_barcode,
    loan_date: '-3d',
    due_date: '+20d',
  })),
  fees: patrons.flatMap(({ id }) =>
    [1, 2, 3].map(() => ({ user_primary_id: id, type: 'OVERDUEFINE', original_amount: feeMinor / 100, owner: 'MAIN' })),
  ),
}

export class Floor {
  readonly deeds: Deed[] = []
  readonly things: readonly Thing[] = barcodes.map((barcode, at) => ({
    barcode,
    holder: at < lentAtFirst ? borrowerAt(at) : undefined,
    busy: false,
    freeAt: 0,
    aside: false,
  }))
  readonly #random: Random
  readonly #usedPairs = new Set<string>()
  /** Payments so far, so that some machines use a transaction id again. */
  readonly #transactions: string[] = []

  constructor(random: Random) {
    this.#random = random
    for (const { barcode, holder } of this.things) if (holder) this.#usedPairs.add(`checkout ${holder.id} ${barcode}`)
  }

  /** Something that a patron can do now, or nothing. */
  draw(machine: string, now: number, reported: boolean): Deed | undefined {
    const kind = this.#random.pick(
      reported
        ? (['checkout', 'checkin', 'checkin'] as const)
        : (['checkout', 'checkout', 'checkin', 'checkin', 'pay-fee', 'pay-fee', 'renew'] as const),
    )
    const common = { number: this.deeds.length + 1, kind, machine, reported, beganAt: now }
    const deed = kind === 'pay-fee' ? this.#drawPayment() : this.#drawCirculation(kind, now)
    if (deed === undefined) return undefined
    if (deed.item) deed.item.busy = true
    const drawn: Deed = { ...common, ...deed, endedAt: Number.POSITIVE_INFINITY, sent: 0, told: undefined }
    this.deeds.push(drawn)
    return drawn
  }

  /** The machine is done with it, and the patron goes by what it says. */
  end(deed: Deed, now: number): void {
    deed.endedAt = now
    const { item, told, kind } = deed
    if (item === undefined) return
    item.busy = false
    item.freeAt = now + walkMs
    if (told !== 'yes' && (told !== 'no' || deed.reported)) item.aside = true
    else if (told === 'yes' && kind === 'checkout') item.holder = deed.patron
    else if (told === 'yes' && kind === 'checkin') item.holder = undefined
  }

  #drawPayment(): Pick<Deed, 'patron' | 'item' | 'minor' | 'transaction'> {
    const random = this.#random
    const old = this.#transactions.length > 0 && random.chance(0.3)
    const own = `BK${this.deeds.length}`
    const transaction = random.chance(0.15) ? '' : old ? random.pick(this.#transactions) : own
    if (transaction !== '') this.#transactions.push(transaction)
    const minor = random.chance(0.3) ? 500 : random.integer(100, 900)
    return { patron: random.pick(patrons), item: undefined, minor, transaction }
  }

  /** No patron lends or renews one item twice, so that every effect belongs to one deed. */
  #drawCirculation(kind: 'checkout' | 'checkin' | 'renew', now: number) {
    const random = this.#random
    const free = this.things.filter(({ busy, aside, freeAt }) => !busy && !aside && freeAt <= now)
    const fitting = free.filter(({ holder }) => (kind === 'checkout') === (holder === undefined))
    if (fitting.length === 0) return undefined
    const item = random.pick(fitting)
    const patron = item.holder ?? random.pick(patrons)
    const pair = `${kind} ${patron.id} ${item.barcode}`
    if (kind !== 'checkin' && this.#usedPairs.has(pair)) return undefined
    this.#usedPairs.add(pair)
    return { patron, item, minor: 0, transaction: '' }
  }
}
