import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import { runCli } from '../cli/run-cli.ts'
import { cards, startBridge } from '../helpers/bridge.ts'
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
  t.equal(away.get('BL'), 'N', 'nothing is told of whom nobody could check')
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
