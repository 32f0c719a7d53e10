import type { Accepted } from '../circulation/outcome.ts'
import type { Change, ChangeDetails, JournalCounts, PendingChange } from '../circulation/ports.ts'
import type { WaitingState } from './end-state.ts'

/** What is told of a change that waits. `details` may be read late: many wait, and few are looked at. */
export interface KeptChange extends Omit<Change, 'identity' | 'subject' | 'details' | 'begunAt'> {
  readonly details: ChangeDetails | undefined
}

export interface WaitingEvent {
  readonly id: string
  readonly since: Date
  /** Grows with every change that is begun. */
  readonly order: number
  readonly attempts: number
  readonly told: Accepted | undefined
  /** A person gave it back. */
  readonly retried: boolean
  readonly change: KeptChange
}

interface Listed {
  readonly order: number
  readonly state: WaitingState
  readonly view: PendingChange
}

interface Institution {
  /** Those that no person has to settle, by the time when they happened, then as they were begun. */
  readonly pending: Listed[]
  /** The same, as they are told. */
  views: PendingChange[]
  /** Somebody has the views, so that they must not change any more. */
  shared: boolean
  readonly counts: { queued: number; unsettled: number; exception: number }
}

/** The changes that wait, in their order, and how many they are. */
export class WaitingList {
  readonly #institutions = new Map<string, Institution>()
  readonly #byId = new Map<string, Listed>()
  /** How many were promised to each machine. */
  readonly #promised = new Map<string, number>()

  get size(): number {
    return this.#byId.size
  }

  /** A change that is there already changes its state. */
  add(event: WaitingEvent, state: WaitingState): void {
    this.remove(event.id)
    const listed = { order: event.order, state, view: viewOf(event, state) }
    const institution = this.#of(event.change.institution)
    this.#byId.set(event.id, listed)
    this.#countPromise(listed.view, 1)
    institution.counts[state] += 1
    if (state === 'exception') return
    const position = positionOf(listed, institution.pending)
    institution.pending.splice(position, 0, listed)
    ownViews(institution).splice(position, 0, listed.view)
  }

  remove(id: string): void {
    const listed = this.#byId.get(id)
    if (!listed) return
    this.#byId.delete(id)
    this.#countPromise(listed.view, -1)
    const institution = this.#of(listed.view.institution)
    institution.counts[listed.state] -= 1
    if (listed.state === 'exception') return
    const position = positionOf(listed, institution.pending)
    institution.pending.splice(position, 1)
    ownViews(institution).splice(position, 1)
  }

  pending(institution: string): readonly PendingChange[] {
    const found = this.#institutions.get(institution)
    if (!found) return []
    found.shared = true
    return found.views
  }

  /** How many changes wait of which this machine was told yes. */
  promisedTo(machine: string): number {
    return this.#promised.get(machine) ?? 0
  }

  counts(institution: string): JournalCounts {
    const { queued = 0, unsettled = 0, exception = 0 } = this.#institutions.get(institution)?.counts ?? {}
    return { queued, unsettled, exceptions: exception }
  }

  /** In which something waits. */
  institutions(): readonly string[] {
    const waits = ({ counts }: Institution) => counts.queued + counts.unsettled + counts.exception > 0
    return [...this.#institutions].flatMap(([name, institution]) => (waits(institution) ? [name] : []))
  }

  /** Of all institutions. */
  total(): JournalCounts {
    const all = [...this.#institutions.keys()].map((institution) => this.counts(institution))
    const sum = (name: keyof JournalCounts) => all.reduce((total, counts) => total + counts[name], 0)
    return { queued: sum('queued'), unsettled: sum('unsettled'), exceptions: sum('exceptions') }
  }

  #countPromise({ told, machine }: PendingChange, difference: 1 | -1): void {
    if (told === undefined) return
    const count = this.promisedTo(machine) + difference
    if (count === 0) this.#promised.delete(machine)
    else this.#promised.set(machine, count)
  }

  #of(name: string): Institution {
    let institution = this.#institutions.get(name)
    if (!institution) {
      institution = { pending: [], views: [], shared: false, counts: { queued: 0, unsettled: 0, exception: 0 } }
      this.#institutions.set(name, institution)
    }
    return institution
  }
}

/** Copied at most once for each time that they were handed out. */
function ownViews(institution: Institution): PendingChange[] {
  if (institution.shared) institution.views = [...institution.views]
  institution.shared = false
  return institution.views
}

function viewOf({ id, since, attempts, told, retried, change }: WaitingEvent, state: WaitingState): PendingChange {
  const { kind, institution, machine, callId, machineTime, happenedAt, deadline } = change
  return {
    entry: id,
    // An exception is only counted.
    state: state === 'queued' ? 'queued' : 'unsettled',
    told,
    since,
    attempts,
    ...(retried && { retried }),
    kind,
    institution,
    machine,
    callId,
    machineTime,
    happenedAt,
    deadline,
    get details() {
      return change.details
    },
  }
}

/** Where it stands or belongs. */
function positionOf(listed: Listed, sorted: readonly Listed[]): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = sorted[middle]
    if (other && compare(other, listed) < 0) low = middle + 1
    else high = middle
  }
  return low
}

const compare = (a: Listed, b: Listed): number =>
  a.view.happenedAt.getTime() - b.view.happenedAt.getTime() || a.order - b.order
