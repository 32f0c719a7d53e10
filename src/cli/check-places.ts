/** The circulation desks that a configuration names, and what must be possible at each. */
import type { CirculationDesk } from '../alma/configuration.ts'
import type { Place } from '../circulation/model.ts'
import type { Config, ProfileConfig } from '../runtime/config/schema.ts'
import type { CheckFinding, Found } from './check-finding.ts'

/** A desk with everybody who works at it. */
export interface NamedPlace extends Place {
  /** Names of terminals and partners. */
  readonly usedBy: readonly string[]
  readonly lends: boolean
  readonly takesBack: boolean
}

/** Every desk of an institution once, in the order of the file. */
export function collectPlaces(config: Config, institution: string): readonly NamedPlace[] {
  const places = new Map<string, NamedPlace>()
  for (const place of [...placesOfTerminals(config, institution), ...placesOfPartners(config, institution)]) {
    const key = deskName(place)
    const known = places.get(key)
    places.set(key, {
      ...place,
      usedBy: [...(known?.usedBy ?? []), ...place.usedBy],
      lends: place.lends || known?.lends === true,
      takesBack: place.takesBack || known?.takesBack === true,
    })
  }
  return [...places.values()]
}

export const deskName = ({ library, circulationDesk }: Place): string => `${library}.${circulationDesk}`

/** The profiles that the terminals of an institution use, by name. */
export function profilesOf({ terminals, profiles }: Config, institution: string) {
  const names = terminals.filter((terminal) => terminal.institution === institution).map(({ profile }) => profile)
  return [...new Set(names)].flatMap((name): readonly (readonly [name: string, profile: ProfileConfig])[] => {
    const profile = profiles[name]
    return profile ? [[name, profile]] : []
  })
}

function placesOfTerminals({ terminals, profiles }: Config, institution: string): readonly NamedPlace[] {
  return terminals
    .filter((terminal) => terminal.institution === institution)
    .map(({ name, library, circulationDesk, profile }) => {
      const messages = profiles[profile]?.messages
      return {
        library,
        circulationDesk,
        usedBy: [name],
        lends: messages?.checkout !== false,
        takesBack: messages?.checkin !== false,
      }
    })
}

function placesOfPartners({ ncip }: Config, institution: string): readonly NamedPlace[] {
  return ncip.partners
    .filter((partner) => partner.institution === institution)
    .flatMap(({ name, library, circulationDesk, services, remoteStorage }) => {
      // A storage system only scans in, whatever its messages are called.
      const scans = remoteStorage !== undefined
      const lends = !scans && services.includes('CheckOutItem')
      const takesBack = scans || services.includes('CheckInItem')
      const own = { library, circulationDesk, usedBy: [name], lends, takesBack }
      return [own, ...(remoteStorage?.circulationDesks ?? []).map((desk) => ({ ...own, ...readDeskName(desk) }))]
    })
}

function readDeskName(text: string): Place {
  const [library = '', circulationDesk = ''] = text.split('.')
  return { library, circulationDesk }
}

const mostNamed = 8

/** What a desk lets its machines do. [Alma conf: circulation desk] */
export function judgeDesk(place: NamedPlace, desk: CirculationDesk, found: Found): readonly CheckFinding[] {
  const subject = `desk ${deskName(place)}`
  const { locations } = desk
  const who = listNames(place.usedBy)
  if (locations.length === 0) {
    const advice = 'Relate the desk to the locations of its items, in Alma under Fulfillment > Library Management.'
    return [found('fail', subject, `serves no location (used by ${who})`, advice)]
  }
  const findings = [
    ...(place.lends
      ? judgeRight(
          'lend',
          'Check out',
          locations.filter(({ checkOut }) => !checkOut),
        )
      : []),
    ...(place.takesBack
      ? judgeRight(
          'take back',
          'Check in',
          locations.filter(({ checkIn }) => !checkIn),
        )
      : []),
  ]
  if (findings.length > 0) return findings
  const count = locations.length === 1 ? '1 location' : `${locations.length} locations`
  return [found('ok', subject, `${listRights(place)} ${count} (used by ${who})`)]

  function judgeRight(verb: string, box: string, without: typeof locations): readonly CheckFinding[] {
    if (without.length === 0) return []
    const all = without.length === locations.length
    const names = listNames(without.map(({ location }) => location.code))
    const advice = `Tick "${box}" for these locations in the desk's settings in Alma, if its machines shall ${verb} there.`
    return [found(all ? 'fail' : 'warn', subject, `may not ${verb} at ${names} (used by ${who})`, advice)]
  }
}

function listRights({ lends, takesBack }: NamedPlace): string {
  if (lends && takesBack) return 'lends and takes back at'
  if (lends) return 'lends at'
  return takesBack ? 'takes back at' : 'serves'
}

/** A few of them, and how many more there are. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ')
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown
}
