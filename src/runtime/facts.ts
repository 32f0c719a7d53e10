/**
 * What may stand beside a code in the log. A fact has a name and a kind from this table, or it is not written. There
 * is no kind for free text.
 */
import { isIP } from 'node:net'
import { refusalReasons, unavailableCauses } from '../circulation/outcome.ts'

/** A masker gives the value that may be written, or undefined when nothing may. */
export type Masker = (value: unknown) => string | number | boolean | undefined

const token =
  (pattern: RegExp): Masker =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? value : undefined

/** Words of a closed list; any other word is told as `other`. */
const oneOf = (words: Iterable<string>): Masker => {
  const known = new Set(words)
  return (value) => {
    if (typeof value !== 'string' || value === '') return undefined
    return known.has(value) ? value : 'other'
  }
}

/** Why a connection, session or partner was refused or ended, beside the reasons of circulation. */
const endingReasons = [
  'limit',
  'address-limit',
  'address-unknown',
  'address-not-allowed',
  'idle',
  'login-timeout',
  'login-attempts',
  'write-timeout',
  'handshake',
  'handshake-timeout',
  'peer-closed',
  'reset',
  'drain',
  'stopping',
  'protocol',
  'user-unknown',
  'password-wrong',
  'origin-wrong',
  'encrypted',
  'throttled',
  'displaced',
  'proxy-header',
  'certificate',
  'agency-unknown',
  'key-wrong',
  'busy',
  'error',
] as const

const results = ['done', 'accepted', 'refused', 'unknown', 'unavailable', 'invalid', 'resent', 'error'] as const

/** The fixed parts of the paths that we call and serve. What is not among them is taken for somebody's id. */
const pathWords = new Set(
  (
    'almaws v1 users loans renew fees all requests request-options items bibs holdings booking-availability conf ' +
    'libraries circ-desks departments locations open-hours code-tables mapping-tables general integration-profiles ' +
    'task-lists requested-resources printouts sets members jobs instances events test auth item loan fee ' +
    'resource-sharing-requests lending-requests partners purchase-requests attachments deposits letters operation ' +
    'ncip healthz readyz metrics'
  ).split(' '),
)

/** Templates in which nothing had to be masked: the same few come with every call. */
const cleanTemplates = new Set<string>()
const mostCleanTemplates = 200

/** Keeps the known words and the named parameters of a path and masks every other part of it. */
export function maskTemplate(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/') || value.length > 200) return undefined
  if (cleanTemplates.has(value)) return value
  const parts = value.slice(1).split('/')
  const masked = `/${parts.map((part) => (pathWords.has(part) || /^\{[a-z_]{1,30}\}$/.test(part) ? part : '{}')).join('/')}`
  if (masked === value && cleanTemplates.size < mostCleanTemplates) cleanTemplates.add(value)
  return masked
}

/** One masker a kind of fact. Each lets through one shape that cannot hold what a person typed or is called. */
export const factKinds = {
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  flag: (value) => (typeof value === 'boolean' ? value : undefined),
  /** Identifier of one message, made by us: has a letter, so that no barcode is one. */
  messageId: token(/^(?=[^a-zA-Z]*[a-zA-Z])[A-Za-z0-9_-]{4,40}$/),
  /** A name from the configuration: terminal, partner, institution, listener. */
  configName: token(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  reason: oneOf([...refusalReasons, ...unavailableCauses, ...endingReasons]),
  result: oneOf(results),
  protocol: oneOf(['sip2', 'ncip', 'http']),
  priority: oneOf(['patron', 'partner', 'background']),
  change: oneOf([
    'opened',
    'closed',
    'refused',
    'checkout',
    'checkin',
    'renew',
    'pay-fee',
    'waive-fee',
    'place-hold',
    'change-hold',
    'cancel-hold',
    'block-patron',
    'enable-patron',
    'update-item',
  ]),
  /** A SIP2 command identifier or the name of an NCIP service. */
  messageKind: token(
    /^(\d{2}|(Lookup|CheckOut|CheckIn|Renew|Request|CancelRequest|Accept|Recall)[A-Za-z]{0,30}|other)$/,
  ),
  /** A code from a table of ours: `CHECKSUM_WRONG`, `sip2-checksum-wrong`. */
  warning: token(/^([A-Z][A-Z0-9]*(_[A-Z0-9]+)*|[a-z][a-z0-9]*(-[a-z0-9]+)+)$/),
  /** Alma's error code, or the transport's: never a text. */
  errorCode: token(/^(\d{1,10}|[A-Z][A-Z0-9]*(_[A-Z0-9]+)*)$/),
  trackingId: token(/^[A-Z]\d{2}-[A-Z0-9-]{4,60}$/),
  template: maskTemplate,
  httpMethod: oneOf(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  address: (value) => (typeof value === 'string' && isIP(value) !== 0 ? value : undefined),
  /** A file that the operator named, by its last part alone. */
  file: (value) =>
    typeof value === 'string' ? token(/^[A-Za-z0-9._-]{1,80}$/)(value.split(/[\\/]/).at(-1)) : undefined,
  /** Path of a key of the configuration: `terminals[kiosk-1].profile`. */
  setting: token(
    /^(?=.{1,200}$)(institutions|listeners|terminals|profiles|texts|ncip|journal|log|limits)(\.[A-Za-z0-9_*-]+|\[[A-Za-z0-9._*-]+\])*$/,
  ),
  version: token(/^v?\d+(\.\d+){1,3}([-+][a-z0-9.]{1,20})?$/),
} as const satisfies Record<string, Masker>

export type FactKind = keyof typeof factKinds

/** Every fact that may be logged, with its kind. */
export const factTable = {
  messageId: 'messageId',
  machine: 'configName',
  institution: 'configName',
  listener: 'configName',
  part: 'configName',
  peer: 'address',
  address: 'address',
  host: 'configName',
  port: 'number',
  protocol: 'protocol',
  kind: 'messageKind',
  result: 'result',
  reason: 'reason',
  change: 'change',
  priority: 'priority',
  warning: 'warning',
  almaCode: 'errorCode',
  errorCode: 'errorCode',
  trackingId: 'trackingId',
  method: 'httpMethod',
  template: 'template',
  status: 'number',
  durationMs: 'number',
  queuedMs: 'number',
  bytes: 'number',
  count: 'number',
  queued: 'number',
  unsettled: 'number',
  exceptions: 'number',
  attempt: 'number',
  limit: 'number',
  remaining: 'number',
  line: 'number',
  exitCode: 'number',
  online: 'flag',
  tls: 'flag',
  file: 'file',
  setting: 'setting',
  version: 'version',
} as const satisfies Record<string, FactKind>

export type FactName = keyof typeof factTable

type ValueOf<K extends FactKind> = K extends 'number' ? number : K extends 'flag' ? boolean : string

/** Facts of one event. A value that is not of its kind is dropped and counted, never written. */
export type Facts = { readonly [N in FactName]?: ValueOf<(typeof factTable)[N]> | undefined }
