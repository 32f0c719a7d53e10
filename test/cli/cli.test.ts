import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { exitCodes } from '../../src/runtime/exit-codes.ts'
import { makeJsonSchema } from '../../src/runtime/config/schema.ts'
import { makePasswords } from '../../src/runtime/password.ts'
import { runCli } from './run-cli.ts'

const commands = ['demo', 'sip2', 'ncip', 'hash-password', 'print-schema', 'check', 'serve', 'journal', 'simulate']

t.test('--help names every command, the first steps and every exit code', async (t) => {
  const { exitCode, stdout } = await runCli(['--help'])
  t.equal(exitCode, 0)
  for (const command of commands) t.match(stdout, new RegExp(`^ {2}${command} `, 'm'))
  for (const code of Object.values(exitCodes)) t.match(stdout, new RegExp(`^ +${code} {2}[A-Z]`, 'm'))
  t.match(stdout, /First steps/)
})

t.test('every command has help of its own with examples', async (t) => {
  for (const command of [...commands.filter((name) => name !== 'simulate'), 'simulate alma']) {
    const { exitCode, stdout } = await runCli([...command.split(' '), '--help'])
    t.equal(exitCode, 0, command)
    t.match(stdout, new RegExp(`^Usage: circbridge ${command}`), command)
    if (command !== 'serve' && command !== 'demo') t.match(stdout, /\n *Examples?\n *\$ /, command)
  }
})

t.test('--version', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  t.equal((await runCli(['--version'])).stdout, `${version}\n`)
})

t.test('a command that is not there, and none at all', async (t) => {
  const unknown = await runCli(['chekc'])
  t.equal(unknown.exitCode, 2)
  t.match(unknown.stderr, /unknown command 'chekc'\n\(Did you mean check\?\)/)
  const none = await runCli([])
  t.equal(none.exitCode, 2)
  t.match(none.stderr, /Usage: circbridge/)
})

t.test('hash-password prints the hash alone, and nothing of the password', async (t) => {
  const { exitCode, stdout, stderr } = await runCli(['hash-password', '--stdin'], { input: 'canary word\n' })
  t.equal(exitCode, 0)
  t.equal(stderr, '')
  t.notMatch(stdout, /canary/)
  t.equal(await makePasswords({ concurrency: 1 }).verify('canary word', stdout.trimEnd()), 'right')
})

t.test('hash-password refuses what is no password', async (t) => {
  const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
    [['--stdin'], '', /empty/],
    [['--stdin'], 'two\nlines\n', /more than one line/],
    [['--stdin'], 'x'.repeat(2000), /too long/],
    [['--stdin'], 'x'.repeat(5000), /too long/],
    [[], 'typed', /no terminal.*--stdin/],
  ]
  for (const [args, input, expected] of cases) {
    const { exitCode, stdout, stderr } = await runCli(['hash-password', ...args], { input })
    t.equal(exitCode, 2)
    t.equal(stdout, '')
    t.match(stderr, expected)
  }
})

t.test('print-schema prints the schema of the loader', async (t) => {
  t.same(JSON.parse((await runCli(['print-schema'])).stdout), makeJsonSchema())
})

t.test('simulate alma runs until it is told to stop, and says when its port is taken', async (t) => {
  let told = false
  const running = await runCli(['simulate', 'alma', '--port', '0'], {
    onOutput: (stdout, stop) => {
      if (!told && stdout.includes('\n')) stop()
      told ||= stdout.includes('\n')
    },
  })
  t.equal(running.exitCode, 0)
  t.match(running.stdout, /Simulated Alma at http:\/\/127\.0\.0\.1:\d+\/almaws\/v1/)

  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const taken = await runCli(['simulate', 'alma', '--port', String(port)])
  other.close()
  t.equal(taken.exitCode, 3)
  t.equal(taken.stderr, `127.0.0.1:${port} is taken by another program; stop that one or take another port.\n`)

  const missing = await runCli(['simulate', 'alma', '--port', '0', '--data', 'nowhere.yaml'])
  t.equal(missing.exitCode, 2)
  t.equal(missing.stderr, 'the data file nowhere.yaml cannot be read\n')
})
