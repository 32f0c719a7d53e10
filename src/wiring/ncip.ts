import type { NcipPluginOptions } from '../ncip/plugin.ts'
import type { NcipPartner, PickupPlace } from '../ncip/partners.ts'
import type { Config, NcipPartnerConfig } from '../runtime/config/schema.ts'
import type { Log } from '../runtime/log.ts'
import type { InstitutionParts } from './circulations.ts'
import { mapValues } from './map-values.ts'

/** What the NCIP plugin is told: the partners of the config and the institutions that serve them. */
export function makeNcipOptions(
  config: Config,
  parts: { readonly institutions: ReadonlyMap<string, InstitutionParts>; readonly log: Log },
): NcipPluginOptions {
  const { maxBodyBytes, maxInFlight } = config.listeners.http
  return {
    path: config.ncip.path,
    partners: config.ncip.partners.map((partner) => toPartner(partner, config)),
    circulationOf: (institution) => parts.institutions.get(institution)?.circulation,
    limits: { bodyBytes: maxBodyBytes, inFlight: maxInFlight, deadlineMs: config.ncip.deadlineMs },
    log: parts.log,
  }
}

function toPartner(partner: NcipPartnerConfig, config: Config): NcipPartner {
  const institution = config.institutions.find(({ id }) => id === partner.institution)
  if (!institution) throw new Error('a partner names an institution that the configuration does not have')
  const { name, agency, key, library, circulationDesk, services, applicationProfiles, remoteStorage } = partner
  const { allowFrom, version, userAuthentication, desiredDateDue, pickupLocations, defaultPickup } = partner
  return {
    name,
    agency,
    ...(key && { key: key.reveal() }),
    institution: institution.id,
    addressedAs: [institution.agency, ...institution.agencyAliases],
    place: { library, circulationDesk },
    services,
    allowFrom,
    userAuthentication,
    desiredDateDue,
    ...(version && { version }),
    pickupLocations: mapValues(pickupLocations, toPickupPlace),
    ...(defaultPickup && { defaultPickup: toPickupPlace(defaultPickup) }),
    ...(applicationProfiles.length > 0 && {
      applicationProfiles: Object.fromEntries(applicationProfiles.map((profile) => [profile, undefined])),
    }),
    ...(remoteStorage && {
      remoteStorage: {
        systemId: remoteStorage.systemId,
        ...(remoteStorage.circulationDesks.length > 0 && { desks: remoteStorage.circulationDesks }),
      },
    }),
  }
}

/** `LIB` or `LIB.DESK`. */
function toPickupPlace(text: string): PickupPlace {
  const [library = '', circulationDesk] = text.split('.')
  return { library, circulationDesk }
}
