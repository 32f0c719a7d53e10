/** What docs/sip2-compared.md says of Circbridge is shown by a test that is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '../..')
const page = 'docs/sip2-compared.md'
const complaintsFolder = 'test/sip2/complaints'

interface Row {
  readonly cells: readonly string[]
  /** The test files and titles of the last cell. */
  readonly shownBy: readonly Shown[]
}

interface Shown {
  readonly file: string
  readonly title: string
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The rows of all tables whose first heading is this. */
function rowsOf(heading: string): Row[] {
  const tables = read(page).matchAll(new RegExp(`^\\| ${heading} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, 'gm'))
  return [...tables].flatMap(([, body = '']) => body.trimEnd().split('\n').map(readRow))
}

function readRow(line: string): Row {
  const cells = line.split('|').slice(1, -1)
  const last = cells.at(-1)?.trim() ?? ''
  return { cells: cells.map((cell) => cell.trim()), shownBy: last === '' ? [] : last.split('<br>').map(readShown) }
}

function readShown(text: string): Shown {
  const [, name = '', file = '', title = ''] = /^\[(\S+)\]\(\.\.\/(\S+)\): (.+)$/.exec(text) ?? []
  if (`test/${name}.test.ts` !== file) throw new Error(`no test is named by: ${text}`)
  return { file, title }
}

/** Titles as they stand in the source; a value in a template stands for any text. */
function titlesOf(file: string): RegExp[] {
  const literals = read(file).matchAll(/\.test\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/gs)
  const parts = ([, quote, text = '']: RegExpExecArray) => (quote === '`' ? text.split(/\$\{[^}]*\}/) : [text])
  const plain = (part: string) => part.replaceAll(/\\(.)/g, '$1').replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')
  return [...literals].map((literal) => new RegExp(`^${parts(literal).map(plain).join('.+')}$`))
}

function exists({ file, title }: Shown): boolean {
  return existsSync(join(root, file)) && titlesOf(file).some((known) => known.test(title))
}

const features = rowsOf('feature')
const complaints = rowsOf('no\\.')

t.test('every test that is named is there', async (t) => {
  const named = [...features, ...complaints].flatMap(({ shownBy }) => shownBy)
  t.ok(named.length > 100)
  t.same(
    named.filter((shown) => !exists(shown)),
    [],
  )
  const none = { file: 'test/e2e/visit.test.ts', title: 'a title that no test has' }
  t.notOk(exists(none), 'a title is looked up')
  t.notOk(exists({ ...none, file: 'test/e2e/none.test.ts' }), 'and so is a file')
})

t.test('nothing is said to be there without a test, and everything is said of everybody', async (t) => {
  for (const { cells, shownBy } of features) {
    const [name = '', ours = '', ...others] = cells
    t.match(ours, /^(yes|partly|no)\b/, name)
    t.equal(shownBy.length > 0, !ours.startsWith('no'), `${name}: shown exactly when it is there`)
    t.equal(others.length, 4, name)
    for (const theirs of others.slice(0, 3)) t.match(theirs, /^(yes|partly|no|\?)/, name)
  }
  const names = features.map(({ cells: [name] }) => name)
  t.same(names, [...new Set(names)], 'each once')
})

t.test('each complaint is there once, with a test that names it', async (t) => {
  t.same(
    complaints.map(({ cells: [number] }) => number),
    Array.from({ length: 30 }, (_, at) => String(at + 1)),
  )
  for (const { cells, shownBy } of complaints) {
    t.ok(
      shownBy.some(({ title }) => title.startsWith(`complaint ${cells[0]}: `)),
      `${cells[0]}: ${cells[1]}`,
    )
  }
})

t.test('a test that names a complaint stands in its row', async (t) => {
  for (const name of readdirSync(join(root, complaintsFolder))) {
    const file = `${complaintsFolder}/${name}`
    const titles = [...read(file).matchAll(/'(complaint (\d+): [^'\n]+)'/g)]
    t.ok(titles.length > 0, file)
    for (const [, title = '', number] of titles) {
      const row = complaints.find(({ cells }) => cells[0] === number)
      t.ok(
        row?.shownBy.some((shown) => shown.file === file && shown.title === title),
        title,
      )
    }
  }
})

t.test('the page can be found', async (t) => {
  t.match(read('README.md'), /\]\(docs\/sip2-compared\.md\)/)
  t.match(read('docs/terminals.md'), /\]\(sip2-compared\.md\)/)
})
