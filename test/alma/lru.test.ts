import t from 'tap'
import { LruCache } from '../../src/alma/lru.ts'

t.test('drops what was not used for longest', async (t) => {
  const cache = new LruCache<number>({ entries: 2, ttlMs: 100, now: () => 0 })
  cache.set('a', 1)
  cache.set('b', 2)
  cache.get('a')
  cache.set('c', 3)
  t.equal(cache.get('b'), undefined)
  t.equal(cache.get('a'), 1)
  t.equal(cache.get('c'), 3)
  t.equal(cache.size, 2)
  cache.delete('a')
  t.equal(cache.get('a'), undefined)
})

t.test('drops what is too old', async (t) => {
  let now = 0
  const cache = new LruCache<number>({ entries: 2, ttlMs: 100, now: () => now })
  cache.set('a', 1)
  now = 99
  t.equal(cache.get('a'), 1)
  now = 100
  t.equal(cache.get('a'), undefined)
  t.equal(cache.size, 0)
})
