import t from 'tap'
import { LoginThrottle } from '../../src/sip2/login-throttle.ts'

function makeThrottle(config: Partial<ConstructorParameters<typeof LoginThrottle>[0]> = {}) {
  let now = 0
  const throttle = new LoginThrottle(
    { wrongPerUser: 2, wrongPerAddress: 5, forgiveEveryMs: 1000, maxDelayMs: 500, remembered: 100, ...config },
    () => now,
  )
  return { throttle, wait: (ms: number) => (now += ms) }
}

t.test('wrong log-ins of a user at an address are refused after a while, and forgiven one by one', async (t) => {
  const { throttle, wait } = makeThrottle()
  const tryOnce = (user = 'kiosk', address = '10.1.2.3') => throttle.begin(user, address, false) !== undefined
  t.same([tryOnce(), tryOnce(), tryOnce()], [true, true, false])
  t.ok(tryOnce('other'), 'another user of the address')
  t.ok(tryOnce('kiosk', '10.1.2.4'), 'the user at another address')
  wait(1000)
  t.same([tryOnce(), tryOnce()], [true, false])
})

t.test('what was right or not checked does not count', async (t) => {
  const { throttle } = makeThrottle()
  for (let count = 0; count < 20; count += 1) {
    const attempt = throttle.begin('kiosk', '10.1.2.3', false)
    t.equal(attempt?.delayMs, 0)
    attempt?.forgive()
  }
})

t.test('a whole address, and a user from everywhere, are delayed and never refused', async (t) => {
  const { throttle } = makeThrottle()
  for (let user = 0; user < 5; user += 1) t.equal(throttle.begin(`${user}`, '10.1.2.3', false)?.delayMs, 0)
  t.same(
    [5, 6, 7, 8].map((user) => throttle.begin(`${user}`, '10.1.2.3', false)?.delayMs),
    [200, 400, 500, 500],
    'no longer than a machine waits',
  )
  const { throttle: another } = makeThrottle()
  for (let host = 0; host < 5; host += 1) another.begin('kiosk', `10.1.2.${host}`, false)
  t.equal(another.begin('kiosk', '10.9.9.9', false)?.delayMs, 200)
  t.equal(another.begin('other', '10.9.9.8', false)?.delayMs, 0)
})

t.test('who belongs there is delayed in place of refused', async (t) => {
  const { throttle } = makeThrottle()
  for (let count = 0; count < 2; count += 1) t.equal(throttle.begin('kiosk', '10.1.2.3', true)?.delayMs, 0)
  t.equal(throttle.begin('kiosk', '10.1.2.3', true)?.delayMs, 500)
})

t.test('an IPv6 network of 64 bits counts as one address', async (t) => {
  const { throttle } = makeThrottle()
  const tryOnce = (address: string) => throttle.begin('kiosk', address, false) !== undefined
  t.same(['2001:db8::1', '2001:db8:0:0:ffff::', '2001:db8::2'].map(tryOnce), [true, true, false])
  t.ok(tryOnce('2001:db8:0:1::1'))
})

t.test('a user is at home where it logged in, and memory is bounded', async (t) => {
  const { throttle } = makeThrottle({ remembered: 100 })
  throttle.settleIn('kiosk', '10.1.2.3')
  t.ok(throttle.isAtHome('kiosk', '10.1.2.3'))
  t.notOk(throttle.isAtHome('kiosk', '10.1.2.4'))
  t.notOk(throttle.isAtHome('other', '10.1.2.3'))
  for (let count = 0; count < 99; count += 1) throttle.settleIn(`${count}`, '10.1.2.3')
  t.ok(throttle.isAtHome('kiosk', '10.1.2.3'))
  throttle.settleIn('one more', '10.1.2.3')
  t.notOk(throttle.isAtHome('kiosk', '10.1.2.3'))
})
