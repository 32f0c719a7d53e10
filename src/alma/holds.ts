/** Patrons' physical requests over Alma's Users API. */
import type { Hold, HoldState } from '../circulation/model.ts'
import { type Done, done, type Outcome } from '../circulation/outcome.ts'
import type { Call, Holds, Listed, NewHold, Page } from '../circulation/ports.ts'
import { type AlmaClient, changing, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
import type { ItemDirectory } from './item-ids.ts'
import { type JsonObject, readCount, readStatus, readText } from './json.ts'
import { readPages } from './pages.ts'
import type { Query } from './path.ts'
import { readEnd, readStart } from './time.ts'
import type { Answer, NoAnswer } from './verdict.ts'

export function createHolds(parts: { client: AlmaClient; directory: ItemDirectory; config: AlmaConfig }): Holds {
  const { client, directory, config } = parts
  const { timeZone, options, limits } = config

  /** [Alma users: create request] */
  async function place(hold: NewHold, target: Query, call: Call): Promise<Done<Answer> | NoAnswer> {
    const request = changing({
      operation: 'hold',
      method: 'POST',
      template: '/users/{user_id}/requests',
      segments: { user_id: hold.patronId },
      query: target,
      body: writeHold(hold),
    })
    const reply = await client.send(request, call)
    if (reply.kind !== 'done') return reply
    return readText(reply.value.body['request_id']) === '' ? client.distrust(request) : reply
  }

  return {
    /** [Alma users: requests] */
    async ofPatron(patronId: string, page: Page, call: Call): Promise<Outcome<Listed<Hold>>> {
      const request = reading({
        operation: 'holds',
        template: '/users/{user_id}/requests',
        segments: { user_id: patronId },
        query: { request_type: 'HOLD', status: 'active' },
      })
      const list = { member: 'user_request', page, listLength: limits.listLength }
      const reply = await readPages(client, request, list, call)
      if (reply.kind !== 'done') return reply.outcome
      return done({ entries: reply.value.entries.map((hold) => readHold(hold, timeZone)), total: reply.value.total })
    },

    /** One call for a title, and for a copy whose ids are known. */
    async create(hold: NewHold, call: Call): Promise<Outcome<Hold>> {
      const { target } = hold
      const reply =
        'titleId' in target
          ? await place(hold, { mms_id: target.titleId }, call)
          : await directory.withIds(target.barcode, call, (ids) => place(hold, { item_pid: ids.itemId }, call))
      return reply.kind === 'done' ? done(readHold(reply.value.body, timeZone)) : reply.outcome
    },

    /** [Alma users: cancel request] */
    async cancel({ patronId, holdId, note }, call: Call): Promise<Outcome<true>> {
      const { reason, notifyUser } = options.cancelHold
      const reply = await client.send(
        {
          operation: 'cancel-hold',
          changes: true,
          expects: 'anything',
          method: 'DELETE',
          template: '/users/{user_id}/requests/{request_id}',
          segments: { user_id: patronId, request_id: holdId },
          query: { reason, note: note || undefined, notify_user: notifyUser },
        },
        call,
      )
      return reply.kind === 'done' ? done(true) : reply.outcome
    },
  }
}

function writeHold(hold: NewHold): JsonObject {
  const { library, circulationDesk } = hold.pickup
  return {
    request_type: 'HOLD',
    pickup_location_type: circulationDesk === undefined ? 'LIBRARY' : 'CIRCULATION_DESK',
    pickup_location_library: library,
    ...(circulationDesk === undefined ? {} : { pickup_location_circulation_desk: circulationDesk }),
    ...(hold.lastInterest === undefined ? {} : { last_interest_date: `${hold.lastInterest}Z` }),
    ...(hold.comment === '' ? {} : { comment: hold.comment }),
  }
}

const holdStates: Readonly<Record<string, HoldState>> = {
  NOT_STARTED: 'waiting',
  IN_PROCESS: 'in-process',
  ON_HOLD_SHELF: 'on-hold-shelf',
}

export function readHold(request: JsonObject, timeZone: string): Hold {
  const state = holdStates[readStatus(request['request_status'])] ?? 'waiting'
  const lastInterest = readEnd(request['last_interest_date'], timeZone)
  return {
    id: readText(request['request_id']),
    patronId: readText(request['user_primary_id']),
    titleId: readText(request['mms_id']),
    itemBarcode: readText(request['barcode']),
    title: readText(request['title']),
    author: readText(request['author']),
    state,
    queuePosition: readCount(request['place_in_queue']),
    pickup: {
      library: readText(request['pickup_location_library']),
      circulationDesk: readText(request['pickup_location_circulation_desk']),
      name: readText(request['pickup_location']),
    },
    placedAt: readStart(request['request_time'], timeZone) ?? readStart(request['request_date'], timeZone),
    expires: state === 'on-hold-shelf' ? readEnd(request['expiry_date'], timeZone) : lastInterest,
  }
}
