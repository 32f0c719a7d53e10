import type { Block, Contact, Patron } from '../../circulation/model.ts'
import { judgeStanding } from '../../circulation/standing.ts'
import type { Content } from '../spec/elements.ts'
import { type UserElementType, bibliographicLanguages, schemes } from '../spec/schemes.ts'
import { type ServiceContext, userId } from './service.ts'

type Asked = ReadonlySet<UserElementType>

/** What was asked of a user, and nothing else. [NCIP 2.02 UserOptionalFields] */
export function userFields(patron: Patron, asked: Asked, context: ServiceContext): Content<'UserOptionalFields'> {
  return {
    NameInformation: asked.has('Name Information') ? nameOf(patron) : undefined,
    UserAddressInformation: asked.has('User Address Information') ? addressesOf(patron.contact) : undefined,
    ...(asked.has('Date Of Birth') && /^\d{4}-\d{2}-\d{2}/.test(patron.birthDate) && { DateOfBirth: birthOf(patron) }),
    ...(asked.has('User Language') && { UserLanguage: languageOf(patron) }),
    UserPrivilege: asked.has('User Privilege') ? privilegesOf(patron, context) : undefined,
    BlockOrTrap: asked.has('Block Or Trap') ? blocksOf(patron, context) : undefined,
    UserId: asked.has('User Id') ? idsOf(patron, context) : undefined,
  }
}

/** A structured name always: the most used clients read no other. */
function nameOf({ id, name }: Patron): Content<'NameInformation'> {
  const given = name.preferredFirst || name.first
  return {
    PersonalNameInformation: {
      StructuredPersonalUserName: {
        GivenName: given,
        Initials: name.middle.replace(/(\p{L})[^\s]*/gu, '$1'),
        Surname: name.last || given || id,
      },
      UnstructuredPersonalUserName: [given, name.middle, name.last].filter((part) => part !== '').join(' '),
    },
  }
}

/** [NCIP 2.02 UserAddressRoleType] */
const roles = new Map([
  ['home', 'Home'],
  ['personal', 'Home'],
  ['work', 'Work'],
  ['school', 'Work'],
  ['office', 'Work'],
])

function addressesOf(contact: Contact): Content<'UserAddressInformation'>[] {
  const role = (kind: string) => ({
    value: roles.get(kind.toLowerCase()) ?? 'Multi-Purpose',
    scheme: schemes.userAddressRoleType,
  })
  const preferredFirst = <T extends { readonly preferred: boolean }>(all: readonly T[]): T[] =>
    all.toSorted((one, other) => Number(other.preferred) - Number(one.preferred))
  const electronic = (kind: string, type: string, data: string): Content<'UserAddressInformation'> => ({
    UserAddressRoleType: role(kind),
    ElectronicAddress: {
      ElectronicAddressType: { value: type, scheme: schemes.electronicAddressType },
      ElectronicAddressData: data,
    },
  })
  return [
    ...preferredFirst(contact.addresses)
      .filter((address) => address.lines.some((line) => line !== ''))
      .map((address) => ({ UserAddressRoleType: role(address.kind), PhysicalAddress: postalAddress(address) })),
    ...preferredFirst(contact.emails)
      .filter((email) => email.address !== '')
      .map((email) => electronic(email.kind, 'mailto', email.address)),
    ...preferredFirst(contact.phones)
      .filter((phone) => phone.number !== '')
      .map((phone) => electronic(phone.kind, 'tel', phone.number)),
  ]
}

function postalAddress(address: Contact['addresses'][number]): Content<'PhysicalAddress'> {
  const [first = '', ...further] = address.lines.filter((line) => line !== '')
  return {
    StructuredAddress: {
      Line1: first,
      Line2: further.join(', '),
      Locality: address.city,
      Region: address.region,
      Country: address.country,
      PostalCode: address.postalCode,
    },
    PhysicalAddressType: { value: 'Postal Address', scheme: schemes.physicalAddressType },
  }
}

/** A birthday has no zone; with one it would slip by a day somewhere. */
const birthOf = (patron: Patron): string => `${patron.birthDate.slice(0, 10)}T00:00:00`

const languageOf = (patron: Patron) => ({
  value: bibliographicLanguages.get(patron.language.split('-', 1)[0]?.toLowerCase() ?? '') ?? '',
  scheme: schemes.language,
})

/** The three privileges that brokers look for: whether the card is good, the user group, the library. */
function privilegesOf(patron: Patron, context: ServiceContext): Content<'UserPrivilege'>[] {
  const { circulation, agency, place, partner } = context
  const standing = judgeStanding(patron, undefined, circulation.limits, circulation.clock.now())
  const words = partner.statusWords ?? { good: 'OK', blocked: 'BLOCKED' }
  const good = standing.mayLoan && !standing.tooManyLoans && !standing.owesTooMuch
  const privilege = (type: string, value: string): Content<'UserPrivilege'> => ({
    AgencyId: agency,
    AgencyUserPrivilegeType: { value: type, scheme: schemes.agencyUserPrivilegeType },
    UserPrivilegeStatus: {
      UserPrivilegeStatusType: { value, scheme: schemes.userPrivilegeStatusType },
    },
  })
  const status = privilege('STATUS', good ? words.good : words.blocked)
  return [
    patron.expires === undefined ? status : { ...status, ValidToDate: patron.expires },
    { ...privilege('PROFILE', patron.group.code || patron.group.name), UserPrivilegeDescription: patron.group.name },
    privilege('LIBRARY', place.library),
  ]
}

/** [NCIP 2.02 BlockOrTrapType] */
const blockTypes = [
  ['loan', 'Block Check Out'],
  ['renew', 'Block Renewal'],
  ['hold', 'Block Request Item'],
] as const

function blocksOf(patron: Patron, context: ServiceContext): Content<'BlockOrTrap'>[] {
  const { circulation, agency } = context
  const standing = judgeStanding(patron, undefined, circulation.limits, circulation.clock.now())
  const block = (type: string, until: Date | undefined): Content<'BlockOrTrap'> => ({
    AgencyId: agency,
    BlockOrTrapType: { value: type, scheme: schemes.blockOrTrapType },
    ...(until && { ValidToDate: until }),
  })
  return blockTypes.flatMap(([act, type]) => {
    const forbidding = standing.blocks.filter((one) => one.forbids[act])
    if (!standing.valid) return [block(type, undefined)]
    return forbidding.length === 0 ? [] : [block(type, lastEnd(forbidding))]
  })
}

/** When the last of several blocks ends; undefined when one has no end. */
function lastEnd(blocks: readonly Block[]): Date | undefined {
  const ends = blocks.map((block) => block.expires)
  if (ends.includes(undefined)) return undefined
  return new Date(Math.max(...ends.map((end) => end?.getTime() ?? 0)))
}

const identifierTypes = new Map([['barcode', 'Barcode']])

function idsOf(patron: Patron, context: ServiceContext): Content<'UserId'>[] {
  const typed = (kind: string, value: string): Content<'UserId'> => ({
    ...userId(value, context),
    UserIdentifierType: {
      value: identifierTypes.get(kind.toLowerCase()) ?? 'Institution Id Number',
      scheme: schemes.userIdentifierType,
    },
  })
  return [
    typed('primary', patron.id),
    ...patron.identifiers
      .filter(({ active, value }) => active && value !== '' && value !== patron.id)
      .map(({ kind, value }) => typed(kind, value)),
  ]
}
