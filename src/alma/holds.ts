/** Patrons' physical requests over Alma's Users API. */
import type { Hold, HoldState } from '../circulation/model.ts'
import { type Done, done, type Outcome } from '../circulation/outcome.ts'
import type { Call, HoldChange, Holds, Listed, NewHold, Page } from '../circulation/ports.ts'
import { Turns } from '../circulation/turns.ts'
import { type AlmaClient, type AlmaRequest, changing, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
import type { ItemDirectory } from './item-ids.ts'
import { type JsonObject, readCount, readStatus, readText } from './json.ts'
import { readPages } from './pages.ts'
import { isRefusal, placeRefused, type RequestTarget, type StaleIndex } from './stale-index.ts'
import { readDay, readEnd, readStart } from './time.ts'
import type { Answer, NoAnswer } from './verdict.ts'

const holdTemplate = '/users/{user_id}/requests/{request_id}'

export function createHolds(parts: {
  client: AlmaClient
  directory: ItemDirectory
  staleIndex: StaleIndex
  config: AlmaConfig
}): Holds {
  const { client, directory, staleIndex, config } = parts
  const { timeZone, options, limits } = config
  const turns = new Turns()

  /** Sends what Alma answers with the request, and sees to it that it did. */
  async function ask(request: AlmaRequest, call: Call): Promise<Done<Answer> | NoAnswer> {
    const reply = await client.send(request, call)
    if (reply.kind !== 'done') return reply
    return readText(reply.value.body['request_id']) === '' ? client.distrust(request) : reply
  }

  /** [Alma users: create request] One call; more to find out what a refusal means. */
  function place(hold: NewHold, target: RequestTarget, call: Call): Promise<Done<Answer> | NoAnswer> {
    const request = changing({
      operation: 'hold',
      method: 'POST',
      template: '/users/{user_id}/requests',
      segments: { user_id: hold.patronId },
      query: 'itemId' in target ? { item_pid: target.itemId } : { mms_id: target.titleId },
      body: writeHold(hold),
    })
    return staleIndex.outlast({ patronId: hold.patronId, target }, () => ask(request, call), call)
  }

  const readingOf = ({ patronId, holdId }: { patronId: string; holdId: string }): AlmaRequest =>
    reading({ operation: 'change-hold', template: holdTemplate, segments: { user_id: patronId, request_id: holdId } })

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
          ? await place(hold, target, call)
          : await directory.withIds(target.barcode, call, (ids) => place(hold, ids, call))
      return reply.kind === 'done' ? done(readHold(reply.value.body, timeZone)) : reply.outcome
    },

    /** [Alma users: request] */
    async find(hold, call: Call): Promise<Outcome<Hold>> {
      const reply = await ask(readingOf(hold), call)
      return reply.kind === 'done' ? done(readHold(reply.value.body, timeZone)) : reply.outcome
    },

    /** [Alma users: update request] Two calls: what the body leaves out would be emptied. */
    change(change: HoldChange, call: Call): Promise<Outcome<Hold>> {
      return turns.take(change.holdId, call.signal, async () => {
        const get = readingOf(change)
        const read = await ask(get, call)
        if (read.kind !== 'done') return read.outcome
        const body = { ...read.value.body, ...writePickup(change.pickup), ...writeInterest(change.lastInterest) }
        const { operation, template, segments } = get
        const reply = await ask(changing({ operation, method: 'PUT', template, segments, body }), call)
        if (reply.kind === 'done') return done(readHold(reply.value.body, timeZone))
        // What the hold is on was possible before.
        return isRefusal(reply) && change.pickup ? placeRefused(reply).outcome : reply.outcome
      })
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
          template: holdTemplate,
          segments: { user_id: patronId, request_id: holdId },
          query: { reason, note: note || undefined, notify_user: notifyUser },
        },
        call,
      )
      return reply.kind === 'done' ? done(true) : reply.outcome
    },
  }
}

function writeHold({ pickup, lastInterest, comment }: NewHold): JsonObject {
  return {
    request_type: 'HOLD',
    ...writePickup(pickup),
    ...writeInterest(lastInterest),
    ...(comment === '' ? {} : { comment }),
  }
}

/** A library without a desk takes the desk away. */
function writePickup(pickup: NewHold['pickup'] | undefined): JsonObject {
  if (pickup === undefined) return {}
  const { library, circulationDesk } = pickup
  return {
    pickup_location_type: circulationDesk === undefined ? 'LIBRARY' : 'CIRCULATION_DESK',
    pickup_location_library: library,
    pickup_location_circulation_desk: circulationDesk,
  }
}

const writeInterest = (day: string | undefined): JsonObject =>
  day === undefined ? {} : { last_interest_date: `${day}Z` }

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
    lastInterest: readDay(request['last_interest_date']),
  }
}
