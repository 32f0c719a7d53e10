import t from 'tap'
import { once } from '../../src/circulation/once.ts'
import { type Outcome, accepted, done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
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

t.test('law 2: what cannot be written down is not sent', async (t) => {
  const outcome = unavailable('journal')
  const { journal, ...parts } = fakeCirculation()
  journal.begin = async () => ({ state: 'ended', outcome: Promise.resolve(outcome) })
  journal.end = async () => {
    t.fail('nothing was begun')
  }
  const execute = answers<Outcome<number>>(done(1))
  const circulation = { ...parts, journal }
  const change = { kind: 'checkout', identity: 'same', details: {} } as const
  t.same(await once(change, circulation, makeCall(), execute), outcome)
  t.equal(execute.calls, 0)
})

t.test('the journal is told who, what, when, and until when', async (t) => {
  const circulation = fakeCirculation()
  const machineTime = new Date('2026-03-01T11:59:00Z')
  const details = { patron: 'P1', item: 'B1' }
  const change = { kind: 'checkout', identity: 'same', subject: 'B1', details } as const
  await once(change, circulation, makeCall({ machineTime, deadline: 8000 }), async () => unknown())
  t.match(circulation.journal.pending('INST'), [
    {
      kind: 'checkout',
      institution: 'INST',
      machine: 'kiosk',
      callId: 'message-1',
      details,
      machineTime,
      happenedAt: circulation.clock.now(),
      since: circulation.clock.now(),
      deadline: new Date(circulation.clock.now().getTime() + 8000),
    },
  ])
})

t.test('what was promised before for the same item or patron goes first', async (t) => {
  const circulation = fakeCirculation()
  const details = { patron: 'P1', item: 'B1' }
  const change = { kind: 'checkout', identity: 'same', details } as const
  const asked: unknown[] = []
  const clear = (cleared: boolean) => async (of: unknown, happenedAt: Date) => {
    asked.push(of, happenedAt)
    return cleared
  }
  const execute = answers<Outcome<number>>(done(1))
  const held = await once(
    change,
    { ...circulation, backlog: { clear: clear(false), underWay: [] } },
    makeCall(),
    execute,
  )
  t.match(held, { kind: 'unavailable', cause: 'offline' })
  t.equal(execute.calls, 0)
  t.same(asked, [details, circulation.clock.now()])
  t.same(
    await once(change, { ...circulation, backlog: { clear: clear(true), underWay: [] } }, makeCall(), execute),
    done(1),
  )
})

t.test('law 2: what is promised is written down before the machine is told', async (t) => {
  const circulation = fakeCirculation({}, true)
  const execute = answers<Outcome<number>>(unavailable('offline'))
  const change = { kind: 'checkin', identity: 'a', details: { item: 'B1' }, whenAway: { do: 'queue' } } as const
  const run = () => once(change, circulation, makeCall(), execute)
  t.same(await run(), accepted())
  t.same(await run(), accepted(), 'and an equal request gets the same answer')
  t.equal(execute.calls, 1)
  t.match(circulation.journal.pending('INST'), [{ kind: 'checkin', state: 'queued', told: accepted() }])

  circulation.journal.accept = async () => false
  const unwritten = await once({ ...change, identity: 'b' }, circulation, makeCall(), execute)
  t.same(unwritten, unavailable('offline'), 'what could not be written is not promised')
})

t.test('what a machine reports is ordered by the time when it happened', async (t) => {
  const circulation = fakeCirculation({}, true)
  const machineTime = new Date('2026-02-27T09:00:00Z')
  const details = { item: 'B1', reported: true }
  const change = { kind: 'checkin', identity: 'a', details, whenAway: { do: 'take' } } as const
  await once(change, circulation, makeCall({ machineTime }), async () => unavailable('offline'))
  t.match(circulation.journal.pending('INST'), [{ happenedAt: machineTime, machineTime }])
})

t.test('law 2: a change waits for the one before of the same item, which may be promised yet', async (t) => {
  const circulation = fakeCirculation()
  const { promise, resolve } = Promise.withResolvers<Outcome<string>>()
  const steps: string[] = []
  const note = (step: string) => async (): Promise<Outcome<string>> => {
    steps.push(step)
    return done(step)
  }
  const change = (identity: string, item: string) => ({ kind: 'checkin', identity, details: { item } }) as const
  const back = once(change('back', 'B1'), circulation, makeCall(), () => promise)
  const again = once(change('again', 'B1'), circulation, makeCall(), note('the same item'))
  t.same(await once(change('other', 'B2'), circulation, makeCall(), note('another')), done('another'))
  t.same(steps, ['another'], 'another item does not wait')
  steps.push('before')
  resolve(unavailable('timeout'))
  t.same(await back, unavailable('timeout'))
  await again
  t.same(steps, ['another', 'before', 'the same item'])
})

t.test('law 1: nobody waits for a change of the same item beyond the deadline', async (t) => {
  const circulation = fakeCirculation()
  const deadline = new AbortController()
  const { promise, resolve } = Promise.withResolvers<Outcome<string>>()
  const details = { item: 'B1' }
  const hanging = once({ kind: 'checkin', identity: 'back', details }, circulation, makeCall(), () => promise)
  const call = makeCall({ signal: deadline.signal })
  const late = once({ kind: 'checkin', identity: 'again', details }, circulation, call, async ({ again }) =>
    again ? done('never') : unavailable('timeout'),
  )
  deadline.abort()
  t.same(await late, unavailable('timeout'))
  resolve(done('back'))
  t.same(await hanging, done('back'))
})
