import t from 'tap'
import { buildPath } from '../../src/alma/path.ts'

t.test('encodes segments and the query', async (t) => {
  const built = buildPath(
    '/users/{user_id}/loans',
    { user_id: 'a b/ü@x' },
    { item_barcode: 'x+ &y', limit: 10, no: undefined },
  )
  t.same(built, {
    kind: 'done',
    value: '/users/a%20b%2F%C3%BC%40x/loans?item_barcode=x%2B%20%26y&limit=10',
  })
})

t.test('half a surrogate pair does no harm', async (t) => {
  t.equal(buildPath('/users/{user_id}', { user_id: '\uD800' }, {}).kind, 'done')
})

t.test('a dollar pattern in an identifier is just text', async (t) => {
  t.match(buildPath('/users/{user_id}', { user_id: '$&' }, {}), { value: '/users/%24%26' })
})

t.test('an identifier that would name another resource is refused', async (t) => {
  for (const value of ['', '.', '..']) {
    t.match(buildPath('/users/{user_id}', { user_id: value }, {}), { kind: 'refused', reason: 'patron-unknown' })
    t.match(buildPath('/bibs/{mms_id}', { mms_id: value }, {}), { kind: 'refused', reason: 'item-unknown' })
    t.match(buildPath('/x/{loan_id}', { loan_id: value }, {}), { kind: 'refused', reason: 'loan-unknown' })
  }
})
