/**
 * Objects of the API described as tables of members, so that one description reads YAML and request bodies, renders
 * answers and keeps the member order of the real ones. Stored form: codes as plain strings, absent members left out.
 */
import type { CodeTables } from './code-tables.ts'

export interface Member {
  readonly name: string
  /** `coded` is `{value, desc}`, `codes` a list of those, `list` a list of objects, `object` one object. */
  readonly kind: 'text' | 'coded' | 'codes' | 'flag' | 'number' | 'list' | 'object' | 'texts'
  /** Code table that explains a code. */
  readonly table?: string
  /** Rendered when nothing is stored; null when not given. */
  readonly fallback?: string | number | boolean | null
  readonly members?: readonly Member[]
  /** Name of the member that explains a code, `desc` when not given. */
  readonly label?: string
}

export type Stored = Record<string, unknown>
export type Rendered = string | number | boolean | null | readonly Rendered[] | RenderedObject
export interface RenderedObject {
  readonly [member: string]: Rendered | undefined
}

export const text = (name: string, fallback: string | null = null): Member => ({ name, kind: 'text', fallback })
export const coded = (name: string, table?: string, fallback: string | null = null): Member => ({
  name,
  kind: 'coded',
  fallback,
  ...(table === undefined ? {} : { table }),
})
export const flag = (name: string, fallback: boolean | null = false): Member => ({ name, kind: 'flag', fallback })
export const number = (name: string, fallback: number | null = null): Member => ({ name, kind: 'number', fallback })
export const list = (name: string, members: readonly Member[]): Member => ({ name, kind: 'list', members })
export const codes = (name: string, table: string): Member => ({ name, kind: 'codes', table })

/** The text of a plain value, the code in `{value: "MAIN"}`, or nothing. */
export function codeOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'object' && value !== null && 'value' in value) return codeOf(value.value)
  return ''
}

export function flagOf(value: unknown): boolean {
  return value === true || String(value).toLowerCase() === 'true'
}

export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null || value === '') return []
  return Array.isArray(value) ? value : [value]
}

export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** What becomes of members that the table does not name: the real object may have more of them. */
export type Unnamed = 'drop' | 'keep'

/** Reads an object of YAML, JSON or parsed XML into its stored form. */
export function readShape(members: readonly Member[], input: unknown, unnamed: Unnamed = 'drop'): Stored {
  const source = objectOf(input)
  const stored: Stored = unnamed === 'keep' ? unnamedMembers(members, source) : {}
  for (const member of members) {
    const value = source[member.name]
    if (value === undefined || value === null) continue
    stored[member.name] = readMember(member, value, unnamed)
  }
  return stored
}

/** The members of an object that its table does not name. */
export function unnamedMembers(members: readonly Member[], stored: Stored): Record<string, Rendered> {
  const names = new Set(members.map(({ name }) => name))
  return Object.fromEntries(Object.entries(stored).filter(([name]) => !names.has(name))) as Record<string, Rendered>
}

function readMember(member: Member, value: unknown, unnamed: Unnamed): unknown {
  switch (member.kind) {
    case 'text':
    case 'coded':
      return codeOf(value)
    case 'flag':
      return flagOf(value)
    case 'number':
      return Number(codeOf(value))
    case 'codes':
    case 'texts':
      return listOf(value).map(codeOf)
    case 'list':
      return listOf(value).map((entry) => readShape(member.members ?? [], entry, unnamed))
    case 'object':
      return readShape(member.members ?? [], value, unnamed)
  }
}

/** Renders a stored object with every member that its table names, absent ones as null. */
export function renderShape(members: readonly Member[], stored: Stored, tables: CodeTables): Record<string, Rendered> {
  const rendered: Record<string, Rendered> = {}
  for (const member of members) rendered[member.name] = renderMember(member, stored[member.name], tables)
  return rendered
}

/** With what its table does not name. */
export const renderWhole = (
  members: readonly Member[],
  stored: Stored,
  tables: CodeTables,
): Record<string, Rendered> => ({
  ...renderShape(members, stored, tables),
  ...unnamedMembers(members, stored),
})

function renderMember(member: Member, value: unknown, tables: CodeTables): Rendered {
  switch (member.kind) {
    case 'coded':
      return renderCode(member, (value as string | undefined) ?? (member.fallback as string | null), tables)
    case 'codes':
      return ((value as string[] | undefined) ?? []).map((code) => renderCode(member, code, tables))
    case 'texts':
      return (value as string[] | undefined) ?? []
    case 'list':
      return ((value as Stored[] | undefined) ?? []).map((entry) => renderWhole(member.members ?? [], entry, tables))
    case 'object':
      return value === undefined ? null : renderWhole(member.members ?? [], value as Stored, tables)
    default:
      return (value as Rendered | undefined) ?? member.fallback ?? null
  }
}

function renderCode(member: Member, code: string | null, tables: CodeTables): RenderedObject {
  const label = code === null || code === '' || member.table === undefined ? null : tables.describe(member.table, code)
  return { value: code, [member.label ?? 'desc']: label }
}
