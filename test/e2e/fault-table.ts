/** What can go wrong between us and Alma when something is changed, and what the machine may be told of it then. */
import type { Fault, FaultKind } from '../../simulators/alma/transport/faults.ts'

/**
 * `yes`: it was told that it is done. `no`: that nothing was changed. `unknown`: that somebody must look before it is
 * tried again.
 */
export type Told = 'yes' | 'no' | 'unknown'

export interface FaultCase {
  readonly name: string
  /** What hits the change. */
  readonly kind: FaultKind
  /** How often; as long as it lasts when left out. */
  readonly times?: number
  /** Nothing can be read back either. */
  readonly readBackFails?: true
  readonly told: Told
  /** Whether Alma made the change before the machine was answered. */
  readonly made: boolean
  /** Only these changes can meet it; all when left out. */
  readonly only?: readonly string[]
}

/** Of one call, for these tests. */
export const callTimeoutMs = 1000

/** Later than our patience, sooner than the time for which a call that was given up may still arrive. */
const lateMs = callTimeoutMs + 700

const answers = {
  'a 500 with an envelope': { form: 'envelope', status: 500, code: '401652' },
  'a 400 with a general error': { form: 'envelope', status: 400, code: '402119' },
  'a bare error object': { form: 'bare-error', status: 400, code: '402119' },
  'a 500 in plain text': { form: 'text' },
  'an HTML page from a proxy': { form: 'html' },
  'an empty 503': { form: 'empty' },
  'XML that is not well-formed': { form: 'xml-ampersand' },
  'XML of the gateway': { form: 'gateway-xml', status: 500, code: 'INTERNAL_SERVER_ERROR' },
  'an HTML page with success': { form: 'html', status: 200 },
} as const

const answered = Object.entries(answers).flatMap(([name, answer]): FaultCase[] => [
  { name: `${name}, executed`, kind: { kind: 'answer', executed: true, ...answer }, told: 'yes', made: true },
  { name: `${name}, not executed`, kind: { kind: 'answer', ...answer }, told: 'no', made: false },
])

export const faultTable: readonly FaultCase[] = [
  { name: 'the answer is lost', kind: { kind: 'drop-after' }, told: 'yes', made: true },
  { name: 'the call is lost', kind: { kind: 'drop-before' }, told: 'no', made: false },
  { name: 'the connection is reset', kind: { kind: 'refuse' }, told: 'no', made: false },
  { name: 'the call arrives after we gave it up', kind: { kind: 'delay-before', ms: lateMs }, told: 'yes', made: true },
  { name: 'the answer is later than we wait', kind: { kind: 'delay-after', ms: lateMs }, told: 'yes', made: true },
  { name: 'the answer trickles', kind: { kind: 'slow', bytes: 8, ms: 100 }, told: 'yes', made: true },
  ...answered,
  {
    name: 'success with an empty body, executed',
    kind: { kind: 'answer', form: 'empty', status: 200, executed: true },
    told: 'yes',
    made: true,
  },
  { name: 'no way to Alma, in JSON', kind: { kind: 'answer', form: 'gateway-json' }, told: 'no', made: false },
  { name: 'no way to Alma, in XML', kind: { kind: 'answer', form: 'gateway-xml' }, told: 'no', made: false },
  { name: 'the key is refused in HTML', kind: { kind: 'answer', form: 'html-401' }, told: 'no', made: false },
  { name: 'too many calls, once', kind: { kind: 'threshold', which: 'second' }, times: 1, told: 'yes', made: true },
  { name: 'too many calls today', kind: { kind: 'threshold', which: 'day' }, told: 'no', made: false },
  {
    name: 'the scan is made and said to have failed',
    kind: { kind: 'execute-then-402504' },
    told: 'yes',
    made: true,
    only: ['scanItem'],
  },
  {
    name: 'the scan has failed',
    kind: { kind: 'answer', form: 'envelope', code: '402504' },
    told: 'no',
    made: false,
    only: ['scanItem'],
  },
  {
    name: 'the answer is lost and nothing can be read back',
    kind: { kind: 'drop-after' },
    readBackFails: true,
    told: 'unknown',
    made: true,
  },
  {
    name: 'the call is lost and nothing can be read back',
    kind: { kind: 'drop-before' },
    readBackFails: true,
    told: 'unknown',
    made: false,
  },
]

export interface FaultyChange {
  /** What the simulator calls the change. */
  readonly operation: string
  /** What it calls the read that settles a lost answer; undefined when the change itself begins with that read. */
  readonly readBack: string | undefined
  /** How many such reads the change makes before it is sent. */
  readonly readsBefore?: number
}

/** The cases that a change can meet. */
export const casesOf = ({ operation, readBack }: FaultyChange): readonly FaultCase[] =>
  faultTable.filter(({ only, readBackFails }) => {
    if (only !== undefined && !only.includes(operation)) return false
    return !readBackFails || readBack !== undefined
  })

export function faultsFor({ kind, times, readBackFails }: FaultCase, change: FaultyChange): Fault[] {
  const { operation, readBack, readsBefore: skip = 0 } = change
  const write: Fault = { ...kind, match: { operation }, ...(times !== undefined && { times }) }
  if (!readBackFails || readBack === undefined) return [write]
  return [write, { kind: 'answer', form: 'empty', match: { operation: readBack }, skip }]
}
