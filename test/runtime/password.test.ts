import { argon2Sync } from 'node:crypto'
import t from 'tap'
import { isPasswordHash, makePasswords } from '../../src/runtime/password.ts'

const cheap = { memory: 64, passes: 1, parallelism: 1 }
const passwords = makePasswords({ concurrency: 2 })

t.test('a hash is in the PHC format and knows its password', async (t) => {
  const hash = await passwords.hash('sésame', cheap)
  t.match(hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  t.equal(await passwords.verify('sésame', hash), 'right')
  t.equal(await passwords.verify('sesame', hash), 'wrong')
  t.not(await passwords.hash('sésame', cheap), hash, 'the salt differs')
})

t.test('the default cost is the one that is documented', async (t) => {
  t.match(await passwords.hash('x'), /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/)
})

t.test('reads a hash made elsewhere, whatever the length of salt and tag', async (t) => {
  const nonce = Buffer.from('somesalt')
  const tag = argon2Sync('argon2id', {
    message: 'password',
    nonce,
    tagLength: 24,
    memory: 256,
    passes: 2,
    parallelism: 2,
  })
  const plain = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
  t.equal(await passwords.verify('password', `$argon2id$v=19$m=256,t=2,p=2$${plain(nonce)}$${plain(tag)}`), 'right')
})

t.test('a hostile hash is refused before anything is computed', async (t) => {
  const salt = 'c29tZXNhbHRzb21lc2FsdA'
  const tag = 'A'.repeat(43)
  const hostile = [
    '',
    'password',
    `$argon2i$v=19$m=64,t=1,p=1$${salt}$${tag}`,
    `$argon2id$v=16$m=64,t=1,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=4194304,t=1,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=64,t=4000000,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=64,t=1,p=200$${salt}$${tag}`,
    `$argon2id$v=19$m=64,t=0,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=8,t=1,p=2$${salt}$${tag}`,
    `$argon2id$v=19$m=64,t=1,p=1$YQ$${tag}`,
    `$argon2id$v=19$m=64,t=1,p=1$${salt}$YQ`,
    `$argon2id$v=19$m=64,t=1,p=1$${salt}$${'A'.repeat(600)}`,
  ]
  for (const hash of hostile) {
    t.notOk(isPasswordHash(hash))
    t.equal(await passwords.verify('x', hash), 'invalid-hash')
  }
})

t.test('a password of any length is answered', async (t) => {
  const hash = await passwords.hash('x', cheap)
  t.equal(await passwords.verify('x'.repeat(100_000), hash), 'wrong')
  t.equal(await passwords.verify('', hash), 'wrong')
  await t.rejects(passwords.hash('x'.repeat(2000), cheap), RangeError)
  await t.rejects(passwords.hash('x', { ...cheap, memory: 10_000_000 }), RangeError)
})

t.test('checks beyond the queue are turned away, those within it are all answered', async (t) => {
  const narrow = makePasswords({ concurrency: 1, maxQueued: 3 })
  const hash = await narrow.hash('x', cheap)
  const results = await Promise.all(Array.from({ length: 8 }, () => narrow.verify('x', hash)))
  t.equal(results.filter((result) => result === 'right').length, 4)
  t.equal(results.filter((result) => result === 'busy').length, 4)
  t.equal(await narrow.verify('x', hash), 'right', 'and the queue is free again')
})

t.test('who asks once is served before the rest of a flood', async (t) => {
  const narrow = makePasswords({ concurrency: 1 })
  const hash = await narrow.hash('x', cheap)
  const order: string[] = []
  const ask = async (from: string) => {
    await narrow.verify('x', hash, from)
    order.push(from)
  }
  await Promise.all([...Array.from({ length: 6 }, () => ask('flood')), ask('kiosk'), ask('sorter')])
  t.same(order.slice(0, 4), ['flood', 'flood', 'kiosk', 'sorter'])
  t.equal(order.length, 8)
})

t.test('a check that has waited too long is turned away', async (t) => {
  const impatient = makePasswords({ concurrency: 1, maxWaitMs: 1 })
  const costly = await impatient.hash('x', { memory: 65_536, passes: 3, parallelism: 1 })
  const results = await Promise.all([impatient.verify('x', costly), impatient.verify('x', costly)])
  t.same(results, ['right', 'busy'])
  t.equal(await impatient.verify('x', costly), 'right', 'and the next one is served')
})
