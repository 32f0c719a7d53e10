/** API keys and their rights per area [Alma: authentication]. */
import { AlmaError } from '../alma-error.ts'
import type { Switches } from '../switches.ts'

export type Area = 'users' | 'bibs' | 'conf' | 'task-lists'
export type Right = 'none' | 'read-only' | 'read-write'

export interface ApiKey {
  readonly key: string
  /** One right for every area, or one each; an area that is not named has none. */
  readonly rights: Right | Partial<Readonly<Record<Area, Right>>>
}

export const readWriteKey = 'demo-key-read-write'
export const readOnlyKey = 'demo-key-read-only'

export const defaultApiKeys: readonly ApiKey[] = [
  { key: readWriteKey, rights: 'read-write' },
  { key: readOnlyKey, rights: 'read-only' },
]

export class GatewayError extends AlmaError {}

export class ApiKeys {
  readonly #keys: ReadonlyMap<string, ApiKey['rights']>

  constructor(keys: readonly ApiKey[]) {
    this.#keys = new Map(keys.map(({ key, rights }) => [key, rights]))
  }

  /** Throws the gateway's refusal when a key may not make a call. */
  check(key: string | undefined, area: Area, needed: 'read-only' | 'read-write', switches: Switches): void {
    if (key === undefined) {
      throw new GatewayError(
        'GENERAL_ERROR',
        'A Gateway error has occurred - Make sure you add an appropriate apikey as a parameter or a header.',
      )
    }
    if (!/^[\w.~-]+$/.test(key)) throw new GatewayError('INVALID_REQUEST', 'Invalid API Key', 403)
    const rights = this.#keys.get(key)
    const right = typeof rights === 'object' ? (rights[area] ?? 'none') : (rights ?? 'none')
    if (right === 'read-write' || right === needed) return
    throw new GatewayError(
      'UNAUTHORIZED',
      'API-key not defined or not configured to allow this API.',
      switches.unauthorizedStatus,
    )
  }
}

/** The key of a call: header `Authorization: apikey KEY`, or the query's `apikey`. */
export function keyOf(authorization: string | undefined, query: string | undefined): string | undefined {
  const inHeader = /^apikey (.*)$/i.exec(authorization ?? '')?.[1]
  return inHeader ?? query
}
