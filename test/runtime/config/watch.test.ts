import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FileWatch } from '../../../src/runtime/config/watch.ts'

t.test('a change is told once, when two looks in a row saw the same', async (t) => {
  const folder = t.testdir({ 'c.yaml': 'one', key: 'k' })
  const files = ['c.yaml', 'key'].map((file) => join(folder, file))
  const [config = '', key = ''] = files
  let told = 0
  const watch = new FileWatch({ files: () => files, everyMs: 0, changed: () => (told += 1) })
  await watch.settle()
  await watch.look()
  t.equal(told, 0, 'nothing has changed')

  writeFileSync(config, 'half of it')
  await watch.look()
  writeFileSync(config, 'half of it and the other half')
  await watch.look()
  t.equal(told, 0, 'it is still being written')
  await watch.look()
  await watch.look()
  t.equal(told, 1)

  writeFileSync(key, 'another key')
  await watch.look()
  await watch.look()
  t.equal(told, 2, 'a file of a secret counts as well')

  rmSync(config)
  await watch.look()
  await watch.look()
  t.equal(told, 3, 'that it is gone is told, and is a fault of the reader')
})

t.test('what was read meanwhile is no change', async (t) => {
  const folder = t.testdir({ 'c.yaml': 'one' })
  const file = join(folder, 'c.yaml')
  let told = 0
  const watch = new FileWatch({ files: () => [file], everyMs: 0, changed: () => (told += 1) })
  await watch.settle()
  writeFileSync(file, 'another one')
  await watch.look()
  await watch.settle()
  await watch.look()
  t.equal(told, 0)
})
