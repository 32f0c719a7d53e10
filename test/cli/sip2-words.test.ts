import t from 'tap'
import { splitWords } from '../../src/cli/sip2-words.ts'

t.test('words are cut as a shell cuts them', async (t) => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['  \t ', []],
    ['checkout 1 2', ['checkout', '1', '2']],
    ["raw '99 00|'", ['raw', '99 00|']],
    ['a "b c"d', ['a', 'b cd']],
    ['a "" b', ['a', '', 'b']],
    ['a\\ b', ['a b']],
    ['"a\\"b"', ['a"b']],
    ["'a\\b'", ['a\\b']],
    ['"open end', ['open end']],
    ['end\\', ['end\\']],
  ]
  for (const [line, words] of cases) t.same(splitWords(line), words, line)
})
