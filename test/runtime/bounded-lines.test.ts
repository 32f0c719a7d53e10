import t from 'tap'
import { BoundedLines } from '../../src/runtime/bounded-lines.ts'

function makeLines(all = { atOnce: 100, everyMs: 1 }) {
  let now = 0
  const written: string[] = []
  const lines = new BoundedLines({ each: { atOnce: 2, everyMs: 1000 }, all, now: () => now })
  return {
    written,
    pass: (ms: number) => (now += ms),
    write: (key: string, times = 1, kind = 'kind') => {
      for (let time = 0; time < times; time += 1) {
        lines.write(kind, key, ({ count = 0 }) => written.push(`${key} ${count}`))
      }
    },
  }
}

t.test('after the first few of a key there is one now and then, which tells how many were left out', async (t) => {
  const { written, pass, write } = makeLines()
  write('a', 5)
  write('b')
  t.same(written.splice(0), ['a 0', 'a 0', 'b 0'])
  pass(1000)
  write('a', 5)
  t.same(written.splice(0), ['a 3'])
  pass(10_000)
  write('a', 5)
  t.same(written.splice(0), ['a 4', 'a 0'])
})

t.test('whoever has many keys is bounded too', async (t) => {
  const { written, pass, write } = makeLines({ atOnce: 3, everyMs: 500 })
  for (let key = 0; key < 5000; key += 1) write(`${key}`)
  t.equal(written.splice(0).length, 3)
  pass(500)
  write('4999')
  t.same(written.splice(0), ['4999 1'])
  write('4999', 1, 'other')
  t.same(written, ['4999 0'], 'and keeps nobody from lines of another kind')
})
