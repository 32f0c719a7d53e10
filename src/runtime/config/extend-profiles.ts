/**
 * A profile with all that it extends. Works on the values as they stand in the file, before any default is filled in:
 * what is left out must be told from what is as by default.
 */
import { didYouMean } from './explain.ts'
import type { Finding } from './fault.ts'
import { readyMadeNames, readyMadeProfiles } from './ready-made-profiles.ts'
import { wholeProfile } from './sections/profile.ts'
import { suggest } from './suggest.ts'

type Row = Readonly<Record<string, unknown>>

export interface ExtendedProfiles {
  /** Every profile of the file and every ready-made one, by name; undefined when the file's are no group of keys. */
  readonly profiles: Row | undefined
  readonly findings: readonly Finding[]
}

export function extendProfiles(own: unknown): ExtendedProfiles {
  if (own !== undefined && !isRow(own)) return { profiles: undefined, findings: [] }
  const written = own ?? {}
  const findings = Object.keys(written).flatMap((name) => checkParent(name, written))
  const inTurn = new Set(findings.filter(({ path }) => path.length === 3).map(({ path }) => path[1]))
  const extended = Object.entries(written).map(
    ([name, value]) => [name, inTurn.has(name) ? value : extend(name, value, written)] as const,
  )
  const whole = extended.flatMap(([name, value]) => checkWhole(name, value))
  return {
    profiles: { ...readyMadeProfiles, ...Object.fromEntries(extended) },
    findings: [...findings, ...whole],
  }
}

/** The profile that one extends: of the file, else a ready-made one; one of a ready-made name extends that. */
function parentOf(name: string, written: Row): { readonly name: string; readonly written: boolean } | undefined {
  const named = asRow(written[name])['extends']
  const parent = typeof named === 'string' ? named : isReadyMade(name) ? name : undefined
  if (parent === undefined) return undefined
  return { name: parent, written: parent !== name && Object.hasOwn(written, parent) }
}

function extend(name: string, value: unknown, written: Row): unknown {
  if (!isRow(value)) return value
  const parent = parentOf(name, written)
  if (parent === undefined) return value
  const base = parent.written
    ? extend(parent.name, written[parent.name], written)
    : (readyMadeProfiles as Row)[parent.name]
  return isRow(base) ? fillUp(value, base) : value
}

function checkParent(name: string, written: Row): readonly Finding[] {
  const named = asRow(written[name])['extends']
  if (typeof named !== 'string') return []
  const path = ['profiles', name, 'extends']
  const known = [...Object.keys(written).filter((one) => one !== name), ...readyMadeNames]
  if (!known.includes(named)) {
    const sentence = `names no profile of this file and no ready-made one${didYouMean(suggest(named, known))}`
    return [{ path, sentence }]
  }
  const seen = new Set([name])
  for (let parent = parentOf(name, written); parent?.written; parent = parentOf(parent.name, written)) {
    if (parent.name === name) return [{ path, sentence: 'extends itself in the end' }]
    // A circle that this one only leads into is told of those in it.
    if (seen.has(parent.name)) return [{ path, sentence: 'extends a profile that extends itself in the end' }]
    seen.add(parent.name)
  }
  return []
}

/** What two keys say about each other, also when they stand in two profiles. */
function checkWhole(name: string, value: unknown): readonly Finding[] {
  const { error } = wholeProfile.safeParse(value)
  return (error?.issues ?? [])
    .filter((issue) => issue.code === 'custom' && issue.params?.['whole'] === true)
    .map(({ path, message }) => ({ path: ['profiles', name, ...path.map(String)], sentence: message }))
}

/** Groups of keys are filled up key by key, everything else is taken as it is. */
function fillUp(value: Row, base: Row): Row {
  const keys = new Set([...Object.keys(base), ...Object.keys(value)])
  return Object.fromEntries(
    [...keys].map((key) => {
      const [own, other] = [value[key], base[key]]
      return [key, isRow(own) && isRow(other) ? fillUp(own, other) : Object.hasOwn(value, key) ? own : other]
    }),
  )
}

const isReadyMade = (name: string): boolean => Object.hasOwn(readyMadeProfiles, name)
const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)
const asRow = (value: unknown): Row => (isRow(value) ? value : {})
