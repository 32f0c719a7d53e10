import t from 'tap'
import { formatFaults } from '../../../src/runtime/config/fault.ts'
import { parseConfig } from '../../../src/runtime/config/load.ts'
import { toLdapConfig } from '../../../src/wiring/ldap.ts'

const env = { ALMA_KEY: 'key', LDAP_SECRET: 'ldap-canary', CA: 'pem' }

const withLdap = (ldap: object | undefined, more: object = {}): string =>
  JSON.stringify({
    institutions: [
      {
        id: 'demo',
        agency: '01DEMO',
        name: 'Demo',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        alma: { region: 'eu', key: 'env:ALMA_KEY' },
        ...(ldap && { ldap }),
      },
    ],
    ...more,
  })

const read = (text: string) => parseConfig(text, { file: 'test.yaml', env })
function faultsOf(text: string): string {
  const result = read(text)
  return result.ok ? '' : formatFaults(result.faults)
}

const searching = { urls: 'ldaps://ldap.example.org', base: 'dc=example,dc=org' }

t.test('a small section is enough, and becomes what the adapter is told', async (t) => {
  const result = read(withLdap({ ...searching, bindDn: 'cn=c', bindPassword: 'env:LDAP_SECRET', ca: 'env:CA' }))
  if (!result.ok) throw new Error(formatFaults(result.faults))
  const [institution] = result.config.institutions
  t.match(institution && toLdapConfig(institution), {
    institution: 'demo',
    urls: ['ldaps://ldap.example.org'],
    ca: 'pem',
    find: { account: { dn: 'cn=c', password: 'ldap-canary' }, base: 'dc=example,dc=org', filter: '(uid={identifier})' },
    identifierKind: undefined,
    connections: 4,
  })
  t.notMatch(JSON.stringify(result.config), /ldap-canary/)
})

t.test('by template and by a kind of identifier', async (t) => {
  const urls = ['ldap://127.0.0.1:389', 'ldap://localhost', 'ldap://[::1]:1389']
  const result = read(withLdap({ urls, userDn: '{identifier}@example.org', identifier: 'UNIV_ID' }))
  if (!result.ok) throw new Error(formatFaults(result.faults))
  const [institution] = result.config.institutions
  t.match(institution && toLdapConfig(institution), {
    find: { userDn: '{identifier}@example.org' },
    identifierKind: 'UNIV_ID',
  })
})

t.test('what would not work, or would not be safe, is a fault', async (t) => {
  const faulty: readonly (readonly [object, RegExp])[] = [
    [{ ...searching, urls: 'ldap://ldap.example.org' }, /ldap\.urls: would send passwords unencrypted/],
    [
      { ...searching, urls: ['ldaps://a.example.org', 'https://b.example.org'] },
      /ldap\.urls.*ldaps:\/\/ldap\.example\.org/,
    ],
    [{ ...searching, urls: 'ldaps://a.example.org/dc=x' }, /nothing more/],
    [{ ...searching, urls: 'ldaps://user:pw@a.example.org' }, /nothing more/],
    [{ urls: searching.urls }, /needs either userDn or base/],
    [{ ...searching, userDn: 'uid={identifier}' }, /needs either userDn or base/],
    [{ ...searching, bindDn: 'cn=c' }, /needs bindDn and bindPassword together/],
    [{ ...searching, filter: '(uid=anna)' }, /filter: must be a search filter/],
    [{ ...searching, filter: 'uid={identifier}' }, /filter: must be a search filter/],
    [{ ...searching, filter: '(uid={identifier})(x=y)' }, /filter: must be a search filter/],
    [{ urls: searching.urls, userDn: '{identifier}' }, /userDn: must hold \{identifier\}/],
    [{ ...searching, bindDn: 'cn=c', bindPassword: 'secret' }, /bindPassword: must not stand in this file/],
  ]
  for (const [section, fault] of faulty) t.match(faultsOf(withLdap(section)), fault)
  t.equal(
    faultsOf(withLdap({ ...searching, filter: '(&(objectClass=person)(|(uid={identifier})(no={identifier})))' })),
    '',
  )
  t.equal(faultsOf(withLdap({ ...searching, urls: 'ldap://ldap.example.org', startTls: true })), '')
})

t.test('a terminal whose profile asks a directory that its institution does not have', async (t) => {
  const terminal = { name: 'kiosk-1', institution: 'demo', library: 'MAIN', circulationDesk: 'DESK' }
  const more = {
    profiles: { pin: { pinPolicy: 'ldap' } },
    listeners: { sip2: [{ name: 'known', port: 6001 }] },
    terminals: [{ ...terminal, profile: 'pin', from: { listener: 'known' } }],
  }
  t.match(faultsOf(withLdap(undefined, more)), /terminals\[0\]\.profile: has pinPolicy ldap, but the institution/)
  t.equal(faultsOf(withLdap(searching, more)), '')
})

t.test('a partner whose passwords a directory shall check that its institution does not have', async (t) => {
  const partner = { name: 'broker', agency: 'BROKER', key: 'env:CA', library: 'MAIN', circulationDesk: 'DESK' }
  const more = { ncip: { partners: [{ ...partner, institution: 'demo', passwordPolicy: 'ldap' }] } }
  t.match(
    faultsOf(withLdap(undefined, more)),
    /ncip\.partners\[0\]\.passwordPolicy: is ldap, but the institution of this partner has no ldap section/,
  )
  t.equal(faultsOf(withLdap(searching, more)), '')
})
