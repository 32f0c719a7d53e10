import t from 'tap'
import { systemClock } from '../../src/runtime/clock.ts'

t.test('time goes on', async (t) => {
  const before = systemClock.monotonic()
  await systemClock.sleep(1, new AbortController().signal)
  t.ok(systemClock.monotonic() > before)
  t.type(systemClock.now(), Date)
})

t.test('a sleep ends with its signal and leaves no listener behind', async (t) => {
  const aborted = AbortSignal.abort()
  await systemClock.sleep(3_600_000, aborted)
  const controller = new AbortController()
  const slept = systemClock.sleep(3_600_000, controller.signal)
  controller.abort()
  await slept
  t.pass('both came back')
})
