import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runCli } from './run-cli.ts'
import { type Answer, answerTo, startScriptedServer } from './scripted-sip2-server.ts'

const date = '20261122    120000'
const online = `98YYYYNN150003${date}2.00AOINST|BXYYYNYYYYYYYNNNYY|`
const checkedOut = `121NNY${date}AOINST|AA100|AB200|AJA Title|AH2026-12-24|`
const refused = `120NNN${date}AOINST|AA100|AB200|AJ|AH|AFThis card is blocked|`

/** What a server says that takes log-ins and lends. */
function lend(line: string): Answer {
  const replies: Readonly<Record<string, string>> = { '93': '941', '99': online, '11': checkedOut }
  const reply = replies[line.slice(0, 2)]
  return reply === undefined ? answerTo('', '96') : answerTo(line, reply)
}

async function start(test: Test, script: (line: string, index: number) => Answer) {
  const server = await startScriptedServer(script)
  test.teardown(() => server.close())
  const env = { CIRCBRIDGE_SIP2_PORT: String(server.port), CIRCBRIDGE_SIP2_PASSWORD: 'canary-password' }
  const sip2 = (args: readonly string[], input = '') => runCli(['sip2', ...args], { env, input })
  return { server, sip2 }
}

t.test('one message: lines, every field by name, verdict and exit code', async (t) => {
  const { server, sip2 } = await start(t, lend)
  const options = ['--user', 'kiosk', '--status', '--institution', 'INST']
  const { exitCode, stdout, stderr } = await sip2([...options, 'checkout', '100', '200', '--pin', 'canary-pin'])
  t.equal(exitCode, 0, stderr)
  t.match(server.lines, [/^9300CNkiosk\|COcanary-password\|AY0/, /^9900402.00AY1/, /^11NN.*ADcanary-pin\|AY2AZ/])
  t.match(stdout, /> 11NN\d{8} {4}\d{6} {18}AOINST\|AA100\|AB200\|AC\|AD\*\*\*\*\|AY2AZ/)
  t.match(stdout, /< 121NNY/)
  t.match(stdout, /AJ title +A Title/)
  t.match(stdout, /desensitize +Y \(yes\)/)
  t.match(stdout, /yes, after .* ms, sequence 2, checksum right/)
  t.notMatch(stdout + stderr, /canary/)
  t.notMatch(stdout, /\u001b/, 'no colours where there is no terminal')
})

t.test("dates are sent by the clock of --time-zone, else by this computer's, which the help names", async (t) => {
  const { server, sip2 } = await start(t, lend)
  await sip2(['--time-zone', 'Asia/Tokyo', 'checkout', '100', '200'])
  await sip2(['--time-zone', 'UTC', 'checkout', '100', '200'])
  const [tokyo = 0, utc = 0] = server.lines.map((line) => {
    const [, day = '', time = ''] = /^11..(\d{8}) {4}(\d{6})/.exec(line) ?? []
    return Date.parse(`${day.replace(/(....)(..)/, '$1-$2-')}T${time.replace(/(..)(..)/, '$1:$2:')}Z`)
  })
  t.equal(Math.round((tokyo - utc) / 3_600_000), 9)
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  t.match((await sip2(['--help'])).stdout.replace(/\s+/g, ' '), `(default: ${own}, as on this computer,`)
  t.equal((await sip2(['--time-zone', 'Berlin', 'checkout', '100', '200'])).exitCode, 2)
})

t.test('a refusal is exit code 1, also of the log-in', async (t) => {
  const { sip2 } = await start(t, (line) => answerTo(line, refused))
  const { exitCode, stdout } = await sip2(['checkout', '100', '200'])
  t.equal(exitCode, 1)
  t.match(stdout, /This card is blocked/)

  const denied = await start(t, (line) => answerTo(line, '940'))
  const { exitCode: loginCode } = await denied.sip2(['--user', 'kiosk', 'checkout', '100', '200'])
  t.equal(loginCode, 1)
  t.equal(denied.server.lines.length, 1, 'nothing is sent after it')
})

t.test('--json gives one object, secrets masked', async (t) => {
  const { sip2 } = await start(t, lend)
  const { exitCode, stdout } = await sip2([
    '--json',
    '--user',
    'kiosk',
    'checkout',
    '100',
    '200',
    '--pin',
    'canary-pin',
  ])
  t.equal(exitCode, 0)
  const result = JSON.parse(stdout)
  t.match(result, {
    ok: true,
    request: { code: '11', name: 'checkout' },
    reply: { code: '12', checksum: 'bytes', sequence: '1' },
    warnings: [],
    before: [{ reply: { line: '941AY0AZFDFD' } }],
  })
  const pin = result.request.fields.find(({ id }: { id: string }) => id === 'AD')
  t.equal(pin.value, '****')
  t.notMatch(stdout, /canary/)
})

t.test('every message is sent as the table says', async (t) => {
  const { server, sip2 } = await start(t, (line) => answerTo(line, online))
  const commands: readonly (readonly [string, RegExp])[] = [
    ['status', /^9900402\.00AY/],
    ['patron 100', /^23000\d{8} {4}\d{6}AO\|AA100\|AC\|AD\|AY/],
    ['info 100 --list fines --first 2 --last 3', /^63000\d{8} {4}\d{6} {3}Y {6}AO\|AA100\|AC\|BP2\|BQ3\|AY/],
    ['checkout 100 200 --no-block --renew --due 2026-12-24', /^11YY\d{8} {4}\d{6}20261224 {4}235900AO\|/],
    [
      'checkin 200 --cancel --returned 2026-11-20T08:00',
      /^09N\d{8} {4}\d{6}20261120 {4}080000AP\|AO\|AB200\|AC\|BIY\|AY/,
    ],
    ['renew 100 200 --accept-fee', /^29NN\d{8} {4}\d{6} {18}AO\|AA100\|AB200\|AC\|BOY\|AY/],
    ['renew-all 100', /^65\d{8} {4}\d{6}AO\|AA100\|AC\|AY/],
    ['fee-paid 100 1.50 --fee 7 --transaction T1', /^37\d{8} {4}\d{6}0100EURBV1\.50\|AO\|AA100\|AC\|CG7\|BKT1\|AY/],
    ['item 200', /^17\d{8} {4}\d{6}AO\|AB200\|AC\|AY/],
    ['end-session 100', /^35\d{8} {4}\d{6}AO\|AA100\|AC\|AY/],
    ['hold 100 --title 9 --pickup MAIN', /^15\+\d{8} {4}\d{6}AO\|AA100\|BSMAIN\|BY2\|AJ9\|AC\|AY/],
    ['hold 100 200 --cancel', /^15-\d{8} {4}\d{6}AO\|AA100\|BY3\|AB200\|AC\|AY/],
    ['item-update 200 red', /^19\d{8} {4}\d{6}AO\|AB200\|CHred\|AC\|AY/],
    ['block 100 lost --keep-card', /^01Y\d{8} {4}\d{6}AO\|ALlost\|AA100\|AC\|AY/],
    ['enable 100', /^25\d{8} {4}\d{6}AO\|AA100\|AC\|AY/],
    ['resend', /^97AZFEF5$/],
    ["raw --as-it-is '6300'", /^6300$/],
  ]
  await sip2([], commands.map(([command]) => `${command}\n`).join(''))
  for (const [index, [command, expected]] of commands.entries()) t.match(server.lines[index], expected, command)
  t.equal(server.lines.length, commands.length)

  await sip2(['--user', 'kiosk', 'login'])
  await sip2(['--user', 'kiosk', 'login', 'kiosk'])
  for (const line of server.lines.slice(-2)) t.match(line, /^9300CNkiosk\|COcanary-password\|AY0/)
  t.equal(server.lines.length, commands.length + 2, 'no log-in comes before a log-in')
})

t.test('no server, no reply, no SIP2: the exit code says which', async (t) => {
  const { server, sip2 } = await start(t, () => undefined)
  const silent = await sip2(['--timeout', '0.1', 'status'])
  t.equal(silent.exitCode, 3)
  t.match(silent.stderr, /^127\.0\.0\.1:\d+: no reply came within 0\.1 s\.\n$/)
  const inJson = await sip2(['--timeout', '0.1', '--json', 'status'])
  t.match(JSON.parse(inJson.stdout), { ok: false, error: { kind: 'timeout' } })

  const prose = await start(t, () => 'Sorry, an error\r')
  const wrong = await prose.sip2(['status'])
  t.equal(wrong.exitCode, 4)
  t.match(wrong.stderr, /no message of SIP2/)

  await server.close()
  const gone = await sip2(['status'])
  t.equal(gone.exitCode, 3)
  t.match(gone.stderr, /nothing listens there/)
  t.notMatch(gone.stderr, /\n {4}at /, 'no stack')
})

t.test('wrong use is exit code 2 and says what was expected', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--port', 'x', 'status'], /--port.*A port from 1 to 65535/],
    [['nonsense'], /nonsense is no message/],
    [['checkout', '1'], /missing required argument 'item'/],
    [['fee-paid', '1', '1,50'], /An amount such as 12.50/],
    [['info', '1', '--list', 'loans'], /holds, overdue, charged/],
    [['--ca', '/nowhere.pem', 'status'], /\/nowhere\.pem cannot be read/],
    [['--user', 'kiosk', 'status'], /CIRCBRIDGE_SIP2_PASSWORD or by --password-stdin/],
    [['checkout', '1', '2', '--pin'], /give the value itself/],
  ]
  const server = await startScriptedServer(lend)
  t.teardown(() => server.close())
  for (const [args, expected] of cases) {
    const { exitCode, stderr } = await runCli(['sip2', ...args], { env: { CIRCBRIDGE_SIP2_PORT: String(server.port) } })
    t.equal(exitCode, 2, args.join(' '))
    t.match(stderr, expected)
  }
})

t.test('the password from the standard input', async (t) => {
  const { server, sip2 } = await start(t, lend)
  await sip2(['--user', 'kiosk', '--password-stdin', 'status'], 'canary from stdin\n')
  t.match(server.lines[0], /COcanary from stdin\|/)
})

t.test('lines from a pipe run one after the other over one connection', async (t) => {
  const { server, sip2 } = await start(t, lend)
  const lines = ['# a comment', '', 'status', "checkout 100 'two words'", 'quit', 'status']
  const { exitCode, stdout } = await sip2(['--user', 'kiosk', '--json'], `${lines.join('\n')}\n`)
  t.equal(exitCode, 0)
  t.same(
    server.lines.map((line) => line.slice(0, 2)),
    ['93', '99', '11'],
  )
  t.match(server.lines[2], /ABtwo words\|/)
  const objects = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).reply.code)
  t.same(objects, ['98', '12'])
})

t.test('a pipe goes on after a refusal and ends at a mistake', async (t) => {
  const { server, sip2 } = await start(t, (line) => (line.startsWith('11') ? answerTo(line, refused) : lend(line)))
  const refusal = await sip2([], 'checkout 1 2\nstatus\n')
  t.equal(refusal.exitCode, 1)
  t.equal(server.lines.length, 2)
  const mistake = await sip2([], 'nonsense\nstatus\n')
  t.equal(mistake.exitCode, 2)
  t.equal(server.lines.length, 2)
})

t.test('what a server sends cannot steer the terminal', async (t) => {
  const { sip2 } = await start(t, (line) => answerTo(line, `${online}AF\u001b[2J|`))
  const { stdout } = await sip2(['status'])
  t.notMatch(stdout, /\u001b/)
  t.match(stdout, /AF screen message +·\[2J/)
})

t.test('the history of a session, without what is secret', async (t) => {
  const { isSecretLine, readHistory, writeHistory } = await import('../../src/cli/sip2-history.ts')
  t.ok(isSecretLine('checkout 1 2 --pin 4711'))
  t.ok(isSecretLine('raw 9300CNx|COy|'))
  t.notOk(isSecretLine('checkout 1 2'))
  const file = join(t.testdir(), 'history')
  t.same(readHistory(file), [])
  writeHistory(file, ['newest', 'oldest'])
  t.equal(readFileSync(file, 'utf8'), 'oldest\nnewest\n')
  t.same(readHistory(file), ['newest', 'oldest'])
  writeFileSync(file, '')
  t.same(readHistory(file), [])
})
