import {
  type AlmaCallEvent,
  type AvailabilityEvent,
  almaCallChannel,
  availabilityChannel,
  type MessageEvent,
  messageChannel,
} from '../runtime/diagnostics.ts'
import type { Part } from '../runtime/lifecycle.ts'
import type { Facts, Log } from '../runtime/log.ts'

/** Writes to the log what the library system's side tells on its channels, and what a person must look into. */
export function makeEventLog(log: Log): Part {
  const onCall = (message: unknown) => logCall(message as AlmaCallEvent, log)
  const onAvailability = (message: unknown) => {
    const { institution, online } = message as AvailabilityEvent
    if (online) log.info('ALMA_ONLINE', { institution })
    else log.error('ALMA_OFFLINE', { institution })
  }
  const onMessage = (message: unknown) => logTrouble(message as MessageEvent, log)
  return {
    name: 'event-log',
    start() {
      almaCallChannel.subscribe(onCall)
      availabilityChannel.subscribe(onAvailability)
      messageChannel.subscribe(onMessage)
    },
    stop() {
      almaCallChannel.unsubscribe(onCall)
      availabilityChannel.unsubscribe(onAvailability)
      messageChannel.unsubscribe(onMessage)
    },
  }
}

function logTrouble({ id, protocol, kind, machine, institution, result, reason }: MessageEvent, log: Log): void {
  if (result !== 'unknown' && result !== 'accepted' && reason !== 'quota') return
  const facts = { messageId: id, protocol, kind, machine, institution }
  // It was refused by Alma already, and taken all the same.
  if (result === 'accepted' && reason !== undefined) log.error('CHANGE_EXCEPTION', { ...facts, reason })
  else if (result === 'accepted') log.info('CHANGE_ACCEPTED', facts)
  else if (result === 'unknown') log.error('ALMA_OUTCOME_UNKNOWN', facts)
  else log.warn('QUOTA_REFUSED', facts)
}

function logCall(event: AlmaCallEvent, log: Log): void {
  const { status, code } = event
  const facts = () => factsOf(event)
  if (status === 429) log.warn(code === 'DAILY_THRESHOLD' ? 'QUOTA_DAY_EXCEEDED' : 'QUOTA_SECOND_EXCEEDED', facts)
  else if (code === 'UNAUTHORIZED' || code === 'FORBIDDEN') log.error('ALMA_KEY_REFUSED', facts)
  else if (status === 0 || status >= 500) log.warn('ALMA_CALL_FAILED', facts)
  else log.debug('ALMA_CALL', facts)
}

function factsOf(event: AlmaCallEvent): Facts {
  const { id, institution, method, template, priority, status, code, durationMs, queuedMs, remaining } = event
  return {
    messageId: id,
    institution,
    method,
    template,
    priority,
    status,
    durationMs,
    queuedMs,
    ...(remaining >= 0 && { remaining }),
    ...(code !== '' && { almaCode: code }),
  }
}
