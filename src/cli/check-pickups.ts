/** The places where requested items are fetched, as a configuration names them. */
import type { CirculationDesk } from '../alma/configuration.ts'
import { formatPath, type Path } from '../runtime/config/fault.ts'
import type { Config } from '../runtime/config/schema.ts'
import type { CheckFinding, Found } from './check-finding.ts'
import { listNames, profilesOf } from './check-places.ts'

export interface NamedPickup {
  readonly library: string
  /** Undefined where Alma chooses the desk. */
  readonly circulationDesk: string | undefined
  /** Paths of the settings that lead to it. */
  readonly settings: readonly string[]
  /** False for the desk of a partner, which counts where a request names no place and there is no default. */
  readonly isNamed: boolean
}

/** Every place of an institution once, of machines and partners that may place holds. */
export function collectPickups(config: Config, institution: string): readonly NamedPickup[] {
  const pickups = new Map<string, NamedPickup>()
  for (const pickup of [...pickupsOfProfiles(config, institution), ...pickupsOfPartners(config, institution)]) {
    const key = pickupName(pickup)
    const known = pickups.get(key)
    pickups.set(key, {
      ...pickup,
      settings: [...(known?.settings ?? []), ...pickup.settings],
      isNamed: pickup.isNamed || known?.isNamed === true,
    })
  }
  return [...pickups.values()]
}

export const pickupName = ({ library, circulationDesk }: NamedPickup): string =>
  circulationDesk === undefined ? library : `${library}.${circulationDesk}`

function pickupsOfProfiles(config: Config, institution: string): readonly NamedPickup[] {
  return profilesOf(config, institution)
    .filter(([, { messages }]) => messages.hold)
    .flatMap(([name, { holds }]) => readPickups(holds, ['profiles', name, 'holds']))
}

function pickupsOfPartners({ ncip }: Config, institution: string): readonly NamedPickup[] {
  return ncip.partners.flatMap((partner, index) => {
    const { services, remoteStorage, defaultPickup, library, circulationDesk } = partner
    if (partner.institution !== institution || !services.includes('RequestItem')) return []
    const path = ['ncip', 'partners', index]
    const named = readPickups(partner, path)
    if (defaultPickup !== undefined || remoteStorage) return named
    const own = { library, circulationDesk, settings: [formatPath([...path, 'circulationDesk'])], isNamed: false }
    return [...named, own]
  })
}

interface PickupSettings {
  readonly pickupLocations: Readonly<Record<string, string>>
  readonly defaultPickup?: string | undefined
}

function readPickups({ pickupLocations, defaultPickup }: PickupSettings, path: Path): readonly NamedPickup[] {
  const read = (place: string, ...keys: Path): NamedPickup => {
    const [library = '', circulationDesk] = place.split('.')
    return { library, circulationDesk, settings: [formatPath([...path, ...keys])], isNamed: true }
  }
  return [
    ...Object.entries(pickupLocations).map(([code, place]) => read(place, 'pickupLocations', code)),
    ...(defaultPickup === undefined ? [] : [read(defaultPickup, 'defaultPickup')]),
  ]
}

/** [Alma conf: circulation desk] */
export function judgePickupDesk(pickup: NamedPickup, { hasHoldShelf }: CirculationDesk, found: Found): CheckFinding {
  const subject = `pickup ${pickupName(pickup)}`
  if (hasHoldShelf) return found('ok', subject, 'has a hold shelf')
  const settings = listNames(pickup.settings)
  if (pickup.isNamed) {
    return found('fail', subject, 'has no hold shelf', `Correct ${settings}, or give the desk a hold shelf in Alma.`)
  }
  const sentence = 'has no hold shelf, and requests that name no pickup location go there'
  return found('warn', subject, sentence, `Name a defaultPickup beside ${settings}.`)
}
