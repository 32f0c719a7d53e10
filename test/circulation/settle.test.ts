import t from 'tap'
import { type Outcome, done, refused, unavailable, unknown } from '../../src/circulation/outcome.ts'
import { carryOut } from '../../src/circulation/settle.ts'
import { answers, makeCall } from '../helpers/call.ts'
import { fakeCirculation, fakeClock } from '../helpers/fake-library-system.ts'

const fresh = { since: new Date(0), again: false, quiet: false, lookOnly: false }
const found: Outcome<string | undefined> = done('evidence')
const absent: Outcome<string | undefined> = done(undefined)

t.test('law 4: an answer that is known is not read back', async (t) => {
  for (const outcome of [done('x'), refused('item-unknown'), unavailable('offline')] as Outcome<string>[]) {
    const find = answers(found)
    t.same(await carryOut({ attempt: fresh, send: answers(outcome), find }, fakeCirculation(), makeCall()), outcome)
    t.equal(find.calls, 0)
  }
})

t.test('law 4: a lost answer is found at the first look', async (t) => {
  const send = answers<Outcome<string>>(unknown())
  const find = answers(found)
  t.same(await carryOut({ attempt: fresh, send, find }, fakeCirculation(), makeCall()), done('evidence'))
  t.equal(find.calls, 1)
  t.equal(send.calls, 1)
})

t.test('law 4: a change that arrives late is found after the settle time', async (t) => {
  const slept: number[] = []
  const clock = { ...fakeClock, sleep: async (ms: number) => void slept.push(ms) }
  const circulation = { ...fakeCirculation(), clock, settleMs: 1800 }
  const find = answers(absent, found)
  const outcome = await carryOut(
    { attempt: fresh, send: answers<Outcome<string>>(unknown()), find },
    circulation,
    makeCall(),
  )
  t.same(outcome, done('evidence'))
  t.same(slept, [1800])
})

t.test('law 4: absence counts only after the settle time, and is then a safe failure', async (t) => {
  const find = answers(absent)
  const send = answers<Outcome<string>>(unknown('lost'))
  t.same(await carryOut({ attempt: fresh, send, find }, fakeCirculation(), makeCall()), unavailable('timeout', 'lost'))
  t.equal(find.calls, 2)
  t.equal(send.calls, 1, 'never sent twice')
})

t.test('law 4: what cannot be read back stays unknown', async (t) => {
  const away: Outcome<string | undefined> = unavailable('offline')
  const send = answers<Outcome<string>>(unknown('lost'))
  const looked = await carryOut({ attempt: fresh, send, find: answers(away) }, fakeCirculation(), makeCall())
  t.same(looked, unknown('lost'))

  const passed = AbortSignal.abort()
  const late = { attempt: fresh, send: answers<Outcome<string>>(unknown('late')), find: answers(absent) }
  t.same(await carryOut(late, fakeCirculation(), makeCall({ signal: passed })), unknown('late'), 'the deadline passed')
})

t.test('law 2: an unsettled change is read back before it is sent again', async (t) => {
  const again = { ...fresh, again: true }
  const unsent = answers<Outcome<string>>(done('sent'))
  t.same(await carryOut({ attempt: again, send: unsent, find: answers(found) }, fakeCirculation(), makeCall()), found)
  t.equal(unsent.calls, 0, 'it had happened')

  const sent = answers<Outcome<string>>(done('sent'))
  const repeated = await carryOut({ attempt: again, send: sent, find: answers(absent) }, fakeCirculation(), makeCall())
  t.same(repeated, done('sent'), 'it had not happened')
  t.equal(sent.calls, 1)

  const away: Outcome<string | undefined> = unavailable('offline')
  const held = answers<Outcome<string>>(done('sent'))
  const kept = await carryOut({ attempt: again, send: held, find: answers(away) }, fakeCirculation(), makeCall())
  t.equal(kept.kind, 'unknown', 'nobody can tell, so nothing is sent')
  t.equal(held.calls, 0)
})

t.test('law 4: what nobody waits for is only looked for', async (t) => {
  const attempt = { ...fresh, again: true, lookOnly: true }
  const send = answers<Outcome<string>>(done('sent'))
  const look = (find: () => Promise<Outcome<string | undefined>>) =>
    carryOut({ attempt, send, find }, fakeCirculation(), makeCall())
  t.same(await look(answers(found)), found)
  t.match(await look(answers(absent)), { kind: 'unavailable', cause: 'not-carried-out' })
  t.equal((await look(answers<Outcome<string | undefined>>(unavailable('offline')))).kind, 'unknown')
  t.equal(send.calls, 0)
})

t.test('law 4: long after the sending, one look is enough', async (t) => {
  const attempt = { ...fresh, again: true, quiet: true, lookOnly: false }
  const slept: number[] = []
  const circulation = {
    ...fakeCirculation(),
    clock: { ...fakeClock, sleep: async (ms: number) => void slept.push(ms) },
  }
  const find = answers(absent)
  const send = answers<Outcome<string>>(done('sent'))
  t.same(await carryOut({ attempt, send, find }, circulation, makeCall()), done('sent'))
  t.same([find.calls, slept], [1, []])

  const away = answers<Outcome<string | undefined>>(unavailable('offline'))
  t.equal((await carryOut({ attempt, send, find: away }, circulation, makeCall())).kind, 'unknown')
})

t.test('law 3: that an earlier sending is at rest says nothing of the one that is lost now', async (t) => {
  const slept: number[] = []
  const clock = { ...fakeClock, sleep: async (ms: number) => void slept.push(ms) }
  const circulation = { ...fakeCirculation(), clock, settleMs: 1800 }
  const find = answers(absent, absent, found)
  const attempt = { ...fresh, again: true, quiet: true }
  const outcome = await carryOut(
    { attempt, send: answers<Outcome<string>>(unknown('lost')), find },
    circulation,
    makeCall(),
  )
  t.same(outcome, done('evidence'), 'it arrived late')
  t.same(slept, [1800])
  t.equal(find.calls, 3, 'one look for the earlier one, two for this one')
})
