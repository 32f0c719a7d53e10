/** The ids that people type. */
import { printError } from './paint.ts'
import type { OpenedJournal } from './journal-open.ts'

/** The one entry that is meant; tells when there is none, or more than one. */
export function findId(given: string, { journal, shortId }: OpenedJournal): string | undefined {
  const [id, ...others] = journal.findIds(given)
  if (id !== undefined && others.length === 0) return id
  if (id === undefined) printError(`${given}: there is no such entry.`)
  else printError(`${given}: may be ${[id, ...others].map(shortId).join(', ')}; type more of it.`)
  return undefined
}

/** Each entry once, in the order in which they were typed, and whether all of them are there. */
export function findEachId(
  given: readonly string[],
  opened: OpenedJournal,
): { readonly ids: readonly string[]; readonly allFound: boolean } {
  const found = given.map((text) => findId(text, opened))
  return { ids: [...new Set(found.filter((id) => id !== undefined))], allFound: !found.includes(undefined) }
}
