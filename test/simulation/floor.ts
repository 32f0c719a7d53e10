/**
 * The library as it really is: who holds what, and what patrons did at the machines. What Alma and the machines say is
 * judged by it.
 */
import type { EffectKind } from './institution.ts'
import { barcodes, firstHolders, type Patron, patrons } from './library.ts'
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
  /** The machine could not finish what it was told yes for, and takes it back. */
  readonly cancels: boolean
  /** When it happened, in virtual time. */
  readonly beganAt: number
  /** When the machine turned to something else. */
  endedAt: number
  sent: number
  /** The last answer that the machine has; undefined when it does not know. */
  told: Told | undefined
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
export const walkMs = 2000

const kindsOnLine = ['checkout', 'checkout', 'checkin', 'checkin', 'renew'] as const
const kindsAtPayStations = [...kindsOnLine, 'pay-fee', 'pay-fee'] as const

export class Floor {
  readonly deeds: Deed[] = []
  readonly things: readonly Thing[] = barcodes.map((barcode) => ({
    barcode,
    holder: firstHolders.get(barcode),
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
  draw(machine: string, now: number, { reported, pays }: { reported: boolean; pays: boolean }): Deed | undefined {
    const kinds = reported
      ? (['checkout', 'checkin', 'checkin', 'renew'] as const)
      : pays
        ? kindsAtPayStations
        : kindsOnLine
    const kind = this.#random.pick(kinds)
    const deed = kind === 'pay-fee' ? this.#drawPayment() : this.#drawCirculation(kind, now)
    return deed && this.#begin({ kind, machine, reported, cancels: false, beganAt: now, ...deed })
  }

  /** What the machine does when it could not give the item out, or could not take it. */
  drawCancelOf({ kind, machine, patron, item }: Deed, now: number): Deed {
    const opposite = kind === 'checkout' ? 'checkin' : 'checkout'
    const common = { machine, patron, item, minor: 0, transaction: '', reported: false }
    return this.#begin({ ...common, kind: opposite, cancels: true, beganAt: now })
  }

  #begin(deed: Omit<Deed, 'number' | 'endedAt' | 'sent' | 'told'>): Deed {
    if (deed.item) deed.item.busy = true
    const begun = {
      ...deed,
      number: this.deeds.length + 1,
      endedAt: Number.POSITIVE_INFINITY,
      sent: 0,
      told: undefined,
    }
    this.deeds.push(begun)
    return begun
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
