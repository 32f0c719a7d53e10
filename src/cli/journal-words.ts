/** The journal in people's words. */
import type { RefusalReason, UnavailableCause } from '../circulation/outcome.ts'
import type { ChangeKind } from '../circulation/ports.ts'
import type { EntryState, JournalEntry } from '../journal/journal-file.ts'

export const kindWords: Readonly<Record<ChangeKind, string>> = {
  checkout: 'checkout',
  checkin: 'checkin',
  renew: 'renewal',
  'pay-fee': 'payment',
  'waive-fee': 'fee waived',
  'place-hold': 'hold',
  'change-hold': 'hold changed',
  'cancel-hold': 'hold cancelled',
  'block-patron': 'patron blocked',
  'enable-patron': 'patron enabled',
  'update-item': 'item changed',
}

const reasonWords: Readonly<Record<RefusalReason | UnavailableCause, string>> = {
  'patron-unknown': 'the patron is not known',
  'patron-pin-wrong': 'the PIN is wrong',
  'patron-pin-throttled': 'too many wrong PINs were given',
  'patron-inactive': 'the patron is not active',
  'patron-expired': "the patron's card has expired",
  'patron-blocked': 'the patron is blocked',
  'patron-not-eligible': 'the patron may not borrow',
  'item-unknown': 'the item is not known',
  'item-not-loanable': 'the item is not lent',
  'item-not-loanable-here': 'the item is not lent at this desk',
  'item-on-loan-to-patron': 'the patron has the item already',
  'item-on-loan-to-other': 'the item is on loan to somebody else',
  'item-not-on-loan': 'the item is not on loan',
  'item-held-for-other': 'the item is kept for somebody else',
  'item-requested': 'somebody else waits for the item',
  'title-on-loan-to-patron': 'the patron has another copy already',
  'loan-limit-reached': 'the patron has too many loans',
  'loan-unknown': 'there is no such loan',
  'renewal-refused': 'it may not be renewed',
  'due-date-invalid': 'the due date is not possible',
  'hold-not-possible': 'no hold is possible',
  'hold-duplicate': 'there is such a hold already',
  'hold-unknown': 'there is no such hold',
  'hold-ambiguous': 'more than one hold has the title',
  'hold-day-over': 'the last day on which it is wanted is over',
  'pickup-location-unknown': 'the pick-up place is not possible',
  'fee-unknown': 'there is no such fee',
  'fee-amount-invalid': 'the amount is not possible',
  'fee-overpaid': 'it is more than the patron owes',
  'fee-not-accepted': 'the patron has not agreed to the fee',
  'currency-wrong': 'the currency is another one',
  'not-permitted': 'the library system does not permit it',
  'not-configured': 'it is not configured',
  'not-supported': 'it is not supported',
  'request-invalid': 'the library system could not read the request',
  offline: 'Alma could not be reached',
  timeout: 'Alma did not answer in time',
  quota: "Alma's calls were used up",
  overload: 'too many calls waited',
  'key-refused': "Alma refused the bridge's key",
  journal: 'the journal could not be written',
  'not-carried-out': 'it was looked for, and Alma does not have it',
  internal: 'an answer was not understood',
}

/** A reason's sentence; a code that is not known stands for itself. */
export const wordsOf = (reason: string): string =>
  Object.hasOwn(reasonWords, reason) ? reasonWords[reason as keyof typeof reasonWords] : reason

export const stateWords: Readonly<Record<EntryState, string>> = {
  exception: 'an exception: it waits for a person',
  unsettled: 'unsettled: nobody knows whether it is in Alma, so it is read back before anything is sent',
  queued: 'queued: it is not in Alma, and is sent when Alma is there',
  'under-way': 'under way; if no bridge runs, the next start looks whether it is in Alma',
  done: 'done: it is in Alma',
  refused: 'refused by Alma; nothing was changed',
  unavailable: 'not carried out; nothing was changed',
  discarded: 'discarded by a person',
  exported: 'exported; the bridge does not send it',
}

const retryStep = 'retry    when what stood against it is put right in Alma'
const exportStep = 'export   to book it at the time when it happened'

/** Nothing but its own interface books a payment in Alma, so that an export helps nobody. */
const paymentSteps: Partial<Record<EntryState, readonly string[]>> = {
  exception: [
    'retry    when the money was taken: what Alma does not have of it is booked then',
    'discard  when you booked it in Alma by hand, or the money was given back',
  ],
  queued: [
    'wait     it is sent as soon as Alma is there',
    'discard  when you booked it in Alma by hand, or the money was given back',
  ],
}

const steps: Partial<Record<EntryState, readonly string[]>> = {
  exception: [retryStep, exportStep, 'discard  when it was settled by hand or must not happen'],
  unsettled: [
    'wait     it is looked for as soon as Alma is there',
    'discard  when you looked in Alma yourself; that changes nothing in Alma',
  ],
  queued: ['wait     it is sent as soon as Alma is there', exportStep, 'discard  when it must not happen'],
  exported: ['export --again, with its batch, writes the file once more'],
}

/** Those that Alma's offline circulation file can hold. */
const exportable: ReadonlySet<ChangeKind> = new Set<ChangeKind>(['checkout', 'checkin', 'renew'])

/** What a person can do about an entry now. */
export function nextSteps({ kind, state }: Pick<JournalEntry, 'kind' | 'state'>): readonly string[] {
  const own = kind === 'pay-fee' ? paymentSteps[state] : undefined
  return own ?? steps[state]?.filter((step) => step !== exportStep || exportable.has(kind)) ?? []
}

/** Why an entry is where it is, short enough for a table. */
export function explainEntry(entry: JournalEntry): string {
  const { state, reason, attempts, acceptedAt, retriedAt, note, batch, outcome } = entry
  if (state === 'discarded') return note ?? ''
  if (state === 'exported') return `batch ${batch ?? ''}`
  if (state === 'unsettled') {
    const looked = retriedAt === undefined ? 'looked for' : 'given back, looked for'
    return acceptedAt === undefined ? `${looked}; the machine was told no yes` : looked
  }
  if (state === 'done' || state === 'under-way') return ''
  const words = reason === undefined ? evidenceOf(outcome) : wordsOf(reason)
  return state === 'queued' && attempts > 1 ? `${words}, ${attempts} attempts` : words
}

const evidenceOf = (outcome: JournalEntry['outcome']): string =>
  outcome === undefined || outcome.kind === 'done' ? '' : outcome.evidence
