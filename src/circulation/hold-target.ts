import type { Circulation } from './circulation.ts'
import type { Hold, HoldCopies, Item, ItemState } from './model.ts'
import { type NotDone, type Outcome, done, refused } from './outcome.ts'
import type { Call, NewHold } from './ports.ts'

export interface HoldWish {
  readonly target: NewHold['target']
  /** Undefined: the copy that is named, or any of the title that is. */
  readonly copies?: HoldCopies | undefined
}

/** What a hold is on: one copy, any copy of a title, or one of the copies in a library. */
export type HoldTarget = NewHold['target'] | { readonly titleId: string; readonly library: string }

/** How many copies of a library are tried when the library system refuses the first. */
const maxCopies = 3

/** One call when any copy of a title is meant, an item is named, and its keys are not known. */
export async function findTarget(wish: HoldWish, circulation: Circulation, call: Call): Promise<Outcome<HoldTarget>> {
  const { target, copies } = wish
  if (copies === undefined) return done(target)
  if (copies === 'this') return 'barcode' in target ? done(target) : refused('request-invalid')
  const titleId = await titleOf(target, circulation, call)
  if (titleId.kind !== 'done') return titleId
  return done(copies === 'any' ? { titleId: titleId.value } : { titleId: titleId.value, library: copies.library })
}

export async function titleOf(
  target: NewHold['target'],
  circulation: Circulation,
  call: Call,
): Promise<Outcome<string>> {
  if ('titleId' in target) return done(target.titleId)
  const ids = await circulation.system.items.identify(target.barcode, call)
  return ids.kind === 'done' ? done(ids.value.titleId) : ids
}

/** Whether a hold of the patron is the one on this target. */
export function isOn(target: HoldTarget, hold: Hold): boolean {
  return 'barcode' in target ? hold.itemBarcode === target.barcode : hold.titleId === target.titleId
}

/**
 * Places a hold on what may fill it. Library systems take a title or one copy: of a library the copy that will be there
 * first is chosen, and the next where that one cannot be held. One call more for the list of the copies.
 */
export async function createOn(
  target: HoldTarget,
  hold: Omit<NewHold, 'target'>,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold>> {
  const { holds, items } = circulation.system
  if (!('library' in target)) return holds.create({ ...hold, target }, call)
  const copies = await items.copies(target, call)
  if (copies.kind !== 'done') return isPlaceUnknown(copies, target, hold) ? refused('pickup-location-unknown') : copies
  let outcome: Outcome<Hold> = refused('hold-not-possible')
  for (const { barcode } of soonestFirst(copies.value).slice(0, maxCopies)) {
    outcome = await holds.create({ ...hold, target: { barcode } }, call)
    if (outcome.kind !== 'refused' || outcome.reason !== 'hold-not-possible') break
  }
  return outcome
}

/** The library whose copies may fill a hold is most often the one that was named for the pickup. */
const isPlaceUnknown = (outcome: NotDone, { library }: { library: string }, { pickup }: Omit<NewHold, 'target'>) =>
  outcome.kind === 'refused' && outcome.reason === 'not-configured' && pickup.library === library

/** The sooner a copy in such a state can be had, the lower. States that are not named never end. */
const waits: Partial<Record<ItemState, number>> = {
  available: 0,
  'awaiting-reshelving': 0,
  'in-transit': 1,
  'on-loan': 2,
  'in-process': 3,
  'on-hold-shelf': 3,
  'on-order': 4,
  other: 4,
}

function soonestFirst(copies: readonly Item[]): readonly Item[] {
  const rank = ({ state, requested }: Item) => (waits[state] ?? 0) + (requested === true ? 5 : 0)
  const due = (item: Item) => item.due?.getTime() ?? 0
  return copies
    .filter(({ state, barcode }) => waits[state] !== undefined && barcode !== '')
    .toSorted((a, b) => rank(a) - rank(b) || due(a) - due(b))
}
