import { mostListed, readAll } from './account.ts'
import type { Circulation } from './circulation.ts'
import { type DueDateWish, keepDueDate } from './due-date.ts'
import type { Loan } from './model.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type Outcome, type Refused, done, refused, unavailable } from './outcome.ts'
import type { Call } from './ports.ts'
import { carryOut, clockSkewMs } from './settle.ts'
import type { Visit } from './visit.ts'
import type { WhenAway } from './when-away.ts'

export interface RenewInput {
  readonly patron: string
  /** Barcode; when empty the loan is found by `title`. */
  readonly barcode: string
  readonly title: string
  readonly visit: Visit
  /** A due date that the machine already told the patron. */
  readonly due?: Date | undefined
  /** The machine renewed it while it was off line. */
  readonly reported?: boolean | undefined
  readonly whenAway: WhenAway
  /** See `Change.identity`. */
  readonly identity: string
}

/**
 * Renews one loan of a patron: one call when the visit knows the loan, else one more for the patron's list, and one more
 * for a due date given by the machine.
 */
export async function renew(input: RenewInput, circulation: Circulation, call: Call): Promise<ChangeOutcome<Loan>> {
  const { patron, barcode, title, due, reported, whenAway, identity } = input
  const details = { patron, item: barcode, title, ...(due && { due }), ...(reported && { reported }) }
  return once({ kind: 'renew', identity, subject: barcode, details, whenAway }, circulation, call, (attempt) =>
    renewOnce(
      { ...input, due, mayWait: reported === true && circulation.journal.mayAccept(call.machine) },
      attempt,
      circulation,
      call,
    ),
  )
}

export async function renewOnce(
  input: Pick<RenewInput, 'patron' | 'barcode' | 'title' | 'visit'> & DueDateWish,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Loan>> {
  const { patron, visit } = input
  const found = await findOwnLoan(input, circulation, call)
  if (found.kind !== 'done') return found
  const renewed = await renewLoan(found.value, visit, attempt, circulation, call)
  if (renewed.kind !== 'done') return renewed
  const kept = await keepDueDate(renewed.value, input, circulation, call)
  if (kept.kind === 'done') visit.rememberLoans(patron, [kept.value])
  return kept
}

/** The patron's active loan of an item or title, from the visit or the patron's list; of a very long list, by the item. */
export async function findOwnLoan(
  input: { readonly patron: string; readonly barcode: string; readonly title: string; readonly visit: Visit },
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Loan>> {
  const { patron, barcode, title, visit } = input
  if (barcode === '' && title === '') return refused('item-unknown')
  const known = visit.loan(patron, barcode)
  if (known) return done(known)
  const loans = await readAll((page) => circulation.system.loans.ofPatron(visit.canonical(patron), page, call))
  if (loans.kind !== 'done') return loans
  visit.rememberLoans(patron, loans.value)
  const own = loans.value.find((loan) =>
    barcode === '' ? loan.title === title || loan.itemIds?.titleId === title : loan.itemBarcode === barcode,
  )
  if (own) return done(own)
  if (barcode === '' || loans.value.length < mostListed) return refused('item-not-on-loan')
  const ofItem = await circulation.system.loans.ofItem(barcode, call)
  if (ofItem.kind !== 'done') return ofItem
  const isOwn = ofItem.value?.patronId === loans.value[0]?.patronId
  return ofItem.value && isOwn ? done(ofItem.value) : refused('item-not-on-loan')
}

/** Sends the renewal and settles a lost answer by the loan's later due date or time of renewal. */
export async function renewLoan(
  loan: Loan,
  visit: Visit,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Loan>> {
  const { loans } = circulation.system
  visit.forgetLoan(loan.itemBarcode)
  const outcome = await carryOut(
    {
      attempt,
      send: () => loans.renew({ patronId: loan.patronId, loanId: loan.id }, call),
      find: async () => {
        const now = await loans.ofItem(loan.itemBarcode, call)
        if (now.kind !== 'done') return now
        return done(now.value && wasRenewed(loan, now.value, attempt.since) ? now.value : undefined)
      },
    },
    circulation,
    call,
  )
  if (outcome.kind === 'done') visit.rememberLoans(loan.patronId, [outcome.value])
  return outcome
}

function wasRenewed(before: Loan, after: Loan, since: Date): boolean {
  if (after.id !== before.id) return false
  if (after.due !== undefined && before.due !== undefined && after.due > before.due) return true
  return after.renewedAt !== undefined && after.renewedAt.getTime() >= since.getTime() - clockSkewMs
}

export interface RenewAllInput {
  readonly patron: string
  readonly visit: Visit
  /** Why a loan is left out, such as what its renewal costs; every loan is renewed without. */
  readonly refuseLoan?: ((loan: Loan) => Promise<Refused | undefined>) | undefined
  readonly identity: string
}

export interface RenewedAll {
  readonly renewed: readonly Loan[]
  readonly unrenewed: readonly { readonly loan: Loan; readonly why: Exclude<Outcome<Loan>, { kind: 'done' }> }[]
}

const renewAtOnce = 3

/** Renews every loan that the library system calls renewable: one call for the list and one a loan. */
export async function renewAll(
  input: RenewAllInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<RenewedAll>> {
  const { patron, identity } = input
  return once({ kind: 'renew', identity, details: { patron } }, circulation, call, (attempt) =>
    renewAllOnce(input, attempt, circulation, call),
  )
}

/** Where it is only looked for it is done when any loan was renewed: the patron sees which, and may ask for the rest. */
export async function renewAllOnce(
  { patron, visit, refuseLoan }: Omit<RenewAllInput, 'identity'>,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<RenewedAll>> {
  const loans = await readAll((page) => circulation.system.loans.ofPatron(visit.canonical(patron), page, call))
  if (loans.kind !== 'done') return loans
  visit.rememberLoans(patron, loans.value)

  const outcomes = new Map<Loan, Outcome<Loan>>()
  const waiting = loans.value.filter((loan) => loan.renewable !== false || attempt.lookOnly)
  const work = async () => {
    for (let loan = waiting.shift(); loan; loan = waiting.shift()) {
      outcomes.set(loan, (await refuseLoan?.(loan)) ?? (await renewLoan(loan, visit, attempt, circulation, call)))
    }
  }
  await Promise.all(Array.from({ length: renewAtOnce }, work))
  const sorted = sortOut(loans.value, outcomes)
  if (attempt.lookOnly && sorted.renewed.length === 0) {
    const open = sorted.unrenewed.find(({ why }) => why.kind === 'unknown')
    return open?.why ?? unavailable('not-carried-out')
  }
  return done(sorted)
}

const notRenewable: Refused = refused('renewal-refused')

function sortOut(loans: readonly Loan[], outcomes: ReadonlyMap<Loan, Outcome<Loan>>): RenewedAll {
  const renewed: Loan[] = []
  const unrenewed: RenewedAll['unrenewed'][number][] = []
  for (const loan of loans) {
    const outcome = outcomes.get(loan) ?? notRenewable
    if (outcome.kind === 'done') renewed.push(outcome.value)
    else unrenewed.push({ loan, why: outcome })
  }
  return { renewed, unrenewed }
}
