import t from 'tap'
import { wrapText } from '../../src/sip2/wrap-text.ts'

t.test('lines break between words', async (t) => {
  t.same(wrapText('Please return this item by Friday', 12), ['Please', 'return this', 'item by', 'Friday'])
  t.same(wrapText('fits', 4), ['fits'])
  t.same(wrapText('just fits', 9), ['just fits'])
  t.same(wrapText('  blanks \r\n and lines ', 40), ['blanks and lines'])
  t.same(wrapText('', 10), [])
  t.same(wrapText(' ', 10), [])
})

t.test('a word longer than a line is broken, never a character', async (t) => {
  t.same(wrapText('a Donaudampfschiff b', 5), ['a', 'Donau', 'dampf', 'schif', 'f b'])
  t.same(wrapText('😀😀😀', 2), ['😀😀', '😀'])
  t.same(wrapText('abcdef', 3), ['abc', 'def'])
})
