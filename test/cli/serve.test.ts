import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { request } from 'undici'
import { type AlmaSimulator, startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { makePasswords } from '../../src/runtime/password.ts'
import { LineClient } from './line-client.ts'
import { runCli } from './run-cli.ts'
import { RunningProgram } from './running-program.ts'

const almaKey = 'demo-key-read-write'
const date = '20261122    120000'
const checkout = `11NN${date}${' '.repeat(18)}AO|AA21234000000002|AB31234000000001|AC|`

const passwordHash = await makePasswords({ concurrency: 1 }).hash('canary-password', {
  memory: 64,
  passes: 1,
  parallelism: 1,
})

interface FileParts {
  readonly almaUrl: string
  readonly port?: number
  readonly httpPort?: number
  readonly tls?: string
}

const makeFile = ({ almaUrl, port = 0, httpPort = 0, tls = '' }: FileParts): string => `
institutions:
  - id: demo
    agency: 01DEMO_INST
    name: Demo University
    timeZone: Europe/Berlin
    currency: EUR
    alma: { baseUrl: '${almaUrl}', key: env:ALMA_KEY }
listeners:
  sip2:
    - { name: kiosks, address: 127.0.0.1, port: ${port}${tls} }
  http: { port: ${httpPort} }
terminals:
  - name: kiosk-1
    login: { user: kiosk, passwordHash: '${passwordHash}' }
    institution: demo
    library: MAIN
    circulationDesk: SELFCHECK
`

const env = { ALMA_KEY: almaKey }

async function startAlma(t: Test): Promise<AlmaSimulator> {
  const alma = await startAlmaSimulator()
  t.teardown(() => alma.close())
  return alma
}

function writeFile(t: Test, text: string, more: Readonly<Record<string, string>> = {}): string {
  return join(t.testdir({ 'circbridge.yaml': text, ...more }), 'circbridge.yaml')
}

async function serve(t: Test, file: string, moreEnv: Readonly<Record<string, string>> = {}) {
  const program = new RunningProgram(t, ['serve', '--config', file], { ...env, ...moreEnv })
  await program.printed(/"code":"PROCESS_STARTED"/)
  const portOf = async (listener: string): Promise<number> => {
    const [line] = await program.printed(new RegExp(`^.*"LISTENER_STARTED".*"listener":"${listener}".*$`, 'm'))
    return (JSON.parse(line) as { port: number }).port
  }
  return { program, sip2: await portOf('kiosks'), http: await portOf('http') }
}

t.test('a bridge from a file: a kiosk lends, a signal stops it', async (t) => {
  const alma = await startAlma(t)
  const { program, sip2, http } = await serve(t, writeFile(t, makeFile({ almaUrl: alma.url })))
  const kiosk = await LineClient.tcp(t, sip2)
  t.equal(await kiosk.ask('9300CNkiosk|COcanary-password|'), '941')
  t.match(await kiosk.ask('9900402.00'), /^98Y/)
  t.match(await kiosk.ask(checkout), /^121/)
  t.equal(alma.control.store.itemByBarcode('31234000000001')?.loan?.user.primaryId, 'jonas.weber')
  const ready = await request(`http://127.0.0.1:${http}/readyz`)
  t.equal(ready.statusCode, 200)
  await ready.body.dump()
  program.signal('SIGTERM')
  t.equal(await program.ended(), 0)
  t.equal(await kiosk.receive(), '', 'the connection was ended')
  t.equal(program.stderr, '')
  const lines = program.stdout.trimEnd().split('\n')
  t.match(JSON.parse(lines.at(-1) ?? ''), { code: 'PROCESS_STOPPED', exitCode: 0 })
  t.notMatch(program.stdout, /canary-password|demo-key|2123400000000|3123400000000|Weber/)
})

t.test('a request under way is answered before the process ends', async (t) => {
  const alma = await startAlma(t)
  const { program, sip2 } = await serve(t, writeFile(t, makeFile({ almaUrl: alma.url })))
  const kiosk = await LineClient.tcp(t, sip2)
  await kiosk.ask('9300CNkiosk|COcanary-password|')
  alma.control.setFaults({ kind: 'delay-before', ms: 700, match: { operation: 'createLoan' } })
  kiosk.send(checkout)
  while (alma.control.callCount() === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  program.signal('SIGTERM')
  t.match(await kiosk.receive(), /^121/)
  t.equal(await kiosk.receive(), '')
  t.equal(await program.ended(), 0)
})

t.test('every fault of the configuration is told at once', async (t) => {
  const file = writeFile(
    t,
    makeFile({ almaUrl: 'nowhere' })
      .replace('currency: EUR', 'currency: EURO')
      .replace('SELFCHECK', 'SELFCHECK\n    profil: x'),
  )
  const { exitCode, stdout, stderr } = await runCli(['serve', '--config', file])
  t.equal(exitCode, 2)
  t.equal(stdout, '')
  const lines = stderr.trimEnd().split('\n')
  for (const [at, pattern] of [
    /:7:15: institutions\[0\]\.currency: /,
    /:8:22: institutions\[0\]\.alma\.baseUrl: /,
    /:8:38: institutions\[0\]\.alma\.key: points to env:ALMA_KEY/,
    /:19:\d+: terminals\[0\]\.profil: /,
  ].entries()) {
    t.match(lines[at], pattern)
    t.ok(lines[at]?.startsWith(file))
  }
  t.equal(lines[4], '4 faults; nothing was started.')
  t.equal(lines.length, 5)
})

t.test('a file that is not there', async (t) => {
  const { exitCode, stderr } = await runCli(['serve', '--config', 'nowhere.yaml'])
  t.equal(exitCode, 2)
  t.equal(stderr, 'nowhere.yaml: is not there\n1 fault; nothing was started.\n')
})

t.test('without a file it says how it is used', async (t) => {
  const { exitCode, stderr } = await runCli(['serve'])
  t.equal(exitCode, 2)
  t.match(stderr, /--config/)
})

t.test('a port that cannot be had is one line', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const almaUrl = 'http://127.0.0.1:1'
  for (const [name, parts] of [
    ['kiosks', { almaUrl, port }],
    ['http', { almaUrl, httpPort: port }],
  ] as const) {
    const file = writeFile(t, makeFile(parts))
    const { exitCode, stdout, stderr } = await runCli(['serve', '--config', file], { env })
    t.equal(exitCode, 3)
    t.match(stdout, new RegExp(`"code":"LISTENER_PORT_TAKEN".*"listener":"${name}","port":${port}`))
    t.notMatch(stdout, '"exitCode":0', 'nowhere does it claim a good end')
    t.equal(
      stderr,
      `Listener "${name}" of ${file}: 127.0.0.1:${port} is taken by another program; stop that one or take another port.\n`,
    )
  }
})

t.test('a certificate that is none is told without a stack', async (t) => {
  const tls = ', tls: { certificate: file:kiosks.pem, key: file:kiosks.pem }'
  const file = writeFile(t, makeFile({ almaUrl: 'http://127.0.0.1:1', tls }), { 'kiosks.pem': 'no certificate' })
  const { exitCode, stdout, stderr } = await runCli(['serve', '--config', file], { env })
  t.equal(exitCode, 2)
  t.match(stderr, /^A certificate, private key or revocation list cannot be used: .*\n$/)
  t.match(stdout, /"code":"TLS_MATERIAL_INVALID"/)
})

t.test('complaint 12: what nothing caught is logged by its code, and ends the process', async (t) => {
  const alma = await startAlma(t)
  const fault = "process.on('SIGUSR2', () => { throw new TypeError('canary of an error') })"
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(fault)}`
  const { program } = await serve(t, writeFile(t, makeFile({ almaUrl: alma.url })), { NODE_OPTIONS })
  program.signal('SIGUSR2')
  t.equal(await program.ended(), 70)
  const last = program.stdout.trimEnd().split('\n').at(-1) ?? ''
  t.match(JSON.parse(last), { code: 'UNCAUGHT_ERROR', level: 'error', error: { class: 'TypeError' } })
  t.notMatch(program.stdout + program.stderr, /canary/)
})
