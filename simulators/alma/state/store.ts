/** Everything the simulated institution holds, found by any of its keys without a search. */
import type { Bib, Fee, HoldRequest, Item, Loan, User } from './entities.ts'
import { type GeneratedLibrary, generatedPatronId } from './generated-library.ts'
import type { Ids } from './ids.ts'
import type { Institution, Library } from './institution.ts'

interface OwnedIdentifier {
  readonly user: User
  readonly type: string
  readonly value: string
}

export class Store {
  readonly institution: Institution
  readonly ids: Ids
  readonly users = new Map<string, User>()
  readonly itemsByBarcode = new Map<string, Item>()
  readonly itemsByPid = new Map<string, Item>()
  readonly bibs = new Map<string, Bib>()
  readonly loans = new Map<string, Loan>()
  readonly requests = new Map<string, HoldRequest>()
  readonly fees = new Map<string, Fee>()
  /** Requests that wait for someone to fetch a copy from the shelf. */
  readonly picking = new Set<HoldRequest>()
  /** Fees with a payment or a waiver, the oldest transaction first. */
  readonly settledFees = new Set<Fee>()
  /** Slips that a scan put in the print queue. */
  readonly slips: { readonly letter: string; readonly itemBarcode: string; readonly at: number }[] = []
  readonly #identifiers = new Map<string, OwnedIdentifier[]>()
  readonly #generated: GeneratedLibrary | undefined
  readonly #now: () => number

  constructor(institution: Institution, ids: Ids, now: () => number, generated: GeneratedLibrary | undefined) {
    this.institution = institution
    this.ids = ids
    this.#now = now
    this.#generated = generated
  }

  now(): number {
    return this.#now()
  }

  library(code: string): Library | undefined {
    return this.institution.libraries.get(code)
  }

  addUser(user: User): void {
    this.users.set(user.primaryId.toLowerCase(), user)
    this.indexIdentifiers(user)
  }

  /** Makes the identifiers of a user findable; called again after a change of them. */
  indexIdentifiers(user: User): void {
    for (const { value = '', id_type: type = '', status } of user.record.user_identifier ?? []) {
      if (status?.toUpperCase() === 'INACTIVE') continue
      const key = value.toLowerCase()
      const owners = this.#identifiers.get(key) ?? []
      owners.push({ user, type, value })
      this.#identifiers.set(key, owners)
    }
  }

  forgetIdentifiers(user: User): void {
    for (const { value = '' } of user.record.user_identifier ?? []) {
      const key = value.toLowerCase()
      const others = (this.#identifiers.get(key) ?? []).filter((owned) => owned.user !== user)
      if (others.length > 0) this.#identifiers.set(key, others)
      else this.#identifiers.delete(key)
    }
  }

  /** Primary ids ignore case; whether other identifiers do is a setting of the institution. */
  userByPrimaryId(id: string): User | undefined {
    return this.users.get(id.toLowerCase()) ?? this.#generatedPatron(id, true)
  }

  userByIdentifier(value: string, type: string | undefined, caseSensitive: boolean): User | undefined {
    const owned = this.#identifiers
      .get(value.toLowerCase())
      ?.find((owner) => (type === undefined || owner.type === type) && (!caseSensitive || owner.value === value))
    if (owned) return owned.user
    return type === undefined || type === 'BARCODE' ? this.#generatedPatron(value, false) : undefined
  }

  #generatedPatron(identifier: string, byPrimaryId: boolean): User | undefined {
    const index = this.#generated?.patronIndexOf(identifier)
    if (index === undefined || identifier.toLowerCase().startsWith('patron') !== byPrimaryId) return undefined
    const user = this.#generated?.makePatron(index, this.institution.code)
    if (!user) return undefined
    const known = this.users.get(user.primaryId)
    if (known) return byPrimaryId ? known : undefined
    this.addUser(user)
    return user
  }

  addItem(item: Item): void {
    this.itemsByPid.set(item.pid, item)
    this.itemsByBarcode.set(item.barcode, item)
    this.bibs.set(item.holding.bib.mmsId, item.holding.bib)
  }

  itemByBarcode(barcode: string): Item | undefined {
    return this.itemsByBarcode.get(barcode) ?? this.#generatedItem(this.#generated?.itemIndexOfBarcode(barcode))
  }

  itemByPid(pid: string): Item | undefined {
    return this.itemsByPid.get(pid) ?? this.#generatedItem(this.#generated?.itemIndexOfId('item', pid))
  }

  bib(mmsId: string): Bib | undefined {
    const known = this.bibs.get(mmsId)
    return known ?? this.#generatedItem(this.#generated?.itemIndexOfId('mms', mmsId))?.holding.bib
  }

  #generatedItem(index: number | undefined): Item | undefined {
    if (index === undefined || !this.#generated) return undefined
    const item = this.#generated.makeItem(index)
    const known = this.itemsByPid.get(item.pid)
    // Its barcode was changed, so that the old one finds nothing.
    if (known) return undefined
    this.addItem(item)
    return item
  }

  /** Every user, the generated ones made on the way. For lists and dumps. */
  allUsers(): readonly User[] {
    const patrons = this.#generated?.patrons ?? 0
    for (let index = 1; index <= patrons; index += 1) this.userByPrimaryId(generatedPatronId(index))
    return [...this.users.values()]
  }

  removeRequestFromQueue(request: HoldRequest): void {
    const position = request.bib.queue.indexOf(request)
    if (position >= 0) request.bib.queue.splice(position, 1)
  }
}

/** Where an item stands now: its temporary place, or else its permanent one. */
export function placeOf(item: Item): { readonly library: string; readonly location: string } {
  return item.temporary ?? item.holding
}

/** The policy that applies to an item, empty when only its location decides. */
export function policyOf(item: Item): string {
  if (item.temporary?.policy) return item.temporary.policy
  return typeof item.data.policy === 'string' ? item.data.policy : ''
}
