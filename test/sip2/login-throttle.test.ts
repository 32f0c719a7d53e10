import t from 'tap'
import { LoginThrottle } from '../../src/sip2/login-throttle.ts'

function makeThrottle(config: Partial<ConstructorParameters<typeof LoginThrottle>[0]> = {}) {
  let now = 0
  const throttle = new LoginThrottle(
    { wrongPerUser: 2, wrongPerAddress: 5, forgiveEveryMs: 1000, maxDelayMs: 20, remembered: 100, ...config },
    () => now,
  )
  return { throttle, wait: (ms: number) => (now += ms) }
}

t.test(
  'of wrong log-ins of a user at an address, one in each while is looked at, and they are forgiven one by one',
  async (t) => {
    const { throttle, wait } = makeThrottle()
    const tryOnce = async (user = 'kiosk', address = '10.1.2.3') => (await throttle.admit(user, address)) !== undefined
    t.same([await tryOnce(), await tryOnce()], [true, true])
    const flood = await Promise.all(Array.from({ length: 8 }, () => tryOnce()))
    t.equal(flood.filter(Boolean).length, 1, 'of those that wait together')
    t.ok(await tryOnce(), 'who comes alone waits, and is looked at')
    t.ok(await tryOnce('other'), 'another user of the address')
    t.ok(await tryOnce('kiosk', '10.1.2.4'), 'the user at another address')
    wait(1000)
    const next = await Promise.all([tryOnce(), tryOnce(), tryOnce()])
    t.equal(next.filter(Boolean).length, 2, 'one that was forgiven, and one that was drawn')
  },
)

t.test('the right machine gets in beside those that never rest', async (t) => {
  const { throttle } = makeThrottle({ maxDelayMs: 10 })
  let isIn = false
  const guess = async () => {
    while (!isIn) await throttle.admit('kiosk', '10.1.2.3')
  }
  const guessers = Array.from({ length: 10 }, guess)
  for (let tries = 0; tries < 1000 && !isIn; tries += 1)
    isIn = (await throttle.admit('kiosk', '10.1.2.3')) !== undefined
  t.ok(isIn)
  await Promise.all(guessers)
})

t.test('who has hung up is not drawn', async (t) => {
  const { throttle } = makeThrottle()
  for (let count = 0; count < 2; count += 1) await throttle.admit('kiosk', '10.1.2.3')
  const gone = Array.from({ length: 20 }, () => throttle.admit('kiosk', '10.1.2.3', () => false))
  t.ok(await throttle.admit('kiosk', '10.1.2.3'))
  t.same(
    await Promise.all(gone),
    Array.from({ length: 20 }, () => undefined),
  )
})

t.test('what was right or not checked does not count', async (t) => {
  const { throttle } = makeThrottle({ maxDelayMs: 30_000 })
  for (let count = 0; count < 20; count += 1) {
    const attempt = await throttle.admit('kiosk', '10.1.2.3')
    t.ok(attempt, 'at once')
    attempt?.forgive()
  }
})

t.test('a whole address, and a user from everywhere, are delayed and never refused', async (t) => {
  const waited: number[] = []
  const { throttle } = makeThrottle()
  for (let user = 0; user < 9; user += 1) {
    const since = performance.now()
    t.ok(await throttle.admit(`${user}`, '10.1.2.3'))
    waited.push(performance.now() - since)
  }
  t.ok(
    waited.slice(5).every((ms) => ms > 15),
    'more than five wrong ones wait',
  )
  const { throttle: another } = makeThrottle()
  for (let host = 0; host < 5; host += 1) await another.admit('kiosk', `10.1.2.${host}`)
  const since = performance.now()
  t.ok(await another.admit('kiosk', '10.9.9.9'))
  t.ok(performance.now() - since > 15)
})

t.test('an IPv6 network of 64 bits counts as one address', async (t) => {
  const { throttle } = makeThrottle()
  const tryOnce = async (address: string) => (await throttle.admit('kiosk', address)) !== undefined
  t.same([await tryOnce('2001:db8::1'), await tryOnce('2001:db8:0:0:ffff::')], [true, true])
  const both = await Promise.all([tryOnce('2001:db8::2'), tryOnce('2001:db8::3')])
  t.equal(both.filter(Boolean).length, 1)
  t.ok(await tryOnce('2001:db8:0:1::1'))
})

t.test('where a user was right before, a password may be compared at once, until too many were wrong', async (t) => {
  const { throttle, wait } = makeThrottle({ remembered: 100 })
  throttle.settleIn('kiosk', '10.1.2.3')
  const isGlanced = (user = 'kiosk', address = '10.1.2.3') => throttle.glance(user, address) !== undefined
  t.notOk(isGlanced('kiosk', '10.1.2.4'))
  t.notOk(isGlanced('other'))
  for (let count = 0; count < 20; count += 1) throttle.glance('kiosk', '10.1.2.3')?.forgive()
  t.same(
    Array.from({ length: 6 }, () => isGlanced()),
    [true, true, true, true, true, false],
  )
  wait(200)
  t.same([isGlanced(), isGlanced()], [true, false])
})

t.test('when a right log-in has come, those who wait there wait no longer', async (t) => {
  const { throttle } = makeThrottle({ maxDelayMs: 30_000 })
  for (let count = 0; count < 2; count += 1) await throttle.admit('kiosk', '10.1.2.3')
  const waiting = Array.from({ length: 5 }, () => throttle.admit('kiosk', '10.1.2.3'))
  throttle.settleIn('kiosk', '10.1.2.3')
  t.same(
    await Promise.all(waiting),
    Array.from({ length: 5 }, () => undefined),
    'none was drawn',
  )
  t.ok(throttle.glance('kiosk', '10.1.2.3'), 'but each may be glanced at')
})

t.test('memory is bounded', async (t) => {
  const { throttle } = makeThrottle({ remembered: 100 })
  const isAtHome = () => {
    const glance = throttle.glance('kiosk', '10.1.2.3')
    glance?.forgive()
    return glance !== undefined
  }
  throttle.settleIn('kiosk', '10.1.2.3')
  for (let count = 0; count < 99; count += 1) throttle.settleIn(`${count}`, '10.1.2.3')
  t.ok(isAtHome())
  throttle.settleIn('one more', '10.1.2.3')
  t.notOk(isAtHome())
})
