import type { Journal, LibrarySystem } from '../../../src/circulation/ports.ts'
import type { Law } from '../laws.ts'

/** A bridge with one mistake in it, to see whether the laws are watched. */
export interface Mutant {
  readonly about: string
  /** Laws of which the mistake must break one. */
  readonly breaks: readonly Law[]
  readonly journal?: (journal: Journal) => Journal
  readonly system?: (system: LibrarySystem) => LibrarySystem
  /** In place of the time that a lost call may still need. */
  readonly settleMs?: number
  /** Every life of the process begins with an empty disk. */
  readonly forgetsDisk?: boolean
  /** Changes a class for the whole thread. */
  readonly install?: () => void
}
