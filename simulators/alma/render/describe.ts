/** Small pieces that many answers share. */
import type { RenderedObject } from '../state/shape.ts'
import type { Store } from '../state/store.ts'

/** Makes an address below `/almaws/v1`, each part encoded. */
export type Link = (...parts: readonly string[]) => string

export const code = (value: string | null, desc: string | null): RenderedObject => ({ value, desc })

export const libraryCode = (value: string, store: Store): RenderedObject =>
  value === '' ? code(null, null) : code(value, store.library(value)?.name ?? value)

export const tableCode = (table: string, value: string, store: Store): RenderedObject =>
  code(value, value === '' ? null : store.institution.tables.describe(table, value))

export const deskName = (library: string, desk: string, store: Store): string =>
  store.library(library)?.desks.get(desk)?.name ?? desk

export const locationName = (library: string, location: string, store: Store): string =>
  store.library(library)?.locations.get(location)?.name ?? location

/** An amount of minor units as the number that the API shows. */
export const amount = (minor: number): number => minor / 100

/** A list with its total; the array is missing when it is empty. */
export function listed(member: string, entries: readonly RenderedObject[], total: number): RenderedObject {
  return entries.length === 0 ? { total_record_count: total } : { [member]: entries, total_record_count: total }
}
