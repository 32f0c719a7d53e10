/** What a patron has at home: all of it is renewed at once (65). */
import type { Store } from '../../simulators/alma/state/store.ts'
import { english } from '../../src/sip2/texts/english.ts'
import { renewAll } from '../helpers/raw-sip2.ts'
import { type Errand, type Finding, Subject, compareCount, unsent } from './errand.ts'

export class ShelfSubject extends Subject {
  readonly card: string
  readonly #barcodes: readonly string[]

  constructor(card: string, barcodes: readonly string[]) {
    super()
    this.card = card
    this.#barcodes = barcodes
  }

  /** Once: what was renewed some minutes ago cannot be told from what is renewed now. */
  protected next(): Errand | undefined {
    if (this.errands.length > 0) return undefined
    const write = (stamp: string): string => renewAll(this.card, stamp)
    return { ...unsent, kind: 'renew', patron: this.card, item: undefined, minor: undefined, write }
  }

  protected compare(store: Store, errands: readonly Errand[]): Finding[] {
    return this.#barcodes.flatMap((barcode) => {
      const renewals = store.itemByBarcode(barcode)?.loan?.renewals ?? -1
      const ofItem = errands.map((errand) => ({ ...errand, told: toldOf(errand, barcode) }))
      return compareCount(`renewals of ${barcode} by ${this.card}`, renewals, ofItem)
    })
  }
}

/** The answer names what was renewed, and what was not; of some of that nobody knows. */
function toldOf({ told, reply }: Errand, barcode: string): Errand['told'] {
  if (told !== 'yes' || reply === undefined) return told
  if (reply.all('BM').includes(barcode)) return 'yes'
  return reply.all('AF').includes(english.unknown) ? 'unknown' : 'no'
}
