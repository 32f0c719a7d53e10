import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LineClient } from './line-client.ts'
import { RunningProgram } from './running-program.ts'

const makeFile = (profile = '', more = '') => `
institutions:
  - id: demo
    agency: 01DEMO_INST
    name: Demo University
    timeZone: Europe/Berlin
    currency: EUR
    alma: { baseUrl: 'http://127.0.0.1:1', key: file:alma.key }
listeners:
  sip2:
    - { name: kiosks, address: 127.0.0.1, port: 0 }
  http: { port: 0 }
terminals:
  - { name: kiosk-1, from: { listener: kiosks }, institution: demo, library: MAIN, circulationDesk: DESK }
profiles:
  plain: {${profile}}
${more}`

const status = '9900402.00'

async function serve(t: Test, more = '') {
  const folder = t.testdir({ 'c.yaml': makeFile('', more), 'alma.key': 'canary-key-one' })
  const file = join(folder, 'c.yaml')
  const program = new RunningProgram(t, ['serve', '--config', file])
  await program.printed(/"code":"PROCESS_STARTED"/)
  const [line] = await program.printed(/^.*"LISTENER_STARTED".*"listener":"kiosks".*$/m)
  const { port } = JSON.parse(line) as { port: number }
  /** What the log says after a certain line of it, up to a code. */
  const logged = async (code: string, at: number) => {
    const [, text = ''] = await program.printed(new RegExp(`^[^]{${at}}([^]*"code":"${code}".*\n)`))
    return text
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one) as Record<string, unknown>)
      .filter((one) => String(one['code']).startsWith('CONFIG_'))
  }
  return { program, port, file, key: join(folder, 'alma.key'), logged }
}

t.test('SIGHUP reads the file again: what changed is logged by its key, what needs a restart is left', async (t) => {
  const { program, port, file, logged } = await serve(t, 'limits: { configWatchMs: 0 }')
  const kiosk = await LineClient.tcp(t, port)
  t.match(await kiosk.ask(status), /\|AMDemo University\|/)
  const at = program.stdout.length
  const changed = makeFile('libraryName: New, retries: 7', 'limits: { configWatchMs: 0, drainMs: 5000 }')
  writeFileSync(file, changed.replace('name: kiosks, ', 'name: kiosks, idleTimeoutMs: 60000, '))
  program.signal('SIGHUP')
  const lines = await logged('CONFIG_RELOADED', at)
  t.match(lines, [
    { code: 'CONFIG_CHANGED', setting: 'profiles.plain.retries' },
    { code: 'CONFIG_CHANGED', setting: 'profiles.plain.libraryName' },
    { code: 'CONFIG_NEEDS_RESTART', setting: 'listeners.sip2[kiosks].idleTimeoutMs' },
    { code: 'CONFIG_NEEDS_RESTART', setting: 'limits.drainMs' },
    { code: 'CONFIG_RELOADED', count: 2 },
  ])
  t.match(await kiosk.ask(status), /\|AMDemo University\|/, 'the session under way goes on as it was')
  t.match(await (await LineClient.tcp(t, port)).ask(status), /^98.{6}150007.*\|AMNew\|/)

  const again = program.stdout.length
  program.signal('SIGHUP')
  const unchanged = await logged('CONFIG_UNCHANGED', again)
  t.same(
    unchanged.map(({ code }) => code),
    ['CONFIG_NEEDS_RESTART', 'CONFIG_NEEDS_RESTART', 'CONFIG_UNCHANGED'],
  )
  program.signal('SIGTERM')
  t.equal(await program.ended(), 0)
})

t.test('a file with a fault changes nothing and is told with its lines', async (t) => {
  const { program, port, file, logged } = await serve(t, 'limits: { configWatchMs: 0 }')
  writeFileSync(file, makeFile('libraryName: New, retries: many'))
  const at = program.stdout.length
  program.signal('SIGHUP')
  t.match(await logged('CONFIG_REFUSED', at), [
    { code: 'CONFIG_REFUSED', level: 'error', line: 16, setting: 'profiles.plain.retries' },
  ])
  t.match(await (await LineClient.tcp(t, port)).ask(status), /\|AMDemo University\|/)
  t.match(
    program.stderr,
    /c\.yaml:16:\d+: profiles\.plain\.retries: must be a number.*\nThe configuration before stays/,
  )
})

t.test('a changed file, and a changed file of a secret, are read without a signal', async (t) => {
  const { program, port, file, key, logged } = await serve(t, 'limits: { configWatchMs: 50 }')
  let at = program.stdout.length
  writeFileSync(file, readFileSync(file, 'utf8').replace('plain: {', 'plain: { libraryName: New'))
  t.match(await logged('CONFIG_RELOADED', at), [{ setting: 'profiles.plain.libraryName' }, { count: 1 }])
  t.match(await (await LineClient.tcp(t, port)).ask(status), /\|AMNew\|/)

  at = program.stdout.length
  writeFileSync(key, 'canary-key-two')
  t.match(await logged('CONFIG_RELOADED', at), [{ setting: 'institutions[demo].alma.key' }, { count: 1 }])
  t.notMatch(program.stdout + program.stderr, /canary/)
})
