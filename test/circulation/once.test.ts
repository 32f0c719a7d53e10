import t from 'tap'
import { once } from '../../src/circulation/once.ts'
import { type Outcome, done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { answers, makeCall } from '../helpers/call.ts'
import { fakeCirculation } from '../helpers/fake-library-system.ts'

t.test('law 2: an equal change that is done is not executed again', async (t) => {
  const circulation = fakeCirculation()
  const execute = answers<Outcome<number>>(done(1), done(2))
  const run = () => once({ kind: 'checkout', identity: 'same', details: {} }, circulation, makeCall(), execute)
  t.same(await run(), done(1))
  t.same(await run(), done(1))
  t.equal(execute.calls, 1)
})

t.test('law 2: an equal change under way gives the same outcome to both', async (t) => {
  const circulation = fakeCirculation()
  const { promise, resolve } = Promise.withResolvers<Outcome<number>>()
  let executions = 0
  const run = () =>
    once({ kind: 'pay-fee', identity: 'same', details: {} }, circulation, makeCall(), () => {
      executions += 1
      return promise
    })
  const both = Promise.all([run(), run()])
  await new Promise(setImmediate)
  resolve(done(7))
  t.same(await both, [done(7), done(7)])
  t.equal(executions, 1)
})

t.test('what changed nothing may be tried again', async (t) => {
  for (const first of [refused('patron-blocked'), unavailable('offline')] as Outcome<number>[]) {
    const circulation = fakeCirculation()
    const execute = answers<Outcome<number>>(first, done(2))
    t.same(await once({ kind: 'checkout', identity: 'same', details: {} }, circulation, makeCall(), execute), first)
    t.same(await once({ kind: 'checkout', identity: 'same', details: {} }, circulation, makeCall(), execute), done(2))
  }
})

t.test('an unknown end is carried into the next attempt', async (t) => {
  const circulation = fakeCirculation()
  const seen: boolean[] = []
  const execute = async ({ again }: { again: boolean }) => {
    seen.push(again)
    return again ? done('found') : unknown()
  }
  await once({ kind: 'checkin', identity: 'same', details: {} }, circulation, makeCall(), execute)
  t.same(
    await once({ kind: 'checkin', identity: 'same', details: {} }, circulation, makeCall(), execute),
    done('found'),
  )
  t.same(seen, [false, true])
})

t.test('another kind, identity or institution is another change', async (t) => {
  const circulation = fakeCirculation()
  const execute = answers<Outcome<number>>(done(1))
  await once({ kind: 'checkout', identity: 'a', details: {} }, circulation, makeCall(), execute)
  await once({ kind: 'checkout', identity: 'b', details: {} }, circulation, makeCall(), execute)
  await once({ kind: 'checkin', identity: 'a', details: {} }, circulation, makeCall(), execute)
  const elsewhere = { ...circulation, system: { ...circulation.system, institution: 'OTHER' } }
  await once({ kind: 'checkout', identity: 'a', details: {} }, elsewhere, makeCall(), execute)
  t.equal(execute.calls, 4)
})

t.test('a bug leaves the change unsettled and is not hidden', async (t) => {
  const circulation = fakeCirculation()
  const bug = new Error('bug')
  const failing = once({ kind: 'checkout', identity: 'same', details: {} }, circulation, makeCall(), () =>
    Promise.reject(bug),
  )
  await t.rejects(failing, bug)
  let again: boolean | undefined
  await once({ kind: 'checkout', identity: 'same', details: {} }, circulation, makeCall(), async (attempt) => {
    again = attempt.again
    return done(1)
  })
  t.equal(again, true)
})
