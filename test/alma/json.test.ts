import t from 'tap'
import {
  readCode,
  readCoded,
  readCount,
  readFlag,
  readList,
  readObject,
  readStatus,
  readText,
} from '../../src/alma/json.ts'

t.test('nothing is nothing, however it is written', async (t) => {
  for (const nothing of [undefined, null, '', {}]) {
    t.equal(readText(nothing), '')
    t.equal(readCode(nothing), '')
    t.equal(readCount(nothing), undefined)
    t.equal(readFlag(nothing), undefined)
    t.same(readCoded(nothing), { code: '', name: '' })
  }
  t.equal(readCode({ value: null, desc: null }), '')
  t.same(readObject([1]), {})
  t.same(readObject(null), {})
})

t.test('reads codes with each of their names', async (t) => {
  t.same(readCoded({ value: 'MAIN', desc: 'Main Library' }), { code: 'MAIN', name: 'Main Library' })
  t.same(readCoded({ value: 'STACK', name: 'Stacks' }), { code: 'STACK', name: 'Stacks' })
  t.same(readCoded({ value: '01', description: 'Normal' }), { code: '01', name: 'Normal' })
  t.same(readCoded('MAIN'), { code: 'MAIN', name: '' })
})

t.test('display text and code of a status are the same', async (t) => {
  t.equal(readStatus('On Hold Shelf'), 'ON_HOLD_SHELF')
  t.equal(readStatus({ value: 'Active' }), 'ACTIVE')
})

t.test('reads flags, counts and lists in every form', async (t) => {
  t.equal(readFlag(true), true)
  t.equal(readFlag('false'), false)
  t.equal(readFlag('perhaps'), undefined)
  t.equal(readCount('12'), 12)
  t.equal(readCount(0), 0)
  t.equal(readCount(-1), undefined)
  t.equal(readCount(1.5), undefined)
  t.same(readList([{ a: 1 }, null]), [{ a: 1 }, {}])
  t.same(readList({ a: 1 }), [{ a: 1 }])
  t.same(readList(undefined), [])
  t.equal(readText('  trailing '), 'trailing')
  t.equal(readText(7), '7')
})
