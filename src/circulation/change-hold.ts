import type { Circulation } from './circulation.ts'
import { type HoldName, findNamed, refuseDayOver, nameFailure } from './hold.ts'
import type { Hold } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, done, refused, unavailable } from './outcome.ts'
import type { Call, HoldChange } from './ports.ts'
import { carryOut } from './settle.ts'
import type { Visit } from './visit.ts'

export interface ChangeHoldInput extends HoldName, Pick<HoldChange, 'pickup' | 'lastInterest'> {
  readonly patron: string
  readonly visit: Visit
  /** See `Change.identity`. */
  readonly identity: string
}

/**
 * Changes where a hold is picked up, or how long it is wanted: three calls, one when it is so already. What it is on and
 * its place in the queue stay.
 */
export async function changeHold(
  input: ChangeHoldInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<Hold>> {
  const { patron, holdId, barcode, titleId, pickup, lastInterest, identity } = input
  if (patron === '') return refused('patron-unknown')
  if (pickup === undefined && lastInterest === undefined) return refused('request-invalid')
  const details = { patron, hold: holdId, item: barcode, title: titleId, place: pickup, lastInterest }
  return once({ kind: 'change-hold', identity, details }, circulation, call, (attempt) =>
    changeOnce(input, attempt, circulation, call),
  )
}

export async function changeOnce(
  input: Omit<ChangeHoldInput, 'identity'>,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Hold>> {
  const { patron, pickup, lastInterest, visit } = input
  const { holds } = circulation.system
  const over = refuseDayOver(lastInterest, circulation)
  // One that was changed before midnight is so all the same.
  if (over && !attempt.again) return over
  const found = await findNamed(visit.canonical(patron), input, circulation, call)
  if (found.kind !== 'done') return nameFailure(found, attempt)
  const hold = found.value
  if (hold === undefined) return attempt.lookOnly ? unavailable('not-carried-out') : refused('hold-unknown')
  if (isSo(hold, input)) return done(hold)
  const { patronId, id: holdId } = hold
  visit.forgetCounts()
  return carryOut(
    {
      attempt,
      send: async () => over ?? holds.change({ patronId, holdId, pickup, lastInterest }, call),
      find: async () => {
        const now = await holds.find({ patronId, holdId }, call)
        return now.kind === 'done' ? done(isSo(now.value, input) ? now.value : undefined) : now
      },
    },
    circulation,
    call,
  )
}

function isSo(hold: Hold, { pickup, lastInterest }: Pick<HoldChange, 'pickup' | 'lastInterest'>): boolean {
  if (lastInterest !== undefined && hold.lastInterest !== lastInterest) return false
  if (pickup === undefined) return true
  return hold.pickup.library === pickup.library && hold.pickup.circulationDesk === (pickup.circulationDesk ?? '')
}
