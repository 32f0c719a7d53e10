/**
 * Compares what every machine was told with what Alma holds. Law 2: nothing is there twice, nothing acknowledged is
 * missing. Law 3: to the cent. Law 4: nothing that was said not to be done is done, and no unknown is left over.
 */
import type { EntryFound, Evidence } from './evidence.ts'
import type { Operation, Operations } from './operation.ts'

export type ViolationKind =
  /** A machine was told yes, and Alma does not have it. */
  | 'loss'
  /** Alma has it more often than it was done. */
  | 'double'
  /** A machine was told that nothing was changed, and Alma has it. */
  | 'denied'
  /** A sum of payments that no choice of the unknown ones explains. */
  | 'cents'
  /** Alma has it all, and in the wrong order. */
  | 'order'
  /** Its end is not known, and nobody will look. */
  | 'unsettled'
  /** Alma's state and its own call log do not agree: the evidence is not complete. */
  | 'evidence'
  /** Something of a record is other than anybody was told. */
  | 'spoilt'
  | 'wrong-reply'
  /** The bridge ended by itself. */
  | 'crash'

export interface Violation {
  readonly kind: ViolationKind
  readonly about: string
}

/** State of a change that is left to a person. */
export const exceptionState = 'exception'

export function judge(operations: Pick<Operations, 'all' | 'wrongReplies'>, evidence: Evidence): Violation[] {
  const exceptions = exceptionsOf(evidence)
  const all = operations.all.filter(({ errand }) => errand === undefined)
  const apart = withoutErrands(evidence)
  return [
    ...judgeLoans(all, apart, exceptions),
    ...judgeDueDates(all, apart, exceptions),
    ...judgePayments(all, apart, exceptions),
    ...judgeHolds(all, apart, exceptions),
    ...evidence.errands.findings,
    ...judgeJournal(evidence),
    ...judgeEvidence(evidence),
    ...operations.wrongReplies.map((about): Violation => ({ kind: 'wrong-reply', about })),
  ]
}

export const exceptionsOf = ({ entries }: Pick<Evidence, 'entries'>): readonly EntryFound[] =>
  entries.filter(({ state }) => state === exceptionState)

function withoutErrands(evidence: Evidence): Evidence {
  const isOther = ({ patron }: { readonly patron: string }): boolean => !evidence.errands.cards.has(patron)
  const { loans, payments, holds } = evidence
  return { ...evidence, loans: loans.filter(isOther), payments: payments.filter(isOther), holds: holds.filter(isOther) }
}

/** How often something may be found, from what the machines were told of it. */
interface Claim {
  readonly yes: number
  /** Told unknown or nothing. */
  readonly open: number
  readonly no: number
  /** Left to a person, so that it may be missing. */
  readonly excepted: number
}

function claimOf(operations: readonly Operation[], exceptions: readonly EntryFound[]): Claim {
  const count = (...told: Operation['told'][]): number => operations.filter((one) => told.includes(one.told)).length
  return {
    yes: count('yes'),
    open: count('unknown', 'nothing'),
    no: count('no'),
    excepted: operations.filter((one) => exceptions.some((entry) => isOf(entry, one))).length,
  }
}

function isOf(entry: EntryFound, operation: Operation): boolean {
  return (
    entry.machine === operation.machine &&
    entry.kind === operation.kind &&
    (entry.item === undefined || entry.item === operation.item) &&
    (entry.patron === undefined || entry.patron === operation.patron) &&
    entry.minor === operation.minor
  )
}

function judgeCount(found: number, { yes, open, no, excepted }: Claim, about: string): Violation[] {
  const told = `${about}: found ${found}; told yes ${yes}, no ${no}, open ${open}, exceptions ${excepted}`
  if (found < yes - excepted) return [{ kind: 'loss', about: told }]
  if (found <= yes + open) return []
  return [{ kind: found <= yes + open + no ? 'denied' : 'double', about: told }]
}

function judgeLoans(all: readonly Operation[], { loans }: Evidence, exceptions: readonly EntryFound[]): Violation[] {
  const ofItem = groupBy(
    all.filter(({ kind }) => loanKinds.has(kind)),
    ({ item }) => item ?? '',
  )
  const loansOfItem = groupBy(loans, ({ item }) => item)
  return [...new Set([...ofItem.keys(), ...loansOfItem.keys()])].flatMap((item) => {
    const operations = ofItem.get(item) ?? []
    const found = loansOfItem.get(item) ?? []
    const counts = judgeItem(item, operations, found, exceptions)
    return counts.length > 0 ? counts : judgeLast(item, operations, found, exceptions)
  })
}

function judgeItem(
  item: string,
  operations: readonly Operation[],
  found: Evidence['loans'],
  exceptions: readonly EntryFound[],
): Violation[] {
  const checkouts = operations.filter(({ kind }) => kind === 'checkout')
  const patrons = new Set([...checkouts, ...found].map(({ patron }) => patron ?? ''))
  const ofPatrons = [...patrons].flatMap((patron) => {
    const isTheirs = (one: { readonly patron: string | undefined }) => one.patron === patron
    const lent = found.filter(isTheirs)
    const renewals = lent.reduce((total, loan) => total + loan.renewals, 0)
    const renews = operations.filter((one) => one.kind === 'renew' && isTheirs(one))
    return [
      ...judgeCount(lent.length, claimOf(checkouts.filter(isTheirs), exceptions), `loans of ${item} to ${patron}`),
      ...judgeCount(renewals, claimOf(renews, exceptions), `renewals of ${item} by ${patron}`),
    ]
  })
  const returned = found.filter((loan) => loan.returned).length
  const checkins = claimOf(
    operations.filter(({ kind }) => kind === 'checkin'),
    exceptions,
  )
  // What was never lent could not come back.
  const excepted = checkins.excepted + claimOf(checkouts, exceptions).excepted
  return [...ofPatrons, ...judgeCount(returned, { ...checkins, excepted }, `returns of ${item}`)]
}

const loanKinds: ReadonlySet<string> = new Set(['checkout', 'checkin', 'renew'])

/** Where nothing is open, the last thing that was told decides who has the book. */
function judgeLast(
  item: string,
  operations: readonly Operation[],
  found: Evidence['loans'],
  exceptions: readonly EntryFound[],
): Violation[] {
  const isOpen = operations.some((one) => one.told === 'unknown' || one.told === 'nothing')
  if (isOpen || operations.some((one) => exceptions.some((entry) => isOf(entry, one)))) return []
  const last = operations.findLast(({ told, kind }) => told === 'yes' && kind !== 'renew')
  const expected = last?.kind === 'checkout' ? last.patron : undefined
  const borrower = found.find(({ returned }) => !returned)?.patron
  if (borrower === expected) return []
  return [{ kind: 'order', about: `${item} is with ${borrower ?? 'nobody'}, told ${expected ?? 'nobody'}` }]
}

/** What a machine lent while it was off line is due when the patron was told, or as the library has it: at the end of a day. */
function judgeDueDates(all: readonly Operation[], { loans }: Evidence, exceptions: readonly EntryFound[]): Violation[] {
  const lent = all.filter(({ kind, told }) => kind === 'checkout' && told === 'yes')
  return lent.flatMap((operation): Violation[] => {
    const { item, patron, dueAt } = operation
    const [loan, ...others] = loans.filter((one) => one.item === item && one.patron === patron)
    if (dueAt === undefined || loan === undefined || others.length > 0 || loan.renewals > 0) return []
    const isEndOfDay = /23:59/.test(new Date(loan.dueAt).toLocaleTimeString('sv-SE', { timeZone: 'Europe/Berlin' }))
    if (loan.dueAt === dueAt || isEndOfDay || exceptions.some((entry) => isOf(entry, operation))) return []
    const [told, found] = [dueAt, loan.dueAt].map((at) => new Date(at).toISOString())
    return [{ kind: 'spoilt', about: `${item} is due ${found}, and ${patron} was told ${told}` }]
  })
}

function judgePayments(
  all: readonly Operation[],
  { payments }: Evidence,
  exceptions: readonly EntryFound[],
): Violation[] {
  const violations: Violation[] = []
  const asked = all.filter(({ kind }) => kind === 'pay-fee')
  const known = new Set(asked.map(({ transaction }) => transaction))
  const ownIds = 'an id of the bridge'
  const keyOf = (patron: string | undefined, transaction: string | undefined): string =>
    `${patron} under ${transaction !== undefined && known.has(transaction) ? transaction : ownIds}`
  const askedOf = groupBy(asked, ({ patron, transaction }) => keyOf(patron, transaction))
  const foundOf = groupBy(payments, ({ patron, transaction }) => keyOf(patron, transaction))
  for (const key of new Set([...askedOf.keys(), ...foundOf.keys()])) {
    const found = sum(foundOf.get(key) ?? [])
    violations.push(...judgeSum(found, askedOf.get(key) ?? [], exceptions, `payments of ${key}`))
  }
  return violations
}

function judgeSum(
  found: number,
  asked: readonly Operation[],
  exceptions: readonly EntryFound[],
  about: string,
): Violation[] {
  const isExcepted = (one: Operation): boolean => exceptions.some((entry) => isOf(entry, one))
  const certain = asked.filter((one) => one.told === 'yes' && !isExcepted(one))
  const open = asked.filter((one) => one.told === 'unknown' || one.told === 'nothing' || isExcepted(one))
  const least = sum(certain)
  if (sumsOf(open).has(found - least)) return []
  const told = `${about}: found ${found}, told yes ${least}, open ${sum(open)}`
  if (found < least) return [{ kind: 'loss', about: told }]
  const denied = asked.filter((one) => one.told === 'no')
  if (sumsOf([...open, ...denied]).has(found - least)) return [{ kind: 'denied', about: told }]
  return [{ kind: sumsOf([...open, ...asked]).has(found - least) ? 'double' : 'cents', about: told }]
}

const sum = (payments: readonly { readonly minor: number | undefined }[]): number =>
  payments.reduce((total, { minor = 0 }) => total + minor, 0)

/** Every sum that some of the payments make. */
function sumsOf(payments: readonly Operation[]): ReadonlySet<number> {
  return payments.reduce(
    (sums, { minor = 0 }) => {
      const grown = new Set(sums)
      for (const before of sums) grown.add(before + minor)
      return grown
    },
    new Set([0]),
  )
}

function judgeHolds(all: readonly Operation[], { holds }: Evidence, exceptions: readonly EntryFound[]): Violation[] {
  const violations: Violation[] = []
  const keyOf = ({ item, patron }: { readonly item?: string | undefined; readonly patron?: string | undefined }) =>
    `${item} by ${patron}`
  const asked = groupBy(
    all.filter(({ kind }) => kind === 'place-hold' || kind === 'cancel-hold'),
    keyOf,
  )
  const found = groupBy(holds, keyOf)
  for (const key of new Set([...asked.keys(), ...found.keys()])) {
    const operations = asked.get(key) ?? []
    const requests = found.get(key) ?? []
    const claim = (kind: Operation['kind']) =>
      claimOf(
        operations.filter((one) => one.kind === kind),
        exceptions,
      )
    const cancelled = requests.filter(({ open }) => !open).length
    violations.push(
      ...judgeCount(requests.length, claim('place-hold'), `requests of ${key}`),
      ...judgeCount(cancelled, claim('cancel-hold'), `cancelled requests of ${key}`),
    )
  }
  return violations
}

function judgeJournal({ entries }: Evidence): Violation[] {
  return entries
    .filter(({ state }) => state !== exceptionState)
    .map(({ state, machine, kind, item, patron }) => ({
      kind: 'unsettled',
      about: `a ${kind} of ${machine} (item ${item ?? 'none'}, patron ${patron ?? 'none'}) is ${state}`,
    }))
}

/** Every change that Alma carried out must be seen in its state, or the judge looks at the wrong things. */
function judgeEvidence({ loans, holds, executed, errands }: Evidence): Violation[] {
  const seen: Readonly<Record<string, number>> = {
    // What patrons of errands have at home was there from the beginning.
    createLoan: loans.filter(({ patron }) => !errands.cards.has(patron)).length,
    renewLoan: loans.reduce((total, { renewals }) => total + renewals, 0),
    createRequest: holds.length,
  }
  return Object.entries(seen)
    .filter(([operation, count]) => count !== (executed.get(operation) ?? 0))
    .map(([operation, count]) => ({
      kind: 'evidence',
      about: `${operation}: ${count} in Alma's state, ${executed.get(operation) ?? 0} in its call log`,
    }))
}

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}
