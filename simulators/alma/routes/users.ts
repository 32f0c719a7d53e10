/** Users [Alma users]. */
import { refusals } from '../alma-error.ts'
import { findUser } from '../circulation/find-user.ts'
import { updateUser } from '../circulation/update-user.ts'
import { expireRequests } from '../circulation/requests.ts'
import { searchUsers } from '../circulation/user-search.ts'
import { listed } from '../render/describe.ts'
import { renderBriefUser, renderListedUser, renderUser } from '../render/user.ts'
import {
  type AlmaRequest,
  type Answer,
  change,
  get,
  object,
  pageOf,
  param,
  type Route,
  slice,
} from '../transport/route.ts'

/** The user whom the path and `user_id_type` name. */
export function userOfPath(request: AlmaRequest) {
  return findUser(request.store, request.switches, param(request, 'user_id'), request.query.user_id_type)
}

function expandOf(request: AlmaRequest): ReadonlySet<string> {
  return new Set((request.query.expand ?? '').split(',').map((name) => name.trim()))
}

function getUser(request: AlmaRequest): Answer {
  const user = userOfPath(request)
  expireRequests(user.requests.values(), request.store)
  if (request.query.view === 'brief') return object('user', renderBriefUser(user, request.store))
  return object('user', renderUser(user, request.store, { link: request.link, expand: expandOf(request) }))
}

function listUsers(request: AlmaRequest): Answer {
  const { query, store, link } = request
  const found = searchUsers(store, query)
  const full = query.expand === 'full'
  const shown = slice(found, pageOf(request)).map((user) =>
    full ? renderUser(user, store, { link, expand: new Set() }) : renderListedUser(user, store, link),
  )
  return object('users', listed('user', shown, found.length))
}

function postUser(request: AlmaRequest): Answer {
  if (request.query.op === 'auth') return authenticate(request)
  throw refusals.parameterInvalid('op', request.query.op ?? '')
}

/** Checks the identity service's password, which only internal users have. */
function authenticate(request: AlmaRequest): Answer {
  const user = userOfPath(request)
  const header = request.headers['exl-user-pw']
  const password = typeof header === 'string' ? decode(header) : request.query.password
  const isInternal = user.record.account_type === 'INTERNAL'
  if (!isInternal || user.password === undefined || user.password !== password) throw refusals.wrongPassword()
  return { kind: 'empty', status: request.switches.authSuccessStatus }
}

function decode(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    return header
  }
}

function putUser(request: AlmaRequest): Answer {
  const user = userOfPath(request)
  const overridden = new Set((request.query.override ?? '').split(',').map((name) => name.trim()))
  updateUser(user, request.body(), overridden, request.store)
  return object('user', renderUser(user, request.store, { link: request.link, expand: new Set() }))
}

const postOperation = (query: Readonly<Record<string, string>>): string =>
  query.op === 'auth' ? 'authenticateUser' : 'postUser'

export const userRoutes: readonly Route[] = [
  get('users', '/users', 'listUsers', listUsers),
  get('users', '/users/{user_id}', 'getUser', getUser),
  {
    ...change('POST', 'users', '/users/{user_id}', postOperation, postUser),
    needs: (operation) => (operation === 'authenticateUser' ? 'read-only' : 'read-write'),
  },
  change('PUT', 'users', '/users/{user_id}', 'updateUser', putUser),
]
