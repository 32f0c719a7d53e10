/** A patron and a title: a hold is placed, fetched elsewhere or longer wanted, cancelled, and placed again (15). */
import type { Store } from '../../simulators/alma/state/store.ts'
import { hold } from '../helpers/raw-sip2.ts'
import {
  type Chance,
  type Errand,
  type Finding,
  Subject,
  compareCount,
  compareState,
  statesAfter,
  unsent,
} from './errand.ts'

interface HoldState {
  readonly desk: string
  /** YYYY-MM-DD, empty when none was given. */
  readonly until: string
}

interface HoldErrand extends Errand {
  readonly kind: 'place-hold' | 'change-hold' | 'cancel-hold'
  /** What of the hold is other than before; undefined of one that ends. */
  readonly sets: Partial<HoldState> | undefined
}

/** Pickup places by what the machine calls them; the library alone has no desk. */
const desks: Readonly<Record<string, string>> = { MAIN: '', 'MAIN.DEFAULT_CIRC_DESK': 'DEFAULT_CIRC_DESK' }
const modes = { 'place-hold': '+', 'change-hold': '*', 'cancel-hold': '-' } as const
const mostErrands = 6

export class HoldSubject extends Subject<HoldErrand> {
  readonly card: string
  readonly #barcode: string
  /** Any copy of the title will do. */
  readonly #anyCopy: boolean

  constructor(card: string, barcode: string, anyCopy: boolean) {
    super()
    this.card = card
    this.#barcode = barcode
    this.#anyCopy = anyCopy
  }

  protected next(chance: Chance): HoldErrand | undefined {
    if (this.errands.length >= mostErrands) return undefined
    const [now] = statesAfter(this.errands, undefined, changed)
    if (now === undefined) return this.#ask('place-hold', chance)
    return this.#ask(chance.chance(0.6) ? 'change-hold' : 'cancel-hold', chance)
  }

  #ask(kind: HoldErrand['kind'], chance: Chance): HoldErrand {
    const isGone = kind === 'cancel-hold'
    // A change sets the one or the other, so that the rest must stay.
    const both = kind === 'place-hold' && chance.chance(0.5)
    const BS = isGone ? '' : both || chance.chance(0.5) ? chance.pick(Object.keys(desks)) : ''
    const BW = isGone || (BS !== '' && !both) ? '' : `2031010${1 + this.errands.length}`
    const until = BW.replace(/(....)(..)(..)/, '$1-$2-$3')
    const fields = [
      `AB${this.#barcode}|`,
      kind === 'place-hold' ? `BY${this.#anyCopy ? 2 : 3}|` : '',
      BS === '' ? '' : `BS${BS}|`,
      BW === '' ? '' : `BW${BW}    235959|`,
    ].join('')
    return {
      ...unsent,
      kind,
      patron: this.card,
      item: this.#barcode,
      minor: undefined,
      sets: isGone ? undefined : { ...(BS !== '' && { desk: desks[BS] ?? '' }), ...(until !== '' && { until }) },
      write: (stamp) => hold(this.card, { mode: modes[kind], fields, stamp }),
    }
  }

  protected compare(store: Store, errands: readonly HoldErrand[]): Finding[] {
    const about = `the hold of ${this.card} on ${this.#barcode}`
    const user = store.userByIdentifier(this.card, undefined, true)
    const item = store.itemByBarcode(this.#barcode)
    const isMeant = ({ bib }: { readonly bib: unknown }): boolean => bib === item?.holding.bib
    const open = [...(user?.requests.values() ?? [])].filter(isMeant)
    const past = (user?.pastRequests ?? []).filter(isMeant)
    const of = (kind: HoldErrand['kind']) => errands.filter((errand) => errand.kind === kind)
    const found = open.map(({ itemAsked, pickupDesk, lastInterest }) => ({
      asked: itemAsked?.barcode,
      desk: pickupDesk,
      until: lastInterest.slice(0, 10),
    }))
    const may = statesAfter(errands, undefined, changed).map((state) =>
      state === undefined ? [] : [{ asked: this.#anyCopy ? undefined : this.#barcode, ...state }],
    )
    return [
      ...compareCount(`${about}, placed`, open.length + past.length, of('place-hold')),
      ...compareCount(`${about}, cancelled`, past.length, of('cancel-hold')),
      ...compareState(about, found, may, errands),
    ]
  }
}

function changed(state: HoldState | undefined, { kind, sets }: HoldErrand): HoldState | undefined {
  if (sets === undefined) return undefined
  if (kind === 'place-hold') return state ?? { desk: '', until: '', ...sets }
  return state && { ...state, ...sets }
}
