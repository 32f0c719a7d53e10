import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import { runCli } from '../cli/run-cli.ts'
import { cards, copy, startBridge } from '../helpers/bridge.ts'
import { item, problemIn, request, textAt, typed, user } from '../helpers/ncip.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import { account, noSlapd, password, people, Slapd } from '../ldap/slapd.ts'

t.test("a kiosk's PIN is checked by the directory, and not by Alma", { skip: noSlapd }, async (t) => {
  const slapd = await Slapd.start(t)
  const bridge = await startBridge(t, {
    env: { LDAP_SECRET: account.password, LDAP_CA: slapd.certificate },
    config: (base) => ({
      ...base,
      institutions: [
        {
          ...base.institutions[0],
          ldap: {
            urls: slapd.secureUrl,
            ca: 'env:LDAP_CA',
            base: people,
            filter: '(employeeNumber={identifier})',
            bindDn: account.dn,
            bindPassword: 'env:LDAP_SECRET',
          },
        },
      ],
      profiles: { ...base.profiles, plain: { pinPolicy: 'ldap', charset: 'iso-8859-1' } },
    }),
  })
  const kiosk = await bridge.logIn()
  const calls = await bridge.callsOf(async () => {
    const right = await kiosk.ask(sip2.patronStatus(cards.anna, password))
    t.same([right.get('BL'), right.get('CQ')], ['Y', 'Y'])
    const wrong = await kiosk.ask(sip2.patronStatus(cards.anna, 'wrong'))
    t.same([wrong.get('BL'), wrong.get('CQ')], ['Y', 'N'])
    const notThere = await kiosk.ask(sip2.patronStatus(cards.jonas, password))
    t.same([notThere.get('BL'), notThere.get('CQ')], ['Y', 'N'])
  })
  t.same(calls, ['getUser', 'getUser'], 'one read a patron')
  await slapd.stop()
  const away = await kiosk.ask(sip2.patronStatus(cards.mia, password))
  t.same([away.get('AE'), away.get('BL')], ['', undefined], 'nothing is told of whom nobody could check')
})

t.test("a partner's users are checked by the directory, and not by Alma", { skip: noSlapd }, async (t) => {
  const slapd = await Slapd.start(t)
  const start = (identifier: string) =>
    startBridge(t, {
      env: { LDAP_SECRET: account.password },
      config: (base) => {
        const [institution] = base.institutions
        const ldap = {
          urls: slapd.url,
          base: people,
          filter: '(|(employeeNumber={identifier})(uid={identifier}))',
          bindDn: account.dn,
          bindPassword: 'env:LDAP_SECRET',
          identifier,
        }
        return {
          ...base,
          institutions: [{ ...institution, ldap }],
          ncip: {
            ...base.ncip,
            partners: base.ncip.partners.map((one) => ({ ...one, passwordPolicy: 'ldap' as const })),
          },
        }
      },
    })
  const message = (id: string, secret: string, service = 'LookupUser', rest = '') =>
    request(service, user(id) + rest + typed('Password', secret), { to: '01DEMO_INST' })

  const bridge = await start('scanned')
  const calls = await bridge.callsOf(async () => {
    const right = await bridge.post(message(cards.anna, password))
    t.equal(textAt(right.body, 'UserId/UserIdentifierValue'), 'anna.becker')
    t.match(problemIn(await bridge.post(message(cards.anna, 'wrong'))), { type: 'User Authentication Failed' })
    t.match(problemIn(await bridge.post(message(cards.jonas, password))), { type: 'User Authentication Failed' })
    t.match(problemIn(await bridge.post(message('locked', password))), { type: 'User Access Denied' })
    const lending = message(cards.anna, 'wrong', 'CheckOutItem', item(copy(1)))
    t.match(problemIn(await bridge.post(lending)), { type: 'User Authentication Failed' })
  })
  t.same(calls, ['getUser'], 'Alma is asked about whom the directory let in, and about no password')

  const byCard = await start('BARCODE')
  const oneRead = await byCard.callsOf(async () => {
    t.equal(problemIn(await byCard.post(message('anna.becker', password))), undefined)
  })
  t.same(oneRead, ['getUser'], 'the record that told the card number is the one that is shown')

  await slapd.stop()
  t.match(problemIn(await bridge.post(message(cards.anna, password))), { type: 'Temporary Processing Failure' })
  t.equal(problemIn(await bridge.post(request('LookupUser', user(cards.anna), { to: '01DEMO_INST' }))), undefined)
})

t.test('circbridge check asks the directory', { skip: noSlapd }, async (t) => {
  const slapd = await Slapd.start(t)
  const bridge = await startBridge(t)
  const input = (base: string): ConfigInput => ({
    institutions: [
      {
        id: 'demo',
        agency: '01DEMO_INST',
        name: 'Demo',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        alma: { baseUrl: bridge.alma.url, key: 'env:ALMA_KEY' },
        ldap: { urls: [slapd.url, 'ldaps://127.0.0.1:1'], base, bindDn: account.dn, bindPassword: 'env:LDAP_SECRET' },
      },
    ],
  })
  const run = (base: string) => {
    const file = join(t.testdirName, 'circbridge.yaml')
    writeFileSync(file, JSON.stringify(input(base)))
    return runCli(['check', '--config', file], { env: { ALMA_KEY: bridge.alma.apiKey, LDAP_SECRET: account.password } })
  }
  const found = await run(people)
  t.equal(found.exitCode, 3, found.stdout + found.stderr)
  t.match(found.stdout, /ok +demo +ldap ldap:\/\/127\.0\.0\.1:\d+ +answers, and takes the account/)
  t.match(found.stdout, /fail +demo +ldap ldaps:\/\/127\.0\.0\.1:1 +nothing listens there/)
  const missing = await run('ou=none,dc=example,dc=org')
  t.equal(missing.exitCode, 1)
  t.match(missing.stdout, /does not have the search base.*\(LDAP result 32\)\n +-> Correct base/)
})
