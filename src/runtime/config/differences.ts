/** Where two configurations differ: paths of keys, and never a value. */
import { Secret } from './secret.ts'

/** Whether a secret with another value behind the same reference is another one. */
type SecretsBy = 'value' | 'reference'

interface Found {
  readonly paths: string[]
  readonly secretsBy: SecretsBy
}

/**
 * Paths such as `terminals[kiosk-hall].profile`. Elements of a list are told apart by their `name` or `id`; when their
 * order differs, the list itself is named too.
 */
export function differencesOf(before: unknown, after: unknown, secretsBy: SecretsBy = 'value'): readonly string[] {
  const found: Found = { paths: [], secretsBy }
  compare(before, after, '', found)
  return found.paths
}

function compare(before: unknown, after: unknown, path: string, found: Found): void {
  const { paths, secretsBy } = found
  if (before instanceof Secret || after instanceof Secret) {
    if (!isSameSecret(before, after, secretsBy)) paths.push(path)
  } else if (isNamedList(before) && isNamedList(after)) {
    const [some, others] = [byName(before), byName(after)]
    compareKeys(some, others, found, (key) => `${path}[${wordOf(key)}]`)
    const kept = (names: readonly string[], among: Entries) => names.filter((key) => among.has(key)).join('\n')
    if (kept([...some.keys()], others) !== kept([...others.keys()], some)) paths.push(path)
  } else if (isGroup(before) && isGroup(after)) {
    const entries = (group: object): Entries => new Map(Object.entries(group))
    compareKeys(entries(before), entries(after), found, (key) => (path === '' ? wordOf(key) : `${path}.${wordOf(key)}`))
  } else if (JSON.stringify(before) !== JSON.stringify(after)) paths.push(path)
}

type Entries = ReadonlyMap<string, unknown>

function compareKeys(before: Entries, after: Entries, found: Found, toPath: (key: string) => string): void {
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    compare(before.get(key), after.get(key), toPath(key), found)
  }
}

function isSameSecret(before: unknown, after: unknown, by: SecretsBy): boolean {
  if (!(before instanceof Secret) || !(after instanceof Secret)) return false
  if (before.reference !== after.reference || before.resolved !== after.resolved) return false
  if (by === 'reference') return true
  return !before.resolved || before.reveal() === after.reveal()
}

type Named = Readonly<Record<string, unknown>>

const nameOf = (element: Named): unknown => element['id'] ?? element['name']

const isNamedList = (value: unknown): value is readonly Named[] =>
  Array.isArray(value) && value.every((element) => isGroup(element) && typeof nameOf(element as Named) === 'string')

const byName = (list: readonly Named[]): Entries => new Map(list.map((element) => [String(nameOf(element)), element]))

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A key that people chose freely is not repeated in a log. */
const wordOf = (key: string): string => (/^[A-Za-z0-9._-]{1,64}$/.test(key) ? key : '*')
