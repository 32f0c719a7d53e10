/** Which requests a user may place [Alma bibs: request-options]. */
import { canBeRequested, isStale, type RequestTarget } from '../circulation/create-request.ts'
import { findBib, findItem } from '../circulation/find-item.ts'
import { findUser } from '../circulation/find-user.ts'
import { tableCode } from '../render/describe.ts'
import { type AlmaRequest, type Answer, get, object, param, type Route } from '../transport/route.ts'
import { itemPathOf, itemTemplate } from './items.ts'

function answerOptions(target: RequestTarget, { store, switches, query, link }: AlmaRequest): Answer {
  const userId = query.user_id ?? 'GUEST'
  const user = userId === 'GUEST' ? undefined : findUser(store, switches, userId, query.user_id_type)
  const isHidden = switches.staleOptions && isStale(target, store)
  if (isHidden || !canBeRequested(user, target, store)) return object('request_options', {})
  const url = `${link('users', user?.primaryId ?? userId, 'requests')}/`
  const offered = ['HOLD', 'DIGITIZATION'].map((type) => ({
    type: tableCode('RequestOptions', type, store),
    request_url: url,
  }))
  return object('request_options', { request_option: offered })
}

const titleOptions = (request: AlmaRequest): Answer =>
  answerOptions({ bib: findBib(request.store, param(request, 'mms_id')), item: undefined }, request)

function itemOptions(request: AlmaRequest): Answer {
  const item = findItem(request.store, itemPathOf(request))
  return answerOptions({ bib: item.holding.bib, item }, request)
}

export const requestOptionRoutes: readonly Route[] = [
  get('bibs', '/bibs/{mms_id}/request-options', 'getTitleRequestOptions', titleOptions),
  get('bibs', `${itemTemplate}/request-options`, 'getItemRequestOptions', itemOptions),
]
