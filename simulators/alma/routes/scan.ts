/** Scan-in of items [Alma bibs: items op=scan]. */
import { refusals } from '../alma-error.ts'
import { findExactItem } from '../circulation/find-item.ts'
import { describeRouting, scanIn } from '../circulation/scan.ts'
import { renderItem } from '../render/item.ts'
import { type AlmaRequest, type Answer, change, flagParam, object, type Route } from '../transport/route.ts'
import { itemPathOf, itemTemplate } from './items.ts'

function postItem(request: AlmaRequest): Answer {
  const { query, store, link } = request
  if (query.op !== 'scan') throw refusals.parameterInvalid('op', query.op ?? '')
  const item = findExactItem(store, itemPathOf(request))
  if (!query.library) throw refusals.mandatoryFieldMissing('library')
  if (!query.circ_desk && !query.department) throw refusals.oneParameterMissing('circ_desk,department')
  const done = flagParam(request, 'done', false)
  if (done && !query.department) throw refusals.parameterInvalid('done', 'true')
  // An external barcode and the answer to a question of the screen change nothing here; their values are checked.
  flagParam(request, 'external_id', false)
  flagParam(request, 'confirm', false)
  const routing = scanIn(
    item,
    {
      library: query.library,
      circDesk: query.circ_desk ?? '',
      department: query.department ?? '',
      requestId: query.request_id ?? '',
      workOrderType: query.work_order_type ?? '',
      status: query.status ?? '',
      done,
      placeOnHoldShelf: flagParam(request, 'place_on_hold_shelf', false),
      autoPrintSlip: flagParam(request, 'auto_print_slip', false),
      registerInHouseUse: flagParam(request, 'register_in_house_use', true),
    },
    store,
  )
  return object('item', renderItem(item, store, { link, additionalInfo: describeRouting(routing) }))
}

export const scanRoutes: readonly Route[] = [change('POST', 'bibs', itemTemplate, 'scanItem', postItem)]
