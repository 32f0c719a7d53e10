import type { Change } from '../circulation/ports.ts'

/** Equal for equal changes. Holds what people typed: never kept as it is. */
export const keyOf = ({ institution, kind, identity }: Change): string => JSON.stringify([institution, kind, identity])

/** Equal for changes of the same item; undefined where no item changes its state. */
export const subjectOf = ({ institution, subject }: Change): string | undefined =>
  subject ? JSON.stringify([institution, subject]) : undefined
