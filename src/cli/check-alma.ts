/** Asks an institution's Alma whether everything is there that the configuration counts on. */
import type { AlmaArea, AlmaConfiguration } from '../alma/configuration.ts'
import type { Config, InstitutionConfig } from '../runtime/config/schema.ts'
import { explain, giveRight, makeCall } from './check-call.ts'
import { collectCodes } from './check-codes.ts'
import { checkDesks } from './check-desks.ts'
import { type CheckFinding, findingsOf, type Found } from './check-finding.ts'
import { collectPickups } from './check-pickups.ts'
import { collectPlaces } from './check-places.ts'
import { checkTables } from './check-tables.ts'

/** Rights that the bridge needs, each with the words of Alma's developer network. */
const neededRights: readonly { readonly area: AlmaArea; readonly access: 'read' | 'write'; readonly name: string }[] = [
  { area: 'users', access: 'read', name: 'Users, read' },
  { area: 'users', access: 'write', name: 'Users, write' },
  { area: 'bibs', access: 'read', name: 'Bibs, read' },
  { area: 'bibs', access: 'write', name: 'Bibs, write' },
]

/** Yields as it goes, since a call can take its time. Never makes a call that changes anything. */
export async function* checkAlma(
  institution: InstitutionConfig,
  config: Config,
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
    const sentence = 'is missing: libraries, desks and codes cannot be checked'
    yield found('fail', 'right Configuration, read', sentence, giveRight)
  } else {
    yield explain(general, 'key', found)
    return
  }
  yield* checkRights(alma, found)
  if (general.kind !== 'done') return
  yield* checkDesks(
    { places: collectPlaces(config, institution.id), pickups: collectPickups(config, institution.id) },
    alma,
    found,
  )
  yield* checkTables(collectCodes(institution, config), alma, found)
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
