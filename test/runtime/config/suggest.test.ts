import t from 'tap'
import { suggest } from '../../../src/runtime/config/suggest.ts'

t.test('finds what was meant', async (t) => {
  const keys = ['timeZone', 'currency', 'maxConnections', 'agency']
  t.equal(suggest('timezone', keys), 'timeZone')
  t.equal(suggest('max_connections', keys), 'maxConnections')
  t.equal(suggest('curency', keys), 'currency')
  t.equal(suggest('agnecy', keys), 'agency')
  t.equal(suggest('zebra', keys), undefined)
  t.equal(suggest('', keys), undefined)
})
