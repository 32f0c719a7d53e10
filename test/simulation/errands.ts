/** What the machines of one day do beside lending, returning and paying. */
import type { Store } from '../../simulators/alma/state/store.ts'
import { AccountSubject } from '../errands/account.ts'
import { CardSubject } from '../errands/card.ts'
import type { Errand, Machine, Subject } from '../errands/errand.ts'
import { HoldSubject } from '../errands/hold.ts'
import { NoteSubject } from '../errands/note.ts'
import { ShelfSubject } from '../errands/shelf.ts'
import { walkMs } from './floor.ts'
import { atHome, barcodes, debtId, debtors, debts, losers, stayerAt, stayers, wanted, wishers } from './library.ts'
import type { Random } from './random.ts'

const notedItems = 3

type Family = (store: Store, random: Random) => readonly Subject[]

const families: readonly Family[] = [
  (_, random) =>
    wishers.map(({ card }, at) => new HoldSubject(card, wanted[at % wanted.length] ?? '', random.chance(0.5))),
  (store) => losers.map(({ card }) => new CardSubject(card, store)),
  (store) => barcodes.slice(0, notedItems).map((barcode) => new NoteSubject(barcode, store)),
  () =>
    debtors.map((debtor) => {
      const fees = debts.map(({ minor }, at) => ({ id: debtId(debtor, at), minor }))
      return new AccountSubject(debtor.card, fees)
    }),
  () =>
    stayers.map((stayer) => {
      const own = atHome.filter((_, at) => stayerAt(at) === stayer)
      return new ShelfSubject(stayer.card, own)
    }),
]

export class Errands {
  readonly subjects: readonly Subject[]
  readonly #random: Random
  /** How much of what the machines do is errands. */
  readonly share: number
  readonly #busy = new Map<Errand, Subject>()
  readonly #freeAt = new Map<Subject, number>()

  constructor(random: Random, store: Store) {
    this.#random = random
    // Many days have none, so that the rest is seen as densely as ever.
    this.share = random.pick([0, 0, 0.4, 0.7])
    // And the others have few kinds, so that one follows on the other.
    const [one, other] = [random.pick(families), random.pick(families)]
    this.subjects = [...new Set([one, other])].flatMap((family) => family(store, random))
  }

  get all(): readonly Errand[] {
    return this.subjects.flatMap(({ errands }) => errands)
  }

  /** One that can be run now, or none. */
  draw(machine: Machine, now: number): Errand | undefined {
    const busy = new Set(this.#busy.values())
    const free = this.subjects.filter(
      (subject) => !busy.has(subject) && !subject.isAside && (this.#freeAt.get(subject) ?? 0) <= now,
    )
    if (free.length === 0) return undefined
    const subject = this.#random.pick(free)
    const errand = subject.draw(this.#random, machine)
    if (errand) this.#busy.set(errand, subject)
    return errand
  }

  /** The machine is done with it. */
  end(errand: Errand, now: number): void {
    const subject = this.#busy.get(errand)
    this.#busy.delete(errand)
    if (subject) this.#freeAt.set(subject, now + walkMs)
  }
}
