import type { Circulation } from './circulation.ts'
import { type DueDateWish, keepDueDate } from './due-date.ts'
import type { Item, Loan, Place } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, done, refused } from './outcome.ts'
import type { Call } from './ports.ts'
import { findOwnLoan, renewLoan } from './renew.ts'
import { carryOut, clockSkewMs } from './settle.ts'
import type { Visit } from './visit.ts'
import type { WhenAway } from './when-away.ts'

export interface CheckoutInput {
  readonly patron: string
  readonly barcode: string
  readonly place: Place
  readonly visit: Visit
  /** What happens when the patron already has the item: renew it, take it as done, or refuse. */
  readonly ownLoan: 'renew' | 'keep' | 'refuse'
  /** A due date that the machine already told the patron. */
  readonly due: Date | undefined
  /** The machine lent it while it was off line. */
  readonly reported: boolean
  readonly whenAway: WhenAway
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

/** What is needed to lend, now or later. */
export interface Lending
  extends Pick<CheckoutInput, 'patron' | 'barcode' | 'place' | 'visit' | 'ownLoan' | 'wantItem'>,
    DueDateWish {}

/**
 * Lends one item to one patron: one call; one more for a due date given by the machine and one more for the item's
 * marks. A lost answer is settled by the item's loan.
 */
export async function checkout(
  input: CheckoutInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<CheckedOut>> {
  if (input.patron === '') return refused('patron-unknown')
  if (input.barcode === '') return refused('item-unknown')
  const { patron, barcode, place, due, reported, whenAway, identity } = input
  return once(
    {
      kind: 'checkout',
      identity,
      subject: barcode,
      details: { patron, item: barcode, place, due, ...(reported && { reported }) },
      whenAway,
    },
    circulation,
    call,
    (attempt) =>
      lendOnce(
        { ...input, mayWait: reported && circulation.journal.mayAccept(call.machine) },
        attempt,
        circulation,
        call,
      ),
  )
}

export async function lendOnce(
  input: Lending,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<CheckedOut>> {
  const { patron, barcode, visit, due, mayWait, wantItem } = input
  const lent = await lend(input, attempt, circulation, call)
  if (lent.kind === 'refused' && lent.reason.startsWith('patron-')) {
    // Not eligible may mean for this item alone.
    if (lent.reason === 'patron-not-eligible') circulation.seen.forget(patron)
    else circulation.seen.refuse(patron, lent.reason)
  }
  if (lent.kind !== 'done') return lent
  visit.forgetCounts()
  const [kept, item] = await Promise.all([
    keepDueDate(lent.value.loan, { due, mayWait }, circulation, call),
    wantItem ? circulation.system.items.find(barcode, call) : undefined,
  ])
  if (kept.kind !== 'done') return kept
  visit.rememberLoans(patron, [kept.value])
  return done({ loan: kept.value, renewed: lent.value.renewed, item: item?.kind === 'done' ? item.value : undefined })
}

interface Lent {
  readonly loan: Loan
  readonly renewed: boolean
}

async function lend(input: Lending, attempt: Attempt, circulation: Circulation, call: Call): Promise<Outcome<Lent>> {
  const { patron, barcode, place, visit, ownLoan } = input
  if (visit.loan(patron, barcode) && ownLoan === 'renew') return extend(input, attempt, circulation, call)

  const lent = await carryOut<Lent>(
    {
      attempt,
      send: async () => {
        const created = await circulation.system.loans.create({ patron: visit.canonical(patron), barcode, place }, call)
        return created.kind === 'done' ? done({ loan: created.value, renewed: false }) : created
      },
      find: () => findFreshLoan(input, attempt.since, circulation, call),
    },
    circulation,
    call,
  )
  if (lent.kind !== 'refused' || lent.reason !== 'item-on-loan-to-patron' || ownLoan === 'refuse') return lent

  if (ownLoan === 'renew') return extend(input, attempt, circulation, call)
  const own = await findOwnLoan({ ...input, title: '' }, circulation, call)
  return own.kind === 'done' ? done({ loan: own.value, renewed: false }) : own
}

async function extend(input: Lending, attempt: Attempt, circulation: Circulation, call: Call): Promise<Outcome<Lent>> {
  const own = await findOwnLoan({ ...input, title: '' }, circulation, call)
  if (own.kind !== 'done') return own
  const renewed = await renewLoan(own.value, input.visit, attempt, circulation, call)
  return renewed.kind === 'done' ? done({ loan: renewed.value, renewed: true }) : renewed
}

/** The loan that a lost answer would have told of: this item, this patron, made or renewed just now. */
async function findFreshLoan(
  { patron, barcode, visit }: Lending,
  since: Date,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Lent | undefined>> {
  const { system } = circulation
  const found = await system.loans.ofItem(barcode, call)
  if (found.kind !== 'done') return found
  const loan = found.value
  if (loan === undefined) return done(undefined)
  const { patronId, loanedAt, renewedAt } = loan
  const isFresh = (time: Date) => time.getTime() >= since.getTime() - clockSkewMs
  const renewed = renewedAt !== undefined && isFresh(renewedAt)
  if (!renewed && loanedAt !== undefined && !isFresh(loanedAt)) return done(undefined)
  if (patronId === visit.canonical(patron)) return done({ loan, renewed })

  const holder = await system.patrons.find(patron, call)
  if (holder.kind !== 'done') return holder
  return done(holder.value.id === patronId ? { loan, renewed } : undefined)
}
