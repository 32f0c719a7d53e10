import t from 'tap'
import { exitCodes } from '../../src/runtime/exit-codes.ts'
import { handleSignals, Lifecycle, type Part, StartError } from '../../src/runtime/lifecycle.ts'
import type { Log } from '../../src/runtime/log.ts'

function setUp(limits: { drainMs?: number; startMs?: number; stopMs?: number } = {}) {
  const steps: string[] = []
  const codes: string[] = []
  const write = (code: string): void => void codes.push(code)
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log }
  const lifecycle = new Lifecycle({ log, drainMs: 1000, stopMs: 1000, ...limits })
  const part = (name: string, more: Partial<Part> = {}): Part => ({
    name,
    start: () => void steps.push(`start ${name}`),
    drain: () => void steps.push(`drain ${name}`),
    stop: () => void steps.push(`stop ${name}`),
    ...more,
  })
  return { lifecycle, log, steps, codes, part }
}

const fail = (): never => {
  throw new Error('broken')
}
const take = (thrown: unknown): unknown => thrown
const never = (): Promise<void> => new Promise(() => {})

t.test('starts in order, stops in reverse, once', async (t) => {
  const { lifecycle, steps, codes, part } = setUp()
  await lifecycle.start([part('a'), part('b')])
  t.notOk(lifecycle.stopping)
  const [first, second] = await Promise.all([lifecycle.stop(), lifecycle.stop()])
  t.ok(lifecycle.stopping)
  t.equal(first, exitCodes.done)
  t.equal(second, exitCodes.done)
  t.same(steps, ['start a', 'start b', 'drain b', 'drain a', 'stop b', 'stop a'])
  t.same(codes, ['PART_STARTED', 'PART_STARTED', 'PROCESS_STOPPING', 'PROCESS_STOPPED'])
})

t.test('a part that cannot start takes down what had started', async (t) => {
  const { lifecycle, steps, part } = setUp()
  const error = await lifecycle.start([part('a'), part('b', { start: fail }), part('c')]).catch(take)
  t.ok(error instanceof StartError)
  t.match(error, { part: 'b', cause: { message: 'broken' } })
  t.same(steps, ['start a', 'drain b', 'drain a', 'stop b', 'stop a'])
})

t.test('a part that does not come up in time counts as failed', async (t) => {
  const { lifecycle, steps, part } = setUp({ startMs: 5 })
  t.match(await lifecycle.start([part('a', { start: never })]).catch(take), { part: 'a' })
  t.ok(steps.includes('stop a'))
})

t.test('stop goes on past parts that fail or hang', async (t) => {
  const { lifecycle, steps, codes, part } = setUp({ drainMs: 5, stopMs: 5 })
  await lifecycle.start([part('a'), part('b', { drain: fail, stop: never }), part('c', { drain: never, stop: fail })])
  t.equal(await lifecycle.stop(), exitCodes.notDrained)
  t.same(steps.slice(-2), ['drain a', 'stop a'])
  t.same(codes.filter((code) => code.startsWith('PART_STOP')).toSorted(), [
    'PART_STOP_FAILED',
    'PART_STOP_FAILED',
    'PART_STOP_TIMEOUT',
    'PART_STOP_TIMEOUT',
  ])
})

t.test('the drain is cut off by its signal', async (t) => {
  const { lifecycle, part } = setUp({ drainMs: 5 })
  const untilAborted = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
  await lifecycle.start([part('a', { drain: untilAborted })])
  t.equal(await lifecycle.stop(), exitCodes.done)
})

t.test('stop while starting aborts the start', async (t) => {
  const { lifecycle, steps, part } = setUp()
  const waits: Part = part('a', {
    start: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  })
  const refused = lifecycle.start([waits, part('b')]).catch(take)
  await lifecycle.stop()
  t.match(await refused, { part: 'b' })
  t.same(steps, ['drain a', 'stop a'])
})

t.test('the first signal drains, the second ends at once', async (t) => {
  const { lifecycle, log, codes, part } = setUp()
  const exits: number[] = []
  const { promise: drained, resolve: finishDrain } = Promise.withResolvers<void>()
  const { promise: exited, resolve: tellExit } = Promise.withResolvers<void>()
  await lifecycle.start([part('a', { drain: () => drained })])
  const listeners = process.listenerCount('SIGUSR2')
  const takeOff = handleSignals({
    lifecycle,
    log,
    signals: ['SIGUSR2'],
    exit: (code) => {
      exits.push(code)
      if (code === exitCodes.done) tellExit()
    },
  })
  process.emit('SIGUSR2')
  t.same(exits, [])
  process.emit('SIGUSR2')
  t.same(exits, [exitCodes.forced])
  t.ok(codes.includes('STOP_FORCED'))
  finishDrain()
  await exited
  t.same(exits, [exitCodes.forced, exitCodes.done], 'a real exit would not have come back')
  takeOff()
  t.equal(process.listenerCount('SIGUSR2'), listeners)
})
