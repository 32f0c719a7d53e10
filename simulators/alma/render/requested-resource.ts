/** Renders an entry of the pick list [Alma rest_requested_resource]. */
import type { HoldRequest } from '../state/entities.ts'
import { millisTime, zDate } from '../state/local-time.ts'
import { codeOf, type RenderedObject } from '../state/shape.ts'
import { placeOf, type Store } from '../state/store.ts'
import { type Link, libraryCode, tableCode } from './describe.ts'

/** One entry, or none when the request has no copy any more. */
export function renderRequestedResource(request: HoldRequest, store: Store, link: Link): readonly RenderedObject[] {
  const { bib, item, user } = request
  if (!item) return []
  const place = placeOf(item)
  const holdingPath = ['bibs', bib.mmsId, 'holdings', item.holding.holdingId]
  const names = [user.record.last_name, user.record.first_name].filter(Boolean)
  const entry: RenderedObject = {
    resource_metadata: {
      mms_id: { value: bib.mmsId, link: link('bibs', bib.mmsId) },
      title: bib.title,
      author: bib.author,
      issn: bib.issn === '' ? null : bib.issn,
      isbn: bib.isbn === '' ? null : bib.isbn,
      publisher: bib.publisher,
      publication_place: bib.place,
      publication_year: bib.year,
    },
    location: {
      holding_id: { value: item.holding.holdingId, link: link(...holdingPath) },
      library: libraryCode(place.library, store),
      call_number: item.holding.callNumber,
      shelving_location: place.location,
      copy: [
        {
          pid: item.pid,
          barcode: item.barcode,
          base_status: tableCode('BaseStatus', '1', store),
          alternative_call_number: codeOf(item.data.alternative_call_number),
          storage_location_id: codeOf(item.data.storage_location_id),
          link: link(...holdingPath, 'items', item.pid),
        },
      ],
    },
    request: [
      {
        id: request.requestId,
        request_type: request.type,
        request_sub_type: tableCode('RequestTypes', 'PATRON_PHYSICAL', store),
        destination: libraryCode(request.pickupLibrary, store),
        request_date: zDate(request.createdAt, store.institution.zone),
        request_time: millisTime(request.createdAt),
        requester: { value: null, desc: names.join(', '), link: link('users', user.primaryId) },
        comment: request.comment === '' ? null : request.comment,
        printed: request.printed,
        reported: request.reported,
        link: link('bibs', bib.mmsId, 'requests', request.requestId),
      },
    ],
  }
  return [entry]
}
