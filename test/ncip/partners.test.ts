import t from 'tap'
import type { InitiationHeader } from '../../src/ncip/message.ts'
import { PartnerDirectory } from '../../src/ncip/partners.ts'
import type { KnownService } from '../../src/ncip/spec/services.ts'
import { ncipPartner } from '../helpers/ncip.ts'

const header = (parts: Partial<InitiationHeader> = {}): InitiationHeader => ({
  fromSystem: '',
  fromAgency: 'PARTNER',
  fromAgencyAuthentication: '',
  onBehalfOf: '',
  toSystem: '',
  toAgency: '01INST',
  applicationProfile: '',
  ...parts,
})

const origin = { address: '127.0.0.1', keys: [] }

const typeOf = (
  directory: PartnerDirectory,
  parts: Partial<InitiationHeader>,
  keys: string[] = [],
  service: KnownService = 'LookupItem',
) => {
  const found = directory.resolve(header(parts), service, { address: '127.0.0.1', keys })
  return found.kind === 'partner' ? (found.resolved.partner.name ?? 'partner') : found.problem.type
}

t.test('a partner is known by its agency, and we by ours', async (t) => {
  const directory = new PartnerDirectory([ncipPartner])
  t.equal(typeOf(directory, {}), 'partner')
  t.equal(typeOf(directory, { fromAgency: 'partner', toAgency: '01inst' }), 'partner', 'whatever the case')
  t.equal(typeOf(directory, { toAgency: '' }), 'partner', 'some never say whom they address')
  t.equal(typeOf(directory, { fromAgency: 'OTHER' }), 'Unknown Agency')
  t.equal(typeOf(directory, { fromAgency: '__proto__' }), 'Unknown Agency')
  t.equal(typeOf(directory, { toAgency: 'OTHER' }), 'Unknown Agency')
  t.equal(typeOf(directory, { fromAgency: '' }), 'Needed Data Missing')
  t.match(directory.resolve(undefined, 'LookupItem', origin), { kind: 'refused' })
})

t.test('a key is asked for where the partner has one, in any place', async (t) => {
  const directory = new PartnerDirectory([{ ...ncipPartner, key: 'right' }])
  t.equal(typeOf(directory, {}, ['right']), 'partner')
  t.equal(typeOf(directory, { fromAgencyAuthentication: 'right' }), 'partner')
  t.equal(typeOf(directory, { fromAgencyAuthentication: 'right' }, ['wrong']), 'partner')
  for (const key of ['', 'wrong', 'righ', 'right ']) {
    t.equal(typeOf(directory, { fromAgencyAuthentication: key }), 'Agency Authentication Failed', key)
  }
  t.equal(typeOf(directory, {}), 'Agency Authentication Failed')
  t.notMatch(
    JSON.stringify(directory.resolve(header({ fromAgencyAuthentication: 'sent' }), 'LookupItem', origin)),
    /sent|right/,
  )
})

t.test('partners that share an agency id are told apart by application profile', async (t) => {
  const annex = { library: 'ANNEX', circulationDesk: 'RD' }
  const directory = new PartnerDirectory([
    { ...ncipPartner, name: 'storage', applicationProfiles: { STORE: annex } },
    { ...ncipPartner, name: 'broker', applicationProfiles: { ILLIAD: undefined } },
  ])
  t.equal(typeOf(directory, { applicationProfile: 'store' }), 'storage')
  t.equal(typeOf(directory, { applicationProfile: 'ILLiad' }), 'broker')
  t.equal(typeOf(directory, {}), 'Unauthorized Combination Of Element Values For Agency')
  t.match(directory.resolve(header({ applicationProfile: 'STORE' }), 'LookupItem', origin), {
    resolved: { place: annex },
  })
  const open = new PartnerDirectory([
    { ...ncipPartner, applicationProfiles: { STORE: annex }, name: 'storage' },
    ncipPartner,
  ])
  t.equal(typeOf(open, { applicationProfile: 'anything' }), 'partner', 'one that names none takes any')
})

t.test('a partner uses only what it may', async (t) => {
  const directory = new PartnerDirectory([{ ...ncipPartner, services: ['LookupItem'] }])
  t.equal(typeOf(directory, {}), 'partner')
  t.equal(typeOf(directory, {}, [], 'CheckOutItem'), 'Unauthorized Service For Agency')
})

t.test('a partner sends only from where it may', async (t) => {
  const directory = new PartnerDirectory([{ ...ncipPartner, allowFrom: ['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'] }])
  const from = (address: string) => directory.resolve(header(), 'LookupItem', { address, keys: [] })
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8::1']) {
    t.equal(from(address).kind, 'partner', address)
  }
  for (const address of ['10.2.0.1', '192.0.2.8', '2001:db9::1', '::1', '', 'nowhere']) {
    t.match(
      from(address),
      { reason: 'address-not-allowed', problem: { type: 'Agency Authentication Failed' } },
      address,
    )
  }
})
