/** What an area of the API gives to the server: its routes, and what a route answers. */
import { refusals } from '../alma-error.ts'
import type { Link } from '../render/describe.ts'
import type { RenderedObject } from '../state/shape.ts'
import type { Store } from '../state/store.ts'
import type { Switches } from '../switches.ts'
import type { Area } from './api-keys.ts'

export interface AlmaRequest {
  readonly store: Store
  readonly switches: Switches
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body's members; throws 401676 when it cannot be read. */
  body(): Record<string, unknown>
  readonly link: Link
}

export type Answer =
  | { readonly kind: 'object'; readonly root: string; readonly value: RenderedObject }
  | { readonly kind: 'empty'; readonly status: 200 | 204 }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'xml'; readonly text: string }

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path below `/almaws/v1` with its parameters named: `/users/{user_id}`. */
  readonly template: string
  readonly area: Area
  /** Name for logs and faults; several operations may share a path and differ in `op`. */
  readonly operation: string | ((query: Readonly<Record<string, string>>) => string)
  /** Needs write access unless it reads; checking a password is allowed to a read-only key. */
  readonly needs: (operation: string) => 'read-only' | 'read-write'
  readonly handle: (request: AlmaRequest) => Answer
}

type Handler = Route['handle']

const readOnly = (): 'read-only' => 'read-only'
const readWrite = (): 'read-write' => 'read-write'

export const get = (area: Area, template: string, operation: string, handle: Handler): Route => ({
  method: 'GET',
  template,
  area,
  operation,
  needs: readOnly,
  handle,
})

export const change = (
  method: 'POST' | 'PUT' | 'DELETE',
  area: Area,
  template: string,
  operation: Route['operation'],
  handle: Handler,
): Route => ({ method, template, area, operation, needs: readWrite, handle })

export const object = (root: string, value: RenderedObject): Answer => ({ kind: 'object', root, value })

/** A parameter of the path; a route cannot match without it. */
export function param(request: AlmaRequest, name: string): string {
  return request.params[name] ?? ''
}

export interface Page {
  readonly limit: number
  readonly offset: number
}

/** `limit` 0 to 100, 10 when left out, and `offset` [Alma: paging]. */
export function pageOf({ query, switches }: AlmaRequest, defaultLimit = 10, mostLimit = 100): Page {
  const limit = integerOf(query.limit, defaultLimit)
  const offset = integerOf(query.offset, 0)
  if (limit > mostLimit && switches.limitAbove100 === 'error') throw refusals.parameterNotValid()
  return { limit: Math.min(limit, mostLimit), offset }
}

function integerOf(written: string | undefined, fallback: number): number {
  if (written === undefined || written === '') return fallback
  const value = Number(written)
  if (!Number.isInteger(value) || value < 0) throw refusals.parameterNotValid()
  return value
}

export const slice = <T>(entries: readonly T[], { limit, offset }: Page): readonly T[] =>
  entries.slice(offset, offset + limit)

/** A query parameter that is `true` or `false`. */
export function flagParam(request: AlmaRequest, name: string, fallback: boolean): boolean {
  const written = request.query[name]
  if (written === undefined || written === '') return fallback
  if (written !== 'true' && written !== 'false') throw refusals.parameterInvalid(name, written)
  return written === 'true'
}
