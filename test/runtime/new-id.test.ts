import t from 'tap'
import { factKinds } from '../../src/runtime/facts.ts'
import { newId } from '../../src/runtime/new-id.ts'

t.test('ids differ and may be logged', (t) => {
  const ids = Array.from({ length: 1000 }, newId)
  t.equal(new Set(ids).size, 1000)
  t.ok(ids.every((id) => factKinds.messageId(id) === id))
  t.end()
})
