import type { NcipPluginOptions } from '../ncip/plugin.ts'
import type { NcipPartner } from '../ncip/partners.ts'
import type { Config, NcipPartnerConfig } from '../runtime/config/schema.ts'
import type { Log } from '../runtime/log.ts'
import type { InstitutionParts } from './circulations.ts'

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
  const { name, agency, library, circulationDesk, services, applicationProfiles, remoteStorage } = partner
  return {
    name,
    agency,
    key: partner.key.reveal(),
    institution: institution.id,
    addressedAs: [institution.agency, ...institution.agencyAliases],
    place: { library, circulationDesk },
    services,
    allowFrom: partner.allowFrom,
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
