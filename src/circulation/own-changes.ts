import type { Circulation } from './circulation.ts'
import type { Change } from './ports.ts'

/** The journal dates by the clock of this computer, which may be wrong or have been set meanwhile. */
const clockErrorMs = 86_400_000

/**
 * What like changes of ours left at the library system since about a time, to tell theirs from what is looked for. Some
 * that are older are told too.
 * @param by by what such changes are found, see `DoneSearch`
 */
export async function findOwn<T>(
  kind: Change['kind'],
  by: Change['details'],
  since: Date,
  { system, journal }: Circulation,
): Promise<readonly T[]> {
  const from = new Date(since.getTime() - clockErrorMs)
  const found = await journal.doneSince({ institution: system.institution, kind, details: by, since: from })
  return found.flatMap((outcome) => (outcome.kind === 'done' ? [outcome.value as T] : []))
}
