/** Faults on order: what shall go wrong, for which calls, how often. */

/** Bodies that the real API, its gateway or something in between has been seen to send. */
export const answerForms = [
  'envelope',
  'bare-error',
  'text',
  'html',
  'empty',
  'xml-ampersand',
  'gateway-json',
  'gateway-xml',
  'html-401',
] as const

export type AnswerForm = (typeof answerForms)[number]

export type FaultKind =
  /** Resets the connection as soon as the call is seen. */
  | { readonly kind: 'refuse' }
  /** Closes the connection without executing. */
  | { readonly kind: 'drop-before' }
  /** Executes, then closes the connection without an answer. */
  | { readonly kind: 'drop-after' }
  /** Waits, then executes even when the caller has gone. */
  | { readonly kind: 'delay-before'; readonly ms: number }
  /** Executes, then waits before it answers. */
  | { readonly kind: 'delay-after'; readonly ms: number }
  /** Sends the answer in pieces of some bytes with a pause after each. */
  | { readonly kind: 'slow'; readonly bytes: number; readonly ms: number }
  /** 429; nothing is executed. */
  | { readonly kind: 'threshold'; readonly which: 'second' | 'day' }
  /** Another answer, instead of the call or after it was executed. */
  | {
      readonly kind: 'answer'
      readonly form: AnswerForm
      readonly status?: number
      readonly code?: string
      readonly message?: string
      readonly executed?: boolean
    }
  /** Executes a scan, then says that it failed with 402504. */
  | { readonly kind: 'execute-then-402504' }

export interface FaultMatch {
  readonly method?: string
  /** Path template, with or without `/almaws/v1`: `/users/{user_id}/loans`. */
  readonly path?: string
  readonly operation?: string
}

export type Fault = FaultKind & {
  /** Every call when left out. */
  readonly match?: FaultMatch
  /** How many calls it hits; all when left out. */
  readonly times?: number
  /** How many calls it lets pass first. */
  readonly skip?: number
  /** Chance from 0 to 1 that a call is hit. */
  readonly probability?: number
}

export interface ActiveFault {
  readonly fault: Fault
  /** Calls that it was meant for and let pass. */
  skipped: number
  hits: number
}

const kinds = new Set<string>([
  'refuse',
  'drop-before',
  'drop-after',
  'delay-before',
  'delay-after',
  'slow',
  'threshold',
  'answer',
  'execute-then-402504',
])

/** Checks faults that came from outside; throws a TypeError that says what is wrong. */
export function readFaults(input: unknown): readonly Fault[] {
  const faults = Array.isArray(input) ? input : [input]
  for (const fault of faults) {
    const { kind, form } = Object(fault) as { kind?: unknown; form?: unknown }
    if (typeof kind !== 'string' || !kinds.has(kind))
      throw new TypeError(`unknown kind of fault ${JSON.stringify(kind)}`)
    if (kind === 'answer' && !(answerForms as readonly unknown[]).includes(form)) {
      throw new TypeError(`unknown form of answer ${JSON.stringify(form)}`)
    }
  }
  return faults as Fault[]
}

export interface MatchedCall {
  readonly method: string
  readonly template: string
  readonly operation: string
}

const none: readonly Fault[] = []

export class Faults {
  #active: ActiveFault[] = []

  get active(): readonly ActiveFault[] {
    return this.#active
  }

  set(faults: readonly Fault[]): void {
    this.#active = faults.map((fault) => ({ fault, skipped: 0, hits: 0 }))
  }

  add(faults: readonly Fault[]): void {
    this.#active.push(...faults.map((fault) => ({ fault, skipped: 0, hits: 0 })))
  }

  clear(): void {
    this.#active = []
  }

  /** The faults that hit a call, in the order in which they were set; each one counts. */
  take(call: MatchedCall): readonly Fault[] {
    if (this.#active.length === 0) return none
    const meant = this.#active.filter(
      ({ fault, hits }) => hits < (fault.times ?? Number.POSITIVE_INFINITY) && isMeant(fault.match ?? {}, call),
    )
    const hit: Fault[] = []
    for (const active of meant) {
      const { skip = 0, probability = 1 } = active.fault
      if (active.skipped < skip) active.skipped += 1
      else if (Math.random() < probability) {
        active.hits += 1
        hit.push(active.fault)
      }
    }
    return hit
  }
}

function isMeant({ method, path, operation }: FaultMatch, call: MatchedCall): boolean {
  return (
    (method === undefined || method.toUpperCase() === call.method) &&
    (path === undefined || path.replace(/^\/almaws\/v1/, '') === call.template) &&
    (operation === undefined || operation === call.operation)
  )
}
