/** Asks an institution's Alma whether everything is there that the configuration counts on. */
import type { AlmaArea, AlmaConfiguration } from '../alma/configuration.ts'
import type { NotDone } from '../circulation/outcome.ts'
import type { Call } from '../circulation/ports.ts'
import type { InstitutionConfig } from '../runtime/config/schema.ts'
import { type CheckFinding, findingsOf, type Found } from './check-finding.ts'
import { deskName, judgeDesk, type NamedPlace } from './check-places.ts'

/** Desks that one check asks for; a check shall not eat the calls of a day. */
const mostDesks = 200
const callTimeMs = 30_000

/** Rights that the bridge needs, each with the words of Alma's developer network. */
const neededRights: readonly { readonly area: AlmaArea; readonly access: 'read' | 'write'; readonly name: string }[] = [
  { area: 'users', access: 'read', name: 'Users, read' },
  { area: 'users', access: 'write', name: 'Users, write' },
  { area: 'bibs', access: 'read', name: 'Bibs, read' },
  { area: 'bibs', access: 'write', name: 'Bibs, write' },
]

const giveRight =
  'Give the API key this right in the Ex Libris Developer Network: Users and Bibs read/write, Configuration read.'

/** Yields as it goes, since a call can take its time. Never makes a call that changes anything. */
export async function* checkAlma(
  institution: InstitutionConfig,
  places: readonly NamedPlace[],
  alma: AlmaConfiguration,
): AsyncGenerator<CheckFinding> {
  const found = findingsOf(institution.id)
  const general = await alma.institution(makeCall())
  if (general.kind === 'done') {
    yield* judgeInstitution(institution, general.value, found)
  } else if (general.kind === 'unavailable' && general.cause === 'key-refused') {
    const read = await alma.testArea('users', 'read', makeCall())
    if (read.kind !== 'done') {
      yield found('fail', 'key', 'is refused by Alma', 'Check that the key is whole, in use, and of this region.')
      return
    }
    yield found('fail', 'right Configuration, read', 'is missing: libraries and desks cannot be checked', giveRight)
  } else {
    yield explain(general, 'key', found)
    return
  }
  yield* checkRights(alma, found)
  if (general.kind === 'done') yield* checkPlaces(places, alma, found)
}

function* judgeInstitution(
  { agency, agencyAliases }: InstitutionConfig,
  { code, name, environment }: { readonly code: string; readonly name: string; readonly environment: string },
  found: Found,
): Generator<CheckFinding> {
  yield found('ok', 'key', `works at ${code} (${name}), ${environment || 'environment not told'}`)
  if (agency !== code && !agencyAliases.includes(code)) {
    const advice = `Add ${code} to agencyAliases, unless no machine or partner calls the institution so.`
    yield found('warn', 'agency', `${agency} is not what Alma calls the institution`, advice)
  }
}

async function* checkRights(alma: AlmaConfiguration, found: Found): AsyncGenerator<CheckFinding> {
  for (const { area, access, name } of neededRights) {
    const outcome = await alma.testArea(area, access, makeCall())
    const subject = `right ${name}`
    if (outcome.kind === 'done') yield found('ok', subject, 'is there')
    else if (outcome.kind === 'unavailable' && outcome.cause === 'key-refused') {
      yield found('fail', subject, 'is missing', giveRight)
    } else yield explain(outcome, subject, found)
  }
}

async function* checkPlaces(
  places: readonly NamedPlace[],
  alma: AlmaConfiguration,
  found: Found,
): AsyncGenerator<CheckFinding> {
  const listed = await alma.libraries(makeCall())
  if (listed.kind !== 'done') {
    yield explain(listed, 'libraries', found)
    return
  }
  const names = new Map(listed.value.map(({ code, name }) => [code, name]))
  for (const library of new Set(places.map((place) => place.library))) {
    const name = names.get(library)
    if (name !== undefined) yield found('ok', `library ${library}`, `is there: ${name}`)
    else yield found('fail', `library ${library}`, 'does not exist in Alma', `It has: ${[...names.keys()].join(', ')}.`)
  }
  const reachable = places.filter(({ library }) => names.has(library))
  for (const place of reachable.slice(0, mostDesks)) yield* checkDesk(place, alma, found)
  const left = reachable.length - mostDesks
  if (left > 0) yield found('warn', 'desks', `${left} more desks were not asked for, to spare calls`)
}

async function* checkDesk(place: NamedPlace, alma: AlmaConfiguration, found: Found): AsyncGenerator<CheckFinding> {
  const outcome = await alma.desk(place, makeCall())
  const subject = `desk ${deskName(place)}`
  if (outcome.kind === 'done') yield* judgeDesk(place, outcome.value, found)
  else if (outcome.kind === 'refused') {
    const advice = `Correct circulationDesk of ${place.usedBy.join(', ')}, or make the desk in Alma.`
    yield found('fail', subject, 'does not exist in Alma', advice)
  } else yield explain(outcome, subject, found)
}

/** Background work: whoever waits at a kiosk comes first. */
function makeCall(): Call {
  return {
    id: 'check',
    priority: 'background',
    signal: AbortSignal.timeout(callTimeMs),
    deadline: performance.now() + callTimeMs,
    machine: 'check',
  }
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

function explain(outcome: NotDone, subject: string, found: Found): CheckFinding {
  const evidence = outcome.evidence === '' ? '' : ` (${outcome.evidence})`
  if (outcome.kind !== 'unavailable') return found('fail', subject, `Alma refuses to tell${evidence}`)
  const finding = found('fail', subject, causes[outcome.cause] + evidence, advice[outcome.cause])
  return outcome.cause === 'offline' || outcome.cause === 'timeout' ? { ...finding, unreachable: true } : finding
}

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
