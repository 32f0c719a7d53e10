/** What Alma holds in the end, what it carried out, and what the journal leaves to people. */
import { DatabaseSync } from 'node:sqlite'
import type { User } from '../../simulators/alma/state/entities.ts'
import type { AlmaSimulator } from '../../simulators/alma/simulator.ts'
import type { CallRecord } from '../../simulators/alma/transport/call-log.ts'
import type { ChangeDetails, ChangeKind } from '../../src/circulation/ports.ts'
import type { Errand, Finding, Subject } from '../errands/errand.ts'
import { type JournalKey, Sealer } from '../../src/journal/sealer.ts'

export interface LoanFound {
  readonly item: string
  readonly patron: string
  readonly returned: boolean
  readonly renewals: number
  /** In milliseconds since 1970. */
  readonly dueAt: number
}

export interface PaymentFound {
  readonly patron: string
  readonly transaction: string
  readonly minor: number
}

export interface HoldFound {
  readonly item: string
  readonly patron: string
  readonly open: boolean
}

/** A change in the journal that a person must settle, or that waits. */
export interface EntryFound {
  readonly machine: string
  readonly kind: ChangeKind
  readonly state: string
  readonly patron: string | undefined
  readonly item: string | undefined
  readonly minor: number | undefined
  readonly transaction: string | undefined
}

export interface Evidence {
  /** Oldest first. */
  readonly loans: readonly LoanFound[]
  readonly payments: readonly PaymentFound[]
  readonly holds: readonly HoldFound[]
  /** How often Alma carried out each kind of call, by its call log. */
  readonly executed: ReadonlyMap<string, number>
  readonly entries: readonly EntryFound[]
  readonly errands: {
    /** Of patrons who are judged by their errands alone. */
    readonly cards: ReadonlySet<string>
    readonly findings: readonly Finding[]
  }
}

/** Keeps every call of a run, of which the simulator itself keeps the latest. */
export class CallKeeper {
  readonly #alma: AlmaSimulator
  readonly #calls = new Map<number, CallRecord>()
  #lastId = 0

  constructor(alma: AlmaSimulator) {
    this.#alma = alma
  }

  /** To be called more often than the simulator forgets. */
  gather(): void {
    for (const call of this.#alma.control.calls()) {
      if (call.id <= this.#lastId) continue
      this.#lastId = call.id
      // Reads prove nothing, and there are many of them.
      if (call.method !== 'GET') this.#calls.set(call.id, call)
    }
  }

  executed(): Map<string, number> {
    this.gather()
    const counts = new Map<string, number>()
    for (const { operation, executed } of this.#calls.values()) {
      if (executed) counts.set(operation, (counts.get(operation) ?? 0) + 1)
    }
    return counts
  }

  get changes(): readonly CallRecord[] {
    return [...this.#calls.values()]
  }

  get total(): number {
    return this.#alma.control.callCount()
  }
}

const cardOf = ({ record }: User): string => record.user_identifier?.[0]?.value ?? ''

export function readAlma({ control }: AlmaSimulator): Pick<Evidence, 'loans' | 'payments' | 'holds'> {
  const users = [...control.store.users.values()]
  const loans = users
    .flatMap((user) => [...user.pastLoans, ...user.loans.values()])
    .toSorted((one, other) => one.loanedAt - other.loanedAt)
    .map(({ item, user, returnedAt, renewals, dueAt }) => ({
      item: item.barcode,
      patron: cardOf(user),
      returned: returnedAt !== undefined,
      renewals,
      dueAt,
    }))
  const payments = users.flatMap((user) =>
    user.fees
      .flatMap(({ transactions }) => transactions)
      .filter(({ type }) => type === 'PAYMENT')
      .map(({ externalId, minor }) => ({ patron: cardOf(user), transaction: externalId, minor })),
  )
  const holds = users.flatMap((user) => {
    const found = (open: boolean) => (request: { readonly itemAsked: { readonly barcode: string } | undefined }) => ({
      item: request.itemAsked?.barcode ?? '',
      patron: cardOf(user),
      open,
    })
    return [...[...user.requests.values()].map(found(true)), ...user.pastRequests.map(found(false))]
  })
  return { loans, payments, holds }
}

/** What the errands of a run left otherwise than machines were told. */
export function readErrands(
  subjects: readonly Subject[],
  { control }: AlmaSimulator,
  exceptions: readonly EntryFound[],
): Evidence['errands'] {
  const isExcepted = ({ kind, patron, item, minor }: Errand): boolean =>
    exceptions.some(
      (entry) => entry.kind === kind && entry.patron === patron && entry.item === item && entry.minor === minor,
    )
  return {
    cards: new Set(subjects.map(({ card }) => card)),
    findings: subjects.flatMap((subject) => subject.judge(control.store, isExcepted)),
  }
}

const settledStates = ['done', 'refused', 'unavailable']

/** The changes of a journal file that are not settled. */
export function readJournal(file: string, key: JournalKey): EntryFound[] {
  const sealer = new Sealer([key])
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const settled = settledStates.map((state) => `'${state}'`).join(', ')
    const rows = database.prepare(
      `SELECT id, machine, kind, state, details FROM changes WHERE state NOT IN (${settled})`,
    )
    return rows.all().map((row) => {
      const { id, machine, kind, state, details } = row as unknown as Row
      const read = sealer.unseal(details, `${id} details`) as ChangeDetails
      const { patron, item, amount, externalTransactionId } = read
      return { machine, kind, state, patron, item, minor: amount?.minor, transaction: externalTransactionId }
    })
  } finally {
    database.close()
  }
}

interface Row {
  readonly id: string
  readonly machine: string
  readonly kind: ChangeKind
  readonly state: string
  readonly details: Uint8Array
}

/** How many changes of a journal file are in each state. */
export function countJournal(file: string): ReadonlyMap<string, number> {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = database.prepare('SELECT state, count(*) AS count FROM changes GROUP BY state').all()
    return new Map(rows.map(({ state, count }) => [String(state), Number(count)]))
  } finally {
    database.close()
  }
}
