/** What was asked, what came back, and whether it was executed. */
export interface CallRecord {
  readonly id: number
  /** ISO 8601, by the simulator's clock. */
  readonly time: string
  readonly method: string
  /** Name of what the call does: `createLoan`, `scanItem`. */
  readonly operation: string
  /** Path below `/almaws/v1` with its parameters named: `/users/{user_id}/loans`. */
  readonly template: string
  /** Path as it came, without the query. */
  readonly path: string
  /** Query without the key and without a password. */
  readonly query: Readonly<Record<string, string>>
  /** HTTP status, 0 when no answer was sent. */
  status: number
  /** Error code, empty when there was none. */
  code: string
  durationMs: number
  /** Whether the operation itself ran, whatever was answered. */
  executed: boolean
}

/** Calls that are kept; older ones fall out, so that a long benchmark does not fill the memory. */
const mostCalls = 20_000

export class CallLog {
  #calls: CallRecord[] = []
  #total = 0

  get total(): number {
    return this.#total
  }

  add(call: Omit<CallRecord, 'id' | 'status' | 'code' | 'durationMs' | 'executed'>): CallRecord {
    this.#total += 1
    const record: CallRecord = { id: this.#total, ...call, status: 0, code: '', durationMs: 0, executed: false }
    this.#calls.push(record)
    if (this.#calls.length > mostCalls * 2) this.#calls = this.#calls.slice(-mostCalls)
    return record
  }

  /** The latest calls, oldest first. */
  list(): readonly CallRecord[] {
    return this.#calls.slice(-mostCalls)
  }

  clear(): void {
    this.#calls = []
    this.#total = 0
  }
}
