import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startAlmaSimulator } from '../../simulators/alma/simulator.ts'
import { createAlmaSystem } from '../../src/alma/system.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { sortFactsOf } from '../../src/sip2/sort-bins.ts'
import { makeCall, makeConfig } from '../alma/sample-config.ts'
import { copy } from '../helpers/bridge.ts'
import { runCli } from './run-cli.ts'

const sorting = `
  sorter:
    sortBins:
      rules:
        - { bin: holds, when: { requested: true } }
        - { bin: away, when: { destination: transit } }
        - { bin: lc, when: { circulationDesk: DEFAULT_CIRC_DESK, callNumber: { from: A, to: Z } } }
        - { bin: books, when: { materialType: BOOK } }
      default: rest`

async function start(t: Test, profiles = sorting) {
  const alma = await startAlmaSimulator({ perSecond: 'none' })
  t.teardown(() => alma.close())
  const text = `
institutions:
  - { id: demo, agency: X, name: D, timeZone: UTC, currency: EUR, alma: { baseUrl: '${alma.url}', key: env:KEY } }
terminals:
  - { name: kiosk, from: { addresses: [10.0.0.1] }, institution: demo, library: MAIN, circulationDesk: SELFCHECK }
  - { name: sorter, from: { addresses: [10.0.0.2] }, institution: demo, library: MAIN, circulationDesk: DEFAULT_CIRC_DESK, profile: sorter }
profiles:${profiles}
`
  const file = join(t.testdir({ 'c.yaml': text }), 'c.yaml')
  const explain = (...args: readonly string[]) =>
    runCli(['sip2', '--config', file, ...args], { env: { KEY: alma.apiKey } })
  return { alma, explain }
}

t.test('--explain-bin shows the facts, every rule with what failed, and the bin', async (t) => {
  const { alma, explain } = await start(t)
  const { exitCode, stdout, stderr } = await explain('--explain-bin', copy(1))
  t.equal(exitCode, 0, stderr)
  t.match(stdout, /destination +shelf\n +requested +no\n +destinationLibrary +MAIN/)
  t.match(stdout, /Rules of sorter \(profile sorter\)/)
  t.match(stdout, /1\. bin holds: does not hold: requested\n +2\. bin away: does not hold: destination\n/)
  t.match(stdout, /\nBin: \w+/)
  t.notOk(
    alma.control.calls().some(({ operation }) => operation === 'scanItem'),
    'nothing is scanned',
  )
})

t.test('--destination says what only a scan would tell, --terminal at which machine', async (t) => {
  const { explain } = await start(t)
  const travelling = await explain('--explain-bin', copy(1), '--destination', 'transit', '--json')
  t.match(JSON.parse(travelling.stdout), { bin: 'away', terminal: 'sorter', facts: { destination: 'transit' } })
  const kiosk = await explain('--explain-bin', copy(1), '--terminal', 'kiosk')
  t.match(kiosk.stdout, /Rules of kiosk \(profile plain\)\n +none\n\nBin: none, CL is not sent/)
})

t.test('where an item would go is what its scan then says, by code and name', async (t) => {
  const { alma, explain } = await start(t)
  const system = createAlmaSystem(makeConfig(alma.url, { apiKey: alma.apiKey }), { clock: systemClock })
  t.teardown(() => system.close())
  const place = { library: 'MAIN', circulationDesk: 'DEFAULT_CIRC_DESK' }
  const selfCheck = { ...place, circulationDesk: 'SELFCHECK' }
  for (const [why, barcode, desk, to, library] of [
    ['to the shelf', copy(1), place, 'shelf', ['MAIN', 'Main Library']],
    ['on loan to the shelf', copy(9), place, 'shelf', ['MAIN', 'Main Library']],
    ['kept here', copy(12), place, 'hold-shelf', ['MAIN', 'Main Library']],
    ['wanted at another library', copy(13), place, 'transit', ['BRANCH', 'Branch Library']],
    ['home to another library', copy(22), place, 'transit', ['BRANCH', 'Branch Library']],
    ['a desk without a hold shelf', copy(11), selfCheck, 'transit', ['MAIN', 'Main Library']],
    ['a desk that does not serve its place', copy(18), selfCheck, 'transit', ['MAIN', 'Main Library']],
  ] as const) {
    const terminal = desk === place ? 'sorter' : 'kiosk'
    const { stdout, stderr } = await explain('--explain-bin', barcode, '--terminal', terminal, '--json')
    t.equal(stderr, '', why)
    const scanned = await system.items.scanIn(barcode, desk, makeCall())
    if (scanned.kind !== 'done') throw new Error(why)
    const { item, routing } = scanned.value
    const facts = sortFactsOf(item, routing, desk)
    t.same([facts.destination, facts.destinationLibrary], [to, library], why)
    t.match(JSON.parse(stdout).facts, { destination: to, destinationLibrary: library, requested: facts.requested }, why)
  }
})

t.test('what is missing is said', async (t) => {
  const { explain } = await start(t, ' {}'.replace(' {}', '\n  sorter: {}'))
  const item = ['--explain-bin', copy(1)]
  t.match(await explain(...item), { exitCode: 2, stderr: /No terminal has sort bins: name one with --terminal/ })
  t.match(await explain(...item, '--terminal', 'x'), { exitCode: 2, stderr: /no terminal x; there are: kiosk, sorter/ })
  t.match(await explain('--explain-bin', '404', '--terminal', 'kiosk'), { exitCode: 1, stderr: /no item/ })
  t.match(await runCli(['sip2', '--explain-bin', '1']), { exitCode: 2, stderr: /needs --config/ })
})
