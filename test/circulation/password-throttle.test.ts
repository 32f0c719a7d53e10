import t from 'tap'
import type { Circulation } from '../../src/circulation/circulation.ts'
import { done, refused, unavailable } from '../../src/circulation/outcome.ts'
import { PasswordThrottle } from '../../src/circulation/password-throttle.ts'
import { checkPassword, findPatron } from '../../src/circulation/patron.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { TokenBuckets } from '../../src/runtime/token-buckets.ts'
import { makeCall } from '../helpers/call.ts'
import { type FakeAnswers, fakeCirculation, rightPassword, samplePatron } from '../helpers/fake-library-system.ts'

const throttled = refused('patron-pin-throttled')

function start(answers: FakeAnswers = {}) {
  let now = 0
  const slept: number[] = []
  const told: string[] = []
  const bounded = { most: 100, now: () => now }
  const throttle = new PasswordThrottle({
    patrons: new TokenBuckets({ capacity: 3, refillMs: 1000, ...bounded }),
    machines: new TokenBuckets({ capacity: 6, refillMs: 100, ...bounded }),
    maxDelayMs: 250,
    onRefused: (institution, machine) => told.push(`${institution} ${machine}`),
  })
  const fake = fakeCirculation(answers)
  const clock = { ...fake.clock, sleep: async (ms: number) => void slept.push(ms) }
  const circulation: Circulation = { ...fake, clock, passwords: { throttle } }
  const check = (password: string, { patron = 'P100', machine = 'hall', visit = new Visit(() => 0) } = {}) =>
    checkPassword(patron, password, visit, circulation, { ...makeCall(), machine })
  const see = (patron: string) => findPatron(patron, new Visit(() => 0), circulation, makeCall())
  return { check, see, slept, told, wait: (ms: number) => (now += ms), institution: fake.system.institution }
}

t.test(
  'after too many wrong passwords of a patron at a machine none is looked at, and one is forgiven in time',
  async (t) => {
    const { check, told, wait, institution } = start()
    for (const guess of ['1', '2', '3']) t.match(await check(guess), done(false))
    t.match(await check('4'), throttled)
    t.match(await check(rightPassword), throttled, 'nor is the right one, so no guess tells')
    t.match(await check('4', { patron: 'p100' }), throttled, 'the same card in small letters')
    t.same(
      told,
      Array.from({ length: 3 }, () => `${institution} hall`),
    )
    t.match(
      await check(rightPassword, { machine: 'annex' }),
      done(true),
      'at another machine the patron notices nothing',
    )
    t.match(await check('1', { patron: 'P101' }), done(false), 'nor does another patron at this one')
    wait(1000)
    t.match(await check(rightPassword), done(true))
  },
)

t.test('nor do other spellings and other cards of the same patron get around it', async (t) => {
  for (const spelling of [
    'p100',
    ' P100',
    'P\u00b9\u2070\u2070',
    '\uff30\uff11\uff10\uff10',
    'P1\u00ad00',
    'P\u0301100',
  ]) {
    const { check } = start()
    for (const guess of ['1', '2', '3']) await check(guess)
    t.match(await check('4', { patron: spelling }), throttled, JSON.stringify(spelling))
  }
  const { check, see } = start()
  await see('P100')
  for (const guess of ['1', '2', '3']) await check(guess)
  t.match(await check('4', { patron: samplePatron.id }), throttled, 'once the patron was seen')
  t.match(await check('4', { patron: samplePatron.identifiers[0]?.value ?? '' }), throttled)
})

t.test('many at once are no way around', async (t) => {
  const { check } = start()
  const all = await Promise.all(Array.from({ length: 10 }, (_, guess) => check(`${guess}`)))
  t.equal(all.filter(({ kind }) => kind === 'done').length, 3)
})

t.test('what was right, could not be checked or was sent again does not count', async (t) => {
  const { check } = start()
  for (let count = 0; count < 10; count += 1) t.match(await check(rightPassword), done(true))
  const visit = new Visit(() => 0)
  for (let count = 0; count < 10; count += 1) t.match(await check('1', { visit }), done(false), 'once a visit')
  t.match(await check(rightPassword), done(true))

  const away = start({ patrons: { verifyPassword: async () => unavailable('offline') } })
  for (let count = 0; count < 10; count += 1) t.match(await away.check('1'), unavailable('offline'))
})

t.test('whoever tries many cards is delayed, cards that nobody has too', async (t) => {
  const { check, slept } = start({
    patrons: { verifyPassword: async (patron) => refused(patron === 'P3' ? 'patron-unknown' : 'patron-pin-wrong') },
  })
  for (let card = 0; card < 9; card += 1) await check('1234', { patron: `P${card}` })
  t.same(slept, [100, 200, 250], 'never longer than a machine waits')
  await check('1234', { patron: 'P0', machine: 'annex' })
  t.equal(slept.length, 3, 'at another machine not')
})
