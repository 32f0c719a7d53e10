import t from 'tap'
import { cut, indent, layOut, screenWidth, wrap } from '../../../src/cli/demo/layout.ts'

t.test('columns are as wide as they must be, and text may take the room to its right', async (t) => {
  const columns = [{ most: 4 }, { most: 6 }, { most: 40 }]
  const rows = [
    ['AA', 'one', 'meaning'],
    ['AF', 'a text that is longer than its column'],
    ['', 'last', 'x'],
  ]
  t.same(layOut(rows, columns, 20), [
    'AA  one   meaning',
    'AF  a text that is',
    '    longer than its',
    '    column',
    '    last  x',
  ])
})

t.test('a column in which nothing stands is left out', async (t) => {
  t.same(layOut([['', 'a', '', 'b']], [{ most: 5 }, { most: 5 }, { most: 5 }, { most: 5 }], 40), ['a  b'])
})

t.test('a column is aligned to the right, and painted without counting the paint', async (t) => {
  const columns = [
    { most: 9 },
    { most: 9, align: 'right' as const, paint: (text: string) => `\u001b[1m${text}\u001b[22m` },
  ]
  t.same(
    layOut(
      [
        ['a', '1'],
        ['bb', '100'],
      ],
      columns,
      40,
    ),
    ['a     \u001b[1m1\u001b[22m', 'bb  \u001b[1m100\u001b[22m'],
  )
})

t.test('texts break at blanks, lines anywhere', async (t) => {
  t.same(wrap('short', 10), ['short'])
  t.same(wrap('break at blanks', 8), ['break at', 'blanks'])
  t.same(wrap('unbreakable', 4), ['unbr', 'eaka', 'ble'])
  t.same(cut('12 45 78', 3), ['12 ', '45 ', '78'])
  t.same(cut('', 3), [''])
  t.same(indent(['a', ''], 2), ['  a', ''])
})

t.test('the width keeps within what can be read', async (t) => {
  t.same([40, 80, 100, 300].map(screenWidth), [80, 80, 100, 120])
})
