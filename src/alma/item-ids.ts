/**
 * The three keys of a copy by its barcode. Alma wants them for every call about a copy; the look-up costs a call of
 * its own, so they are remembered, and forgotten as soon as Alma no longer knows them.
 */
import type { ItemIds } from '../circulation/model.ts'
import { type Done, done, refused } from '../circulation/outcome.ts'
import type { Call, Clock } from '../circulation/ports.ts'
import { type AlmaClient, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
import { invalidParameter, staleIdCodes } from './errors.ts'
import { type JsonObject, readObject, readText } from './json.ts'
import { LruCache } from './lru.ts'
import { type NoAnswer, noAnswer } from './verdict.ts'

export class ItemDirectory {
  readonly #client: AlmaClient
  readonly #known: LruCache<ItemIds>

  constructor(client: AlmaClient, config: AlmaConfig['idCache'], clock: Clock) {
    this.#client = client
    this.#known = new LruCache({ ...config, now: () => clock.monotonic() })
  }

  learn(barcode: string, ids: ItemIds | undefined): void {
    if (barcode !== '' && ids !== undefined) this.#known.set(barcode, ids)
  }

  forget(barcode: string): void {
    this.#known.delete(barcode)
  }

  /**
   * From memory, or from the look-up [Alma bibs: items by barcode]. Its answer is a redirection to the item, whose
   * address is the ids: it is not followed here, which saves a call, and no other host is ever asked.
   */
  async identify(barcode: string, call: Call): Promise<Done<ItemIds> | NoAnswer> {
    const known = this.#known.get(barcode)
    return known === undefined ? this.#lookUp(barcode, call) : done(known)
  }

  /** Makes a call with the ids of a copy. Where remembered ids turn out stale it is made once more with fresh ones. */
  async withIds<T>(
    barcode: string,
    call: Call,
    use: (ids: ItemIds) => Promise<Done<T> | NoAnswer>,
  ): Promise<Done<T> | NoAnswer> {
    const known = this.#known.get(barcode)
    if (known !== undefined) {
      const first = await use(known)
      if (first.kind === 'done' || !staleIdCodes.has(first.code)) return first
      this.#known.delete(barcode)
    }
    const fresh = await this.#lookUp(barcode, call)
    if (fresh.kind !== 'done') return fresh
    const reply = await use(fresh.value)
    // Ids that Alma gave a moment ago are right, so what it does not accept is the library or the desk.
    if (reply.kind === 'done' || reply.code !== invalidParameter) return reply
    return noAnswer(reply.code, refused('not-configured', '', reply.outcome.evidence))
  }

  async #lookUp(barcode: string, call: Call): Promise<Done<ItemIds> | NoAnswer> {
    if (barcode === '') return noAnswer('UNFIT_IDENTIFIER', refused('item-unknown', '', 'UNFIT_IDENTIFIER'))
    const request = {
      ...reading({ operation: 'item', template: '/items', segments: {}, query: { item_barcode: barcode } }),
      expects: 'object-or-redirect',
    } as const
    const reply = await this.#client.send(request, call)
    if (reply.kind !== 'done') return reply
    const ids = readIdsOfAddress(reply.value.location) ?? readItemIds(reply.value.body)
    if (ids === undefined) return this.#client.distrust(request)
    this.learn(barcode, ids)
    return done(ids)
  }
}

/** Segments of an item's path. */
export function itemSegments(ids: ItemIds): Readonly<Record<string, string>> {
  return { mms_id: ids.titleId, holding_id: ids.holdingId, item_pid: ids.itemId }
}

/** Template of an item's path. */
export const itemTemplate = '/bibs/{mms_id}/holdings/{holding_id}/items/{item_pid}'

function readIdsOfAddress(address: string): ItemIds | undefined {
  const match = /\/bibs\/([^/?#]+)\/holdings\/([^/?#]+)\/items\/([^/?#]+)/.exec(address)
  if (match === null) return undefined
  const [, titleId = '', holdingId = '', itemId = ''] = match
  return { titleId, holdingId, itemId }
}

/** The ids in an item object, or undefined when one of them is missing. */
export function readItemIds(item: JsonObject): ItemIds | undefined {
  const titleId = readText(readObject(item['bib_data'])['mms_id'])
  const holdingId = readText(readObject(item['holding_data'])['holding_id'])
  const itemId = readText(readObject(item['item_data'])['pid'])
  return makeItemIds(titleId, holdingId, itemId)
}

export function makeItemIds(titleId: string, holdingId: string, itemId: string): ItemIds | undefined {
  return titleId === '' || holdingId === '' || itemId === '' ? undefined : { titleId, holdingId, itemId }
}
