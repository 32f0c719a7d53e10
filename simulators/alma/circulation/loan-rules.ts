/** Which terms of use apply to an item and a patron. */
import type { Item, User } from '../state/entities.ts'
import type { LoanRule } from '../state/sample-data.ts'
import { placeOf, policyOf, type Store } from '../state/store.ts'

const nothingMatches: LoanRule = { days: 28 }

/** The first rule whose conditions all hold. Without a user, conditions on the group do not hold. */
export function findRule(item: Item, user: User | undefined, store: Store): LoanRule {
  const { library, location } = placeOf(item)
  const policy = policyOf(item)
  const group = user?.record.user_group ?? ''
  const holds = (condition: string | undefined, value: string): boolean =>
    condition === undefined || condition === value
  const rule = store.institution.rules.find(
    (candidate) =>
      holds(candidate.policy, policy) &&
      holds(candidate.user_group, group) &&
      holds(candidate.library, library) &&
      holds(candidate.location, location),
  )
  return rule ?? nothingMatches
}
