import type { Circulation } from './circulation.ts'
import type { Patron } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, done, refused } from './outcome.ts'
import type { Call } from './ports.ts'
import { carryOut } from './settle.ts'
import type { Visit } from './visit.ts'

export interface EnablePatronInput {
  readonly patron: string
  readonly visit: Visit
  /** See `Change.identity`. */
  readonly identity: string
}

export interface Enabled {
  /** As they are now; blocks that others placed are still there. */
  readonly patron: Patron
  /** False when there was nothing to lift. */
  readonly lifted: boolean
}

/** Lifts the blocks that this bridge placed on a card, and no other: two calls, one when there are none. */
export async function enablePatron(
  input: EnablePatronInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<Enabled>> {
  const { patron, identity } = input
  if (patron === '') return refused('patron-unknown')
  return once({ kind: 'enable-patron', identity, details: { patron } }, circulation, call, (attempt) =>
    enableOnce(input, attempt, circulation, call),
  )
}

export async function enableOnce(
  { patron, visit }: Omit<EnablePatronInput, 'identity'>,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Enabled>> {
  const { patrons } = circulation.system
  circulation.seen.forget(patron)
  visit.forgetCounts()
  const enabled = await carryOut<Enabled>(
    {
      attempt,
      send: () => patrons.unblock(patron, call),
      find: async () => {
        const found = await patrons.find(patron, call)
        if (found.kind !== 'done') return found
        const blocked = found.value.blocks.some(({ own }) => own === true)
        return done(blocked ? undefined : { patron: found.value, lifted: true })
      },
    },
    circulation,
    call,
  )
  if (enabled.kind === 'done') visit.remember(patron, enabled.value.patron)
  return enabled
}
