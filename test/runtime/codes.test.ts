import { globSync, readFileSync } from 'node:fs'
import t from 'tap'
import { codeAreas, codes } from '../../src/runtime/codes.ts'

const docs = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')

t.test('every code is documented, and no other', async (t) => {
  const documented = [...docs.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map((match) => match[1])
  t.same(documented.toSorted(), Object.keys(codes).toSorted())
})

t.test('every code belongs to one area', async (t) => {
  const listed = Object.values(codeAreas).flatMap((area) => Object.keys(area))
  t.equal(new Set(listed).size, listed.length)
  t.same(listed.toSorted(), Object.keys(codes).toSorted())
})

t.test('a warning or an error has its sentence and, when it needs a person, an advice', async (t) => {
  for (const [code, { severity, sentence, advice }] of Object.entries(codes)) {
    t.match(code, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/)
    t.match(sentence, /^[A-Z].*\.$/, `${code} has a sentence`)
    if (severity === 'warn' || severity === 'error') t.match(advice, /\.$/, `${code} says what to do`)
  }
})

t.test('every code is logged somewhere', async (t) => {
  const sources = globSync('src/**/*.ts').filter((file) => !file.endsWith('runtime/codes.ts'))
  const text = sources.map((file) => readFileSync(file, 'utf8')).join('\n')
  for (const code of Object.keys(codes)) t.ok(text.includes(`'${code}'`), code)
})
