/** Turns what the schema found into sentences for people. */
import type { z } from 'zod'
import type { Finding, Path } from './fault.ts'
import { suggest } from './suggest.ts'

type Issue = z.core.$ZodIssue
/** The part of a JSON schema that is read here. */
export interface SchemaNode {
  readonly title?: string
  readonly description?: string
  readonly unit?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
}

/** @param values the file's values, looked at for what kind they are and never repeated. */
export function explainIssue(issue: Issue, values: unknown, schema: SchemaNode): readonly Finding[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  const value = valueAt(values, path)
  const node = schemaAt(schema, path)
  const one = (sentence: string): readonly Finding[] => [{ path, sentence }]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], key: true, sentence: explainUnknownKey(key, node) }))
    case 'invalid_type':
      return one(
        value === undefined ? explainMissing(node) : `must be ${typeName(issue.expected)}, not ${kindOf(value)}`,
      )
    case 'invalid_value': {
      if (value === undefined) return one(explainMissing(node))
      const allowed = issue.values.map(String)
      const meant = typeof value === 'string' ? suggest(value, allowed) : undefined
      return one(`must be one of ${allowed.join(', ')}${didYouMean(meant)}`)
    }
    case 'too_small':
    case 'too_big':
      return one(explainBound(issue, node))
    case 'invalid_union':
      return explainUnion(issue, values, schema)
    case 'invalid_key':
      return [{ path, key: true, sentence: issue.issues[0]?.message ?? 'is not a name that may stand here' }]
    default:
      return one(issue.message)
  }
}

export function schemaAt(root: SchemaNode, path: Path): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((node, part) => {
    if (node === undefined) return undefined
    const candidates = [node, ...(node.anyOf ?? [])]
    for (const candidate of candidates) {
      if (typeof part === 'number') {
        if (candidate.items !== undefined) return candidate.items
      } else {
        const property = candidate.properties?.[part]
        if (property !== undefined) return property
        if (typeof candidate.additionalProperties === 'object') return candidate.additionalProperties
      }
    }
    return undefined
  }, root)
}

export function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    values,
  )
}

export const didYouMean = (meant: string | undefined): string => (meant === undefined ? '' : `; did you mean ${meant}?`)

function explainMissing(node: SchemaNode | undefined): string {
  return node?.description === undefined ? 'is missing' : `is missing: ${lowerFirst(node.description)}`
}

function explainUnknownKey(key: string, parent: SchemaNode | undefined): string {
  const known = Object.keys(parent?.properties ?? {})
  const meant = suggest(key, known)
  const others = known.length === 0 ? '' : `; these may: ${known.join(', ')}`
  return `is not a key that may stand here${meant === undefined ? others : didYouMean(meant)}`
}

function explainBound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, node: SchemaNode | undefined): string {
  if (issue.code === 'too_small' && issue.origin === 'array') {
    return issue.message.startsWith('Too small') ? 'must not be empty' : issue.message
  }
  const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`
  const unit = issue.origin === 'string' ? ' characters long' : node?.unit === undefined ? '' : ` ${node.unit}`
  return `must be ${bound}${unit}`
}

/** Of the ways in which a value could have been right, the one that it came nearest to. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  values: unknown,
  schema: SchemaNode,
): readonly Finding[] {
  const depth = (branch: readonly Issue[]): number => Math.max(...branch.map((inner) => inner.path.length))
  const branch = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0]
  if (branch === undefined) return [{ path: issue.path as Path, sentence: issue.message }]
  return branch.flatMap((inner) => explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, values, schema))
}

const typeName = (expected: string): string => typeNames[expected] ?? expected

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  if (typeof value === 'number') return 'a number (quotes make it a text)'
  return typeof value === 'boolean' ? 'true or false (quotes make it a text)' : 'a text'
}

const lowerFirst = (sentence: string): string =>
  /^(?!Alma\b)[A-Z][a-z ]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence
