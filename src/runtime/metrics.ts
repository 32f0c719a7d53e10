/** Prometheus metrics, fed by the diagnostics channels, and by one look at what waits. Labels are few, and none can grow without bound. */
import type { Channel } from 'node:diagnostics_channel'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import {
  type AlmaCallEvent,
  type AvailabilityEvent,
  type BacklogChannelEvent,
  almaCallChannel,
  availabilityChannel,
  backlogChannel,
  type ConnectionEvent,
  connectionChannel,
  type MessageEvent,
  messageChannel,
  type ProtocolWarningEvent,
  protocolWarningChannel,
} from './diagnostics.ts'
import { factKinds, maskTemplate } from './facts.ts'
import { type LogDropEvent, logDropChannel } from './log.ts'
import { makeCounts, makeSpreads } from './series.ts'

export interface Metrics {
  readonly contentType: string
  /** The text that Prometheus reads. */
  render(): Promise<string>
  /** Stops listening to the channels. */
  close(): void
}

export interface MetricsOptions {
  /** Memory, processor and event loop of the process as well; off when several live in one process. */
  readonly processMetrics?: boolean
  /** Different values that one label may take before the rest become `other`. */
  readonly maxLabelValues?: number
  /** Asked at every reading. */
  readonly waitingChanges?: () => readonly WaitingChanges[]
}

/** Changes of one institution that are not settled. */
export interface WaitingChanges {
  readonly institution: string
  readonly queued: number
  readonly unsettled: number
  readonly exceptions: number
}

const messageSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10]
const callSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10]
const waitSeconds = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5]

export function makeMetrics(options: MetricsOptions = {}): Metrics {
  const { processMetrics = false, maxLabelValues = 100, waitingChanges = () => [] } = options
  const registry = new Registry()
  const registers = [registry]
  if (processMetrics) collectDefaultMetrics({ register: registry })
  const bound = makeLabelBounds(maxLabelValues)

  const messages = makeCounts({
    name: 'circbridge_messages_total',
    help: 'Requests of machines and partners, by result.',
    labelNames: ['protocol', 'kind', 'institution', 'result', 'reason'],
    registers,
  })
  const messageDuration = makeSpreads({
    name: 'circbridge_message_duration_seconds',
    help: 'Time from a request to its reply.',
    buckets: messageSeconds,
    registers,
  })
  const calls = makeCounts({
    name: 'circbridge_alma_calls_total',
    help: 'Calls to Alma, one an attempt.',
    labelNames: ['institution', 'method', 'template', 'status', 'code'],
    registers,
  })
  const callDuration = makeSpreads({
    name: 'circbridge_alma_call_duration_seconds',
    help: 'Time that Alma took to answer.',
    buckets: callSeconds,
    registers,
  })
  const quotaWait = makeSpreads({
    name: 'circbridge_alma_quota_wait_seconds',
    help: 'Time that calls waited for their turn.',
    buckets: waitSeconds,
    registers,
  })
  const remaining = new Map<string, number>()
  new Gauge({
    name: 'circbridge_alma_calls_remaining',
    help: 'Calls that Alma says are left today.',
    labelNames: ['institution'],
    registers,
    collect() {
      for (const [institution, count] of remaining) this.set({ institution }, count)
    },
  })
  const online = new Gauge({
    name: 'circbridge_alma_online',
    help: '1 while Alma can be reached, else 0.',
    labelNames: ['institution'],
    registers,
  })
  new Gauge({
    name: 'circbridge_waiting_changes',
    help: 'Changes that wait: queued for Alma, unsettled until it is known whether Alma has them, exceptions for a person.',
    labelNames: ['institution', 'state'],
    registers,
    collect() {
      // What is told of an institution that is gone would stay.
      this.reset()
      for (const { institution, ...states } of waitingChanges()) {
        const of = bound('institution', factKinds.configName(institution))
        for (const [state, count] of Object.entries(states)) this.set({ institution: of, state }, count)
      }
    },
  })
  const backlogResults = new Counter({
    name: 'circbridge_backlog_results_total',
    help: 'Attempts to carry out a change that waited, by result.',
    labelNames: ['institution', 'change', 'result'],
    registers,
  })
  const connections = new Gauge({
    name: 'circbridge_connections',
    help: 'Open connections of machines.',
    labelNames: ['listener'],
    registers,
  })
  const connectionEvents = new Counter({
    name: 'circbridge_connection_events_total',
    help: 'Connections opened, closed and refused.',
    labelNames: ['listener', 'change', 'reason'],
    registers,
  })
  const warnings = new Counter({
    name: 'circbridge_protocol_warnings_total',
    help: 'What machines did against the rules of their protocol.',
    labelNames: ['protocol', 'code'],
    registers,
  })
  const logDrops = new Counter({
    name: 'circbridge_log_facts_dropped_total',
    help: 'Facts that were left out of the log because they are not of their kind.',
    labelNames: ['fact'],
    registers,
  })

  const seriesOfMessage = memoize(
    (event: MessageEvent) => `${event.protocol}\n${event.kind}\n${event.institution}\n${event.result}\n${event.reason}`,
    (event) => {
      const labels = {
        protocol: event.protocol,
        kind: bound('kind', factKinds.messageKind(event.kind)),
        institution: bound('institution', factKinds.configName(event.institution)),
      }
      const reason = label(factKinds.reason(event.reason))
      return { count: messages({ ...labels, result: event.result, reason }), duration: messageDuration(labels) }
    },
  )
  const seriesOfCall = memoize(
    ({ institution, method, template, status, code, priority }: AlmaCallEvent) =>
      `${institution}\n${method}\n${template}\n${status}\n${code}\n${priority}`,
    (event) => {
      const institution = bound('institution', factKinds.configName(event.institution))
      const template = bound('template', maskTemplate(event.template))
      const method = label(factKinds.httpMethod(event.method))
      const code = bound('code', factKinds.errorCode(event.code))
      return {
        institution,
        count: calls({ institution, method, template, status: statusClass(event.status), code }),
        duration: callDuration({ institution, template }),
        wait: quotaWait({ institution, priority: event.priority }),
      }
    },
  )

  const unsubscribers = [
    listen<MessageEvent>(messageChannel, (event) => {
      const { count, duration } = seriesOfMessage(event)
      count.value += 1
      duration.observe(event.durationMs / 1000)
    }),
    listen<AlmaCallEvent>(almaCallChannel, (event) => {
      const { institution, count, duration, wait } = seriesOfCall(event)
      count.value += 1
      duration.observe(event.durationMs / 1000)
      wait.observe(event.queuedMs / 1000)
      if (event.remaining >= 0) remaining.set(institution, event.remaining)
    }),
    listen<ConnectionEvent>(connectionChannel, (event) => {
      const listener = bound('listener', factKinds.configName(event.listener))
      connectionEvents.inc({ listener, change: event.change, reason: label(factKinds.reason(event.reason)) })
      if (event.change === 'opened') connections.inc({ listener })
      if (event.change === 'closed') connections.dec({ listener })
    }),
    listen<ProtocolWarningEvent>(protocolWarningChannel, (event) => {
      warnings.inc({ protocol: event.protocol, code: bound('warning', factKinds.warning(event.code)) })
    }),
    listen<AvailabilityEvent>(availabilityChannel, (event) => {
      online.set({ institution: bound('institution', factKinds.configName(event.institution)) }, event.online ? 1 : 0)
    }),
    listen<BacklogChannelEvent>(backlogChannel, ({ institution, kind, result }) => {
      const of = bound('institution', factKinds.configName(institution))
      backlogResults.inc({ institution: of, change: kind, result })
    }),
    listen<LogDropEvent>(logDropChannel, (event) => logDrops.inc({ fact: event.fact })),
  ]

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    close() {
      for (const unsubscribe of unsubscribers) unsubscribe()
      registry.clear()
    },
  }
}

/** Answers that are slow to work out, by what they are worked out from. */
function memoize<E, T>(keyOf: (event: E) => string, make: (event: E) => T): (event: E) => T {
  const known = new Map<string, T>()
  return (event) => {
    const key = keyOf(event)
    let value = known.get(key)
    if (value === undefined) {
      value = make(event)
      // Events may hold what a stranger sent.
      if (known.size >= mostMemoized) known.clear()
      known.set(key, value)
    }
    return value
  }
}

const mostMemoized = 1_000

function listen<E>(source: Channel, take: (event: E) => void): () => void {
  const subscriber = (event: unknown): void => take(event as E)
  source.subscribe(subscriber)
  return () => source.unsubscribe(subscriber)
}

type LabelValue = string | number | boolean | undefined

const label = (value: LabelValue): string => (value === undefined ? '' : String(value))

/** Lets a label take so many values and no more; what is no value of its kind counts as `other`. */
function makeLabelBounds(max: number): (name: string, value: LabelValue) => string {
  const seen = new Map<string, Set<string>>()
  return (name, value) => {
    if (value === undefined) return 'other'
    const values = seen.get(name) ?? new Set<string>()
    seen.set(name, values)
    const text = String(value)
    if (!values.has(text)) {
      if (values.size >= max) return 'other'
      values.add(text)
    }
    return text
  }
}

const statusClass = (status: number): string =>
  status >= 100 && status < 600 ? `${Math.trunc(status / 100)}xx` : 'none'
