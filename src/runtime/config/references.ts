/**
 * What one key says about another: every name leads somewhere, no name stands twice. Works on the values as they
 * stand in the file, so that these faults are told together with those of the schema.
 */
import { didYouMean } from './explain.ts'
import type { Finding, Path } from './fault.ts'
import { readyMadeNames } from './ready-made-profiles.ts'
import { screenLanguages, sentencePaths } from './sections/texts.ts'
import { suggest } from './suggest.ts'

type Row = Readonly<Record<string, unknown>>

export function checkReferences(values: unknown): readonly Finding[] {
  const root = asRow(values)
  const institutions = asRows(root['institutions'])
  const listenerGroup = asRow(root['listeners'])
  const listeners = asRows(listenerGroup['sip2'])
  const terminals = asRows(root['terminals'])
  const journalKeys = asRows(asRow(asRow(root['journal'])['sqlite'])['keys'])
  const partners = asRows(asRow(root['ncip'])['partners'])
  const institutionIds = texts(institutions.map((row) => row['id']))
  const listenerNames = texts(listeners.map((row) => row['name']))
  const profiles = asRow(root['profiles'])
  const profileNames = [...readyMadeNames, ...Object.keys(profiles)]
  const screenTexts = asRow(root['texts'])
  const languages = [...screenLanguages, ...Object.keys(screenTexts)]

  return [
    ...findRepeated(institutions, ['institutions'], 'id', 'institution'),
    ...findRepeatedAgencies(institutions),
    ...findRepeated(listeners, ['listeners', 'sip2'], 'name', 'listener'),
    ...findSharedPorts(listeners, asRow(listenerGroup['http'])),
    ...findRepeated(terminals, ['terminals'], 'name', 'terminal'),
    ...findRepeated(partners, ['ncip', 'partners'], 'name', 'partner'),
    ...findRepeated(journalKeys, ['journal', 'sqlite', 'keys'], 'id', 'key'),
    ...findUnreachable(terminals),
    ...Object.keys(profiles).flatMap((name) => checkLanguages(asRow(profiles[name]), ['profiles', name], languages)),
    ...Object.keys(screenTexts).flatMap((tag) => checkLanguage(asRow(screenTexts[tag]), tag)),
    ...terminals.flatMap((terminal, index) => [
      ...checkName(terminal['institution'], ['terminals', index, 'institution'], 'institution', institutionIds),
      ...checkName(terminal['profile'], ['terminals', index, 'profile'], 'profile', profileNames),
      ...checkCertificateRule(terminal, index, listeners),
      ...checkListeners(asRow(terminal['from'])['listener'], ['terminals', index, 'from', 'listener'], listenerNames),
    ]),
    ...partners.flatMap((partner, index) =>
      checkName(partner['institution'], ['ncip', 'partners', index, 'institution'], 'institution', institutionIds),
    ),
  ]
}

function checkName(value: unknown, path: Path, what: string, known: readonly string[]): readonly Finding[] {
  if (typeof value !== 'string' || known.includes(value)) return []
  return [{ path, sentence: `names no ${what} of this file${didYouMean(suggest(value, known))}` }]
}

function checkListeners(value: unknown, path: Path, known: readonly string[]): readonly Finding[] {
  if (!Array.isArray(value)) return checkName(value, path, 'SIP2 listener', known)
  return value.flatMap((element, index) => checkName(element, [...path, index], 'SIP2 listener', known))
}

function checkLanguages(profile: Row, path: Path, known: readonly string[]): readonly Finding[] {
  return [
    ...asList(profile['languages']).map((value, index) => [value, [...path, 'languages', index]] as const),
    [profile['defaultLanguage'], [...path, 'defaultLanguage']] as const,
  ].flatMap(([value, at]) => {
    if (typeof value !== 'string' || known.includes(value)) return []
    return [{ path: at, sentence: `is a language without texts${didYouMean(suggest(value, known))}` }]
  })
}

/** A language that is not built in has all its sentences, or somewhere to take them from. */
function checkLanguage(own: Row, tag: string): readonly Finding[] {
  const path = ['texts', tag]
  const isBuiltIn = screenLanguages.some((language) => language === tag)
  if (own['fallback'] !== undefined) {
    return isBuiltIn ? [{ path: [...path, 'fallback'], sentence: 'is only for a language that is not built in' }] : []
  }
  if (isBuiltIn) return []
  const missing = sentencePaths.filter(([key = '', name]) => (name ? asRow(own[key])[name] : own[key]) === undefined)
  const [first] = missing
  if (first === undefined) return []
  const sentence = `lacks ${missing.length} texts, first ${first.join('.')}: give them, or name a fallback`
  return [{ path, sentence }]
}

function findRepeated(rows: readonly Row[], path: Path, key: string, what: string): readonly Finding[] {
  const seen = new Set<unknown>()
  return rows.flatMap((row, index) => {
    const value = row[key]
    if (typeof value !== 'string') return []
    if (seen.has(value)) return [{ path: [...path, index, key], sentence: `stands for another ${what} already` }]
    seen.add(value)
    return []
  })
}

/** An agency that a machine or partner sends must mean one institution. */
function findRepeatedAgencies(institutions: readonly Row[]): readonly Finding[] {
  const seen = new Set<string>()
  return institutions.flatMap((row, index) => {
    const agencies: readonly (readonly [unknown, Path])[] = [
      [row['agency'], ['institutions', index, 'agency']],
      ...asList(row['agencyAliases']).map(
        (alias, at) => [alias, ['institutions', index, 'agencyAliases', at]] as const,
      ),
    ]
    return agencies.flatMap(([agency, path]) => {
      if (typeof agency !== 'string') return []
      if (seen.has(agency)) return [{ path, sentence: 'is an agency that stands in this file already' }]
      seen.add(agency)
      return []
    })
  })
}

function findSharedPorts(listeners: readonly Row[], http: Row): readonly Finding[] {
  const taken = new Map<number, string[]>()
  const claim = (row: Row, path: Path, defaults: { readonly address: string; readonly port?: number }) => {
    const { port = defaults.port, address = defaults.address } = row
    if (typeof port !== 'number' || port === 0 || typeof address !== 'string') return []
    const others = taken.get(port) ?? []
    const clash = others.some((other) => other === address || isAny(other) || isAny(address))
    taken.set(port, [...others, address])
    return clash ? [{ path: [...path, 'port'], sentence: 'is the port of another listener already' }] : []
  }
  return [
    ...listeners.flatMap((row, index) => claim(row, ['listeners', 'sip2', index], { address: '0.0.0.0' })),
    ...claim(http, ['listeners', 'http'], { address: '127.0.0.1', port: 8080 }),
  ]
}

const isAny = (address: string): boolean => address === '0.0.0.0' || address === '::'

/** The first terminal that fits is taken: one that asks for nothing but a log-in hides all that follow with its user. */
function findUnreachable(terminals: readonly Row[]): readonly Finding[] {
  const everywhere = new Set<unknown>()
  return terminals.flatMap((terminal, index) => {
    const user = asRow(terminal['login'])['user']
    if (typeof user !== 'string') return []
    if (everywhere.has(user)) {
      const sentence =
        'is never reached: a terminal above has the same log-in user, and neither origin (from) nor location'
      return [{ path: ['terminals', index], sentence }]
    }
    if (terminal['from'] === undefined && terminal['location'] === undefined) everywhere.add(user)
    return []
  })
}

/** A rule about the certificate of a machine holds at no listener that does not ask for one. */
function checkCertificateRule(terminal: Row, index: number, listeners: readonly Row[]): readonly Finding[] {
  const from = asRow(terminal['from'])
  if (from['certificate'] === undefined) return []
  const named = from['listener'] === undefined ? undefined : ([from['listener']].flat() as readonly unknown[])
  const asked = listeners
    .filter((listener) => named === undefined || named.includes(listener['name']))
    .some((listener) => asRow(listener['tls'])['clientCertificates'] !== undefined)
  const sentence = 'never fits: no listener of this terminal asks for a certificate (tls.clientCertificates)'
  return asked ? [] : [{ path: ['terminals', index, 'from', 'certificate'], key: true, sentence }]
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const asRow = (value: unknown): Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {}
const asRows = (value: unknown): readonly Row[] => asList(value).map(asRow)
const texts = (values: readonly unknown[]): readonly string[] => values.filter((value) => typeof value === 'string')
