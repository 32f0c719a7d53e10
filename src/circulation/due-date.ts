import type { Circulation } from './circulation.ts'
import type { Loan } from './model.ts'
import { type Outcome, type Unknown, done, unknown } from './outcome.ts'
import type { Call } from './ports.ts'

export interface DueDateWish {
  /** What the machine told the patron; undefined when it told nothing. */
  readonly due: Date | undefined
  /** The loan is written down to be looked at again, as long as its date could not be set. */
  readonly mayWait: boolean
}

/**
 * Gives a loan that was just made or renewed the date that the machine told. The loan stands whether or not the library
 * system takes the date, and one that has passed is not sent. Setting it again changes nothing more, so that a lost
 * answer costs a look and another try; what is still open then is unknown where it may wait, else the loan as it is.
 */
export async function keepDueDate(
  loan: Loan,
  { due, mayWait }: DueDateWish,
  circulation: Circulation,
  call: Call,
): Promise<(Outcome<Loan> & { readonly kind: 'done' }) | Unknown> {
  if (due === undefined || due <= circulation.clock.now() || hasDate(loan, due)) return done(loan)
  const { loans } = circulation.system
  const set = () => loans.setDueDate({ patronId: loan.patronId, loanId: loan.id, due }, call)
  const first = await set()
  if (first.kind === 'done') return first
  if (first.kind === 'refused') return done(loan)

  const now = await loans.ofItem(loan.itemBarcode, call)
  if (now.kind === 'done' && now.value?.id === loan.id && hasDate(now.value, due)) return done(now.value)
  const second = await set()
  if (second.kind === 'done') return second
  if (second.kind === 'refused' || !mayWait) return done(loan)
  return unknown(`DUE_DATE_NOT_SET ${second.evidence}`.trim())
}

const hasDate = (loan: Loan, due: Date): boolean => loan.due?.getTime() === due.getTime()
