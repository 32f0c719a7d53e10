import type { Circulation } from './circulation.ts'
import type { Patron } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, done, refused } from './outcome.ts'
import type { Call, NewBlock } from './ports.ts'
import { carryOut } from './settle.ts'
import type { Visit } from './visit.ts'

export interface BlockPatronInput {
  readonly patron: string
  /** Codes of the library system, as configured. */
  readonly block: { readonly type: string; readonly description: string }
  /** What the machine tells staff about it; may be empty. */
  readonly message: string
  readonly cardRetained: boolean
  readonly visit: Visit
  /** See `Change.identity`. */
  readonly identity: string
}

/**
 * Blocks a patron's card and answers with the patron as they are then: two calls. A card that has the same block with
 * the same note already is left as it is.
 */
export async function blockPatron(
  input: BlockPatronInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<Patron>> {
  const { patron, block, message, cardRetained, visit, identity } = input
  if (patron === '') return refused('patron-unknown')
  if (block.type === '' || block.description === '') return refused('not-configured')
  const note = noteOf(message, cardRetained)
  const details = { patron, block, note }
  return once({ kind: 'block-patron', identity, details }, circulation, call, (attempt) =>
    blockOnce({ patron, ...block, note, visit }, attempt, circulation, call),
  )
}

export async function blockOnce(
  { visit, ...block }: NewBlock & { readonly visit: Visit },
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Patron>> {
  const { patrons } = circulation.system
  const { patron } = block
  // Whatever becomes of it: nothing is promised to a patron whom somebody wants blocked.
  circulation.seen.forget(patron)
  visit.forgetCounts()
  const blocked = await carryOut(
    {
      attempt,
      send: () => patrons.block(block, call),
      find: async () => {
        const found = await patrons.find(patron, call)
        return found.kind === 'done' ? done(has(found.value, block) ? found.value : undefined) : found
      },
    },
    circulation,
    call,
  )
  if (blocked.kind === 'done') visit.remember(patron, blocked.value)
  return blocked
}

const noteOf = (message: string, cardRetained: boolean): string =>
  [message.trim(), cardRetained ? '(card retained)' : ''].filter((part) => part !== '').join(' ')

const has = (patron: Patron, { description, note }: NewBlock): boolean =>
  patron.blocks.some((block) => block.own === true && block.code === description && block.note.endsWith(note))
