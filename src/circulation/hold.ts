import { readAll } from './account.ts'
import type { Circulation } from './circulation.ts'
import { type HoldTarget, type HoldWish, createOn, findTarget, isOn, titleOf } from './hold-target.ts'
import type { Hold } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, done, refused, unknown } from './outcome.ts'
import type { Call, NewHold } from './ports.ts'
import { carryOut } from './settle.ts'
import type { Visit } from './visit.ts'

export interface PlaceHoldInput extends HoldWish {
  readonly patron: string
  readonly pickup: NewHold['pickup']
  readonly lastInterest: string | undefined
  readonly comment: string
  readonly visit: Visit
  /** See `Change.identity`. */
  readonly identity: string
}

/**
 * Places a hold for a patron: one call for a title, one more for an item whose keys are not known and for the copies of a
 * library. A refusal may cost further calls, where it could be premature.
 */
export async function placeHold(
  input: PlaceHoldInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<Hold>> {
  const { patron, target, copies, pickup, lastInterest, identity } = input
  if (patron === '') return refused('patron-unknown')
  const named = 'titleId' in target ? { title: target.titleId } : { item: target.barcode }
  const wishes = { ...(copies && { copies }), ...(lastInterest && { lastInterest }) }
  const details = { patron, ...named, ...wishes, place: pickup }
  return once({ kind: 'place-hold', identity, details }, circulation, call, (attempt) =>
    placeOnce(input, attempt, circulation, call),
  )
}

export async function placeOnce(
  { patron, pickup, lastInterest, comment, visit, ...wish }: Omit<PlaceHoldInput, 'identity'>,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold>> {
  const target = await findTarget(wish, circulation, call)
  if (target.kind !== 'done') return target
  const patronId = visit.canonical(patron)
  visit.forgetCounts()
  return carryOut(
    {
      attempt,
      send: () => createOn(target.value, { patronId, pickup, lastInterest, comment }, circulation, call),
      find: () => findFreshHold(patronId, target.value, attempt.since, circulation, call),
    },
    circulation,
    call,
  )
}

/** One of the three names a hold. */
export interface HoldName {
  readonly holdId: string | undefined
  readonly barcode: string | undefined
  /** Or the title in words, as the list of holds has it. */
  readonly titleId: string | undefined
}

export interface CancelHoldInput extends HoldName {
  readonly patron: string
  readonly note: string
  readonly visit: Visit
  readonly identity: string
}

/** Cancels a hold of a patron and answers which it was. The list is read first: one call, one for the cancelling. */
export async function cancelHold(
  input: CancelHoldInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<Hold>> {
  const { patron, holdId, barcode, titleId, identity } = input
  if (patron === '') return refused('patron-unknown')
  const details = { patron, hold: holdId, item: barcode, title: titleId }
  return once({ kind: 'cancel-hold', identity, details }, circulation, call, (attempt) =>
    cancelOnce(input, attempt, circulation, call),
  )
}

export async function cancelOnce(
  input: Omit<CancelHoldInput, 'identity'>,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold>> {
  const { holds } = circulation.system
  const patronId = input.visit.canonical(input.patron)
  const found = await findNamed(patronId, input, circulation, call)
  if (found.kind !== 'done') return found
  const hold = found.value
  // An attempt before this one found it, or it would have been refused then.
  if (hold === undefined) return attempt.again ? done(goneHold(patronId, input)) : refused('hold-unknown')
  // Which of the two the attempt before meant is not known: the hold on the copy may be gone because of it.
  if (attempt.again && isOnTitleOnly(hold, input)) return unknown('the hold may be another than the one before')

  input.visit.forgetCounts()
  const cancelled = await carryOut<true>(
    {
      attempt,
      send: () => holds.cancel({ patronId: hold.patronId, holdId: hold.id, note: input.note }, call),
      find: async () => {
        const still = await findHold(patronId, (other) => other.id === hold.id, circulation, call)
        return still.kind === 'done' ? done(still.value ? undefined : true) : still
      },
    },
    circulation,
    call,
  )
  return cancelled.kind === 'done' ? done(hold) : cancelled
}

/** What is known of a hold that is no longer there. */
function goneHold(patronId: string, { holdId = '', barcode = '', titleId = '' }: Partial<CancelHoldInput>): Hold {
  return {
    id: holdId,
    patronId,
    titleId,
    itemBarcode: barcode,
    title: '',
    author: '',
    state: 'waiting',
    queuePosition: undefined,
    pickup: { library: '', circulationDesk: '', name: '' },
    placedAt: undefined,
    expires: undefined,
  }
}

/** The hold that is named. A barcode may also stand for a hold on its title, for which any copy will do. */
export async function findNamed(
  patronId: string,
  { holdId, barcode, titleId }: HoldName,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold | undefined>> {
  const list = await readHolds(patronId, circulation, call)
  if (list.kind !== 'done') return list
  const find = (matches: (hold: Hold) => boolean) => done(list.value.find(matches))
  if (holdId !== undefined) return find((hold) => hold.id === holdId)
  if (barcode === undefined) return find((hold) => hold.titleId === titleId || hold.title === titleId)
  const onCopy = find((hold) => hold.itemBarcode === barcode)
  if (onCopy.value || list.value.length === 0) return onCopy
  const title = await titleOf({ barcode }, circulation, call)
  if (title.kind !== 'done') return title.kind === 'refused' ? onCopy : title
  return find((hold) => hold.titleId === title.value)
}

/** Whether a copy was named, and the hold was found by its title. */
const isOnTitleOnly = ({ itemBarcode }: Hold, { holdId, barcode }: HoldName): boolean =>
  holdId === undefined && barcode !== undefined && itemBarcode !== barcode

async function findFreshHold(
  patronId: string,
  target: HoldTarget,
  begun: Date,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold | undefined>> {
  // Holds carry their day, and often no time: anything placed since the day before counts.
  const since = begun.getTime() - 86_400_000
  const isFresh = ({ placedAt }: Hold) => placedAt === undefined || placedAt.getTime() >= since
  return findHold(patronId, (hold) => isFresh(hold) && isOn(target, hold), circulation, call)
}

async function findHold(
  patronId: string,
  matches: (hold: Hold) => boolean,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold | undefined>> {
  const holds = await readHolds(patronId, circulation, call)
  return holds.kind === 'done' ? done(holds.value.find(matches)) : holds
}

const readHolds = (patronId: string, circulation: Circulation, call: Call): Promise<Outcome<readonly Hold[]>> =>
  readAll((page) => circulation.system.holds.ofPatron(patronId, page, call))
