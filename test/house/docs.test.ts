/** What the docs show is what the product says. */
import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { newId } from '../../src/runtime/new-id.ts'
import { makeMetrics } from '../../src/runtime/metrics.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

t.test('the sample of circbridge check names the desk and the kiosk of the small example', async (t) => {
  const { terminals } = parse(read('config/example-small.yaml')) as {
    terminals: [{ name: string; library: string; circulationDesk: string }]
  }
  const [{ name, library, circulationDesk }] = terminals
  const line = `desk ${library}.${circulationDesk} .*\\(used by ${name}\\)`
  t.match(read('docs/getting-started.md'), new RegExp(`^ok +demo +${line}$`, 'm'))
})

t.test('sample log lines have ids as they are made', async (t) => {
  const form = new RegExp(`^${newId().replace(/[0-9a-f]{18}-.*$/, '[0-9a-f]{18}-[0-9a-z]+')}$`)
  const ids = [...read('docs/metrics-and-logs.md').matchAll(/"messageId":"([^"]*)"/g)].map(([, id]) => id)
  t.ok(ids.length > 0)
  for (const id of ids) t.match(id, form)
})

t.test('alarms stand in one place, and name metrics that there are', async (t) => {
  const metrics = makeMetrics({})
  t.teardown(() => metrics.close())
  const known = new Set([...(await metrics.render()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  const blocks = readdirSync(new URL('../../docs', import.meta.url))
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) =>
      [...read(`docs/${name}`).matchAll(/^```\n([^`]*)^```$/gm)].map(([, text = '']) => ({ name, text })),
    )
    .filter(({ text }) => text.includes('circbridge_'))
  t.same(
    blocks.map(({ name }) => name),
    ['metrics-and-logs.md'],
  )
  for (const { text } of blocks) {
    for (const [name] of text.matchAll(/circbridge_[a-z_]+/g)) t.ok(known.has(name.replace(/_bucket$/, '')), name)
  }
})
