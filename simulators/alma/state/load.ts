/** Builds the state from sample data: a file of the sample library, a YAML text, or the data themselves. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Institution } from './institution.ts'
import { readInstitution } from './institution.ts'
import { GeneratedLibrary } from './generated-library.ts'
import { Ids } from './ids.ts'
import { loadItem } from './load-items.ts'
import { loadFee, loadLoan, loadRequest } from './load-transactions.ts'
import { readUser } from './read-user.ts'
import type { SampleData } from './sample-data.ts'
import { objectOf } from './shape.ts'
import { Store } from './store.ts'

const sampleMembers = [
  'institution',
  'code_tables',
  'libraries',
  'user_groups',
  'block_actions',
  'loan_rules',
  'users',
  'items',
  'loans',
  'requests',
  'fees',
] as const satisfies readonly (keyof SampleData)[]

export const sampleLibraryPath = new URL('../sample-library.yaml', import.meta.url)

/** Sample data from a file, given by its path. */
export function readSampleFile(path: string | URL): SampleData {
  return parseSample(readText(path))
}

function readText(path: string | URL): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`the data file ${String(path)} cannot be read`, { cause: error })
  }
}

/** Sample data from YAML text (JSON is YAML). */
export function parseSample(written: string): SampleData {
  const value: unknown = parse(written)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('sample data must be an object')
  const stranger = Object.keys(value).find((name) => !(sampleMembers as readonly string[]).includes(name))
  if (stranger !== undefined) throw new TypeError(`sample data have no member ${stranger}: ${sampleMembers.join(', ')}`)
  return objectOf(value)
}

export interface LoadOptions {
  readonly data: SampleData
  /** Number of items of a generated library beside the data; 0 for none. */
  readonly generate: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

export function loadStore({ data, generate, now }: LoadOptions): Store {
  const ids = new Ids()
  const institution = readInstitution(data, ids)
  const generated = generate > 0 ? new GeneratedLibrary(generate, mainPlace(institution), now()) : undefined
  const store = new Store(institution, ids, now, generated)
  for (const user of data.users ?? []) store.addUser(readUser(user, store))
  for (const item of data.items ?? []) loadItem(item, store)
  for (const loan of data.loans ?? []) loadLoan(loan, store)
  for (const request of data.requests ?? []) loadRequest(request, store)
  for (const fee of data.fees ?? []) loadFee(fee, store)
  return store
}

/** The place of generated items: the default location of the first library. */
function mainPlace(institution: Institution): { library: string; location: string } {
  const [library] = institution.libraries.values()
  return { library: library?.code ?? '', location: library?.defaultLocation ?? '' }
}
