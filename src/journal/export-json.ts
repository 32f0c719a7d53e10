import type { Money } from '../circulation/model.ts'
import { formatAmount } from '../circulation/money.ts'
import type { Outcome } from '../circulation/outcome.ts'
import type { ChangeDetails } from '../circulation/ports.ts'
import { formatZoned } from './export-time.ts'
import type { JournalEntry } from './journal-file.ts'

/** Stands in the place of a patron's id. */
export const masked = '***'

/**
 * An entry as one JSON object: times with the offset of the library's zone, amounts in minor units and as people write
 * them. What does not apply is left out.
 */
export function describeEntry(
  entry: JournalEntry,
  { timeZone, mask }: { readonly timeZone: string; readonly mask: boolean },
): Record<string, unknown> {
  const time = (at: Date | undefined) => at && formatZoned(at, timeZone)
  const { id, kind, state, reason, institution, machine, callId, attempts, details, outcome, told, note, batch } = entry
  return {
    id,
    kind,
    state,
    reason,
    institution,
    machine,
    messageId: callId,
    happenedAt: time(entry.happenedAt),
    begunAt: time(entry.begunAt),
    machineTime: time(entry.machineTime),
    accepted: entry.acceptedAt !== undefined,
    acceptedAt: time(entry.acceptedAt),
    endedAt: time(entry.endedAt),
    attempts,
    retriedAt: time(entry.retriedAt),
    amount: describeMoney(entry.amount),
    readable: details !== undefined,
    details: details && describeDetails(details, { timeZone, mask }),
    told: told && { due: time(told.due) },
    answer: outcome && describeOutcome(outcome),
    note: note !== undefined && mask ? masked : note,
    batch,
  }
}

/** The amount stands beside them, where it can be read without a key. */
function describeDetails(
  details: ChangeDetails,
  { timeZone, mask }: { readonly timeZone: string; readonly mask: boolean },
): Record<string, unknown> {
  const { patron, note, due, returned } = details
  return {
    ...details,
    amount: undefined,
    patron: patron !== undefined && mask ? masked : patron,
    // Written by people about people.
    note: note !== undefined && mask ? masked : note,
    due: due && formatZoned(due, timeZone),
    returned: returned && formatZoned(returned, timeZone),
  }
}

const describeMoney = (money: Money | undefined) =>
  money && { minor: money.minor, currency: money.currency, text: formatAmount(money) }

/** What the library system said, without what it told of the patron. */
function describeOutcome(outcome: Outcome<unknown>): Record<string, unknown> {
  switch (outcome.kind) {
    case 'done':
      return { kind: 'done' }
    case 'refused':
      return { kind: 'refused', reason: outcome.reason, text: outcome.text, evidence: outcome.evidence }
    case 'unavailable':
      return { kind: 'unavailable', cause: outcome.cause, evidence: outcome.evidence }
    case 'unknown':
      return { kind: 'unknown', evidence: outcome.evidence }
  }
}
