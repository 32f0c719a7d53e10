import type { Circulation } from './circulation.ts'
import type { Outcome } from './outcome.ts'
import { findPatronId } from './patron.ts'
import type { Call, Journal } from './ports.ts'
import { Turns } from './turns.ts'
import type { Visit } from './visit.ts'
import type { WhenAway } from './when-away.ts'

const turns = new WeakMap<Journal, Promise<unknown>>()
const turnsOfItems = new WeakMap<Journal, Turns>()
const turnsOfAccounts = new WeakMap<Journal, Turns>()

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

/**
 * Changes of one item are carried out one after the other. A machine that was told at its deadline that nobody knows may
 * ask for the next one while the one before is still under way; that may be promised yet, and must come first.
 */
export async function inTurnOfItem<T>(
  journal: Journal,
  item: string | undefined,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (item === undefined || item === '') return work()
  return turnsAt(journal, turnsOfItems).take(item, signal, work)
}

/**
 * Money on one account is booked one after the other: two machines that take it at the same moment would each see all of
 * the debt, and book it twice.
 * @param work is told the canonical identifier, since a patron has several
 */
export async function inTurnOfAccount<T>(
  { patron, visit }: { readonly patron: string; readonly visit: Visit },
  circulation: Circulation,
  call: Call,
  work: (patronId: string) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const { journal, system } = circulation
  const found = await findPatronId(patron, visit, circulation, call)
  if (found.kind !== 'done') return found
  visit.forgetCounts()
  const key = JSON.stringify([system.institution, found.value])
  return turnsAt(journal, turnsOfAccounts).take(key, call.signal, () => work(found.value))
}

function turnsAt(journal: Journal, all: WeakMap<Journal, Turns>): Turns {
  const own = all.get(journal) ?? new Turns()
  all.set(journal, own)
  return own
}
