import type { Circulation } from './circulation.ts'
import type { Item, ItemMember } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, done, refused } from './outcome.ts'
import type { Call } from './ports.ts'
import { carryOut } from './settle.ts'

export interface UpdateItemInput {
  readonly barcode: string
  readonly member: ItemMember
  /** Empty clears it. */
  readonly value: string
  /** See `Change.identity`. */
  readonly identity: string
}

/**
 * Fills one member of an item and changes nothing else: two calls when its keys are known, one when it has the value
 * already, one more for unknown keys.
 */
export async function updateItem(
  input: UpdateItemInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<Item>> {
  const { barcode, member, value, identity } = input
  if (barcode === '') return refused('item-unknown')
  const details = { item: barcode, member, value }
  // A subject of its own: what is written on an item says nothing about who has it.
  return once(
    { kind: 'update-item', identity, subject: `${member} ${barcode}`, details },
    circulation,
    call,
    (attempt) => updateOnce(input, attempt, circulation, call),
  )
}

export async function updateOnce(
  { barcode, member, value }: Omit<UpdateItemInput, 'identity'>,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Item>> {
  const { items } = circulation.system
  return carryOut<Item>(
    {
      attempt,
      send: () => items.writeMember({ barcode, member, value }, call),
      find: async () => {
        const found = await items.readMember({ barcode, member }, call)
        if (found.kind !== 'done') return found
        return done(found.value.value === value.trim() ? found.value.item : undefined)
      },
    },
    circulation,
    call,
  )
}
