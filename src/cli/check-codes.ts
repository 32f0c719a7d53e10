/** Every code of Alma's own that a configuration names for an institution. */
import { formatPath, type Path } from '../runtime/config/fault.ts'
import type { Config, InstitutionConfig } from '../runtime/config/schema.ts'
import { toAlmaConfig } from '../wiring/alma-config.ts'
import { compared, type NamedCode, sent } from './check-named-code.ts'
import { profilesOf } from './check-places.ts'
import { codesOfProfile } from './check-profile-codes.ts'

/** What is sent counts only where a machine or partner may have it sent. */
export function collectCodes(institution: InstitutionConfig, config: Config): readonly NamedCode[] {
  const profiles = profilesOf(config, institution.id)
  const path = ['institutions', config.institutions.indexOf(institution)]
  return [
    ...profiles.flatMap(([name, profile]) => codesOfProfile(profile, ['profiles', name])),
    ...codesOfMappings(
      institution,
      [...path, 'alma', 'mappings'],
      profiles.some(([, { messages }]) => messages.feePaid),
    ),
    ...codesOfDirectory(institution, config, [...path, 'ldap', 'identifier']),
    ...codesOfCancelling(institution, config),
  ]
}

function codesOfMappings({ alma }: InstitutionConfig, path: Path, takesMoney: boolean): readonly NamedCode[] {
  const { mediaKinds, blockActions, paymentMethods } = alma.mappings
  const methods = takesMoney ? Object.entries(paymentMethods) : []
  return [
    ...Object.keys(mediaKinds).map((code) => compared('PhysicalMaterialType', code, [...path, 'mediaKinds', code])),
    ...Object.keys(blockActions).map((code) => compared('UserBlockDescription', code, [...path, 'blockActions', code])),
    ...methods.map(([method, code]) => sent('WorkbenchPaymentMethod', code, [...path, 'paymentMethods', method])),
  ]
}

function codesOfDirectory({ id, ldap }: InstitutionConfig, config: Config, path: Path): readonly NamedCode[] {
  if (ldap === undefined || ldap.identifier === 'scanned' || ldap.identifier === 'primary') return []
  const isAsked =
    profilesOf(config, id).some(([, { pinPolicy }]) => pinPolicy === 'ldap') ||
    config.ncip.partners.some(({ institution, passwordPolicy }) => institution === id && passwordPolicy === 'ldap')
  if (!isAsked) return []
  return [{ table: 'UserIdentifierTypes', code: ldap.identifier, use: 'searched', setting: formatPath(path) }]
}

function codesOfCancelling(institution: InstitutionConfig, config: Config): readonly NamedCode[] {
  const { id } = institution
  const cancels =
    profilesOf(config, id).some(([, { messages }]) => messages.hold) ||
    config.ncip.partners.some((partner) => partner.institution === id && partner.services.includes('CancelRequestItem'))
  const { reason } = toAlmaConfig(institution).options.cancelHold
  return cancels ? [{ table: 'RequestCancellationReasons', code: reason, use: 'sent', setting: undefined }] : []
}
