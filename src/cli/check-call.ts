/** How a check asks Alma, and how it tells that it got no answer. */
import type { NotDone } from '../circulation/outcome.ts'
import type { Call } from '../circulation/ports.ts'
import type { CheckFinding, Found } from './check-finding.ts'

const callTimeMs = 30_000

export const giveRight =
  'Give the API key this right in the Ex Libris Developer Network: Users and Bibs read/write, Configuration read.'

/** Background work: whoever waits at a kiosk comes first. */
export function makeCall(): Call {
  return {
    id: 'check',
    priority: 'background',
    signal: AbortSignal.timeout(callTimeMs),
    deadline: performance.now() + callTimeMs,
    machine: 'check',
  }
}

export function explain(outcome: NotDone, subject: string, found: Found): CheckFinding {
  const sentence = explainOutcome(outcome)
  if (outcome.kind !== 'unavailable') return found('fail', subject, sentence)
  const finding = found('fail', subject, sentence, advice[outcome.cause])
  return outcome.cause === 'offline' || outcome.cause === 'timeout' ? { ...finding, unreachable: true } : finding
}

export function explainOutcome(outcome: NotDone): string {
  const evidence = outcome.evidence === '' ? '' : ` (${outcome.evidence})`
  return (outcome.kind === 'unavailable' ? causes[outcome.cause] : 'Alma refuses to tell') + evidence
}

const causes = {
  offline: 'Alma cannot be reached',
  timeout: 'Alma did not answer in time',
  quota: 'the calls that background work may make are used up',
  overload: 'too many calls wait',
  'key-refused': 'the key is refused',
  journal: 'the journal cannot be written',
  'not-carried-out': 'it was not carried out',
  internal: 'the answer was not understood',
} as const

const advice = {
  offline: 'Check region or baseUrl, the network, and https://status.exlibrisgroup.com.',
  timeout: 'Try again; if it stays so, see https://status.exlibrisgroup.com.',
  quota: 'Try again later, or lower the floors in alma.quota.',
  overload: 'Try again.',
  'key-refused': giveRight,
  journal: 'See the log of the bridge.',
  'not-carried-out': 'Try again.',
  internal: 'Check that region or baseUrl leads to Alma.',
} as const
