import type { CheckedIn } from '../../circulation/checkin.ts'
import type { CheckedOut } from '../../circulation/checkout.ts'
import type { ItemStatus } from '../../circulation/item.ts'
import type { Hold, Item, Loan, Patron } from '../../circulation/model.ts'
import type { ChangeOutcome } from '../../circulation/outcome.ts'
import type { ReplyContext } from '../operations/operation.ts'
import { type PatronView, isOpen } from '../operations/patron-view.ts'
import type { Subjects } from './values.ts'

/** What an operation ended with is of the type that stands here: each is the value of its own request's outcome. */
const readers: Readonly<Record<string, (value: never, context: ReplyContext) => Subjects>> = {
  '01': patronOf,
  '09': ({ item, routing }: CheckedIn) => ({ item, routing }),
  '11': ({ loan, item }: CheckedOut) => ({ loan, item }),
  '15': (hold: Hold) => ({ hold }),
  '17': ({ item }: ItemStatus) => ({ item }),
  '19': (item: Item) => ({ item }),
  '23': patronOf,
  '25': patronOf,
  '29': (loan: Loan) => ({ loan }),
  '63': patronOf,
}

/** What the fields of a reply can be filled from; nothing of a patron whose account the terminal may not show. */
export function subjectsOf(request: string, outcome: ChangeOutcome<unknown>, context: ReplyContext): Subjects {
  const read = readers[request]
  return outcome.kind === 'done' && read ? read(outcome.value as never, context) : {}
}

function patronOf(view: PatronView<{ readonly patron: Patron }>, context: ReplyContext): Subjects {
  return isOpen(view, context) ? { patron: view.account.patron } : {}
}
