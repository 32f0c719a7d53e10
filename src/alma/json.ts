/**
 * Reads Alma's JSON. Missing, null, "" and {} all mean "nothing": what was an explicit null until 2022 is left out
 * today. A coded value keeps its text in `desc`, in `name` (locations) or in `description` (item policies).
 */
import type { CodedName } from '../circulation/model.ts'

export type JsonObject = { readonly [member: string]: unknown }

const nothing: JsonObject = Object.freeze({})

export function readObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : nothing
}

/** The members of a list; one bare object counts as a list of one. */
export function readList(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.map(readObject)
  return typeof value === 'object' && value !== null ? [readObject(value)] : []
}

export function readText(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

export function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = readText(value).toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/** A whole number of at least 0, or undefined. */
export function readCount(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : Number(readText(value) || Number.NaN)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** The code of `{value, desc}` or of a bare string. */
export function readCode(value: unknown): string {
  return typeof value === 'object' ? readText(readObject(value)['value']) : readText(value)
}

/** A code in the form of code tables: `In Process` and `IN_PROCESS` are the same. */
export function readStatus(value: unknown): string {
  return readCode(value).toUpperCase().replace(/\s+/g, '_')
}

export function readCoded(value: unknown): CodedName {
  const members = readObject(value)
  const code = readCode(value)
  return { code, name: readText(members['desc']) || readText(members['name']) || readText(members['description']) }
}
