import t from 'tap'
import { TokenBuckets } from '../../src/runtime/token-buckets.ts'

t.test('tokens are taken, come back with time, and never exceed the bucket', async (t) => {
  let now = 0
  const buckets = new TokenBuckets({ capacity: 2, refillMs: 100, most: 10, now: () => now })
  t.same([buckets.take('a'), buckets.take('a'), buckets.take('a'), buckets.take('b')], [true, true, false, true])
  now = 99
  t.equal(buckets.take('a'), false)
  now = 100
  t.equal(buckets.take('a'), true)
  now = 100_000
  t.same([buckets.take('a'), buckets.take('a'), buckets.take('a')], [true, true, false])
  buckets.giveBack('a')
  t.same([buckets.take('a'), buckets.take('a')], [true, false])
})

t.test('tokens that are owed tell when they are there', async (t) => {
  let now = 0
  const buckets = new TokenBuckets({ capacity: 1, refillMs: 100, debt: 3, most: 10, now: () => now })
  t.same(
    [1, 2, 3, 4, 5, 6].map(() => buckets.owe('a')),
    [0, 100, 200, 300, 300, 300],
  )
  now = 150
  t.equal(buckets.owe('a'), 250)
})

t.test('the bucket that was longest not used is forgotten', async (t) => {
  const buckets = new TokenBuckets({ capacity: 1, refillMs: 100, most: 2, now: () => 0 })
  for (const key of ['a', 'b']) buckets.take(key)
  t.equal(buckets.take('a'), false)
  buckets.take('c')
  t.equal(buckets.size, 2)
  t.equal(buckets.take('a'), false)
  t.equal(buckets.take('b'), true, 'a new one is full')
})

t.test('whoever has used up a bucket cannot fill it again by making others', async (t) => {
  const buckets = new TokenBuckets({ capacity: 5, refillMs: 1000, most: 100, now: () => 0 })
  for (let count = 0; count < 5; count += 1) buckets.take('used up')
  for (let other = 0; other < 1000; other += 1) buckets.take(`${other}`)
  t.equal(buckets.size, 100)
  t.notOk(buckets.take('used up'))
})
