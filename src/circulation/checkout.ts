import type { Circulation } from './circulation.ts'
import type { Item, Loan, Place } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type Outcome, done, refused } from './outcome.ts'
import type { Call } from './ports.ts'
import { findOwnLoan, renewLoan } from './renew.ts'
import { carryOut, clockSkewMs } from './settle.ts'
import type { Visit } from './visit.ts'

export interface CheckoutInput {
  readonly patron: string
  readonly barcode: string
  readonly place: Place
  readonly visit: Visit
  /** What happens when the patron already has the item: renew it, take it as done, or refuse. */
  readonly ownLoan: 'renew' | 'keep' | 'refuse'
  /** A due date that the machine already told the patron. */
  readonly due: Date | undefined
  /** Read the item too, for its media and magnetic marks. */
  readonly wantItem: boolean
  /** See `Change.identity`. */
  readonly identity: string
}

export interface CheckedOut {
  readonly loan: Loan
  readonly renewed: boolean
  /** Undefined when it was not wanted or could not be read: the loan stands all the same. */
  readonly item: Item | undefined
}

/**
 * Lends one item to one patron: one call; one more for a due date given by the machine and one more for the item's
 * marks. A lost answer is settled by the item's loan.
 */
export async function checkout(
  input: CheckoutInput,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<CheckedOut>> {
  if (input.patron === '') return refused('patron-unknown')
  if (input.barcode === '') return refused('item-unknown')
  const { patron, barcode, place, due, identity } = input
  return once(
    { kind: 'checkout', identity, subject: barcode, details: { patron, item: barcode, place, due } },
    circulation,
    call,
    async (attempt) => {
      const lent = await lend(input, attempt, circulation, call)
      if (lent.kind !== 'done') return lent
      input.visit.forgetCounts()
      const plain = due === undefined && !input.wantItem
      const [loan, item] = plain
        ? [lent.value.loan]
        : await Promise.all([
            keepDueDate(lent.value.loan, due, circulation, call),
            input.wantItem ? circulation.system.items.find(barcode, call) : undefined,
          ])
      input.visit.rememberLoans(input.patron, [loan])
      return done({ loan, renewed: lent.value.renewed, item: item?.kind === 'done' ? item.value : undefined })
    },
  )
}

async function lend(
  input: CheckoutInput,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<{ loan: Loan; renewed: boolean }>> {
  const { patron, barcode, place, visit, ownLoan } = input
  if (visit.loan(patron, barcode) && ownLoan === 'renew') return extend(input, attempt, circulation, call)

  const created = await carryOut(
    {
      attempt,
      send: () => circulation.system.loans.create({ patron: visit.canonical(patron), barcode, place }, call),
      find: () => findFreshLoan(input, attempt.since, circulation, call),
    },
    circulation,
    call,
  )
  if (created.kind === 'done') return done({ loan: created.value, renewed: false })
  if (created.kind !== 'refused' || created.reason !== 'item-on-loan-to-patron' || ownLoan === 'refuse') return created

  if (ownLoan === 'renew') return extend(input, attempt, circulation, call)
  const own = await findOwnLoan({ ...input, title: '' }, circulation, call)
  return own.kind === 'done' ? done({ loan: own.value, renewed: false }) : own
}

async function extend(
  input: CheckoutInput,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<{ loan: Loan; renewed: boolean }>> {
  const own = await findOwnLoan({ ...input, title: '' }, circulation, call)
  if (own.kind !== 'done') return own
  const renewed = await renewLoan(own.value, input.visit, attempt, circulation, call)
  return renewed.kind === 'done' ? done({ loan: renewed.value, renewed: true }) : renewed
}

/** The loan that a lost answer would have told of: this item, this patron, made just now. */
async function findFreshLoan(
  input: CheckoutInput,
  since: Date,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Loan | undefined>> {
  const { system } = circulation
  const loan = await system.loans.ofItem(input.barcode, call)
  if (loan.kind !== 'done' || loan.value === undefined) return loan
  const { patronId, loanedAt } = loan.value
  if (loanedAt !== undefined && loanedAt.getTime() < since.getTime() - clockSkewMs) return done(undefined)
  if (patronId === input.visit.canonical(input.patron)) return loan

  const patron = await system.patrons.find(input.patron, call)
  if (patron.kind !== 'done') return patron
  return done(patron.value.id === patronId ? loan.value : undefined)
}

/** The loan stands whether or not the library system takes the machine's date. */
async function keepDueDate(loan: Loan, due: Date | undefined, circulation: Circulation, call: Call): Promise<Loan> {
  if (due === undefined || due <= circulation.clock.now() || due.getTime() === loan.due?.getTime()) return loan
  const set = await circulation.system.loans.setDueDate({ patronId: loan.patronId, loanId: loan.id, due }, call)
  return set.kind === 'done' ? set.value : loan
}
