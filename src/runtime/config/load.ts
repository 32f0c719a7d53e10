/** From a YAML file to a configuration, or to every fault in it at once. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { explainIssue, type SchemaNode } from './explain.ts'
import { extendProfiles } from './extend-profiles.ts'
import { type Fault, type Finding, formatPath, type Path } from './fault.ts'
import { isPasswordHash } from '../password.ts'
import { checkReferences } from './references.ts'
import { type Config, configSchema, makeJsonSchema } from './schema.ts'
import { Secret, secretReferencePattern } from './secret.ts'
import { readSource } from './source.ts'

export type LoadResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly Fault[] }

export interface LoadOptions {
  /** Where `env:NAME` looks; the process's own environment when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

const maxConfigBytes = 4_194_304
const maxSecretBytes = 65_536

export function loadConfig(file: string, options: LoadOptions = {}): LoadResult {
  let text: string
  try {
    text = readLimited(file, maxConfigBytes)
  } catch (error) {
    return { ok: false, faults: [{ file, line: 0, column: 0, path: '', sentence: explainReadError(error) }] }
  }
  return parseConfig(text, { ...options, file })
}

/** @param options.file names the file in faults; `file:PATH` references are relative to its folder. */
export function parseConfig(text: string, options: LoadOptions & { readonly file: string }): LoadResult {
  const source = readSource(text)
  if (source.faults.length > 0) {
    return { ok: false, faults: source.faults.map((fault) => ({ file: options.file, path: '', ...fault })) }
  }
  const schema = makeJsonSchema() as SchemaNode
  const secrets = readSecrets(source.values, options)
  const { profiles, findings: profileFindings } = extendProfiles(
    (source.values as { readonly profiles?: unknown } | null)?.profiles,
  )
  const written = configSchema.safeParse(source.values)
  const issues = written.success ? [] : written.error.issues
  const findings = [
    ...issues.flatMap((issue) => explainIssue(issue, source.values, schema)),
    ...profileFindings,
    ...checkReferences(source.values),
    ...secrets.findings,
  ]
  const tell = (found: readonly Finding[]): LoadResult => ({
    ok: false,
    faults: found
      .map((finding) => ({
        file: options.file,
        ...source.locate(finding),
        path: formatPath(finding.path),
        sentence: finding.sentence,
      }))
      .toSorted((a, b) => a.line - b.line || a.column - b.column),
  })
  if (findings.length > 0) return tell(findings)
  const config = configSchema.parse({ ...(source.values as object), profiles })
  fillSecrets(config, secrets.values, dirname(options.file))
  const unusable = [...checkHashes(config), ...checkJournalKeys(config), ...checkPasswordPolicies(config)]
  return unusable.length > 0 ? tell(unusable) : { ok: true, config }
}

/** Reads whatever looks like a reference, so that one that leads nowhere is told with all other faults. */
function readSecrets(values: unknown, options: LoadOptions & { readonly file: string }) {
  const found = new Map<string, string>()
  const findings: Finding[] = []
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === 'string' && secretReferencePattern.test(value)) {
      const secret = readReference(value, options)
      if ('fault' in secret) findings.push({ path, sentence: secret.fault })
      else found.set(value, secret.value)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value))
        visit(child, [...path, Array.isArray(value) ? Number(key) : key])
    }
  }
  visit(values, [])
  return { values: found, findings }
}

function readReference(
  reference: string,
  { env = process.env, file }: LoadOptions & { readonly file: string },
): { readonly value: string } | { readonly fault: string } {
  if (reference.startsWith('env:')) {
    const value = env[reference.slice('env:'.length)]
    if (value === undefined || value === '') return { fault: `points to ${reference}, but that variable is not set` }
    return { value }
  }
  const path = fileOf(reference, dirname(file)) ?? ''
  try {
    const value = readLimited(path, maxSecretBytes).replace(/\r?\n$/, '')
    return value === '' ? { fault: `points to ${reference}, but that file is empty` } : { value }
  } catch (error) {
    return { fault: `points to ${reference}, but the file ${explainReadError(error)}` }
  }
}

function fillSecrets(value: unknown, secrets: ReadonlyMap<string, string>, folder: string): void {
  if (value instanceof Secret) {
    const secret = secrets.get(value.reference)
    if (secret !== undefined) value.resolve(secret, fileOf(value.reference, folder))
  } else if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) fillSecrets(child, secrets, folder)
  }
}

const fileOf = (reference: string, folder: string): string | undefined =>
  reference.startsWith('file:') ? resolve(folder, reference.slice('file:'.length)) : undefined

/** A password in place of its hash would otherwise show at the first log-in only. */
function checkHashes({ terminals }: Config): readonly Finding[] {
  return terminals.flatMap(({ login }, index) => {
    if (login === undefined || isPasswordHash(login.passwordHash.reveal())) return []
    const sentence = 'is no argon2id hash that can be used: make one with "circbridge hash-password"'
    return [{ path: ['terminals', index, 'login', 'passwordHash'], sentence }]
  })
}

/** A profile or partner says who checks a PIN or password, and only a directory of the institution can. */
function checkPasswordPolicies({ terminals, profiles, ncip, institutions }: Config): readonly Finding[] {
  const withDirectory = new Set(institutions.filter(({ ldap }) => ldap !== undefined).map(({ id }) => id))
  return [
    ...terminals.flatMap(({ profile, institution }, index) => {
      if (profiles[profile]?.pinPolicy !== 'ldap' || withDirectory.has(institution)) return []
      const sentence = 'has pinPolicy ldap, but the institution of this terminal has no ldap section'
      return [{ path: ['terminals', index, 'profile'], sentence }]
    }),
    ...ncip.partners.flatMap(({ passwordPolicy, institution }, index) => {
      if (passwordPolicy !== 'ldap' || withDirectory.has(institution)) return []
      const sentence = 'is ldap, but the institution of this partner has no ldap section'
      return [{ path: ['ncip', 'partners', index, 'passwordPolicy'], sentence }]
    }),
  ]
}

const journalKeyBytes = 32

function checkJournalKeys({ journal }: Config): readonly Finding[] {
  return (journal.sqlite?.keys ?? []).flatMap(({ secret }, index) => {
    const text = secret.reveal()
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length === journalKeyBytes) return []
    const sentence = 'is no key of 32 bytes in base64: make one with "openssl rand -base64 32"'
    return [{ path: ['journal', 'sqlite', 'keys', index, 'secret'], sentence }]
  })
}

class TooLargeError extends Error {}

function readLimited(path: string, maxBytes: number): string {
  const state = statSync(path)
  // A device has no size and no end.
  if (state.isCharacterDevice() || state.size > maxBytes) throw new TooLargeError()
  return readFileSync(path, 'utf8')
}

function explainReadError(error: unknown): string {
  if (error instanceof TooLargeError) return 'is too large'
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'is not there',
    EACCES: 'may not be read by this user',
    EISDIR: 'is a folder',
  }
  const { code = '' } = error as NodeJS.ErrnoException
  return known[code] ?? `cannot be read (${code})`
}
