import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { runNode } from './run-cli.ts'

const launcher = fileURLToPath(new URL('../../bin/circbridge.js', import.meta.url))

/** A Node of this computer that is too old for the program. */
function findOldNode(): string | undefined {
  return ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
    const version = existsSync(path) ? spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout : ''
    const major = Number(/^v(\d+)\./.exec(version)?.[1] ?? 0)
    return major >= 18 && major < 24
  })
}

/** A package with a program that tells how it was started. */
function makePackage(test: Test, program: string): string {
  const root = test.testdir()
  mkdirSync(join(root, 'bin'))
  mkdirSync(join(root, program, '..'), { recursive: true })
  writeFileSync(join(root, 'package.json'), '{"type": "module"}')
  writeFileSync(
    join(root, program),
    'console.log(JSON.stringify({ version: process.version, args: process.argv.slice(2) })); process.exitCode = 7\n',
  )
  copyFileSync(launcher, join(root, 'bin/circbridge.js'))
  return root
}

t.test('a checkout runs its sources', async (t) => {
  const { exitCode, stdout } = await runNode([launcher, '--version'])
  t.equal(exitCode, 0)
  t.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

t.test('the published package runs its build', async (t) => {
  const root = makePackage(t, 'dist/src/cli.js')
  const { exitCode, stdout } = await runNode([join(root, 'bin/circbridge.js'), 'check', '--json'])
  t.equal(exitCode, 7)
  t.same(JSON.parse(stdout).args, ['check', '--json'])
})

const oldNode = findOldNode()

t.test('an old Node is told, in one line', { skip: oldNode === undefined && 'no old Node here' }, async (t) => {
  const root = makePackage(t, 'dist/src/cli.js')
  const { exitCode, stdout, stderr } = await runNode([join(root, 'bin/circbridge.js')], {}, oldNode)
  t.equal(exitCode, 2)
  t.equal(stdout, '')
  t.match(stderr, /^circbridge needs Node 24 or newer; this is v\d+\.\d+\.\d+\.\n$/)
})

t.test(
  "an old Node hands over to the project's own",
  { skip: oldNode === undefined && 'no old Node here' },
  async (t) => {
    const root = makePackage(t, 'src/cli.ts')
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
    symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'))
    const { exitCode, stdout } = await runNode([join(root, 'bin/circbridge.js'), 'a', 'b c'], {}, oldNode)
    t.equal(exitCode, 7)
    t.same(JSON.parse(stdout), { version: process.version, args: ['a', 'b c'] })
  },
)
