import t from 'tap'
import {
  type AlmaCallEvent,
  almaCallChannel,
  type BacklogChannelEvent,
  availabilityChannel,
  backlogChannel,
  connectionChannel,
  type MessageEvent,
  messageChannel,
  protocolWarningChannel,
} from '../../src/runtime/diagnostics.ts'
import { makeMetrics } from '../../src/runtime/metrics.ts'

const message: MessageEvent = {
  id: 'abcd1234',
  protocol: 'sip2',
  kind: '11',
  machine: 'kiosk-1',
  institution: 'demo',
  result: 'refused',
  reason: 'item-requested',
  durationMs: 42,
}
const call: AlmaCallEvent = {
  id: 'abcd1234',
  institution: 'demo',
  method: 'POST',
  template: '/users/{user_id}/loans',
  priority: 'patron',
  status: 400,
  code: '401664',
  durationMs: 120,
  queuedMs: 3,
  remaining: 4711,
}

/** The value of the one sample whose line begins so. */
function sample(text: string, start: string): string | undefined {
  return text
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.split(' ')
    .at(-1)
}

const carriedOut: BacklogChannelEvent = {
  id: 'abcd1234',
  institution: 'demo',
  machine: 'kiosk-1',
  kind: 'checkin',
  promised: true,
  result: 'done',
  reason: undefined,
  left: 2,
}

t.test('counts what the channels tell', async (t) => {
  const waiting = [{ institution: 'demo', queued: 2, unsettled: 0, exceptions: 7 }]
  const metrics = makeMetrics({ waitingChanges: () => waiting })
  t.teardown(() => metrics.close())
  messageChannel.publish(message)
  almaCallChannel.publish(call)
  almaCallChannel.publish({ ...call, status: 0, code: 'ECONNRESET', remaining: -1 })
  for (const change of ['opened', 'opened', 'closed'])
    connectionChannel.publish({ listener: 'hall', change, reason: '' })
  connectionChannel.publish({ listener: 'hall', change: 'refused', reason: 'limit' })
  protocolWarningChannel.publish({ protocol: 'sip2', code: 'delimiter-missing', machine: 'kiosk-1' })
  availabilityChannel.publish({ institution: 'demo', online: false })
  for (const result of ['done', 'done', 'exception']) backlogChannel.publish({ ...carriedOut, result })

  const text = await metrics.render()
  const expected = [
    [
      'circbridge_messages_total{protocol="sip2",kind="11",institution="demo",result="refused",reason="item-requested"}',
      '1',
    ],
    ['circbridge_message_duration_seconds_sum{protocol="sip2",kind="11",institution="demo"}', '0.042'],
    [
      'circbridge_alma_calls_total{institution="demo",method="POST",template="/users/{user_id}/loans",status="4xx",code="401664"}',
      '1',
    ],
    [
      'circbridge_alma_calls_total{institution="demo",method="POST",template="/users/{user_id}/loans",status="none",code="ECONNRESET"}',
      '1',
    ],
    ['circbridge_alma_quota_wait_seconds_sum{institution="demo",priority="patron"}', '0.006'],
    ['circbridge_alma_calls_remaining{institution="demo"}', '4711'],
    ['circbridge_connections{listener="hall"}', '1'],
    ['circbridge_connection_events_total{listener="hall",change="refused",reason="limit"}', '1'],
    ['circbridge_protocol_warnings_total{protocol="sip2",code="delimiter-missing"}', '1'],
    ['circbridge_alma_online{institution="demo"}', '0'],
    ['circbridge_backlog_results_total{institution="demo",change="checkin",result="done"}', '2'],
    ['circbridge_backlog_results_total{institution="demo",change="checkin",result="exception"}', '1'],
    ['circbridge_waiting_changes{institution="demo",state="queued"}', '2'],
    ['circbridge_waiting_changes{institution="demo",state="exceptions"}', '7'],
  ] as const
  for (const [start, value] of expected) t.equal(sample(text, start), value, start)
})

t.test('labels are bounded and masked', async (t) => {
  const metrics = makeMetrics({ maxLabelValues: 3 })
  t.teardown(() => metrics.close())
  for (let i = 0; i < 50; i++) messageChannel.publish({ ...message, institution: `inst-${i}`, kind: `canary ${i}` })
  for (let i = 0; i < 50; i++)
    almaCallChannel.publish({ ...call, template: `/users/canary${i}/loans`, code: `canary ${i}` })
  const text = await metrics.render()
  const series = text.split('\n').filter((line) => line.startsWith('circbridge_messages_total{'))
  t.equal(series.length, 4, 'three institutions and the others')
  t.match(text, /institution="other",result/)
  t.match(text, /template="\/users\/\{\}\/loans"/)
  t.notMatch(text, /canary|kiosk-1/)
})

t.test('several live side by side, and a closed one hears nothing more', async (t) => {
  const one = makeMetrics({ processMetrics: true })
  const two = makeMetrics()
  t.match(await one.render(), /process_cpu_seconds_total/)
  one.close()
  messageChannel.publish(message)
  t.equal((await one.render()).trim(), '')
  t.match(await two.render(), /circbridge_messages_total\{/)
  two.close()
  t.notOk(messageChannel.hasSubscribers)
})
