import { readAll } from './account.ts'
import type { Circulation } from './circulation.ts'
import { type HoldTarget, type HoldWish, createOn, findTarget, isOn, titleOf } from './hold-target.ts'
import type { Hold } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type NotDone, type Outcome, type Refused, done, refused, unknown } from './outcome.ts'
import { findPatron } from './patron.ts'
import type { Call, NewHold } from './ports.ts'
import { carryOut } from './settle.ts'
import { holdBarrierOf, judgeStanding } from './standing.ts'
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
 * library. A refusal may cost further calls, where it could be premature or have one of several causes.
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
  const over = refuseDayOver(lastInterest, circulation)
  // One that was placed before midnight is there all the same.
  if (over && !attempt.again) return over
  const target = await findTarget(wish, circulation, call)
  if (target.kind !== 'done') return target
  const patronId = visit.canonical(patron)
  visit.forgetCounts()
  const hold = { patronId, pickup, lastInterest, comment }
  const placed = await carryOut(
    {
      attempt,
      send: async () => over ?? createOn(target.value, hold, circulation, call),
      find: () => findFreshHold(patronId, target.value, attempt.since, circulation, call),
    },
    circulation,
    call,
  )
  return placed.kind === 'refused' && placed.reason === 'hold-not-possible'
    ? refuseByStanding(placed, patron, visit, circulation, call)
    : placed
}

/** A hold whose last day is over would end as soon as it is placed, and a change to such a day would end one. */
export function refuseDayOver(lastInterest: string | undefined, { system, clock }: Circulation): Refused | undefined {
  if (lastInterest === undefined) return undefined
  // Swedes write days as YYYY-MM-DD.
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: system.timeZone }).format(clock.now())
  return lastInterest < today ? refused('hold-day-over') : undefined
}

/**
 * What a library system refuses without a cause may be the patron's own standing: one call, unless the patron was read
 * in this visit.
 */
async function refuseByStanding(
  refusal: Refused,
  patron: string,
  visit: Visit,
  circulation: Circulation,
  call: Call,
): Promise<Refused> {
  const found = await findPatron(patron, visit, circulation, call)
  if (found.kind !== 'done') return refusal
  const { limits, clock } = circulation
  const barrier = holdBarrierOf(found.value, judgeStanding(found.value, undefined, limits, clock.now()))
  return barrier === undefined ? refusal : refused(barrier, '', refusal.evidence)
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
  if (found.kind !== 'done') return nameFailure(found, attempt)
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

/**
 * The hold that is named; refused with `hold-ambiguous` when a title names several. A barcode may also stand for the one
 * hold on its title, for which any copy will do.
 */
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
  if (barcode === undefined)
    return onlyOne(list.value.filter((hold) => [hold.titleId, hold.title].includes(titleId ?? '')))
  const onCopy = find((hold) => hold.itemBarcode === barcode)
  if (onCopy.value || list.value.length === 0) return onCopy
  const title = await titleOf({ barcode }, circulation, call)
  if (title.kind !== 'done') return title.kind === 'refused' ? onCopy : title
  return onlyOne(list.value.filter((hold) => hold.titleId === title.value))
}

const onlyOne = (holds: readonly Hold[]): Outcome<Hold | undefined> =>
  holds.length > 1 ? refused('hold-ambiguous') : done(holds[0])

/** An attempt before this one found one hold by the name: which of those that have it now is not known. */
export const nameFailure = (found: NotDone, { again }: Attempt): NotDone =>
  again && found.kind === 'refused' && found.reason === 'hold-ambiguous'
    ? unknown('more than one hold has the name of the one before')
    : found

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
