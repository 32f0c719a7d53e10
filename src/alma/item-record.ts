/**
 * Changes of an item's record. Alma replaces `item_data` as a whole [Alma bibs: update item], so that it is read, changed
 * and written back as it was read; `holding_data` goes along, because it says that the item is in a temporary location.
 */
import type { Item, ItemIds, ItemMember } from '../circulation/model.ts'
import { type Done, done, type Outcome, refused } from '../circulation/outcome.ts'
import type { Call, Items } from '../circulation/ports.ts'
import { Turns } from '../circulation/turns.ts'
import { type AlmaClient, changing, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
import { titleIdInvalid } from './errors.ts'
import { type ItemDirectory, itemSegments, itemTemplate } from './item-ids.ts'
import { readItem } from './item-reader.ts'
import { type JsonObject, readObject, readText } from './json.ts'
import { type NoAnswer, noAnswer } from './verdict.ts'

const memberNames: Readonly<Record<ItemMember, string>> = {
  'internal-note-1': 'internal_note_1',
  'internal-note-2': 'internal_note_2',
  'internal-note-3': 'internal_note_3',
  'storage-location': 'storage_location_id',
}

export function createItemRecords(parts: {
  client: AlmaClient
  directory: ItemDirectory
  config: AlmaConfig
}): Pick<Items, 'readMember' | 'writeMember'> {
  const { client, directory, config } = parts
  const turns = new Turns()

  const toItem = (record: JsonObject, ids: ItemIds): Item => ({ ...readItem(record, config), ids })

  /** A barcode that was given to another copy since its ids were learnt must not change that one's old record. */
  async function read(barcode: string, ids: ItemIds, call: Call): Promise<Done<JsonObject> | NoAnswer> {
    const request = reading({ operation: 'item', template: itemTemplate, segments: itemSegments(ids) })
    const reply = await client.send(request, call)
    if (reply.kind !== 'done') return reply
    const data = readObject(reply.value.body['item_data'])
    if (readText(data['pid']) === '') return client.distrust(request)
    if (readText(data['barcode']).toLowerCase() === barcode.toLowerCase()) return done(reply.value.body)
    return noAnswer(titleIdInvalid, refused('item-unknown', '', 'BARCODE_MOVED'))
  }

  async function write(
    record: JsonObject,
    ids: ItemIds,
    change: { readonly name: string; readonly value: string },
    call: Call,
  ): Promise<Done<Item> | NoAnswer> {
    const { name, value } = change
    const request = changing({
      operation: 'item-record',
      method: 'PUT',
      template: itemTemplate,
      segments: itemSegments(ids),
      body: {
        holding_data: record['holding_data'],
        item_data: { ...readObject(record['item_data']), [name]: value },
      },
    })
    const reply = await client.send(request, call)
    if (reply.kind !== 'done') return reply
    const { body } = reply.value
    return readText(readObject(body['item_data'])[name]) === value ? done(toItem(body, ids)) : client.distrust(request)
  }

  return {
    async readMember({ barcode, member }, call: Call) {
      const reply = await directory.withIds(barcode, call, async (ids) => {
        const record = await read(barcode, ids, call)
        if (record.kind !== 'done') return record
        const value = readText(readObject(record.value['item_data'])[memberNames[member]])
        return done({ item: toItem(record.value, ids), value })
      })
      return reply.kind === 'done' ? reply : reply.outcome
    },

    /** Two calls when the ids are known. */
    async writeMember({ barcode, member, value }, call: Call): Promise<Outcome<Item>> {
      const change = { name: memberNames[member], value: value.trim() }
      const reply = await directory.withIds(barcode, call, (ids) =>
        turns.take(ids.itemId, call.signal, async () => {
          const record = await read(barcode, ids, call)
          if (record.kind !== 'done') return record
          const isSo = readText(readObject(record.value['item_data'])[change.name]) === change.value
          return isSo ? done(toItem(record.value, ids)) : write(record.value, ids, change, call)
        }),
      )
      return reply.kind === 'done' ? reply : reply.outcome
    },
  }
}
