import type { Circulation } from './circulation.ts'
import type { Fee, Hold, Loan, Patron } from './model.ts'
import { type Outcome, done } from './outcome.ts'
import { findPatron } from './patron.ts'
import type { Call, Listed, Page } from './ports.ts'
import type { Visit } from './visit.ts'

const pageSize = 100
/** Entries of one list that are read; a patron who has more sees the first ones, and the count of all. */
export const mostListed = 500

export interface AccountInput {
  readonly patron: string
  readonly visit: Visit
  /** Which lists are read, when the patron has anything on them at all. */
  readonly want: { readonly loans: boolean; readonly holds: boolean; readonly fees: boolean }
}

/** A patron and what hangs on the card. A list that was not asked for is undefined. */
export interface Account {
  readonly patron: Patron
  readonly loans: readonly Loan[] | undefined
  readonly holds: readonly Hold[] | undefined
  readonly fees: readonly Fee[] | undefined
}

/**
 * One call for the patron, then one for each list that is wanted and not empty, side by side. A list longer than 100
 * costs a call for each further 100, up to 500 entries. What the visit has read already costs nothing.
 */
export async function readAccount(
  input: AccountInput,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Account>> {
  const { visit, want } = input
  const { system } = circulation
  const found = await findPatron(input.patron, visit, circulation, call)
  if (found.kind !== 'done') return found
  const patron = found.value
  if (!want.loans && !want.holds && !want.fees) {
    return done({ patron, loans: undefined, holds: undefined, fees: undefined })
  }
  const [loans, holds, fees] = await Promise.all([
    listUnlessEmpty(want.loans, visit.list(input.patron, 'loans'), patron.counts.loans > 0, () =>
      readAll((page) => system.loans.ofPatron(patron.id, page, call)),
    ),
    listUnlessEmpty(want.holds, visit.list(input.patron, 'holds'), patron.counts.holds > 0, () =>
      readAll((page) => system.holds.ofPatron(patron.id, page, call)),
    ),
    listUnlessEmpty(want.fees, visit.list(input.patron, 'fees'), patron.balance.minor !== 0, async () => {
      const read = await system.fees.ofPatron(patron.id, call)
      return read.kind === 'done' ? done(read.value.fees) : read
    }),
  ])
  if (loans.kind !== 'done') return loans
  if (holds.kind !== 'done') return holds
  if (fees.kind !== 'done') return fees
  if (loans.value) {
    visit.rememberLoans(input.patron, loans.value)
    visit.rememberList(input.patron, 'loans', loans.value)
  }
  if (holds.value) visit.rememberList(input.patron, 'holds', holds.value)
  if (fees.value) visit.rememberList(input.patron, 'fees', fees.value)
  return done({ patron, loans: loans.value, holds: holds.value, fees: fees.value })
}

export const isOverdue = (loan: Loan, now: Date): boolean =>
  loan.due !== undefined && loan.due < now && loan.state !== 'returned'

async function listUnlessEmpty<T>(
  wanted: boolean,
  known: readonly T[] | undefined,
  filled: boolean,
  read: () => Promise<Outcome<readonly T[]>>,
): Promise<Outcome<readonly T[] | undefined>> {
  if (!wanted) return done(undefined)
  if (known) return done(known)
  return filled ? read() : done([])
}

/** Every page of a list, up to a bound. */
export async function readAll<T>(
  readPage: (page: Page) => Promise<Outcome<Listed<T>>>,
): Promise<Outcome<readonly T[]>> {
  const entries: T[] = []
  while (entries.length < mostListed) {
    const page = await readPage({ offset: entries.length, limit: pageSize })
    if (page.kind !== 'done') return page
    entries.push(...page.value.entries)
    if (page.value.entries.length === 0 || entries.length >= page.value.total) break
  }
  return done(entries)
}
