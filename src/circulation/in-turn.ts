import type { Journal } from './ports.ts'
import type { WhenAway } from './when-away.ts'

const turns = new WeakMap<Journal, Promise<unknown>>()

/**
 * Loans that are promised under limits are promised one after the other: two at the same moment would each see room for
 * itself alone. Other promises need not wait.
 */
export async function inTurn<T>(journal: Journal, whenAway: WhenAway | undefined, work: () => Promise<T>): Promise<T> {
  if (whenAway?.do !== 'lend') return work()
  const turn = (turns.get(journal) ?? Promise.resolve()).then(work, work)
  turns.set(journal, turn)
  return turn
}
