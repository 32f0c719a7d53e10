import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '../..')

/** Which folders of `src` a folder may import, itself always. */
const directions: Readonly<Record<string, readonly string[]>> = {
  circulation: [],
  sip2: ['circulation', 'runtime'],
  ncip: ['circulation', 'runtime'],
  alma: ['circulation', 'runtime'],
  ldap: ['circulation', 'runtime'],
  journal: ['circulation', 'runtime'],
  admin: ['circulation', 'runtime'],
  runtime: [],
  wiring: ['circulation', 'sip2', 'ncip', 'alma', 'ldap', 'journal', 'admin', 'runtime'],
  cli: ['circulation', 'sip2', 'ncip', 'alma', 'ldap', 'journal', 'admin', 'runtime', 'wiring'],
}

interface Case {
  readonly from: string
  /** A path from the root, or the name of a package. */
  readonly to: string
  readonly allowed: boolean
}

const fileCase = (from: string, to: string, allowed: boolean): Case => ({ from, to, allowed })

function crossFolderCases(): Case[] {
  const folders = Object.keys(directions)
  const roots = [...folders.map((folder) => `src/${folder}/target.ts`), 'src/server.ts', 'src/cli.ts']
  return folders.flatMap((folder) =>
    ['probe.ts', 'inner/probe.ts'].flatMap((file) =>
      roots.map((to) => {
        const target = to.split('/')[1] ?? ''
        const allowed = folder === 'cli' || folder === target || (directions[folder] ?? []).includes(target)
        return fileCase(`src/${folder}/${file}`, to, allowed)
      }),
    ),
  )
}

const codecCases: readonly Case[] = [
  fileCase('src/sip2/spec/fields.ts', 'src/sip2/spec/codes.ts', true),
  fileCase('src/sip2/spec/fields.ts', 'src/sip2/codec.ts', false),
  fileCase('src/sip2/spec/fields.ts', 'src/circulation/model.ts', false),
  fileCase('src/ncip/spec/elements.ts', 'src/ncip/codec.ts', false),
  ...['frame', 'checksum', 'charset', 'codec', 'decode', 'encode', 'dates'].flatMap((name) => [
    fileCase(`src/sip2/${name}.ts`, 'src/sip2/spec/fields.ts', true),
    fileCase(`src/sip2/${name}.ts`, 'src/sip2/session.ts', false),
    fileCase(`src/sip2/${name}.ts`, 'src/sip2/operations/checkout.ts', false),
    fileCase(`src/sip2/${name}.ts`, 'src/circulation/model.ts', false),
    fileCase(`src/sip2/${name}.ts`, 'src/runtime/clock.ts', false),
    fileCase(`src/sip2/${name}.ts`, 'node:net', false),
  ]),
  ...['charset', 'codec', 'dates', 'read-v2', 'write-v2'].flatMap((name) => [
    fileCase(`src/ncip/${name}.ts`, 'src/ncip/spec/elements.ts', true),
    fileCase(`src/ncip/${name}.ts`, 'src/ncip/responder.ts', false),
    fileCase(`src/ncip/${name}.ts`, 'src/runtime/clock.ts', false),
    fileCase(`src/ncip/${name}.ts`, 'fastify', false),
  ]),
]

const runtimeCases: readonly Case[] = [
  fileCase('src/runtime/config/sections/probe.ts', 'src/runtime/codes.ts', true),
  fileCase('src/runtime/config/sections/probe.ts', 'src/sip2/spec/codes.ts', false),
  fileCase('src/runtime/config/sections/texts.ts', 'src/circulation/outcome.ts', true),
  fileCase('src/runtime/config/sections/texts.ts', 'src/circulation/checkout.ts', false),
  fileCase('src/runtime/config/sections/probe.ts', 'src/circulation/outcome.ts', false),
  ...['clock', 'diagnostics', 'facts'].flatMap((name) => [
    fileCase(`src/runtime/${name}.ts`, 'src/circulation/ports.ts', true),
    fileCase(`src/runtime/${name}.ts`, 'src/circulation/checkout.ts', false),
  ]),
  fileCase('src/runtime/log.ts', 'src/circulation/ports.ts', false),
]

const packageCases: readonly Case[] = [
  fileCase('src/circulation/probe.ts', 'node:crypto', true),
  fileCase('src/circulation/probe.ts', 'node:net', false),
  fileCase('src/circulation/probe.ts', 'undici', false),
  fileCase('src/sip2/probe.ts', 'node:net', true),
  fileCase('src/sip2/probe.ts', 'undici', false),
  fileCase('src/sip2/probe.ts', 'fastify', false),
  fileCase('src/ncip/probe.ts', 'fastify', true),
  fileCase('src/ncip/xml.ts', 'fast-xml-parser', true),
  fileCase('src/ncip/xml.ts', 'xmlbuilder2', true),
  fileCase('src/ncip/probe.ts', 'fast-xml-parser', false),
  fileCase('src/ncip/services/probe.ts', 'xmlbuilder2', false),
  fileCase('src/alma/probe.ts', 'undici', true),
  fileCase('src/alma/probe.ts', 'fastify', false),
]

const simulatorCases: readonly Case[] = [
  fileCase('simulators/alma/probe.ts', 'simulators/alma/state/store.ts', true),
  fileCase('simulators/alma/probe.ts', 'src/alma/json.ts', false),
  fileCase('simulators/alma/routes/probe.ts', 'src/circulation/model.ts', false),
  fileCase('simulators/alma/routes/probe.ts', 'src/runtime/clock.ts', false),
]

const specifierOf = ({ from, to }: Case): string => {
  if (!/^(src|simulators)\//.test(to)) return to
  const path = relative(dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

const described = (each: Case): string => `${each.from} imports ${specifierOf(each)}`

/** The imports of the cases that the linter forbids, each as `described`. */
function lint(folder: string, cases: readonly Case[], ways: (specifier: string) => string): Set<string> {
  const linesOf = Map.groupBy(cases, ({ from }) => from)
  for (const [from, [...ofFile]] of linesOf) {
    mkdirSync(join(folder, dirname(from)), { recursive: true })
    writeFileSync(join(folder, from), `${ofFile.map((each) => ways(specifierOf(each))).join('\n')}\n`)
  }
  // without the loader that tap hands to every child: the linter's start does not bear it
  const { stdout } = spawnSync(
    'env',
    ['-u', 'NODE_OPTIONS', join(root, 'node_modules/.bin/oxlint'), '-f', 'json', '.'],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  )
  const found = new Set<string>()
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: readonly { code: string; filename: string; labels: readonly { span: { line: number } }[] }[]
  }
  for (const { code, filename, labels } of diagnostics) {
    if (!code.includes('no-restricted-imports')) continue
    const each = linesOf.get(filename)?.[(labels[0]?.span.line ?? 0) - 1]
    if (each) found.add(described(each))
  }
  return found
}

const groups: Readonly<Record<string, readonly Case[]>> = {
  'the folders import only downwards': crossFolderCases(),
  'a codec and a specification import only their own folder': codecCases,
  'the runtime imports nothing above it': runtimeCases,
  'each library has its folder': packageCases,
  'a simulator shares nothing with the product': simulatorCases,
}

const ways: Readonly<Record<string, (specifier: string) => string>> = {
  'import type': (specifier) => `import type {} from '${specifier}'`,
  import: (specifier) => `import '${specifier}'`,
  're-export': (specifier) => `export * from '${specifier}'`,
  'dynamic import': (specifier) => `void import('${specifier}')`,
}

for (const [name, cases] of Object.entries(groups)) {
  t.test(`the linter keeps it: ${name}`, async (t) => {
    for (const [way, statement] of Object.entries(ways)) {
      const folder = mkdtempSync(join(tmpdir(), 'circbridge-imports-'))
      t.teardown(() => rmSync(folder, { recursive: true }))
      copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
      const forbidden = lint(folder, cases, statement)
      const expected = cases.filter(({ allowed }) => !allowed).map(described)
      t.same([...forbidden].toSorted(), expected.toSorted(), `${way}: ${expected.length} of ${cases.length} forbidden`)
    }
  })
}
