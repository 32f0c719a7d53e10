import t from 'tap'
import { isInRange, shelfKey, type CallNumberScheme } from '../../src/sip2/call-numbers.ts'

const orders: Readonly<Record<CallNumberScheme, readonly string[]>> = {
  lc: [
    'A1 .B2',
    'PR6068.O93 H3 1997',
    'PR6068.O93 H37 1998',
    'PR6068.O93 H37 2003',
    'Q1 .S3',
    'QA7 .B3',
    'QA76.5 .J2',
    'QA76.73.J38 B4',
    'QA76.73 .J38 B45',
    'QA76.73.J39',
    'QA111 .A1',
    'QB1 .A1',
  ],
  dewey: ['004.678 B2', '005 A1', '005.1 A1', '005.133 J38', '005.2', '150 F73', 'R 150.1', '823 A93', '823.9 A1'],
  plain: ['A 2', 'A 10', 'A 10 B', 'B 1', 'MS 9/3', 'MS 9/12'],
}

for (const [scheme, shelf] of Object.entries(orders) as [CallNumberScheme, readonly string[]][]) {
  t.test(`${scheme}: the keys sort as the shelf does`, async (t) => {
    const shuffled = [...shelf].toSorted()
    const key = (callNumber: string) => shelfKey(callNumber, scheme)
    const sorted = shuffled.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
    t.same(sorted, shelf)
  })
}

t.test('blanks and case do not matter', async (t) => {
  t.equal(shelfKey('qa 76.73  .J38', 'lc'), shelfKey('QA76.73.J38', 'lc'))
})

t.test('a range has both its ends, and all that begins with the upper one', async (t) => {
  const range = { from: 'QA75', to: 'QA76', scheme: 'lc' } as const
  for (const inside of ['QA75', 'QA 75.5 .A1', 'QA76', 'QA76.73.J38 B4']) t.ok(isInRange(inside, range), inside)
  for (const outside of ['QA74.9', 'QA77', 'QA760', 'QB1', 'Q1', '']) t.notOk(isInRange(outside, range), outside)
  t.ok(isInRange('823.92', { from: '800', to: '899', scheme: 'dewey' }))
  t.notOk(isInRange('900', { from: '800', to: '899', scheme: 'dewey' }))
  t.ok(isInRange('899.9 Z', { from: '800', to: '899', scheme: 'dewey' }))
  t.ok(isInRange('MS 12', { from: 'MS 9', scheme: 'plain' }))
  t.notOk(isInRange('MS 8', { from: 'MS 9', scheme: 'plain' }))
  t.ok(isInRange('A 1', { to: 'MS', scheme: 'plain' }))
})

t.test('what is no call number of its scheme is ordered as a text', async (t) => {
  t.ok(isInRange('Fiction SMI', { from: 'FICTION', to: 'FICTION', scheme: 'lc' }))
  t.notOk(isInRange('Fiction SMI', { from: 'QA1', scheme: 'lc' }))
})
