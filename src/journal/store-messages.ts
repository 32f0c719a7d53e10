/** What the journal and the thread of its store say to each other. */
import type { JournalFault } from './fault.ts'

export type Method = 'recover' | 'commit' | 'statesIfChanged' | 'doneSince' | 'purge' | 'close'

export interface Asked {
  readonly id: number
  readonly method: Method
  readonly parameters: readonly unknown[]
}

export interface Answered {
  readonly id: number
  /** Undefined when it worked. */
  readonly fault: JournalFault | undefined
  readonly value: unknown
}

/** The answer to the opening, which nobody asks for. */
export const openingId = 0
