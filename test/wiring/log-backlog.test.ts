import t, { type Test } from 'tap'
import { type BacklogChannelEvent, backlogChannel, messageChannel } from '../../src/runtime/diagnostics.ts'
import { makeLog } from '../../src/runtime/log.ts'
import { BacklogLog } from '../../src/wiring/log-backlog.ts'
import { makeEventLog } from '../../src/wiring/log-events.ts'

const event: BacklogChannelEvent = {
  id: 'm-abc1',
  institution: 'demo',
  machine: 'kiosk-1',
  kind: 'checkin',
  promised: true,
  result: 'done',
  reason: undefined,
  left: 100,
}

function capture(t: Test) {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
  const log = makeLog({ level: 'debug', pretty: 'never', destination })
  const parts = [new BacklogLog(log), makeEventLog(log)]
  for (const part of parts) void part.start?.(new AbortController().signal)
  const stop = async () => {
    for (const part of parts) await part.stop?.()
  }
  t.teardown(stop)
  return { stop, codes: () => lines.map(({ code }) => code), last: () => lines.at(-1) }
}

t.test('a few changes are told one by one, thousands are counted, exceptions are always told', async (t) => {
  const { codes, last, stop } = capture(t)
  for (let change = 0; change < 2000; change += 1) backlogChannel.publish(event)
  t.same(new Set(codes()), new Set(['CHANGE_CARRIED_OUT']))
  t.equal(codes().length, 10)
  backlogChannel.publish({ ...event, result: 'exception', reason: 'patron-blocked', left: 3 })
  t.match(last(), {
    code: 'CHANGE_EXCEPTION',
    level: 'error',
    machine: 'kiosk-1',
    change: 'checkin',
    reason: 'patron-blocked',
  })
  backlogChannel.publish({ ...event, result: 'waits', left: 3 })
  await stop()
  t.match(last(), { code: 'BACKLOG_PROGRESS', institution: 'demo', count: 2000, exceptions: 1, remaining: 3 })
})

t.test(
  'the end of the backlog is told with the number of those that were carried out, and of exceptions',
  async (t) => {
    const { codes, last, stop } = capture(t)
    backlogChannel.publish({ ...event, result: 'not-carried-out', left: 2 })
    backlogChannel.publish({ ...event, result: 'exception', reason: 'patron-blocked', left: 1 })
    backlogChannel.publish({ ...event, left: 0 })
    await stop()
    t.same(codes(), ['CHANGE_NOT_CARRIED_OUT', 'CHANGE_EXCEPTION', 'CHANGE_CARRIED_OUT', 'BACKLOG_DRAINED'])
    t.match(last(), { institution: 'demo', count: 1, exceptions: 1 })
  },
)

t.test('what is accepted is told, and whether Alma has refused it already', async (t) => {
  const { last } = capture(t)
  const message = { id: 'm-abc1', protocol: 'sip2', kind: '09', machine: 'kiosk-1', institution: 'demo', durationMs: 1 }
  messageChannel.publish({ ...message, result: 'accepted', reason: undefined })
  t.match(last(), { code: 'CHANGE_ACCEPTED', level: 'info', kind: '09' })
  messageChannel.publish({ ...message, result: 'accepted', reason: 'patron-blocked' })
  t.match(last(), { code: 'CHANGE_EXCEPTION', level: 'error', kind: '09', reason: 'patron-blocked' })
})
