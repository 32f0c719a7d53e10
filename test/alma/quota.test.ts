import t from 'tap'
import { almaDefaults, type QuotaConfig } from '../../src/alma/config.ts'
import { type Grant, Quota } from '../../src/alma/quota.ts'
import type { Priority } from '../../src/circulation/ports.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { FakeClock, settle } from './fake-clock.ts'

const never = new AbortController().signal

function makeQuota(config: Partial<QuotaConfig> = {}): { clock: FakeClock; quota: Quota } {
  const clock = new FakeClock()
  const base: QuotaConfig = { ...almaDefaults.quota, perSecond: 10, burst: 4, reserve: { partner: 1, background: 2 } }
  return { clock, quota: new Quota({ ...base, ...config }, clock) }
}

function ask(quota: Quota, priority: Priority, log: string[], name: string, signal = never): Promise<Grant> {
  return quota.acquire(priority, signal).then((grant) => {
    log.push(grant.granted ? name : `${name} ${grant.why}`)
    return grant
  })
}

t.test('starts the burst at once and the rest at the rate', async (t) => {
  const { clock, quota } = makeQuota()
  const log: string[] = []
  for (let call = 1; call <= 6; call++) void ask(quota, 'patron', log, `p${call}`)
  await settle()
  t.same(log, ['p1', 'p2', 'p3', 'p4'])
  await clock.advance(100)
  t.same(log.slice(4), ['p5'])
  await clock.advance(100)
  t.same(log.slice(5), ['p6'])
  t.equal(clock.sleeping, 0, 'nothing sleeps when nobody waits')
})

t.test('tells how long a call waited', async (t) => {
  const { clock, quota } = makeQuota({ burst: 1 })
  t.same(await quota.acquire('patron', never), { granted: true, queuedMs: 0 })
  const second = quota.acquire('patron', never)
  await clock.advance(100)
  t.same(await second, { granted: true, queuedMs: 100 })
})

t.test('never starts more than rate and burst in a second', async (t) => {
  const { clock, quota } = makeQuota({ wait: { ...almaDefaults.quota.wait, patron: { maxMs: 60_000, queue: 1_000 } } })
  const times: number[] = []
  for (let call = 0; call < 60; call++) {
    void quota.acquire('patron', never).then(() => times.push(clock.monotonic()))
  }
  await clock.advance(10_000)
  t.equal(times.length, 60)
  for (const from of times) t.ok(times.filter((at) => at >= from && at < from + 1_000).length <= 14)
})

t.test('patrons come first, whoever came before them', async (t) => {
  const { clock, quota } = makeQuota({ reserve: { partner: 0, background: 0 } })
  const log: string[] = []
  for (let call = 0; call < 4; call++) await quota.acquire('patron', never)
  void ask(quota, 'background', log, 'background')
  void ask(quota, 'partner', log, 'partner')
  void ask(quota, 'patron', log, 'patron')
  await clock.advance(1_000)
  t.same(log, ['patron', 'partner', 'background'])
})

t.test('lower classes leave the last tokens to those before them', async (t) => {
  const { clock, quota } = makeQuota()
  const log: string[] = []
  void ask(quota, 'background', log, 'b1')
  void ask(quota, 'background', log, 'b2')
  void ask(quota, 'background', log, 'b3')
  await settle()
  t.same(log, ['b1', 'b2'], 'two of four are kept back')
  void ask(quota, 'partner', log, 'n1')
  void ask(quota, 'partner', log, 'n2')
  await settle()
  t.same(log.slice(2), ['n1'], 'one of four is kept back')
  void ask(quota, 'patron', log, 'p1')
  await settle()
  t.same(log.slice(3), ['p1'], 'a patron takes the last one')
  await clock.advance(1_000)
  t.same(log.slice(4), ['n2', 'b3'])
})

t.test('a call that waits too long or ends is not started later', async (t) => {
  const wait = { ...almaDefaults.quota.wait, patron: { maxMs: 150, queue: 2 } }
  const { clock, quota } = makeQuota({ burst: 1, perSecond: 5, wait })
  const log: string[] = []
  const ending = new AbortController()
  await quota.acquire('patron', never)
  void ask(quota, 'patron', log, 'ending', ending.signal)
  void ask(quota, 'patron', log, 'waiting')
  void ask(quota, 'patron', log, 'third')
  await settle()
  t.same(log, ['third queue-full'])
  ending.abort()
  await settle()
  t.same(log.slice(1), ['ending aborted'])
  await clock.advance(150)
  t.same(log.slice(2), ['waiting waited-too-long'])
  await clock.advance(1_000)
  t.equal(clock.sleeping, 0)
  t.same(await quota.acquire('patron', ending.signal), { granted: false, why: 'aborted' })
})

t.test('learns from a 429: pauses, halves once, recovers slowly', async (t) => {
  const { clock, quota } = makeQuota({ coolDownMs: 1_000, recoveryPerSecond: 1, lowestPerSecond: 2 })
  quota.slowDown()
  quota.slowDown()
  t.equal(quota.ratePerSecond, 5, 'one volley halves once')
  const log: string[] = []
  void ask(quota, 'patron', log, 'p1')
  await clock.advance(999)
  t.same(log, [], 'nothing starts in the pause')
  await clock.advance(401)
  t.same(log, ['p1'])
  await clock.advance(2_000)
  await quota.acquire('patron', never)
  t.ok(quota.ratePerSecond > 6 && quota.ratePerSecond < 10, 'recovers with time')
  for (let volley = 0; volley < 5; volley++) {
    quota.slowDown()
    await clock.advance(1_001)
  }
  t.ok(quota.ratePerSecond >= 2 && quota.ratePerSecond < 3, 'but never below the lowest rate')
  await clock.advance(60_000)
  await quota.acquire('patron', never)
  t.equal(quota.ratePerSecond, 10)
})

t.test('keeps the last calls of the day for patrons, then for partners', async (t) => {
  const { quota } = makeQuota({ dailyFloor: { partner: 20, background: 100 } })
  t.equal(quota.remaining, -1)
  quota.learnRemaining(150)
  t.ok((await quota.acquire('background', never)).granted)
  quota.learnRemaining(99)
  t.same(await quota.acquire('background', never), { granted: false, why: 'daily-reserve' })
  t.ok((await quota.acquire('partner', never)).granted)
  quota.learnRemaining(19)
  t.same(await quota.acquire('partner', never), { granted: false, why: 'daily-reserve' })
  t.ok((await quota.acquire('patron', never)).granted)
})

t.test('forgets an old count of calls left', async (t) => {
  const { clock, quota } = makeQuota({ dailyFloor: { partner: 100, background: 500 } })
  quota.learnRemaining(1_000)
  quota.learnRemaining(400)
  t.same(await quota.acquire('background', never), { granted: false, why: 'daily-reserve' })
  await clock.advance(11 * 60 * 1_000)
  t.ok((await quota.acquire('background', never)).granted, 'the day may have changed')
})

t.test('a waiting background call is sent away when the day runs out', async (t) => {
  const { clock, quota } = makeQuota({ dailyFloor: { partner: 20, background: 100 } })
  const log: string[] = []
  for (let call = 0; call < 4; call++) await quota.acquire('patron', never)
  void ask(quota, 'background', log, 'b1')
  quota.learnRemaining(5)
  await clock.advance(1_000)
  t.same(log, ['b1 daily-reserve'])
})

t.test('closing refuses those who wait and those who come', async (t) => {
  const { clock, quota } = makeQuota({ burst: 1 })
  const log: string[] = []
  await quota.acquire('patron', never)
  void ask(quota, 'patron', log, 'waiting')
  await settle()
  quota.close()
  await settle()
  t.same(log, ['waiting closed'])
  t.same(await quota.acquire('patron', never), { granted: false, why: 'closed' })
  t.equal(clock.sleeping, 0)
})

t.test('works with the clock of the computer', async (t) => {
  const quota = new Quota({ ...almaDefaults.quota, perSecond: 200, burst: 1 }, systemClock)
  const grants = await Promise.all(Array.from({ length: 10 }, () => quota.acquire('patron', never)))
  t.ok(grants.every((grant) => grant.granted))
  quota.close()
})
