import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { parse } from 'yaml'
import { formatFaults } from '../../../src/runtime/config/fault.ts'
import { loadConfig } from '../../../src/runtime/config/load.ts'
import { makeJsonSchema } from '../../../src/runtime/config/schema.ts'
import { generatedFiles } from '../../../src/runtime/config/write-generated.ts'

const root = new URL('../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

for (const [path, render] of Object.entries(generatedFiles)) {
  t.test(`${path} is as its source says`, async (t) => {
    t.equal(read(path), render(), 'stale: run node src/runtime/config/write-generated.ts')
  })
}

interface Node {
  readonly title?: string
  readonly description?: string
  readonly properties?: Record<string, Node>
  readonly items?: Node
  readonly additionalProperties?: Node | boolean
}

/** Every key that can be written, by its path: `institutions.[].alma.key`. */
function keysOf(node: Node, path: string[] = []): { path: string; node: Node }[] {
  const own = Object.entries(node.properties ?? {}).map(([key, child]) => ({ path: [...path, key], node: child }))
  const nested = own.flatMap((child) => keysOf(child.node, child.path))
  const items = node.items === undefined ? [] : keysOf(node.items, [...path, '[]'])
  const values =
    typeof node.additionalProperties === 'object' ? keysOf(node.additionalProperties, [...path, '<name>']) : []
  return [...own.map((child) => ({ path: child.path.join('.'), node: child.node })), ...nested, ...items, ...values]
}

t.test('every key has a title and a description', async (t) => {
  const keys = keysOf(makeJsonSchema() as Node)
  t.ok(keys.length > 150)
  t.same(
    keys.filter(({ node }) => !node.title || !node.description).map(({ path }) => path),
    [],
  )
})

const secrets = {
  ALMA_KEY: 'x',
  KIOSK_HALL_HASH: '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
  BROKER_KEY: 'x',
  JOURNAL_KEY: Buffer.alloc(32).toString('base64'),
}

function contentOf(file: string): string {
  if (file.startsWith('journal')) return secrets.JOURNAL_KEY
  return file.endsWith('.hash') ? secrets.KIOSK_HALL_HASH : 'x'
}

for (const name of ['example-small.yaml', 'example-full.yaml']) {
  t.test(`config/${name} loads`, async (t) => {
    const text = read(`config/${name}`)
    const files = [...text.matchAll(/file:([\w./-]+)/g)].map((match) => match[1] ?? '')
    const tree: Record<string, Record<string, string>> = { tls: {}, secrets: {} }
    for (const file of files) {
      const [folder = '', base = ''] = file.split('/')
      tree[folder] = { ...tree[folder], [base]: contentOf(base) }
    }
    const folder = t.testdir({ ...tree, 'config.yaml': text })
    const result = loadConfig(`${folder}/config.yaml`, { env: secrets })
    t.equal(result.ok ? '' : formatFaults(result.faults), '')

    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(makeJsonSchema())
    t.ok(validate(parse(text)), 'and the JSON schema agrees')
  })
}

t.test('the full example shows every key', async (t) => {
  const shown = new Set<string>()
  const visit = (value: unknown, node: Node, path: string[]): void => {
    if (Array.isArray(value)) for (const child of value) visit(child, node.items ?? {}, [...path, '[]'])
    else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        const property = node.properties?.[key]
        const other = typeof node.additionalProperties === 'object' ? node.additionalProperties : {}
        const childPath = [...path, property === undefined ? '<name>' : key]
        shown.add(childPath.join('.'))
        visit(child, property ?? other, childPath)
      }
    }
  }
  const schema = makeJsonSchema() as Node
  visit(parse(read('config/example-full.yaml')), schema, [])
  t.same(
    keysOf(schema)
      .map(({ path }) => path)
      .filter((path) => !shown.has(path)),
    [],
  )
})

t.test('the small example is short', async (t) => {
  t.ok(read('config/example-small.yaml').trimEnd().split('\n').length <= 25)
})
