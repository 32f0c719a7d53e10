import type { NcipPluginOptions } from '../ncip/plugin.ts'
import type { NcipPartner, PickupPlace } from '../ncip/partners.ts'
import type { Config, NcipPartnerConfig } from '../runtime/config/schema.ts'
import type { Log } from '../runtime/log.ts'
import type { Institutions } from './institutions.ts'
import { mapValues } from './map-values.ts'

/** The partners of a configuration, in place of those of the one before. */
export class NcipSide {
  #partners: readonly NcipPartner[]
  readonly options: NcipPluginOptions

  constructor(config: Config, parts: NcipParts) {
    this.#partners = toPartners(config)
    this.options = makeNcipOptions(config, () => this.#partners, parts)
  }

  /** @returns lets them be served from now on */
  prepare(config: Config): () => void {
    const partners = toPartners(config)
    return () => {
      this.#partners = partners
    }
  }
}

interface NcipParts {
  readonly institutions: Institutions
  readonly log: Log
}

/** What the NCIP plugin is told: the partners of the config and the institutions that serve them. */
function makeNcipOptions(config: Config, partners: () => readonly NcipPartner[], parts: NcipParts): NcipPluginOptions {
  const { maxBodyBytes, maxInFlight } = config.listeners.http
  return {
    path: config.ncip.path,
    partners,
    circulationOf: (institution) => parts.institutions.get(institution).circulation,
    limits: { bodyBytes: maxBodyBytes, inFlight: maxInFlight, deadlineMs: config.ncip.deadlineMs },
    log: parts.log,
  }
}

const toPartners = (config: Config): readonly NcipPartner[] =>
  config.ncip.partners.map((partner) => toPartner(partner, config))

function toPartner(partner: NcipPartnerConfig, config: Config): NcipPartner {
  const institution = config.institutions.find(({ id }) => id === partner.institution)
  if (!institution) throw new Error('a partner names an institution that the configuration does not have')
  const { name, agency, key, offline, library, circulationDesk, services, applicationProfiles, remoteStorage } = partner
  const { allowFrom, version, userAuthentication, passwordPolicy, desiredDateDue } = partner
  const { pickupLocations, defaultPickup } = partner
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
    passwordKeeper: passwordPolicy === 'ldap' ? 'directory' : 'library-system',
    desiredDateDue,
    offline,
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
