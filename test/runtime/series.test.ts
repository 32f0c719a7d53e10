import t from 'tap'
import { Registry } from 'prom-client'
import { makeCounts, makeSpreads } from '../../src/runtime/series.ts'

t.test('a counter keeps what was added between two readings', async (t) => {
  const registry = new Registry()
  const counts = makeCounts({ name: 'things_total', help: 'Things.', labelNames: ['kind'], registers: [registry] })
  counts({ kind: 'a' }).value += 2
  t.match(await registry.metrics(), /things_total\{kind="a"\} 2\n/)
  counts({ kind: 'a' }).value += 1
  t.match(await registry.metrics(), /things_total\{kind="a"\} 3\n/)
  t.match(await registry.metrics(), /things_total\{kind="a"\} 3\n/)
})

t.test('a bucket counts all that lie up to its bound', async (t) => {
  const registry = new Registry()
  const spreads = makeSpreads({ name: 'lasted', help: 'Time.', buckets: [1, 5], registers: [registry] })
  for (const value of [0, 1, 2, 5, 9]) spreads({ kind: 'a' }).observe(value)
  const lines = (await registry.metrics()).trim().split('\n')
  t.same(lines, [
    '# HELP lasted Time.',
    '# TYPE lasted histogram',
    'lasted_bucket{le="1",kind="a"} 2',
    'lasted_bucket{le="5",kind="a"} 4',
    'lasted_bucket{le="+Inf",kind="a"} 5',
    'lasted_sum{kind="a"} 17',
    'lasted_count{kind="a"} 5',
  ])
})
