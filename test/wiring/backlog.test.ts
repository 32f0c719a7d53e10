import t, { type Test } from 'tap'
import type { BacklogEvent } from '../../src/circulation/backlog.ts'
import { type Outcome, accepted, done, refused, unavailable } from '../../src/circulation/outcome.ts'
import type { PendingChange } from '../../src/circulation/ports.ts'
import { type BacklogChannelEvent, backlogChannel } from '../../src/runtime/diagnostics.ts'
import { silentLog } from '../../src/runtime/log.ts'
import { tellBacklog, toBacklogPart } from '../../src/wiring/backlog.ts'

const at = new Date('2026-03-01T12:00:00Z')
const change: PendingChange = {
  entry: 'e1',
  kind: 'checkin',
  institution: 'demo',
  machine: 'kiosk-1',
  callId: 'm-1',
  state: 'queued',
  told: accepted(),
  since: at,
  attempts: 1,
  details: { item: 'B0071', patron: 'P100' },
  machineTime: undefined,
  happenedAt: at,
  deadline: at,
}
const counts = { queued: 2, unsettled: 1, exceptions: 4 }

function toldOf(t: Test, result: BacklogEvent['result'], outcome: Outcome<unknown>): BacklogChannelEvent[] {
  const told: BacklogChannelEvent[] = []
  const listen = (event: unknown) => told.push(event as BacklogChannelEvent)
  backlogChannel.subscribe(listen)
  t.teardown(() => backlogChannel.unsubscribe(listen))
  tellBacklog({ change, result, outcome, error: undefined }, counts, silentLog)
  return told
}

t.test('what became of a change is told without whom it was about', async (t) => {
  const common = { id: 'm-1', institution: 'demo', machine: 'kiosk-1', kind: 'checkin', promised: true, left: 3 }
  t.same(toldOf(t, 'done', done({ patron: 'P100' })), [{ ...common, result: 'done', reason: undefined }])
  t.same(toldOf(t, 'exception', refused('patron-blocked', 'Ada is blocked')), [
    { ...common, result: 'exception', reason: 'patron-blocked' },
  ])
  t.same(toldOf(t, 'waits', unavailable('quota')), [{ ...common, result: 'waits', reason: 'quota' }])
})

t.test('the end of the drain is not held up by what is under way', async (t) => {
  const never = new Promise<void>(() => {})
  const drain = new AbortController()
  let started = 0
  let stopped = 0
  const part = toBacklogPart('backlog.demo', {
    start: () => {
      started += 1
    },
    stop: () => {
      stopped += 1
      return never
    },
  })
  await part.start?.(drain.signal)
  const drained = part.drain?.(drain.signal)
  t.same([started, stopped], [1, 1], 'nothing more begins from here on')
  drain.abort()
  await drained
  await part.drain?.(drain.signal)
  t.pass('nor by a signal that has come already')
})
