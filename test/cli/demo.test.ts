import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import t, { type Test } from 'tap'
import { request } from 'undici'
import { LineClient } from './line-client.ts'
import { runCli } from './run-cli.ts'
import { RunningProgram } from './running-program.ts'

const anyPorts = ['--sip2-port', '0', '--sip2-tls-port', '0', '--http-port', '0', '--alma-port', '0']

interface Ready {
  readonly addresses: {
    readonly sip2: { readonly host: string; readonly port: number }
    readonly sip2Tls: { readonly host: string; readonly port: number }
    readonly http: string
    readonly alma: string
  }
  readonly almaApiKey: string
  readonly certificateFile: string
  readonly logins: readonly { readonly user: string; readonly password: string }[]
  readonly partners: readonly { readonly agency: string; readonly key: string }[]
  readonly patrons: readonly { readonly barcode: string; readonly name: string }[]
  readonly items: readonly { readonly barcode: string; readonly title: string }[]
  readonly visit?: { readonly ok: boolean; readonly steps: readonly { readonly step: string; readonly ok: boolean }[] }
}

const headings = [
  'The kiosk logs in',
  'It asks what it may do',
  'Anna Becker scans her card',
  'She looks at her account and her loans',
  'Anna borrows "The Name of the Rose"',
  'Anna borrows "A Short History of Bridges"',
  'She tries "Encyclopaedia of Bridges"',
  'She renews "Deep Sea Creatures"',
  'She pays what she owes',
  'She puts "The Name of the Rose" back',
  'She leaves',
  'A partner asks about Anna Becker',
  'It lends a book to Jonas Weber',
]

t.test('--once plays the visit, prints every step and ends with 0', async (t) => {
  const { exitCode, stdout, stderr } = await runCli(['demo', '--once', ...anyPorts])
  t.equal(exitCode, 0)
  t.equal(stderr, '')
  const blocks = stdout.split(/^── /m).slice(1)
  t.same(
    blocks.map((block) => /^\d+ {2}(.*?) ─/.exec(block)?.[1]),
    headings,
  )
  for (const block of blocks) {
    t.match(block, /(kiosk|partner) → bridge/, 'what was sent')
    t.match(block, /bridge → (kiosk|partner)/, 'what came back')
    t.match(block, /✔ it costs .* Alma calls?, as budgeted/)
  }
  t.match(blocks[4], /POST {2}\/users\/\{user_id\}\/loans {2}200/, 'the Alma call by its template')
  t.match(blocks[6], /AF {2}screen message +This item cannot be borrowed here/)
  t.match(stdout, /Together +14 of 14/)
  t.notMatch(stdout, /✘|NOT ok/)
  t.notMatch(stdout, /kiosk-demo|broker-demo-key/, 'no password and no key')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape of a colour
  t.notMatch(stdout, /\u001b/, 'no colours where there is no terminal')
  t.ok(stdout.split('\n').every((line) => [...line].length <= 100))
})

t.test('--once --json plays the visit in silence and prints one line', async (t) => {
  const { exitCode, stdout, stderr } = await runCli(['demo', '--once', '--json', ...anyPorts])
  t.equal(exitCode, 0)
  t.equal(stderr, '')
  t.equal(stdout.indexOf('\n'), stdout.length - 1, 'one line')
  const { visit, certificateFile } = JSON.parse(stdout) as Ready
  t.equal(visit?.ok, true)
  t.same(
    visit?.steps.map(({ step }) => step),
    headings,
  )
  t.notOk(existsSync(dirname(certificateFile)), 'nothing is left behind')
})

t.test('without --once it shows where everything is, and a signal ends it with 0', async (t) => {
  const demo = new RunningProgram(t, ['demo', ...anyPorts])
  const [, file = ''] = await demo.printed(/Certificate +(\S+)\n[\s\S]*curl .*\n/)
  for (const part of ['Where', 'Log-ins', 'Partners', 'Patrons', 'Items', 'npx circbridge sip2', 'Ctrl+C']) {
    t.ok(demo.stdout.includes(part), part)
  }
  const [, options = '', message = ''] = await demo.printed(/npx circbridge (sip2 .*--list charged)[\s\S]*@(\S+xml)/)
  const copied = await runCli(options.split(' '))
  t.equal(copied.exitCode, 0, 'the command to copy works')
  t.match(copied.stdout, /AU charged item +31234000000009/, 'the library is as it was before the visit')
  t.match(copied.stdout, /BV fee amount +2\.40/)
  t.match(readFileSync(message, 'utf8'), /LookupUser/)
  demo.signal('SIGINT')
  demo.signal('SIGINT')
  t.equal(await demo.ended(), 0)
  t.equal(demo.stderr, '')
  t.notOk(existsSync(file), 'its files are gone')
})

t.test('--json prints one line when all is ready', async (t) => {
  const demo = new RunningProgram(t, ['demo', '--json', ...anyPorts])
  const [line] = await demo.printed(/^.*\n/)
  const ready = JSON.parse(line) as Ready
  const { addresses, logins, partners, patrons, items } = ready
  t.equal(ready.visit, undefined, 'no visit was played')
  const [kiosk] = logins
  const [anna] = patrons
  const [rose] = items

  const talk = async (client: LineClient): Promise<void> => {
    t.equal(await client.ask(`9300CN${kiosk?.user}|CO${kiosk?.password}|`), '941')
    t.match(await client.ask('9900402.00'), /^98YYY.*AO01DEMO_INST\|.*AMDemo University\|/)
    const reply = await client.ask(`6300120261122    120000${' '.repeat(10)}AO|AA${anna?.barcode}|`)
    t.match(reply, new RegExp(`^64.*AA${anna?.barcode}\\|AE${anna?.name}\\|.*BLY\\|.*BV2\\.40\\|`))
  }
  await t.test('SIP2 over TCP', async (t) => talk(await LineClient.tcp(t, addresses.sip2.port)))
  await t.test('SIP2 over TLS, by its certificate alone', async (t) => {
    await talk(await LineClient.tls(t, addresses.sip2Tls.port, readFileSync(ready.certificateFile, 'utf8')))
  })
  await t.test('HTTP', async (t) => {
    for (const path of ['/healthz', '/readyz', '/metrics'])
      t.equal((await get(addresses.http + path)).status, 200, path)
    t.match((await get(`${addresses.http}/metrics`)).text, /circbridge_\w+/)
  })
  await t.test('NCIP', async (t) => {
    const [broker] = partners
    const answer = await request(`${addresses.http}/ncip`, {
      method: 'POST',
      headers: { 'content-type': 'application/xml', 'x-circbridge-key': broker?.key ?? '' },
      body: lookupUser(broker?.agency ?? '', anna?.barcode ?? ''),
    })
    const text = await answer.body.text()
    t.match(text, /LookupUserResponse[\s\S]*Surname>Becker</)
    t.notMatch(text, /Problem/)
  })
  await t.test('every terminal, patron and item of the lists', async (t) => {
    for (const { user, password } of logins) {
      const client = await LineClient.tcp(t, addresses.sip2.port)
      t.equal(await client.ask(`9300CN${user}|CO${password}|`), '941', user)
    }
    const client = await LineClient.tcp(t, addresses.sip2.port)
    await client.ask(`9300CN${kiosk?.user}|CO${kiosk?.password}|`)
    for (const { barcode, name } of patrons) {
      const reply = await client.ask(`2300120261122    120000AO|AA${barcode}|AC|AD|`)
      t.notMatch(reply, /AE\|/, `${name} is known`)
    }
    for (const { barcode, title } of items) {
      const reply = Buffer.from(await client.ask(`1720261122    120000AO|AB${barcode}|`), 'latin1').toString()
      t.ok(reply.includes(`AJ${title}|`), title)
    }
    t.ok(rose)
  })
  await t.test('simulated Alma', async (t) => {
    const url = `${addresses.alma}/almaws/v1/users/${anna?.barcode}`
    t.equal((await get(url, { authorization: `apikey ${ready.almaApiKey}` })).status, 200)
  })

  demo.signal('SIGTERM')
  t.equal(await demo.ended(), 0)
  t.equal(demo.stdout, line, 'nothing after the line')
  t.equal(demo.stderr, '')
})

t.test('a taken port is one line that names the option', async (t) => {
  const options = ['--sip2-port', '--sip2-tls-port', '--http-port', '--alma-port']
  for (const option of options) {
    const port = await takePort(t)
    const others = options.filter((other) => other !== option).flatMap((other) => [other, '0'])
    const { exitCode, stdout, stderr } = await runCli(['demo', '--once', option, String(port), ...others])
    t.equal(exitCode, 3, option)
    t.equal(stdout, '')
    t.equal(
      stderr,
      `127.0.0.1:${port} is taken by another program; stop that one or take another port. ` +
        `The option ${option} moves it; 0 takes a free one.\n`,
    )
  }
})

t.test('a port that is none is a wrong use', async (t) => {
  const { exitCode, stderr } = await runCli(['demo', '--http-port', '65536'])
  t.equal(exitCode, 2)
  t.match(stderr, /A port from 0 to 65535/)
})

async function takePort(t: Test): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

async function get(url: string, headers: Record<string, string> = {}) {
  const { statusCode: status, body } = await request(url, { headers })
  return { status, text: await body.text() }
}

const lookupUser = (agency: string, barcode: string): string =>
  '<NCIPMessage xmlns="http://www.niso.org/2008/ncip" version="http://www.niso.org/schemas/ncip/v2_02/ncip_v2_02.xsd">' +
  `<LookupUser><InitiationHeader><FromAgencyId><AgencyId>${agency}</AgencyId></FromAgencyId>` +
  '<ToAgencyId><AgencyId>01DEMO_INST</AgencyId></ToAgencyId></InitiationHeader>' +
  `<UserId><UserIdentifierValue>${barcode}</UserIdentifierValue></UserId>` +
  '<UserElementType>Name Information</UserElementType></LookupUser></NCIPMessage>'
