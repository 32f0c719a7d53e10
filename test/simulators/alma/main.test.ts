/** The command. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { parseSwitches, runSimulateAlma, simulateAlmaCommand } from '../../../simulators/alma/main.ts'
import { parseSample } from '../../../simulators/alma/state/load.ts'

const defaults = { port: 0, host: '127.0.0.1', generate: 0, perSecond: 'none', daily: 100, switch: [] } as const

t.test('options have their defaults and are checked', async (t) => {
  const parse = (...words: string[]) => {
    const command = simulateAlmaCommand('alma')
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
    return command.parse(words, { from: 'user' }).opts()
  }
  t.match(parse(), { port: 8090, host: '127.0.0.1', generate: 0, perSecond: 25, daily: 1_000_000, switch: [] })
  t.match(parse('--per-second', 'none', '--generate', '100', '--switch', 'a=1', '--switch', 'b=2'), {
    perSecond: 'none',
    generate: 100,
    switch: ['a=1', 'b=2'],
  })
  for (const wrong of [
    ['--port', '70000'],
    ['--port', 'x'],
    ['--per-second', '0'],
    ['--generate', '-1'],
  ]) {
    t.throws(() => parse(...wrong), { code: 'commander.invalidArgument' }, wrong.join(' '))
  }
})

t.test('it says where it is', async (t) => {
  const lines: string[] = []
  const simulator = await runSimulateAlma({ ...defaults, generate: 20 }, (line) => lines.push(line))
  t.teardown(() => simulator.close())
  t.match(lines[0], `Simulated Alma at ${simulator.url}/almaws/v1, key demo-key-read-write`)
  t.equal(lines[1], 'Generated items 31000000000001 to 31000000000020, patrons 29000000000001 to 29000000000002')
})

t.test('its own library and switches', async (t) => {
  const file = `${t.testdir()}/library.yaml`
  writeFileSync(file, 'users:\n  - primary_id: reader\n')
  const options = { ...defaults, data: file, switch: ['nullsOrOmitted=nulls', 'staleIndexSeconds=3'] }
  const simulator = await runSimulateAlma(options, () => {})
  t.teardown(() => simulator.close())
  t.match(simulator.control.switches(), { nullsOrOmitted: 'nulls', staleIndexSeconds: 3 })
  t.equal(simulator.control.dump().users.length, 1)
  t.throws(() => parseSwitches(['colour=red']), /unknown switch colour/)
  t.throws(() => parseSample('listeners: {}'), /no member listeners/)
})

t.test('the program itself: help, and one line when it cannot start', async (t) => {
  const program = fileURLToPath(new URL('../../../simulators/alma/main.ts', import.meta.url))
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, [program, '--help'])
  t.match(stdout, '--per-second <calls>')
  t.match(stdout, '/control/faults')
  await t.rejects(run(process.execPath, [program, '--data', '/no/such/file.yaml']), {
    code: 1,
    stderr: 'alma: the data file /no/such/file.yaml cannot be read\n',
  })
})
