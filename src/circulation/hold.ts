import { readAll } from './account.ts'
import type { Circulation } from './circulation.ts'
import type { Hold } from './model.ts'
import { once } from './once.ts'
import { type Outcome, done, refused } from './outcome.ts'
import type { Call, NewHold } from './ports.ts'
import { carryOut } from './settle.ts'
import type { Visit } from './visit.ts'

export interface PlaceHoldInput {
  readonly patron: string
  readonly target: NewHold['target']
  readonly pickup: NewHold['pickup']
  readonly lastInterest: string | undefined
  readonly comment: string
  readonly visit: Visit
  /** See `Change.identity`. */
  readonly identity: string
}

/** Places a hold for a patron: one call for a title, one more for an item whose keys are not known. */
export async function placeHold(input: PlaceHoldInput, circulation: Circulation, call: Call): Promise<Outcome<Hold>> {
  const { patron, target, pickup, visit, identity } = input
  if (patron === '') return refused('patron-unknown')
  const named = 'titleId' in target ? { title: target.titleId } : { item: target.barcode }
  const details = { patron, ...named, place: pickup }
  return once({ kind: 'place-hold', identity, details }, circulation, call, async (attempt) => {
    const { holds } = circulation.system
    const patronId = visit.canonical(patron)
    const { lastInterest, comment } = input
    visit.forgetCounts()
    return carryOut(
      {
        attempt,
        send: () => holds.create({ patronId, target, pickup, lastInterest, comment }, call),
        find: () => findFreshHold(patronId, target, attempt.since, circulation, call),
      },
      circulation,
      call,
    )
  })
}

export interface CancelHoldInput {
  readonly patron: string
  /** One of the three names the hold. */
  readonly holdId: string | undefined
  readonly barcode: string | undefined
  readonly titleId: string | undefined
  readonly note: string
  readonly visit: Visit
  readonly identity: string
}

/** Cancels a hold of a patron and answers which it was. The list is read first: one call, one for the cancelling. */
export async function cancelHold(input: CancelHoldInput, circulation: Circulation, call: Call): Promise<Outcome<Hold>> {
  const { patron, holdId, barcode, titleId, visit, note, identity } = input
  if (patron === '') return refused('patron-unknown')
  const details = { patron, hold: holdId, item: barcode, title: titleId }
  return once({ kind: 'cancel-hold', identity, details }, circulation, call, async (attempt) => {
    const { holds } = circulation.system
    const patronId = visit.canonical(patron)
    const found = await findHold(patronId, (hold) => isMeant(hold, input), circulation, call)
    if (found.kind !== 'done') return found
    const hold = found.value
    if (hold === undefined) return refused('hold-unknown')

    visit.forgetCounts()
    const cancelled = await carryOut<true>(
      {
        attempt,
        send: () => holds.cancel({ patronId: hold.patronId, holdId: hold.id, note }, call),
        find: async () => {
          const still = await findHold(patronId, (other) => other.id === hold.id, circulation, call)
          return still.kind === 'done' ? done(still.value ? undefined : true) : still
        },
      },
      circulation,
      call,
    )
    return cancelled.kind === 'done' ? done(hold) : cancelled
  })
}

function isMeant(hold: Hold, input: CancelHoldInput): boolean {
  if (input.holdId !== undefined) return hold.id === input.holdId
  if (input.barcode !== undefined) return hold.itemBarcode === input.barcode
  return input.titleId !== undefined && hold.titleId === input.titleId
}

async function findFreshHold(
  patronId: string,
  target: NewHold['target'],
  begun: Date,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold | undefined>> {
  // Holds carry their day, and often no time: anything placed since the day before counts.
  const since = begun.getTime() - 86_400_000
  return findHold(
    patronId,
    (hold) =>
      (hold.placedAt === undefined || hold.placedAt.getTime() >= since) &&
      ('titleId' in target ? hold.titleId === target.titleId : hold.itemBarcode === target.barcode),
    circulation,
    call,
  )
}

async function findHold(
  patronId: string,
  matches: (hold: Hold) => boolean,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold | undefined>> {
  const holds = await readAll((page) => circulation.system.holds.ofPatron(patronId, page, call))
  return holds.kind === 'done' ? done(holds.value.find(matches)) : holds
}
