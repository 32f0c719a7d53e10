import t from 'tap'
import { AlmaClock } from '../../src/alma/alma-clock.ts'
import type { Clock } from '../../src/circulation/ports.ts'

t.test("law 4: Alma's clock is known by its answers, whatever ours is set to", (t) => {
  let wall = Date.UTC(2026, 2, 1, 12)
  let monotonic = 1000
  const clock: Clock = { now: () => new Date(wall), monotonic: () => monotonic, sleep: async () => {} }
  const alma = new AlmaClock(clock)
  t.same(alma.now(), new Date(wall - 86_400_000), 'early as long as no answer came')
  alma.learn('no date')
  t.same(alma.now(), new Date(wall - 86_400_000))

  alma.learn('Sun, 01 Mar 2026 13:00:00 GMT')
  t.same(alma.now(), new Date('2026-03-01T13:00:00.500Z'), 'an hour ahead, in the middle of the second that it told')
  wall -= 3_600_000
  monotonic += 2000
  t.same(alma.now(), new Date('2026-03-01T13:00:02.500Z'), 'our clock was set back, and time went on')
  t.end()
})
