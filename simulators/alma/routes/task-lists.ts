/** The pick list: open requests whose copy stands at a place that a desk serves [Alma task-lists: requested-resources]. */
import { refusals } from '../alma-error.ts'
import { listed } from '../render/describe.ts'
import { renderRequestedResource } from '../render/requested-resource.ts'
import type { HoldRequest } from '../state/entities.ts'
import type { CircDesk } from '../state/institution.ts'
import { placeOf } from '../state/store.ts'
import { type AlmaRequest, type Answer, change, get, object, pageOf, type Route, slice } from '../transport/route.ts'

function deskOf({ store, query }: AlmaRequest): CircDesk {
  if (!query.library) throw refusals.parameterMissing('library', [...store.institution.libraries.keys()].join(','))
  const library = store.library(query.library)
  if (!library) throw refusals.parameterInvalid('library', query.library)
  if (!query.circ_desk) throw refusals.parameterMissing('circ_desk', [...library.desks.keys()].join(','))
  const desk = library.desks.get(query.circ_desk)
  if (!desk) throw refusals.parameterInvalid('circ_desk', query.circ_desk)
  return desk
}

function matching(call: AlmaRequest): readonly HoldRequest[] {
  const desk = deskOf(call)
  const { store, query } = call
  const reported = yesNo('reported', query.reported)
  const printed = yesNo('printed', query.printed)
  const found = [...store.picking].filter((request) => {
    if (!request.item) return false
    const place = placeOf(request.item)
    return (
      place.library === desk.library &&
      desk.locations.has(place.location) &&
      (!query.location || query.location === place.location) &&
      (reported === undefined || reported === request.reported) &&
      (printed === undefined || printed === request.printed)
    )
  })
  return sort(found, query)
}

function yesNo(name: string, written: string | undefined): boolean | undefined {
  if (written === undefined || written === '') return undefined
  if (written !== 'Y' && written !== 'N') throw refusals.parameterInvalid(name, written)
  return written === 'Y'
}

function sort(requests: readonly HoldRequest[], query: Readonly<Record<string, string>>): readonly HoldRequest[] {
  const byLocation = query.order_by === 'location'
  const key = ({ item }: HoldRequest): string => {
    if (!item) return ''
    return byLocation ? placeOf(item).location : item.holding.callNumber
  }
  const sign = query.direction === 'desc' ? -1 : 1
  return requests.toSorted((one, other) => sign * key(one).localeCompare(key(other)))
}

function answerList(requests: readonly HoldRequest[], call: AlmaRequest): Answer {
  const { store, link } = call
  const shown = slice(requests, pageOf(call)).flatMap((request) => renderRequestedResource(request, store, link))
  return object('requested_resources', listed('requested_resource', shown, requests.length))
}

function markReported(call: AlmaRequest): Answer {
  if (call.query.op !== 'mark_reported') throw refusals.parameterInvalid('op', call.query.op ?? '')
  const requests = matching(call)
  for (const request of requests) request.reported = true
  return answerList(requests, call)
}

const template = '/task-lists/requested-resources'

export const taskListRoutes: readonly Route[] = [
  get('task-lists', template, 'listRequestedResources', (call) => answerList(matching(call), call)),
  change('POST', 'task-lists', template, 'markReported', markReported),
]
