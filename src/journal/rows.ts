import { type Accepted, type Outcome, accepted } from '../circulation/outcome.ts'
import type { Change, ChangeDetails, DoneSearch } from '../circulation/ports.ts'
import type { EndState } from './end-state.ts'
import type { LeftEvent, RememberedEvent } from './event-memory.ts'
import { keyOf, referenceOf, subjectOf } from './keys.ts'
import { type JournalKey, Sealer } from './sealer.ts'
import type { BeginWrite, EndWrite, StoredSettled, StoredWaiting } from './store.ts'
import type { KeptChange } from './waiting-list.ts'

interface End {
  readonly state: EndState
  readonly outcome: Outcome<unknown>
  readonly at: Date
  /** What is promised with it. */
  readonly told?: Accepted
}

/** Changes as they stand in the file: sealed, or as digests. */
export class Rows {
  readonly #sealer: Sealer

  constructor(keys: readonly [JournalKey, ...JournalKey[]]) {
    this.#sealer = new Sealer(keys)
  }

  get keyChecks(): Sealer['checks'] {
    return this.#sealer.checks
  }

  keysOf(change: Change): readonly string[] {
    return this.#sealer.digests(keyOf(change))
  }

  subjectsOf(change: Change): readonly string[] {
    const subject = subjectOf(change)
    return subject === undefined ? [] : this.#sealer.digests(subject)
  }

  /** None for a change that is not found again. */
  referencesOf(change: Omit<DoneSearch, 'since'>): readonly string[] {
    const reference = referenceOf(change)
    return reference === undefined ? [] : this.#sealer.digests(reference)
  }

  toBegin(change: Change, event: RememberedEvent): BeginWrite {
    const { institution, machine, callId, kind, details, machineTime, happenedAt, deadline } = change
    return {
      write: 'begin',
      id: event.id,
      institution,
      machine,
      callId,
      kind,
      keyId: this.#sealer.keyId,
      identity: event.key,
      subject: event.subject ?? null,
      reference: this.referencesOf(change)[0] ?? null,
      details: this.#sealer.seal(details, `${event.id} details`),
      amountMinor: details.amount?.minor ?? null,
      currency: details.amount?.currency ?? null,
      begunAt: event.since.getTime(),
      machineTime: machineTime?.getTime() ?? null,
      happenedAt: happenedAt.getTime(),
      deadlineAt: Math.round(deadline.getTime()),
      attempts: event.attempts,
      supersedes: event.supersedes?.id ?? null,
    }
  }

  toEnd({ id, attempts, since }: RememberedEvent, { state, outcome, at, told }: End): EndWrite {
    return {
      write: 'end',
      id,
      attempts,
      begunAt: since.getTime(),
      state,
      reason: reasonOf(outcome),
      endedAt: at.getTime(),
      outcome: this.#sealer.seal(outcome, `${id} outcome`),
      promise: told ? { told: this.#sealer.seal(told, `${id} told`), acceptedAt: at.getTime() } : null,
    }
  }

  /** Throws an `UnsealError`. */
  readOutcome({ id, outcome }: { readonly id: string; readonly outcome: Uint8Array }): Outcome<unknown> {
    return this.#sealer.unseal(outcome, `${id} outcome`) as Outcome<unknown>
  }

  /** Undefined when it cannot be read. */
  tryReadOutcome({ id, outcome }: StoredSettled): Outcome<unknown> | undefined {
    return this.#tryUnseal(outcome, `${id} outcome`) as Outcome<unknown> | undefined
  }

  readLeft(stored: StoredWaiting | StoredSettled): LeftEvent {
    const { id, identity, subject, begun_at, attempts, seq, superseded } = stored
    return {
      id,
      key: identity,
      subject: subject ?? undefined,
      since: new Date(begun_at),
      attempts,
      order: seq,
      told: this.#readTold(stored),
      superseded: superseded === 1,
      retried: 'retried_at' in stored && stored.retried_at !== null,
    }
  }

  /** Opens the details when they are asked for, and once. */
  readChange(stored: StoredWaiting): KeptChange {
    const { id, institution, machine, call_id, kind, machine_time, happened_at, deadline_at } = stored
    const open = (): unknown => this.#tryUnseal(stored.details, `${id} details`)
    let details: { readonly opened: unknown } | undefined
    return {
      kind,
      institution,
      machine,
      callId: call_id,
      machineTime: machine_time === null ? undefined : new Date(machine_time),
      happenedAt: new Date(happened_at),
      deadline: new Date(deadline_at),
      get details() {
        details ??= { opened: open() }
        return details.opened as ChangeDetails | undefined
      },
    }
  }

  /** A promise that cannot be read is still one. */
  #readTold({ id, accepted_at, told }: StoredWaiting | StoredSettled): Accepted | undefined {
    if (accepted_at === null) return undefined
    const opened = told ? this.#tryUnseal(told, `${id} told`) : undefined
    return (opened as Accepted | undefined) ?? accepted()
  }

  #tryUnseal(sealed: Uint8Array, place: string): unknown {
    try {
      return this.#sealer.unseal(sealed, place)
    } catch {
      return undefined
    }
  }
}

function reasonOf(outcome: Outcome<unknown>): string | null {
  if (outcome.kind === 'refused') return outcome.reason
  return outcome.kind === 'unavailable' ? outcome.cause : null
}
