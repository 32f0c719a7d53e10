/** Builds request paths from templates, so that a path can be named without its identifiers. */
import { type Done, done, type Refused, type RefusalReason, refused } from '../circulation/outcome.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** An identifier that cannot be a path segment names nothing that exists. */
const unfitReasons: Readonly<Record<string, RefusalReason>> = {
  user_id: 'patron-unknown',
  loan_id: 'loan-unknown',
  request_id: 'hold-unknown',
  fee_id: 'fee-unknown',
  library_code: 'not-configured',
  circ_desk_code: 'not-configured',
}

/**
 * Fills `/users/{user_id}/loans` and appends the query; members that are undefined are left out.
 * Empty segments, `.` and `..` would name another resource and are refused.
 */
export function buildPath(
  template: string,
  segments: Readonly<Record<string, string>>,
  query: Query,
): Done<string> | Refused {
  const { head, parameters } = parseTemplate(template)
  let path = head
  for (const { name, tail } of parameters) {
    const value = segments[name] ?? ''
    if (value === '' || value === '.' || value === '..') {
      return refused(unfitReasons[name] ?? 'item-unknown', '', 'UNFIT_IDENTIFIER')
    }
    path += encode(value) + tail
  }
  let separator = '?'
  for (const name of Object.keys(query)) {
    const value = query[name]
    if (value === undefined) continue
    path += `${separator}${name}=${encode(String(value))}`
    separator = '&'
  }
  return done(path)
}

interface Template {
  readonly head: string
  /** Each with the fixed text behind it. */
  readonly parameters: readonly { readonly name: string; readonly tail: string }[]
}

/** There are as many templates as kinds of calls. */
const templates = new Map<string, Template>()

function parseTemplate(template: string): Template {
  const known = templates.get(template)
  if (known !== undefined) return known
  const [head = '', ...rest] = template.split('{')
  const parameters = rest.map((part) => {
    const [name = '', tail = ''] = part.split('}')
    return { name, tail }
  })
  const parsed = { head, parameters }
  templates.set(template, parsed)
  return parsed
}

/** Nearly every identifier can stand in a path as it is. */
const unreserved = /^[\w.~-]*$/

export function encode(value: string): string {
  return unreserved.test(value) ? value : encodeURIComponent(value.toWellFormed())
}
