/** Asks Alma about the libraries and circulation desks that a configuration names. */
import type { AlmaConfiguration, CirculationDesk } from '../alma/configuration.ts'
import type { Place } from '../circulation/model.ts'
import type { Outcome } from '../circulation/outcome.ts'
import { explain, makeCall } from './check-call.ts'
import type { CheckFinding, Found } from './check-finding.ts'
import { judgePickupDesk, type NamedPickup, pickupName } from './check-pickups.ts'
import { deskName, judgeDesk, listNames, type NamedPlace } from './check-places.ts'

/** Desks that one check asks for; a check shall not eat the calls of a day. */
const mostDesks = 200

interface Named {
  readonly places: readonly NamedPlace[]
  readonly pickups: readonly NamedPickup[]
}

export async function* checkDesks(
  { places, pickups }: Named,
  alma: AlmaConfiguration,
  found: Found,
): AsyncGenerator<CheckFinding> {
  const listed = await alma.libraries(makeCall())
  if (listed.kind !== 'done') {
    yield explain(listed, 'libraries', found)
    return
  }
  const libraries = new Map(listed.value.map(({ code, name }) => [code, name]))
  const known = `It has: ${[...libraries.keys()].join(', ')}.`
  for (const library of new Set(places.map((place) => place.library))) {
    const name = libraries.get(library)
    if (name !== undefined) yield found('ok', `library ${library}`, `is there: ${name}`)
    else yield found('fail', `library ${library}`, 'does not exist in Alma', known)
  }
  const desks = new Desks(alma)
  for (const place of places) if (libraries.has(place.library)) yield* checkDesk(place, desks, found)
  for (const pickup of pickups) {
    const name = libraries.get(pickup.library)
    if (name !== undefined) yield* checkPickup(pickup, name, desks, found)
    else if (pickup.isNamed) {
      const advice = `Correct ${listNames(pickup.settings)}. ${known}`
      yield found('fail', `pickup ${pickupName(pickup)}`, 'is at a library that does not exist in Alma', advice)
    }
  }
  if (desks.left > 0) yield found('warn', 'desks', `${desks.left} more desks were not asked for, to spare calls`)
}

/** Each is asked for once, whatever it is for. */
class Desks {
  readonly #alma: AlmaConfiguration
  readonly #asked = new Map<string, Outcome<CirculationDesk>>()
  readonly #left = new Set<string>()

  constructor(alma: AlmaConfiguration) {
    this.#alma = alma
  }

  /** How many were not asked for. */
  get left(): number {
    return this.#left.size
  }

  /** Undefined when there were too many before it. */
  async ask(place: Place): Promise<Outcome<CirculationDesk> | undefined> {
    const name = deskName(place)
    const known = this.#asked.get(name)
    if (known) return known
    if (this.#asked.size >= mostDesks) {
      this.#left.add(name)
      return undefined
    }
    const outcome = await this.#alma.desk(place, makeCall())
    this.#asked.set(name, outcome)
    return outcome
  }
}

async function* checkDesk(place: NamedPlace, desks: Desks, found: Found): AsyncGenerator<CheckFinding> {
  const outcome = await desks.ask(place)
  const subject = `desk ${deskName(place)}`
  if (outcome === undefined) return
  if (outcome.kind === 'done') yield* judgeDesk(place, outcome.value, found)
  else if (outcome.kind === 'refused') {
    const advice = `Correct circulationDesk of ${place.usedBy.join(', ')}, or make the desk in Alma.`
    yield found('fail', subject, 'does not exist in Alma', advice)
  } else yield explain(outcome, subject, found)
}

async function* checkPickup(
  pickup: NamedPickup,
  libraryName: string,
  desks: Desks,
  found: Found,
): AsyncGenerator<CheckFinding> {
  const { library, circulationDesk, isNamed, settings } = pickup
  const subject = `pickup ${pickupName(pickup)}`
  if (circulationDesk === undefined) {
    yield found('ok', subject, `is there: ${libraryName}`)
    return
  }
  const outcome = await desks.ask({ library, circulationDesk })
  if (outcome === undefined) return
  if (outcome.kind === 'done') yield judgePickupDesk(pickup, outcome.value, found)
  // A desk at which somebody lends is told of already.
  else if (!isNamed) return
  else if (outcome.kind === 'refused') {
    const advice = `Correct ${listNames(settings)}, or make the desk in Alma.`
    yield found('fail', subject, 'does not exist in Alma', advice)
  } else yield explain(outcome, subject, found)
}
