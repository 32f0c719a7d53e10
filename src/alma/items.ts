/** Copies over Alma's Bibs API. */
import type { Item, ItemIds, ScannedIn } from '../circulation/model.ts'
import { done, type Outcome } from '../circulation/outcome.ts'
import type { Call, Items, ScanPlace } from '../circulation/ports.ts'
import { type AlmaClient, type AlmaRequest, changing, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
import { type ItemDirectory, itemSegments, itemTemplate } from './item-ids.ts'
import { readItem } from './item-reader.ts'
import { type JsonObject, readCount, readList, readObject, readText } from './json.ts'
import type { Libraries } from './libraries.ts'
import { readRouting } from './routing.ts'
import type { StaleIndex } from './stale-index.ts'

/** Copies of a title that are looked at. */
const mostCopies = 100

export function createItems(parts: {
  client: AlmaClient
  directory: ItemDirectory
  libraries: Libraries
  staleIndex: StaleIndex
  config: AlmaConfig
}): Omit<Items, 'readMember' | 'writeMember'> {
  const { client, directory, libraries, staleIndex, config } = parts
  const { scan } = config.options

  /** Asks about a copy by its barcode and reads the item that answers. */
  async function ask(
    barcode: string,
    call: Call,
    requestFor: (ids: ItemIds) => AlmaRequest,
  ): Promise<Outcome<{ readonly item: Item; readonly body: JsonObject }>> {
    const reply = await directory.withIds(barcode, call, async (ids) => {
      const request = requestFor(ids)
      const answer = await client.send(request, call)
      if (answer.kind !== 'done') return answer
      const { body } = answer.value
      if (readText(readObject(body['item_data'])['pid']) === '') return client.distrust(request)
      const item = readItem(body, config)
      return done({ item: { ...item, ids: item.ids ?? ids }, body })
    })
    if (reply.kind !== 'done') return reply.outcome
    const { item } = reply.value
    // A barcode that was given to another copy must not lead to the old one again.
    if (item.barcode !== barcode) directory.forget(barcode)
    directory.learn(item.barcode, item.ids)
    return reply
  }

  return {
    /** [Alma bibs: item] One call when the ids are known, two when the barcode must be looked up. */
    async find(barcode: string, call: Call): Promise<Outcome<Item>> {
      const outcome = await ask(barcode, call, (ids) =>
        reading({
          operation: 'item',
          template: itemTemplate,
          segments: itemSegments(ids),
          query: { expand: 'due_date' },
        }),
      )
      return outcome.kind === 'done' ? done(outcome.value.item) : outcome
    },

    async identify(barcode: string, call: Call): Promise<Outcome<ItemIds>> {
      const reply = await directory.identify(barcode, call)
      return reply.kind === 'done' ? reply : reply.outcome
    },

    /** [Alma bibs: item requests] Patrons' requests; moves and work orders are not in the queue. */
    async queueLength(ids: ItemIds, call: Call): Promise<Outcome<number>> {
      const request = reading({
        operation: 'item',
        template: `${itemTemplate}/requests`,
        segments: itemSegments(ids),
        query: { request_type: 'HOLD' },
      })
      const reply = await client.send(request, call)
      if (reply.kind !== 'done') return reply.outcome
      const { body } = reply.value
      return done(readCount(body['total_record_count']) ?? readList(body['user_request']).length)
    },

    /**
     * [Alma bibs: scan-in] One call when the ids are known, two when the barcode must be looked up. The first item of a day
     * that goes to another library than its own costs one for their names.
     */
    async scanIn(barcode: string, place: ScanPlace, call: Call): Promise<Outcome<ScannedIn>> {
      const outcome = await ask(barcode, call, (ids) =>
        changing({
          operation: 'scan',
          method: 'POST',
          template: itemTemplate,
          segments: itemSegments(ids),
          query: {
            op: 'scan',
            library: place.library,
            circ_desk: place.circulationDesk,
            register_in_house_use: scan.registerInHouseUse,
            place_on_hold_shelf: (place.onHoldShelf ?? scan.placeOnHoldShelf) || undefined,
            confirm: scan.confirm || undefined,
            lang: scan.language || undefined,
          },
        }),
      )
      if (outcome.kind !== 'done') return outcome
      const { item, body } = outcome.value
      if (item.ids) staleIndex.noteReturn(item.ids.titleId)
      const routing = readRouting(body)
      return done({ item, routing: { ...routing, library: await libraries.destinationOf(routing, item, place, call) } })
    },

    /** [Alma bibs: items] One call: copies in every holding of the title, temporary locations included. */
    async copies({ titleId, library }, call: Call): Promise<Outcome<readonly Item[]>> {
      const request = reading({
        operation: 'item',
        template: '/bibs/{mms_id}/holdings/{holding_id}/items',
        segments: { mms_id: titleId, holding_id: 'ALL' },
        query: { current_library: library, expand: 'due_date', limit: mostCopies },
      })
      const reply = await client.send(request, call)
      if (reply.kind !== 'done') return reply.outcome
      const { body } = reply.value
      const copies = readList(body['item']).map((item) => readItem(item, config))
      if (copies.length === 0 && readCount(body['total_record_count']) === undefined) {
        return client.distrust(request).outcome
      }
      for (const { barcode, ids } of copies) directory.learn(barcode, ids)
      return done(copies)
    },
  }
}
